"""The admin's page on what reviewers are told, version by version."""

import pytest
from django.urls import reverse

from audit import trail
from routing import config
from tests import factories
from tests.people import signed_in
from tests.statements import counted

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    return factories.item_type(guidelines="Read *all* of it.")


def write(made, text, *, by=None):
    """Change the guidelines, as the admin's form does where somebody is named."""
    made.guidelines = text
    made.save(update_fields=["guidelines"])
    made.refresh_from_db()
    if by:
        after = {"guidelines": text, "guidelines_version": made.guidelines_version}
        trail.record("itemtype.changed", made, by=by, before={}, after=after)


def page(made, role="leads"):
    return signed_in(role).get(reverse("admin:routing_itemtype_guidelines", args=[made.pk]))


def told(shown):
    return [
        (one.row.number, one.by, [(piece.kind, piece.text) for piece in one.pieces])
        for one in shown.context["versions"]
    ]


def test_each_version_says_who_changed_what(made):
    write(made, "Read *half* of it.", by="user:otto")
    write(made, "Read *half* of it. Twice.")
    last, middle, first = told(page(made))
    assert (last[0], last[1], last[2][-1]) == (3, None, ("in", " Twice."))
    assert middle[:2] == (2, "user:otto")
    assert [piece for piece in middle[2] if piece[0] != "same"] == [("out", "all"), ("in", "half")]
    assert first == (1, None, [])


def test_the_version_in_force_is_shown_as_reviewers_see_it(made):
    text = page(made).content.decode()
    assert "<p>Read <em>all</em> of it.</p>" in text
    assert "As reviewers see them: version 1" in text


def test_a_file_of_settings_is_named_as_the_writer_too(made):
    write(made, "")
    said = {"slug": made.slug, "kind": made.kind, "queue": made.queue.slug, "guidelines": "From a file."}
    config.apply({"item_types": [said | {"expert_queue": made.expert_queue.slug}]}, by="user:fay")
    made.refresh_from_db()
    assert [one[:2] for one in told(page(made))] == [(3, "user:fay"), (2, None), (1, None)]


def test_old_versions_are_counted_and_not_shown(made):
    for number in range(24):
        write(made, f"Version {number}.")
    shown = page(made)
    assert (len(shown.context["versions"]), shown.context["earlier"]) == (20, 5)
    assert "5 earlier versions are kept and not shown." in shown.content.decode()


def test_versions_that_were_read_once_cost_nothing_more(made):
    client = signed_in("leads")
    url = reverse("admin:routing_itemtype_guidelines", args=[made.pk])
    with counted(most=20) as first:
        client.get(url)
    write(made, "Another text.")
    client.get(url)
    with counted(most=len(first)):
        client.get(url)


@pytest.mark.parametrize(("role", "says"), [("admins", "item type’s form"), ("leads", "Admins change them")])
def test_who_may_not_change_them_is_not_sent_to_the_form(made, role, says):
    assert says in page(made, role).content.decode()
