"""Mentions and the entities that they mean."""

import pytest

from routing.kinds import KINDS, TypeSpec
from tests.routing.kinds.samples import SAMPLES, errors_of

KIND, SPEC = KINDS["entity_linking"], TypeSpec("entity_linking")
PAYLOAD = SAMPLES["entity_linking"][1]


@pytest.mark.parametrize(
    ("change", "attr"),
    [
        ({"mention": {"start": 3, "end": 3}}, "payload.mention.end"),
        ({"mention": {"start": 0, "end": 12}}, "payload.mention.end"),
        ({"mention": {"start": -1, "end": 2}}, "payload.mention.start"),
        ({"mention": {"start": 0.0, "end": 2}}, "payload.mention.start"),
        ({"mention": [0, 2]}, "payload.mention"),
        ({"candidates": None}, "payload.candidates"),
        ({"candidates": ["Q1"]}, "payload.candidates.0"),
        ({"candidates": [{"id": 90, "name": "Paris"}]}, "payload.candidates.0.id"),
        ({"candidates": [{"id": "Q90"}]}, "payload.candidates.0.name"),
        ({"candidates": [{"id": "a", "name": "A"}] * 2}, "payload.candidates"),
        ({"candidates": [{"id": "a", "name": "A", "x": float("nan")}]}, "payload.candidates"),
    ],
)
def test_a_wrong_field_is_named(change, attr):
    assert [found for found, _ in errors_of(KIND.clean_payload, PAYLOAD | change, SPEC)] == [attr]


def test_any_entity_and_none_are_labels():
    assert KIND.clean_label("Q5", PAYLOAD, SPEC) == "Q5"
    assert KIND.clean_label(None, PAYLOAD, SPEC) is None
    assert (KIND.describe(None), KIND.slices(None), KIND.slices("Q5")) == (
        "not in the knowledge base",
        (),
        ("Q5",),
    )


BEYOND = "'Q5' is not among the candidates, and nobody has given it as an answer yet"


@pytest.mark.parametrize(
    ("label", "known", "confirm", "said"),
    [
        ("Q90", None, False, None),
        ("Q5", None, False, BEYOND),
        ("Q5", {"Q5"}, False, None),
        ("Q90", {"Q5"}, False, None),
        ("Q90", {"Q5"}, True, "nobody has given 'Q90' as an answer yet"),
        (None, None, False, "the mention is not in the knowledge base"),
    ],
)
def test_an_entity_beyond_the_candidates_is_new(label, known, confirm, said):
    assert KIND.novelty(label, PAYLOAD, known, confirm=confirm) == said


def test_the_summary_leads_with_the_mention():
    assert KIND.summary(PAYLOAD) == "Paris — Paris sang."


def test_the_text_is_shown_around_its_mention_and_nine_candidates_have_keys():
    payload = {
        "text": "In 🎸 Paris!",
        "mention": {"start": 5, "end": 10},
        "candidates": [{"id": f"Q{n}", "name": f"Paris {n}"} for n in range(11)],
    }
    assert KIND.display(payload) == {"before": "In 🎸 ", "mention": "Paris", "after": "!"}
    offered = KIND.choices(payload, SPEC, chance=0.0)
    assert [one.label for one in offered] == [f"Q{n}" for n in range(11)]
    assert [one.key for one in offered] == [*"123456789", None, None]
