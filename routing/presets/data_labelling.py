"""Data labelling: people's answers are the product, and the model must not colour them."""

from routing.presets.base import Preset, PresetRule

GUIDELINES = """\
## The question
Which label fits? Replace the labels and this text by your own before the first item is posted.

- **negative**, **neutral**, **positive**: how the writer feels, not how you would feel.
- Two labels fit equally well: take the one that a stranger would take, and say so in the comment.
- **Reject** what can't be labelled at all: empty, another language, cut off.

## Why two of you
Two people label each item without seeing each other's answer. Where you differ an expert decides, and the
case goes into the next version of these guidelines.
"""

DATA_LABELLING = Preset(
    name="data_labelling",
    title="Data labelling",
    question="Which label fits? People build a training set, two of them for each item.",
    audience="Teams that build a training or test set, before there is a model or beside it.",
    sets="Two people label everything, half of the looks hide the model's answer, an expert settles what "
    "they differ on; nothing is automated and a quarter of the items is kept for judging models.",
    kind="classification",
    workflow="shadow",
    queues="a queue of at least two labellers without hurry, and one of who writes the guidelines.",
    guidelines=GUIDELINES,
    own={
        "labels": ["negative", "neutral", "positive"],
        "opinions_wanted": 2,
        "auto_approve": 1.0,
        "review": 0.5,
        "expert": 0.0,
        "audit_rate": 0.0,
        "blind_share": 0.5,
        "reject_means": "expert",
        "held_out_share": 0.25,
    },
    rules=(
        PresetRule(
            "the model is unsure",
            "business",
            "has(prediction.confidence) && prediction.confidence < 0.6",
            effect="priority",
            priority="high",
        ),
    ),
)
