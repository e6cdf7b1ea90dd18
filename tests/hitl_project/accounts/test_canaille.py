"""The whole way through a real provider: Canaille, started here, with its own pages, keys and groups."""

import gc
import importlib
import warnings
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from bench.ports import free_port
from hitl_project.accounts import oidc
from tests.hitl_project.accounts.apps import is_in

pytestmark = pytest.mark.django_db
BEGIN = "/accounts/provider/"
FIXTURES = ("iam_configuration", "iam_server")


@pytest.fixture(scope="module")
def canaille(tmp_path_factory):
    """Return a running Canaille, loaded here alone: it takes seconds, which no other test should."""
    with warnings.catch_warnings(), pytest.MonkeyPatch.context() as patch:
        warnings.simplefilter("ignore")
        patch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
        plugin = importlib.import_module("pytest_iam")
        configuration, server = (getattr(plugin, name).__wrapped__ for name in FIXTURES)
        number = free_port()
        running = server(configuration(tmp_path_factory, number), number)
        yield next(running)
        next(running, None)
        gc.collect()


@pytest.fixture
def client_of(canaille, settings):
    """Register this server at the provider and set it up here by settings alone."""
    made = canaille.models.Client(
        client_id="hitl",
        client_secret="shared",
        client_name="HITL",
        client_uri="http://testserver",
        redirect_uris=["http://testserver/accounts/provider/back/"],
        post_logout_redirect_uris=["http://testserver/accounts/login/"],
        grant_types=["authorization_code"],
        response_types=["code"],
        token_endpoint_auth_method="client_secret_basic",
        scope=["openid", "profile", "email", "groups"],
    )
    canaille.backend.save(made)
    made.audience = [made]
    canaille.backend.save(made)
    settings.HITL_OIDC_ISSUER = canaille.url.rstrip("/")
    settings.HITL_OIDC_CLIENT_ID, settings.HITL_OIDC_CLIENT_SECRET = "hitl", "shared"
    settings.HITL_OIDC_SCOPES = "openid profile email groups"
    oidc.forget()
    yield made
    oidc.forget()
    canaille.backend.delete(made)


def through(canaille, browser, person):
    """Walk the whole way as this person of the provider; return our answer at its end."""
    away = browser.get(BEGIN, {"next": "/review/"})["Location"]
    canaille.consent(person)
    canaille.login(person)
    parts = urlsplit(away)
    answer = canaille.test_client.get(f"{parts.path}?{parts.query}", base_url=canaille.url)
    canaille.logout()
    assert answer.status_code == 302, answer.text
    home = urlsplit(answer.headers["Location"])
    return browser.get(f"{home.path}?{home.query}")


@pytest.mark.filterwarnings("ignore")
def test_a_person_of_the_provider_comes_in_with_the_roles_of_their_groups(canaille, client_of, settings):
    settings.HITL_OIDC_GROUP_ROLES = {"labellers": ["reviewers"], "bosses": ["admins"]}
    for name in ("reviewers", "admins"):
        Group.objects.create(name=name)
    person = canaille.random_user()
    group = canaille.random_group(display_name="labellers", members=[person])
    browser = Client()
    assert through(canaille, browser, person)["Location"] == "/review/"
    user = User.objects.get()
    assert (user.username, list(user.groups.values_list("name", flat=True))) == (
        person.user_name,
        ["reviewers"],
    )
    canaille.backend.update(group, display_name="bosses")
    canaille.backend.save(group)
    other = Client()
    through(canaille, other, person)
    assert (User.objects.count(), user.groups.get().name) == (1, "admins")
    assert (is_in(browser), is_in(other)) == (False, True)


@pytest.mark.filterwarnings("ignore")
def test_who_is_not_in_a_group_with_a_role_stays_out(canaille, client_of, settings):
    settings.HITL_OIDC_GROUP_ROLES = {"labellers": ["reviewers"]}
    browser = Client()
    assert through(canaille, browser, canaille.random_user()).status_code == 403
    assert (is_in(browser), User.objects.count()) == (False, 0)
