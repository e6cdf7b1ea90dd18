"""What holds for every kind of decision."""

import pytest

from routing.kinds import KINDS
from routing.kinds.base import Lesson
from tests.routing.kinds.samples import SAMPLES, errors_of

EVERY = pytest.mark.parametrize("name", KINDS)


def test_every_kind_has_a_sample():
    assert sorted(SAMPLES) == sorted(KINDS)
    assert {name: kind.name for name, kind in KINDS.items()} == {name: name for name in KINDS}


@EVERY
def test_a_good_payload_and_its_details_are_kept(name):
    spec, payload, _ = SAMPLES[name]
    details = {"source": "mail", "page": 3, "more": {"a": [None, True]}}
    assert KINDS[name].clean_payload(payload | details, spec) == payload | details


@EVERY
def test_an_embedding_may_come_with_any_payload(name):
    spec, payload, _ = SAMPLES[name]
    assert KINDS[name].clean_payload(payload | {"embedding": [0.5, -1, 2]}, spec)["embedding"] == [0.5, -1, 2]


@EVERY
@pytest.mark.parametrize("wrong", [None, [], "text", ["a"], [float("inf")], [[1.0]], [0.0] * 4097])
def test_an_embedding_that_is_no_list_of_finite_numbers_is_refused(name, wrong):
    spec, payload, _ = SAMPLES[name]
    found = errors_of(KINDS[name].clean_payload, payload | {"embedding": wrong}, spec)
    assert found == [("payload.embedding", "invalid")]


@EVERY
def test_an_empty_payload_names_the_missing_fields(name):
    found = errors_of(KINDS[name].clean_payload, {}, SAMPLES[name][0])
    assert {attr.split(".")[0] for attr, _ in found} == {"payload"}


@EVERY
@pytest.mark.parametrize("payload", [None, [], "text", 3])
def test_a_payload_is_an_object(name, payload):
    assert errors_of(KINDS[name].clean_payload, payload, SAMPLES[name][0]) == [("payload", "invalid")]


@EVERY
def test_a_detail_that_cannot_be_stored_is_refused(name):
    spec, payload, _ = SAMPLES[name]
    assert errors_of(KINDS[name].clean_payload, payload | {"x": float("nan")}, spec) == [
        ("payload", "invalid")
    ]


@EVERY
def test_a_clean_label_stays_as_it_is(name):
    spec, payload, labels = SAMPLES[name]
    for label in labels:
        clean = KINDS[name].clean_label(label, payload, spec)
        assert clean == label
        assert KINDS[name].clean_label(clean, payload, spec) == clean


@EVERY
def test_distance_is_symmetric_within_its_bounds_and_zero_to_itself(name):
    spec, _, (a, b) = SAMPLES[name]
    kind = KINDS[name]
    assert (kind.distance(a, a, spec), kind.distance(b, b, spec)) == (0.0, 0.0)
    assert 0 < kind.distance(a, b, spec) == kind.distance(b, a, spec) <= 1
    assert kind.agree(a, a, spec)
    assert not kind.agree(a, b, spec)


@EVERY
@pytest.mark.parametrize("label", [float("nan"), {"a": 1}, [3], "\x00", True, [{"box": 1}]])
def test_a_wild_label_is_refused_and_still_described(name, label):
    spec, payload, _ = SAMPLES[name]
    found = errors_of(KINDS[name].clean_label, label, payload, spec)
    assert all(attr.split(".")[0] == "label" for attr, _ in found)
    assert KINDS[name].describe(label)


@EVERY
def test_a_summary_is_one_short_line(name):
    payload = SAMPLES[name][1]
    long = {key: value * 100 if isinstance(value, str) else value for key, value in payload.items()}
    summary = KINDS[name].summary(long)
    assert len(summary) <= 120
    assert "\n" not in summary


@EVERY
def test_generations_teach_and_texts_that_are_labelled(name):
    lesson = KINDS[name].lesson(SAMPLES[name][1])
    teaches = {
        "generation": Lesson("When?", ["At noon."], "At one."),
        "classification": Lesson("So so.", [], None),
    }
    assert lesson == teaches.get(name)
    assert KINDS["regression"].lesson({"text": "So so."}) == Lesson("So so.", [], None)


@EVERY
def test_a_gist_is_the_text_by_which_items_are_found_alike(name):
    gists = {
        "classification": "So so.",
        "entity_linking": "Paris\nParis sang.",
        "generation": "When?",
        "preference": "Say hi\nHi\nHo",
        "detection": "",
        "regression": "",
        "agent_action": 'refund(order="A-1", amount=180)',
    }
    assert KINDS[name].gist(SAMPLES[name][1]) == gists[name]


@EVERY
def test_what_is_to_be_chosen_is_among_the_labels_and_has_its_own_key(name):
    spec, payload, _ = SAMPLES[name]
    kind = KINDS[name]
    offered = kind.choices(kind.clean_payload(payload, spec), spec, chance=0.7)
    for one in offered:
        if name != "detection":  # whose labels are boxes, each of a class that is to be chosen
            assert kind.clean_label(one.label, payload, spec) == one.label
    keys = [one.key for one in offered if one.key]
    assert len(set(keys)) == len(keys)


@EVERY
def test_the_page_names_its_own_fields_once(name):
    spec, payload, _ = SAMPLES[name]
    kind = KINDS[name]
    assert [field for field in payload if field in kind.own_fields] == (
        list(payload) if kind.display(kind.clean_payload(payload, spec)) else []
    )


def test_labels_compare_on_the_scale_of_their_kind():
    assert {name: KINDS[name].scale(SAMPLES[name][0]) for name in KINDS} == {
        "classification": "nominal",
        "entity_linking": "nominal",
        "generation": "distance",
        "preference": "nominal",
        "detection": "distance",
        "regression": "interval",
        "agent_action": "nominal",
    }
