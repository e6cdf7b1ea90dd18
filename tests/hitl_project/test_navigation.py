"""The head of each page offers the places that its reader may go to, and no others."""

import pytest
from django.contrib.auth.models import Permission

from hitl_project.navigation import navigation
from routing.roles import ensure_roles
from tests import factories

pytestmark = pytest.mark.django_db


def seen_by(rf, user, path="/review/"):
    """Return what the navigation gives this person at this address."""
    request = rf.get(path)
    request.user = user
    return navigation(request)


@pytest.mark.parametrize(
    ("group", "places"),
    [
        ("reviewers", ["Review"]),
        ("leads", ["Dashboard", "Admin"]),
        ("compliance", ["Dashboard", "Compliance", "Admin"]),
        ("clients", []),
    ],
)
def test_each_role_sees_its_places(rf, group, places):
    ensure_roles(by="system:test")
    factories.queue()
    given = seen_by(rf, factories.person("ada", group))["places"]()
    assert [place.title for place in given] == places


def test_the_place_where_one_is_is_marked(rf):
    factories.queue()
    user = factories.person("ada", "reviewers")
    here = {path: seen_by(rf, user, path)["places"]()[0].here for path in ("/review/work/", "/admin/")}
    assert here == {"/review/work/": True, "/admin/": False}


def test_all_places_cost_one_statement(rf, django_assert_num_queries):
    given = seen_by(rf, factories.person("root", is_superuser=True))
    with django_assert_num_queries(1):
        assert [place.title for place in given["places"]()] == ["Dashboard", "Compliance", "Admin"]


def test_a_right_of_ones_own_counts_like_that_of_a_group(rf):
    user = factories.person("ada")
    user.user_permissions.add(Permission.objects.get(codename="view_item"))
    assert [place.title for place in seen_by(rf, user)["places"]()] == ["Dashboard", "Admin"]


@pytest.mark.parametrize(("cookie", "theme"), [("dark", "dark"), ("light", "light"), ('"><script>', "")])
def test_only_a_known_theme_reaches_the_page(rf, cookie, theme):
    rf.cookies["theme"] = cookie
    assert seen_by(rf, factories.person("ada"))["theme"] == theme
