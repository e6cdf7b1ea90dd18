"""Content moderation: what may stay, what must go, and why."""

from routing.presets.base import Preset, PresetRule

GUIDELINES = """\
## The question
Which rule does this post break, if any? Judge the post, not its author and not your own taste.

- **allow**: breaks no rule, however unpleasant. Criticism, satire and news reports about violence stay.
- **spam**: sells, phishes or repeats itself to be seen.
- **harassment**: aims at one person who can be recognised.
- **hate**: aims at people for what they are: origin, religion, disability, sex, orientation.
- **sexual**: sexual content where it isn't allowed.
- **violence**: threatens, incites or shows gore for its own sake.
- **self_harm**: somebody may be in danger. Choose it when in doubt; an expert sees it at once.
- **illegal**: would be a crime to publish. Don't copy or share it.

## When two fit
Take the one that does more harm. Quoting in order to object is **allow**.

## Escalate
Children, threats with a time or a place, anything that may have to be reported to the authorities.
"""

CONTENT_MODERATION = Preset(
    name="content_moderation",
    title="Content moderation",
    question="May this post stay, and if not, which rule does it break?",
    audience="Platforms that must act on harmful posts within hours and answer for every removal.",
    sets="One look at what the model isn't sure of, a stricter threshold for letting a post stay than for "
    "calling it spam, one in ten automated decisions checked, experts for children, self-harm and appeals.",
    kind="classification",
    workflow="single_look",
    queues="a queue of moderators due within an hour, and one of trust-and-safety experts due within 30 "
    "minutes.",
    guidelines=GUIDELINES,
    own={
        "labels": [
            "allow",
            "spam",
            "harassment",
            "hate",
            "sexual",
            "violence",
            "self_harm",
            "illegal",
        ],
        "auto_approve": 0.95,
        "review": 0.8,
        "expert": 0.4,
        # Harm that stays up costs most, spam that is taken down by mistake least.
        "class_thresholds": {"allow": 0.97, "spam": 0.9, "harassment": 0.98, "hate": 0.98},
        "audit_rate": 0.1,
        "blind_share": 0.1,
        "target_alpha": 0.03,
        "reject_means": "expert",
        "comment_required": True,
    },
    rules=(
        PresetRule(
            "child involved",
            "compliance",
            "has(context.minor) && context.minor == true",
            effect="expert",
            priority="urgent",
        ),
        PresetRule(
            "danger or crime suspected",
            "risk",
            'has(prediction.label) && prediction.label in ["self_harm", "illegal"]',
            effect="expert",
            priority="urgent",
        ),
        PresetRule(
            "appeal",
            "compliance",
            "has(context.appeal) && context.appeal == true",
            effect="expert",
            priority="high",
        ),
        PresetRule(
            "reported by several people",
            "risk",
            "has(context.reports) && context.reports >= 3",
            priority="high",
        ),
        PresetRule(
            "seen by many", "business", "has(context.views) && context.views > 100000", state="shadow"
        ),
    ),
)
