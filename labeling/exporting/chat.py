"""Conversations to train a language model on, a line each: the shapes of OpenAI and of TRL.

OpenAI's chat shape: `{"messages": [...]}`. TRL (huggingface.co/docs/trl, "Dataset formats and types"):
prompt-completion for SFT, explicit prompts for DPO, unpaired preferences for KTO; all conversational.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labeling.exporting.lessons import Lesson, message


def openai_chat(lesson: Lesson) -> Iterator[dict[str, Any]]:
    """Yield the conversation with the good answer, where there is one."""
    if lesson.good is not None:
        yield {"messages": [*lesson.prompt, _said(lesson.good)]}


def sft(lesson: Lesson) -> Iterator[dict[str, Any]]:
    """Yield prompt and good completion, where there is one."""
    if lesson.good is not None:
        yield {"prompt": lesson.prompt, "completion": [_said(lesson.good)]}


def dpo(lesson: Lesson) -> Iterator[dict[str, Any]]:
    """Yield prompt, chosen and rejected, where both are known."""
    if lesson.good is not None and lesson.bad is not None:
        yield {"prompt": lesson.prompt, "chosen": [_said(lesson.good)], "rejected": [_said(lesson.bad)]}


def kto(lesson: Lesson) -> Iterator[dict[str, Any]]:
    """Yield each text with whether it is good: one row for an approval or a rejection, two for an edit."""
    for text, label in ((lesson.good, True), (lesson.bad, False)):
        if text is not None:
            yield {"prompt": lesson.prompt, "completion": [_said(text)], "label": label}


def _said(text: str) -> dict[str, str]:
    return message("assistant", text)
