"""Each act of the guide asks for the right that the same act asks for elsewhere."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from routing.models import ItemType
from tests.hitl_project.starting.sending import sent
from tests.people import signed_in

pytestmark = pytest.mark.django_db


def allowed(role, *rights):
    """Sign somebody of a role in who has these rights besides, and that of the guide."""
    client = signed_in(role)
    client.user.user_permissions.set(Permission.objects.filter(codename__in=["add_itemtype", *rights]))
    return client


@pytest.mark.parametrize(
    ("role", "rights", "page", "said"),
    [
        ("leads", [], "describe", {"name": "Posts", "labels": "a\nb"}),
        ("compliance", [], "data", {}),
        ("leads", ["change_user"], "people", {"person-0-username": "rita", "person-0-group": "reviewers"}),
        ("leads", ["add_user"], "people", {"do": "join"}),
    ],
)
def test_who_lacks_the_right_of_an_act_is_refused(posts, role, rights, page, said):
    client = allowed(role, *rights)
    about = "medical" if page == "describe" else posts.pk
    assert client.post(reverse(f"admin:start_{page}", args=[about]), said).status_code == 403
    assert (ItemType.objects.count(), Group.objects.get(name="reviewers").user_set.count()) == (1, 0)


def test_who_may_not_change_the_item_type_adds_no_answers_to_it(posts):
    client = allowed("leads")
    _, address = sent(client, posts)
    assert "Add this answer" not in client.get(address).content.decode()
    chosen = {"column-0": "text", "column-1": "label", "add_labels": "on", "do": "take"}
    assert client.post(address, chosen).status_code == 403
    assert ItemType.objects.get().labels == ["allow", "spam"]


def test_nobody_joins_the_reviewers_who_may_only_invite(posts):
    page = allowed("leads", "add_user").get(reverse("admin:start_people", args=[posts.pk])).content.decode()
    assert ("I review as well" in page, "Invite" in page) == (False, True)
