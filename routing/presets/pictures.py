"""Faces and objects in pictures: what is where, as boxes or outlines."""

from routing.presets.base import Preset, PresetRule

GUIDELINES = """\
## The question
What is in this picture, and where? Each thing has a box (or an outline) of its own.

- **face**: from the hairline to the chin. Draw it also where it is turned away or half hidden.
- **person**: everything that can be seen of them, without what they carry.
- **vehicle**: from bumper to bumper, mirrors left out.
- **object**: anything else that you were told to look for.

## How to draw
The box touches the thing on all four sides. What is hidden isn't guessed. Two that touch are two boxes.
Smaller than 10 pixels: leave it out. Nothing there: say so, that is an answer too.

## Faces
Say where a face is, never whose. Escalate a picture that should not be here at all.
"""

PICTURES = Preset(
    name="pictures",
    title="Faces and objects in pictures",
    question="What is in this picture, and where? People draw and correct boxes.",
    audience="Teams that find, count or blur things in pictures, before or beside a model of their own.",
    sets="Boxes that the model isn't sure of are corrected, two people agree when theirs overlap well, one "
    "in ten pictures that passed is checked; pictures that may harm can be covered.",
    kind="detection",
    workflow="single_look",
    queues="a queue of annotators without hurry, and one of who wrote the guidelines.",
    guidelines=GUIDELINES,
    own={
        "labels": ["face", "person", "vehicle", "object"],
        "auto_approve": 0.9,
        "review": 0.7,
        "expert": 0.3,
        "audit_rate": 0.1,
        "blind_share": 0.0,
        # Nobody draws the same box twice; a mean overlap of 0.7 is the same box to any use we know of.
        "agreement_tolerance": 0.3,
        "target_alpha": 0.05,
        "reject_means": "expert",
    },
    rules=(
        PresetRule(
            "a face must be blurred",
            "compliance",
            "has(context.to_be_published) && context.to_be_published == true",
            priority="high",
        ),
        PresetRule(
            "a crowd",
            "business",
            "has(prediction.label) && size(prediction.label) > 20",
            state="shadow",
        ),
        PresetRule(
            "poor picture",
            "risk",
            "has(context.quality) && context.quality < 0.3",
            priority="high",
        ),
    ),
)
