"""An item is found by its id, its reference, whom it is about, or how its reference begins."""

from types import SimpleNamespace

import pytest

from hitl_project.compliance.story.finding import find
from routing.models import Item
from routing.roles import ensure_roles
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def cora():
    ensure_roles(by="system:test")
    factories.item_type()
    return asking(factories.person("cora", "compliance"))


def asking(user):
    return SimpleNamespace(user=user)


def refs(found):
    return [item.item_ref for item in found.items]


def test_a_whole_reference_comes_before_those_that_begin_with_it(cora):
    for ref in ("order-1", "order-10", "order-2"):
        factories.submit(ref=ref)
    assert (refs(find(" order-1 ", caller=cora)), find("order-1", caller=cora).by) == (
        ["order-1"],
        "reference",
    )
    found = find("order-", caller=cora)
    assert (refs(found), found.by) == (["order-1", "order-10", "order-2"], "beginning")


def test_an_id_finds_its_item(cora):
    item = factories.submit()
    found = find(str(item.pk), caller=cora)
    assert (found.items, found.by) == ([item], "id")


def test_wildcards_and_nul_mean_themselves(cora):
    factories.submit(ref="a_b%c")
    factories.submit(ref="axbyc")
    assert refs(find("a_b", caller=cora)) == ["a_b%c"]
    assert refs(find("\0", caller=cora)) == []


def test_a_person_is_found_by_those_alone_who_may_see_personal_data(cora):
    item = factories.submit(ref="r-1")
    Item.objects.filter(pk=item.pk).update(about="customer 7")
    lead = factories.person("leo", "leads")
    assert refs(find("customer 7", caller=asking(factories.person("root", is_superuser=True)))) == ["r-1"]
    assert refs(find("customer 7", caller=asking(lead))) == []


def test_nothing_asked_finds_nothing_and_many_are_cut_with_a_word(cora, monkeypatch):
    monkeypatch.setattr("hitl_project.compliance.story.finding.MOST", 2)
    for ref in ("r-1", "r-2", "r-3"):
        factories.submit(ref=ref)
    assert find("  ", caller=cora).items == ()
    found = find("r-", caller=cora)
    assert (len(found.items), found.more) == (2, True)
