"""Golden examples through the API."""

import pytest
from django.utils import timezone

from labeling.alike import remembered
from labeling.alike.sketches import sketch_text
from labeling.api.golden import GoldenOut, SimilarOut
from labeling.models import GoldenExample
from routing.models import SubjectRights
from routing.personal import HIDDEN
from tests import factories
from tests.api_client import attrs, caller
from tests.statements import counted

pytestmark = pytest.mark.django_db

SIMILAR = "/api/v1/golden/similar/"


@pytest.fixture
def answers():
    return factories.item_type("answers", kind="generation", labels=[])


def kept(item_type, query, answer="Yes.", **fields):
    looks = sketch_text(query).to_bytes()
    return GoldenExample.objects.create(
        item_type=item_type, query=query, edited_output=answer, sketch=looks, **fields
    )


def asked(query="Is breakfast included?", k=5, **fields):
    body = {"item_type": "answers", "query": query, "k": k} | fields
    return caller("labels:read").post(SIMILAR, body)


def test_examples_in_use_are_listed(answers):
    example = kept(answers, "q")
    kept(answers, "old", retired_at=timezone.now())
    rows = caller("labels:read").get("/api/v1/golden/?item_type=answers").json()["results"]
    assert [row["id"] for row in rows] == [example.pk]
    assert set(rows[0]) == set(GoldenOut().fields)


def test_the_best_comes_first_with_its_score(answers):
    breakfast = kept(answers, "Is breakfast included in the price?")
    dogs = kept(answers, "May I bring my dog?")
    answer = asked("Is the breakfast included?")
    rows = answer.json()["results"]
    assert (answer.status_code, [row["id"] for row in rows]) == (200, [breakfast.pk, dogs.pk])
    assert rows[0]["score"] > 0.6 > rows[1]["score"]
    assert set(rows[0]) == set(SimilarOut().fields)


def test_of_near_duplicates_one_is_given(answers):
    for query in ("Is breakfast included?", "is breakfast included ?", "IS BREAKFAST INCLUDED?"):
        kept(answers, query)
    dogs = kept(answers, "May I bring my dog?")
    rows = asked("Is breakfast included?").json()["results"]
    assert len(rows) == 2
    assert rows[1]["id"] == dogs.pk


def test_what_is_retired_or_of_another_type_is_not_given(answers):
    kept(answers, "Is breakfast included?", retired_at=timezone.now())
    kept(factories.item_type(), "Is breakfast included?")
    assert asked("Is breakfast included?").json() == {"results": []}


def test_what_is_retired_later_is_not_given_any_more(answers):
    example = kept(answers, "Is breakfast included?")
    assert len(asked("Is breakfast included?").json()["results"]) == 1
    GoldenExample.objects.filter(pk=example.pk).update(retired_at=timezone.now())
    assert asked("Is breakfast included?").json() == {"results": []}


def test_many_retired_ones_hide_none_in_use(answers):
    old = kept(answers, "Is the breakfast included in the price of the room?")
    for number in range(120):
        kept(answers, f"Is breakfast included? {number}")
    assert len(asked("Is breakfast included?", k=50).json()["results"]) > 1
    GoldenExample.objects.exclude(pk=old.pk).update(retired_at=timezone.now())
    assert [row["id"] for row in asked("Is breakfast included?").json()["results"]] == [old.pk]


def test_what_is_put_back_in_use_is_found_once_all_is_read_anew(answers, monkeypatch):
    example = kept(answers, "Is breakfast included?", retired_at=timezone.now())
    kept(answers, "May I bring my dog?")
    assert len(asked().json()["results"]) == 1
    GoldenExample.objects.filter(pk=example.pk).update(retired_at=None)
    monkeypatch.setattr(remembered, "AFRESH", -1)
    assert [row["id"] for row in asked().json()["results"]][:1] == [example.pk]


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"item_type": "nope"}, [("unknown_item_type", "item_type")]),
        ({"query": ""}, [("blank", "query")]),
        ({"k": 0}, [("min_value", "k")]),
        ({"k": 51}, [("max_value", "k")]),
    ],
)
def test_what_does_not_fit_is_refused(answers, fields, refused):
    answer = asked(**fields)
    assert (answer.status_code, attrs(answer)) == (400, refused)


def test_it_takes_the_right_to_read_labels(answers):
    body = {"item_type": "answers", "query": "Is breakfast included?"}
    assert caller("labels:write").post(SIMILAR, body).status_code == 403


def test_it_costs_the_same_for_one_example_and_for_thirty(answers):
    kept(answers, "Is breakfast included?")
    client = caller("labels:read")
    body = {"item_type": "answers", "query": "Is breakfast included?", "k": 9}
    client.post(SIMILAR, body)
    with counted(most=20) as first:
        client.post(SIMILAR, body)
    for number in range(29):
        kept(answers, f"May I bring {number} dogs?")
    with counted(most=len(first)):
        client.post(SIMILAR, body)


def test_personal_fields_are_hidden_from_who_may_not_see_them(answers):
    SubjectRights.objects.create(item_type=answers, personal_fields=["payload.query", "payload.context.name"])
    kept(answers, "Is breakfast included, asks Ann?", context=["Ann"])
    (found,) = asked().json()["results"]
    (row,) = caller("labels:read").get("/api/v1/golden/").json()["results"]
    assert (found["query"], found["context"], found["edited_output"]) == (HIDDEN, HIDDEN, "Yes.")
    sees = factories.person("carla", is_superuser=True)
    (whole,) = caller("labels:read", user=sees).get("/api/v1/golden/").json()["results"]
    assert (row["query"], whole["query"]) == (HIDDEN, "Is breakfast included, asks Ann?")
