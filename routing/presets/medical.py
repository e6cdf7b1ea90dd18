"""Medical findings: an expert decides each of them, and the model only helps."""

from routing.presets.base import Preset, PresetRule

GUIDELINES = """\
## The question
What does this examination show? Your finding is the decision; the model's answer is a second pair of eyes.

- **no_finding**: nothing that needs follow-up.
- **finding**: something that needs follow-up, however small.
- **not_assessable**: quality or views don't allow a statement. Say in the comment what is missing.

## How to look
Look at the case before you look at the suggestion. In a share of the cases the suggestion is hidden on
purpose: those tell how good the model is, and keep us from following it.

## Act at once
A finding that endangers the patient today is reported by phone first and recorded here afterwards.
"""

MEDICAL = Preset(
    name="medical",
    title="Medical findings",
    question="What does this examination show? An expert decides each case.",
    audience="Clinics and device makers, where a physician answers for each decision.",
    sets="Every case is decided by an expert and nothing is automated; a third of the looks hide the model's "
    "answer, refusals need a comment, and a second admin approves each change of policy.",
    kind="classification",
    workflow="expert_mandatory",
    queues="a queue of physicians for both, due within the hour; only they are members of its group.",
    guidelines=GUIDELINES,
    own={
        "labels": ["no_finding", "finding", "not_assessable"],
        "auto_approve": 1.0,
        "review": 0.9,
        # The confidence never decides who looks; below this the case is only looked at first.
        "expert": 0.5,
        "audit_rate": 0.1,
        "blind_share": 0.33,
        "reject_means": "expert",
        "comment_required": True,
        "four_eyes": True,
    },
    rules=(
        PresetRule(
            "emergency",
            "risk",
            'has(context.setting) && context.setting == "emergency"',
            effect="priority",
            priority="urgent",
        ),
        PresetRule(
            "a finding is suspected",
            "risk",
            'has(prediction.label) && prediction.label == "finding"',
            effect="priority",
            priority="high",
        ),
        PresetRule(
            "child",
            "compliance",
            "has(context.patient_age) && context.patient_age < 18",
            effect="priority",
            priority="high",
        ),
    ),
)
