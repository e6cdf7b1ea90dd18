"""RAG answers: is what the assistant says borne out by its sources, before the user reads it?"""

from routing.presets.base import Preset, PresetRule

GUIDELINES = """\
## The question
May this answer be given? You see the question, the passages that were found, and the answer.

- **Approve** when every statement is borne out by the passages and the question is answered.
- **Edit** when it is nearly so: mend the wording, take out what no passage says. Keep it short.
- **Reject** when the passages don't hold the answer. It is then withheld; say what is missing.
- **Escalate** legal, medical and financial advice that you can't judge.

## Look twice at
Numbers, names, dates, "not" and "only", and statements that are true but stand in no passage.
What you approve or edit is kept as an example for later answers.
"""

RAG_ANSWERS = Preset(
    name="rag_answers",
    title="RAG answers",
    question="May the assistant's answer go out, as it is or mended?",
    audience="Teams whose assistant answers customers or staff from documents.",
    sets="An unsure answer is approved, edited or withheld before it goes out; edits are kept as golden "
    "examples, advice on money, health and law goes to experts.",
    kind="generation",
    workflow="single_look",
    queues="a queue of support staff due within minutes if users wait, and one of subject experts.",
    guidelines=GUIDELINES,
    own={
        "auto_approve": 0.9,
        "review": 0.75,
        "expert": 0.4,
        "audit_rate": 0.05,
        "blind_share": 0.1,
        # Two good answers are seldom worded alike; figures and negations must be the same all the same.
        "agreement_tolerance": 0.15,
        "target_alpha": 0.05,
        "reject_means": "withhold",
        "comment_required": True,
    },
    rules=(
        PresetRule(
            "advice on money, health or law",
            "compliance",
            'has(context.topic) && context.topic in ["finance", "health", "legal"]',
            effect="expert",
        ),
        PresetRule(
            "nothing was found",
            "risk",
            "!has(payload.context) || size(payload.context) == 0",
            priority="high",
        ),
        PresetRule(
            "the user waits",
            "business",
            "has(context.live_chat) && context.live_chat == true",
            effect="priority",
            priority="urgent",
        ),
        PresetRule(
            "a promise",
            "risk",
            'payload.output.matches("(?i)\\\\b(guarantee|refund|we promise)")',
            state="shadow",
        ),
    ),
)
