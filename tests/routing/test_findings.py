"""What is new and what models differ in is told in words, with the figures behind them."""

import pytest

from routing.kinds import TypeSpec
from routing.policy import Opinion, Policy, Thresholds, decide

SPEC = TypeSpec("classification", ("negative", "positive"))


def opinion(confidence, label="positive"):
    return Opinion(model="clf@3", label=label, confidence=confidence)


LINKS = TypeSpec("entity_linking")
MENTION = {"text": "Paris", "mention": {"start": 0, "end": 5}, "candidates": [{"id": "Q90"}]}


@pytest.mark.parametrize(
    ("label", "known", "confirm", "reason"),
    [
        ("Q90", set(), False, None),
        ("Q90", {"Q90"}, True, None),
        ("Q90", set(), True, "nobody has given 'Q90' as an answer yet"),
        ("Q167646", {"Q167646"}, True, None),
        (
            "Q167646",
            set(),
            False,
            "'Q167646' is not among the candidates, and nobody has given it as an answer yet",
        ),
        (None, set(), False, "the mention is not in the knowledge base"),
    ],
)
def test_an_entity_is_new_beyond_the_candidates_and_what_people_have_given(label, known, confirm, reason):
    verdict = decide(
        Policy(1, confirm_classes=confirm),
        [opinion(1.0, label)],
        payload=MENTION,
        context={},
        spec=LINKS,
        known_labels=known,
    )
    assert [one.text for one in verdict.reasons if one.code == "novelty"] == ([reason] if reason else [])


def test_a_payload_unlike_all_that_was_labelled_brings_a_person():
    def novelty(share, limit=0.99):
        policy = Policy(1, novelty_limit=limit)
        verdict = decide(policy, [opinion(1.0)], payload={"text": "x"}, context={}, spec=SPEC, novelty=share)
        return verdict.action, verdict.reasons[0].data

    assert novelty(0.995) == ("human_review", {"novelty": 0.995, "limit": 0.99})
    assert [novelty(share)[0] for share in (0.99, 0.2, None)] == ["auto_approve"] * 3
    assert novelty(1.0, limit=None)[0] == "auto_approve"


def test_the_reason_tells_what_each_model_said_and_how_far_they_are_apart():
    first, second = (
        Opinion(model, label, share, {label: share, rest: 1 - share})
        for model, label, rest, share in (
            ("a@1", "positive", "negative", 0.9),
            ("b@2", "negative", "positive", 0.8),
        )
    )
    policy = Policy(1, Thresholds(0.9, 0.8, 0.5), committee_limit=0.2)
    reason = decide(policy, [first, second], payload={}, context={}, spec=SPEC).reasons[0]
    assert reason.text == (
        "models disagree: 1 of 2 say positive; b@2 says negative; "
        "mean KL 0.275 nats, mean distance 1.000, limit 0.200"
    )
    assert (reason.data["measure"], reason.data["agreeing"]) == ("distance", 1)
    assert [(one["model"], one["says"], one["distance"]) for one in reason.data["models"]] == [
        ("a@1", "positive", 0.0),
        ("b@2", "negative", 1.0),
    ]


def test_models_that_say_the_same_with_other_certainty_can_be_apart_too():
    said = [Opinion("m@1", "positive", p, {"positive": p, "negative": 1 - p}) for p in (0.99, 0.51)]
    reason = decide(Policy(1, committee_limit=0.1), said, payload={}, context={}, spec=SPEC).reasons[0]
    assert (reason.code, reason.data["measure"]) == ("committee", "mean_kl")
    assert reason.text == "models disagree: 2 of 2 say positive; mean KL 0.188 nats, limit 0.100"
