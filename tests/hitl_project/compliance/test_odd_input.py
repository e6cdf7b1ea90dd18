"""What nobody means to type, or means ill, neither breaks a page nor becomes part of it."""

import pytest

from audit import trail
from audit.models import SavedFilter
from routing.privacy import rights
from tests import factories
from tests.labeling.looks import answer
from tests.people import signed_in

pytestmark = pytest.mark.django_db
EVIL = "<script>alert(1)</script>"


@pytest.fixture
def cora():
    return signed_in("compliance", name="cora")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("people/%00/", 404),
        ("people/?q=%00", 200),
        ("items/?q=%00", 200),
        ("events/?q=%00", 400),
        ("events/?until=9999-12-31", 400),
        ("events/?since=0001-01-01", 200),
        ("events/99999999999999999999/", 404),
        ("events/?before=9999999999999999999", 404),
        ("events/?item=!!!&q=%22%22&person=%27", 200),
        ("events/?policy=a/999999999", 200),
    ],
)
def test_odd_addresses_are_answered(cora, path, status):
    assert cora.get(f"/compliance/{path}").status_code == status


def test_a_bundle_until_the_end_of_time_is_refused_with_a_reason(cora):
    page = cora.post("/compliance/bundles/", {"why": "x", "until": "9999-12-31"})
    assert (page.status_code, 'class="wrong"' in page.content.decode()) == (400, True)


def test_nothing_that_anybody_wrote_becomes_part_of_a_page(cora):
    rules = [{"name": EVIL, "when": "context.amount > 10"}]
    factories.item_type(labels=["negative", EVIL], rules=rules, guidelines=EVIL)
    item = factories.submit(0.6, ref=EVIL, label=EVIL, payload={"text": EVIL}, context={"amount": 11})
    answer(factories.seat_of(item), factories.person(EVIL, "reviewers"), EVIL, comment=EVIL)
    odd = trail.record(f"{EVIL}.x", ("routing.item", EVIL), by=f"user:{EVIL}", why=EVIL, after={EVIL: 1})
    SavedFilter.objects.create(owner=cora.user, name=EVIL, query={"q": EVIL}, shared=True)
    paths = ["", f"items/{item.pk}/", "items/?q=%3C", f"events/?q={EVIL}", f"events/{odd.pk}/", "people/"]
    for path in [*paths, "filters/", f"people/{EVIL}/", f"bundles/?subject={EVIL}"]:
        page = cora.get(f"/compliance/{path}")
        assert (path, page.status_code, EVIL in page.content.decode()) == (path, 200, False)


def test_a_change_of_subjects_rights_weighs(cora):
    made = factories.item_type()
    rights.change(made, {"appeal_days": 30}, by="user:ada")
    assert "Subjects&#x27; rights added" in cora.get("/compliance/").content.decode()
