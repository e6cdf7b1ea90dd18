"""Proofs through the API: whose they are, what they say, and who may read them."""

import pytest
from rest_framework.test import APIClient

from learning.models import Proof
from tests import factories
from tests.learning import worlds

pytestmark = pytest.mark.django_db


@pytest.fixture
def proofs():
    """One proof of each of two item types."""
    return [
        Proof.objects.create(
            item_type=worlds.shapes(slug),
            strategy="adaptive",
            labels_chosen=540,
            labels_random=60,
            labels_held_out=300,
            curves={
                "chosen": [[8, 0.5, 0.4, 0.6]],
                "random": [[8, 0.4, 0.3, 0.5]],
                "learner": "x",
                "base": 0,
            },
            saving=2.3,
            low=1.8,
            high=2.9,
            verdict="pays",
        )
        for slug in ("shapes", "forms")
    ]


def reads(role):
    client = APIClient()
    client.force_authenticate(factories.person("ada", role))
    return client


def test_proofs_are_listed_by_item_type_with_their_curves(proofs):
    rows = reads("leads").get("/api/v1/proofs/?item_type=shapes").json()["results"]
    assert [(one["id"], one["item_type"], one["verdict"]) for one in rows] == [
        (proofs[0].pk, "shapes", "pays")
    ]
    assert (rows[0]["saving"], rows[0]["curves"]) == (2.3, proofs[0].curves)


def test_without_a_filter_the_newest_come_first(proofs):
    rows = reads("leads").get("/api/v1/proofs/").json()["results"]
    assert [one["id"] for one in rows] == [proofs[1].pk, proofs[0].pk]


@pytest.mark.parametrize(("query", "attr"), [("item_type=none", "item_type"), ("type=shapes", "type")])
def test_a_wrong_filter_is_named(proofs, query, attr):
    answer = reads("leads").get(f"/api/v1/proofs/?{query}")
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, attr)


def test_reviewers_may_not_read_them(proofs):
    assert reads("reviewers").get("/api/v1/proofs/").status_code == 403
