"""Recommendations: how well does what would be shown fit the person or the search it is shown for?"""

from routing.presets.base import Preset, PresetRule

GUIDELINES = """\
## The question
How well does this suggestion fit the request or the person described? Judge the fit, not the thing itself.

- **perfect**: what they were looking for; they need not look further.
- **good**: helps, though something else may help more.
- **fair**: of the same sort, but they would most likely pass over it.
- **bad**: has nothing to do with it.
- **harmful**: must not be shown to them: unsafe, not for their age, offensive beside this request.

## When in doubt
Take the lower step. What you like yourself doesn't count; who the text describes does.
"""

RECOMMENDATION = Preset(
    name="recommendation",
    title="Recommendations and search",
    question="How well does this suggestion fit the person or the search?",
    audience="Shops, media and portals that must know how good their suggestions are and keep bad ones back.",
    sets="Five steps from perfect to harmful, so that people one step apart count as half agreed; a second "
    "person looks at a tenth of them, what may harm goes to an expert, half of the looks hide the model's "
    "answer.",
    kind="classification",
    workflow="single_look",
    queues="a queue of raters without hurry, and one of editors.",
    guidelines=GUIDELINES,
    own={
        "labels": ["perfect", "good", "fair", "bad", "harmful"],
        "ordered": True,
        "auto_approve": 0.9,
        "review": 0.7,
        "expert": 0.3,
        "class_thresholds": {"harmful": 1.0},
        "overlap_share": 0.1,
        "audit_rate": 0.05,
        "blind_share": 0.5,
        "target_alpha": 0.1,
        "reject_means": "expert",
    },
    rules=(
        PresetRule(
            "may harm",
            "risk",
            'has(prediction.label) && prediction.label == "harmful"',
            effect="expert",
            priority="high",
        ),
        PresetRule(
            "for a minor",
            "compliance",
            "has(context.minor) && context.minor == true",
            priority="urgent",
        ),
        PresetRule(
            "shown often",
            "business",
            "has(context.impressions) && context.impressions > 100000",
            effect="priority",
            priority="high",
        ),
    ),
)
