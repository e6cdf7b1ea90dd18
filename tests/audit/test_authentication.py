"""Who may call what: 401 without a usable key, 403 without the scope or the group."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from rest_framework.response import Response
from rest_framework.test import APIClient, APIRequestFactory
from rest_framework.views import APIView

from audit import keys, trail
from audit.authentication import ApiKeyScheme, required_scope
from audit.models import ApiKey
from audit.request import RequestIdMiddleware
from audit.scopes import SCOPES
from tests import factories

pytestmark = pytest.mark.django_db

EVENTS = "/api/v1/audit/events/"


@pytest.fixture
def cora():
    return factories.person("cora", "admins")


def text_of(user, *scopes, **fields):
    """Return the text of a new key."""
    return keys.create_key(user, name="k", scopes=scopes or ["audit:read"], by=None, **fields)[1]


def get(authorization=None, url=EVENTS):
    """Return the answer to a GET with this header."""
    return APIClient().get(url, headers={"Authorization": authorization} if authorization else {})


def test_a_key_with_the_scope_is_let_in(cora):
    assert get(f"Bearer {text_of(cora)}").status_code == 200


def test_the_scheme_is_read_in_any_case(cora):
    assert get(f"bearer {text_of(cora)}").status_code == 200


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer a b", "Bearer hitl_00000000_0", "Basic YTpi"])
def test_without_a_key_it_is_401_with_a_challenge(header):
    response = get(header)
    assert (response.status_code, response["WWW-Authenticate"]) == (401, 'Bearer realm="api"')


def test_an_expired_key_is_401(cora):
    text = text_of(cora, expires_at=timezone.now() - timedelta(seconds=1))
    assert get(f"Bearer {text}").json() == {
        "type": "client_error",
        "errors": [{"code": "authentication_failed", "detail": "This API key has expired.", "attr": None}],
    }


def test_a_revoked_key_is_401(cora):
    text = text_of(cora)
    keys.revoke(ApiKey.objects.get(), by=cora)
    assert get(f"Bearer {text}").status_code == 401


def test_the_key_of_an_inactive_user_is_401(cora):
    text = text_of(cora)
    User.objects.update(is_active=False)
    assert get(f"Bearer {text}").status_code == 401


def test_a_key_without_the_scope_is_403_and_hears_which_one_it_needs(cora):
    response = get(f"Bearer {text_of(cora, 'items:read')}")
    assert (response.status_code, response.json()["errors"][0]["detail"]) == (
        403,
        "This needs the scope audit:read.",
    )


def test_the_scope_of_a_key_is_not_widened_by_its_users_rights(cora):
    User.objects.update(is_superuser=True)
    assert get(f"Bearer {text_of(cora, 'items:read')}").status_code == 403


def test_who_loses_a_role_loses_it_for_their_keys(cora):
    text = text_of(cora)
    cora.groups.clear()
    response = get(f"Bearer {text}")
    assert (response.status_code, response.json()["errors"][0]["detail"]) == (
        403,
        "This needs the scope audit:read, which this key has lost with a role of its user.",
    )
    User.objects.update(is_superuser=True)
    assert get(f"Bearer {text}").status_code == 200


def test_a_key_keeps_what_it_was_given_beyond_the_roles_of_its_user():
    text = text_of(factories.person("shop"))
    assert get(f"Bearer {text}").status_code == 200


@pytest.mark.parametrize("group", ["reviewers", "experts", "leads", "admins", "compliance", "clients"])
def test_a_session_needs_one_of_the_scopes_groups(client, group):
    client.force_login(factories.person("sam", group))
    assert client.get(EVENTS).status_code == (200 if group in SCOPES["audit:read"] else 403)


def test_a_superusers_session_may_all(admin_client):
    assert admin_client.get(EVENTS).status_code == 200


def test_the_last_use_is_noted_once_a_minute(cora, time_machine):
    text = text_of(cora)
    time_machine.move_to("2026-01-02T12:00:00Z", tick=False)
    noted = []
    for seconds in (0, 59, 61):
        time_machine.move_to(f"2026-01-02T12:0{seconds // 60}:{seconds % 60:02}Z", tick=False)
        get(f"Bearer {text}")
        noted.append(ApiKey.objects.get().last_used_at.second)
    assert noted == [0, 0, 1]


def test_a_fresh_key_costs_one_statement_a_request(cora, django_assert_num_queries):
    class Nothing(APIView):
        required_scopes = "items:read"

        def get(self, request):
            return Response()

    request = APIRequestFactory().get("/", headers={"Authorization": f"Bearer {text_of(cora, 'items:read')}"})
    assert Nothing.as_view()(request).status_code == 200
    with django_assert_num_queries(1):
        Nothing.as_view()(request)


def test_what_a_key_does_is_recorded_under_its_name(cora):
    class Act(APIView):
        required_scopes = {"GET": "items:read", "POST": "items:write"}

        def post(self, request):
            return Response(trail.actor_name(request.user))

    text = text_of(cora, "items:write")
    request = APIRequestFactory().post("/", headers={"Authorization": f"Bearer {text}"})
    response = RequestIdMiddleware(Act.as_view())(request)
    assert response.data == f"key:{ApiKey.objects.get().prefix}/cora"


@pytest.mark.parametrize(
    ("scopes", "method", "wanted"),
    [
        ("audit:read", "POST", "audit:read"),
        ({"GET": "items:read"}, "HEAD", "items:read"),
        ({"GET": "items:read"}, "OPTIONS", "items:read"),
        ({"GET": "items:read"}, "DELETE", None),
        (None, "GET", None),
    ],
)
def test_a_view_names_its_scope_by_method(scopes, method, wanted):
    assert required_scope(type("View", (), {"required_scopes": scopes})(), method) == wanted


def test_a_view_that_names_no_scope_is_closed(admin_user):
    class Forgotten(APIView):
        def get(self, request):
            return Response("secret")

    request = APIRequestFactory().get("/", headers={"Authorization": f"Bearer {text_of(admin_user)}"})
    assert Forgotten.as_view()(request).status_code == 403


def test_the_openapi_document_says_bearer():
    assert ApiKeyScheme(None).get_security_definition(None)["scheme"] == "bearer"
