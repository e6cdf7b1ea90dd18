"""How an answer is given, whatever it says: what people's preferences are known to hang on."""

from collections.abc import Sequence

import numpy as np

COUNT = 5
LONGEST = 20_000  # characters of a text that are read
ENDS = tuple(".!?)]}\"'`:;")


def manners(prompts: Sequence[str], answers: Sequence[str]) -> np.ndarray:
    """Return (n, 5) float32 of the answers: log words, log lines, share of words that are new in it, share
    of the prompt's words that it takes up, and whether it comes to an end.

    Length is what raters of language models favour most (Singhal et al. 2023).
    """
    rows = [
        _manner(prompt[:LONGEST], answer[:LONGEST]) for prompt, answer in zip(prompts, answers, strict=True)
    ]
    return np.array(rows, np.float32).reshape(-1, COUNT)


def _manner(prompt: str, answer: str) -> tuple[float, ...]:
    words, asked = answer.lower().split(), set(prompt.lower().split())
    distinct = set(words)
    return (
        float(np.log1p(len(words))),
        float(np.log1p(answer.strip().count("\n"))),
        len(distinct) / max(len(words), 1),
        len(distinct & asked) / max(len(asked), 1),
        float(answer.rstrip().endswith(ENDS)),
    )
