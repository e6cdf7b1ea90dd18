"""Whoever comes back from the provider proves who they are, or stays out and is told so."""

import time
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from audit.models import AuditEvent, Identity
from hitl_project.accounts import arriving, oidc
from tests import factories
from tests.hitl_project.accounts import provider
from tests.hitl_project.accounts.apps import attempt, is_in
from tests.people import signed_in

pytestmark = pytest.mark.django_db
BEGIN, BACK, LINK = (f"/accounts/provider/{part}" for part in ("", "back/", "link/"))


@pytest.fixture
def liar(settings, db):
    made = provider.Liar()
    settings.HITL_OIDC_ISSUER, settings.HITL_OIDC_CLIENT_ID = made.issuer, provider.CLIENT
    settings.HITL_OIDC_CLIENT_SECRET = "shared"
    oidc.forget()
    yield made
    oidc.forget()
    made.stop()


def begin(client, liar, **query):
    """Go to the provider; return the query of the way back."""
    sent = dict(parse_qsl(urlsplit(client.get(BEGIN, query)["Location"]).query))
    liar.nonces["c"] = sent["nonce"]
    return {"code": "c", "state": sent["state"]}


def come(client, liar, **said):
    """Sign in through the provider, whose token says this besides what is true."""
    liar.said = said
    return client.get(BACK, begin(client, liar))


def refusals():
    return AuditEvent.objects.filter(verb="user.sign_in_refused").count()


def test_who_proves_who_they_are_is_in_where_they_wanted_to_go(client, liar):
    answer = client.get(BACK, begin(client, liar, next="/review/"))
    assert (answer["Location"], is_in(client)) == ("/review/", True)
    person = User.objects.get()
    assert (person.username, person.has_usable_password()) == ("ursula", False)
    assert Identity.objects.get().user == person
    form = next(form for path, form in liar.asked if path == "/token")
    assert (form["grant_type"], len(form["code_verifier"]) >= 43) == ("authorization_code", True)


NOW = int(time.time())
LIES = {
    "another audience": {"aud": "other"},
    "another audience that names us as party": {"aud": ["other"], "azp": provider.CLIENT},
    "another issuer": {"iss": "https://evil.example"},
    "expired": {"exp": NOW - 3600, "iat": NOW - 7200},
    "no expiry": {"exp": None},
    "another nonce": {"nonce": "x"},
    "no nonce": {"nonce": None},
    "no subject": {"sub": None},
    "empty subject": {"sub": ""},
    "a subject that is no text": {"sub": 7},
    "a long subject": {"sub": "s" * 256},
    "another access token": {"at_hash": "AAAA"},
}


@pytest.mark.parametrize("said", LIES.values(), ids=LIES)
def test_a_token_that_is_not_for_us_now_signs_nobody_in(client, liar, said):
    answer = come(client, liar, **said)
    assert (answer.status_code, is_in(client), User.objects.count(), refusals()) == (400, False, 0, 1)


@pytest.mark.parametrize("sign", [provider.forged, provider.confused, provider.unsigned])
def test_a_forged_token_signs_nobody_in(client, liar, sign):
    liar.sign = sign
    assert (come(client, liar).status_code, is_in(client)) == (400, False)


def test_a_way_back_is_walked_once_and_in_the_browser_where_it_began(client, liar):
    way = begin(client, liar)
    other = Client()
    assert (other.get(BACK, way).status_code, is_in(other)) == (400, False)
    assert client.get(BACK, way).status_code == 302
    client.post("/accounts/logout/")
    assert (client.get(BACK, way).status_code, is_in(client)) == (400, False)


@pytest.mark.parametrize(
    "query", [{}, {"state": "x"}, {"code": "c"}, {"error": "access_denied", "state": "x"}]
)
def test_a_way_back_that_nobody_began_leads_nowhere(client, liar, query):
    assert (client.get(BACK, query).status_code, is_in(client)) == (400, False)


def test_an_answer_without_a_token_signs_nobody_in(client, liar):
    liar.no_token = True
    assert (come(client, liar).status_code, is_in(client)) == (400, False)


def test_a_provider_that_says_it_is_another_is_not_used(client, liar):
    liar.document = {"issuer": "https://evil.example"}
    answer = client.get(BEGIN)
    assert (answer.status_code, b"set up wrongly" in answer.content) == (503, True)


def test_a_provider_out_of_reach_is_said_so_and_works_again_later(client, liar, settings):
    settings.HITL_OIDC_ISSUER = "http://127.0.0.1:9"
    assert client.get(BEGIN).status_code == 503
    settings.HITL_OIDC_ISSUER = liar.issuer
    assert client.get(BACK, begin(client, liar)).status_code == 302
    client.post("/accounts/logout/")
    way = begin(client, liar)
    liar.stop()
    assert (client.get(BACK, way).status_code, is_in(client)) == (503, False)


def test_nobody_is_found_by_a_name_or_an_email(client, liar):
    ursula = factories.person("ursula", "admins", email="u@example.com", is_superuser=True)
    come(client, liar, email="u@example.com", email_verified=True)
    assert (client.session["_auth_user_id"] != str(ursula.pk), Identity.objects.get().user.username) == (
        True,
        "ursula-2",
    )


@pytest.mark.parametrize(
    ("verified", "kept"), [(True, "u@example.com"), (False, ""), ("true", ""), (None, "")]
)
def test_an_email_is_kept_only_where_it_is_verified(client, liar, verified, kept):
    come(client, liar, email="u@example.com", email_verified=verified)
    assert User.objects.get().email == kept


def test_groups_give_and_take_roles_at_every_sign_in_but_not_those_given_by_hand(client, liar, settings):
    settings.HITL_OIDC_GROUP_ROLES = {"their-leads": ["leads"], "staff": ["reviewers"], "gone": ["nowhere"]}
    for name in ("leads", "reviewers", "team"):
        Group.objects.create(name=name)
    come(client, liar, groups=["their-leads", "staff", "gone"])
    person = User.objects.get()
    person.groups.add(Group.objects.get(name="team"))
    other = Client()
    come(other, liar, groups=["staff"])
    assert sorted(person.groups.values_list("name", flat=True)) == ["reviewers", "team"]
    assert (is_in(client), is_in(other)) == (False, True)
    event = AuditEvent.objects.filter(verb="user.regrouped").latest("id")
    assert (event.actor, event.data["after"]) == ("system:oidc", ["reviewers", "team"])


@pytest.mark.parametrize("said", [{}, {"groups": ["others"]}, {"groups": None}])
def test_without_a_role_nobody_comes_in_and_no_account_is_made(client, liar, settings, said):
    settings.HITL_OIDC_GROUP_ROLES = {"staff": ["reviewers"]}
    answer = come(client, liar, **said)
    assert (answer.status_code, is_in(client), User.objects.count()) == (403, False, 0)


def test_who_has_lost_the_last_role_stays_out(client, liar, settings):
    settings.HITL_OIDC_GROUP_ROLES = {"staff": ["reviewers"]}
    Group.objects.create(name="reviewers")
    come(client, liar, groups=["staff"])
    other = Client()
    assert come(other, liar, groups=[]).status_code == 403
    assert (is_in(client), is_in(other), User.objects.get().groups.count()) == (False, False, 0)


def test_groups_may_stand_at_the_userinfo_endpoint_of_the_same_person(client, liar, settings):
    settings.HITL_OIDC_GROUP_ROLES = {"staff": ["reviewers"]}
    Group.objects.create(name="reviewers")
    liar.document = {"userinfo_endpoint": f"{liar.issuer}/me"}
    liar.more = {"groups": ["staff"], "sub": "another"}
    assert come(client, liar).status_code == 400
    liar.more = {"groups": ["staff"]}
    assert come(client, liar).status_code == 302


def test_somebody_switched_off_stays_out(client, liar):
    come(client, liar)
    User.objects.update(is_active=False)
    other = Client()
    answer = come(other, liar)
    assert (answer.status_code, is_in(other), b"switched off" in answer.content) == (403, False, True)


@pytest.fixture
def owner(liar):
    return signed_in("reviewers", name="rita")


def linked(client, liar, **said):
    """Prove by the password who this is, then come from the provider."""
    client.post(LINK, {"password": "secret"})
    return come(client, liar, **said)


def test_who_is_signed_in_links_the_provider_to_the_account_that_they_have(owner, liar):
    assert f'href="{LINK}"' in owner.get("/accounts/").content.decode()
    assert linked(owner, liar)["Location"] == "/accounts/"
    assert Identity.objects.get().user == owner.user
    other = signed_in("reviewers", name="otto")
    assert linked(other, liar).status_code == 403
    assert f'href="{LINK}"' not in owner.get("/accounts/").content.decode()


def test_nothing_is_linked_without_the_password(owner, liar):
    assert owner.get(BEGIN, {"next": "/review/"})["Location"] == "/review/"
    assert owner.post(LINK, {"password": "guess"}).status_code == 400
    assert owner.get(BEGIN)["Location"] == "/"
    assert AuditEvent.objects.get(verb="user.proof_refused").subject == f"auth.user:{owner.user.pk}"


def test_a_proof_that_was_left_lying_links_nothing(owner, liar, time_machine):
    time_machine.move_to(time.time())
    owner.post(LINK, {"password": "secret"})
    time_machine.shift(601)
    assert owner.get(BEGIN)["Location"] == "/"


def test_an_account_is_linked_to_one_person_of_the_provider(owner, liar):
    owner.post(LINK, {"password": "secret"})
    way = begin(owner, liar)
    arriving.link(owner.user, {"sub": "u0"}, issuer=liar.issuer)
    assert owner.get(BACK, way).status_code == 403
    assert Identity.objects.get().subject == "u0"


def test_an_admin_unlinks_an_account_and_what_the_provider_gave_goes_with_it(client, liar, settings):
    settings.HITL_OIDC_GROUP_ROLES = {"staff": ["reviewers"]}
    admin = signed_in("admins", name="root")
    Group.objects.get_or_create(name="reviewers")
    come(client, liar, groups=["staff"])
    user = User.objects.get(username="ursula")
    form = {"act": "unlink", "identity": Identity.objects.get().pk}
    admin.post(f"/admin/auth/user/{admin.user.pk}/access/", form)
    assert (is_in(client), user.groups.count()) == (True, 1)
    admin.post(f"/admin/auth/user/{user.pk}/access/", form)
    assert (Identity.objects.count(), user.groups.count(), is_in(client)) == (0, 0, False)
    assert AuditEvent.objects.get(verb="user.identity_unlinked").actor == "user:root"


def test_what_anybody_can_send_fills_no_book_and_forges_no_line_of_the_log(client, liar, caplog):
    for _ in range(3):
        client.get(BACK, {"error": "x", "error_description": "y\nERROR all is lost"})
    said = [line for line in caplog.messages if "all is lost" in line]
    assert (refusals(), len(said), "\n" in "".join(said)) == (1, 3, False)


def test_keys_that_the_provider_has_changed_are_fetched_again(client, liar, monkeypatch):
    come(client, liar)
    fresh = provider.RSAKey.generate_key(2048)
    fresh.ensure_kid()
    monkeypatch.setattr(provider, "KEY", fresh)
    liar.sign = lambda claims: provider.signed(claims, fresh)
    assert come(Client(), liar).status_code == 302


def test_signing_out_says_that_one_is_still_signed_in_there(client, liar):
    come(client, liar)
    assert client.post("/accounts/logout/")["Location"] == "/accounts/login/?left=1"
    assert b"sign out there too" in client.get("/accounts/login/?left=1").content
    assert client.get("/accounts/provider/out/")["Location"] == "/accounts/login/"
    oidc.forget()
    liar.document = {"end_session_endpoint": f"{liar.issuer}/bye"}
    away = client.get("/accounts/provider/out/")["Location"]
    assert away.startswith(f"{liar.issuer}/bye?")
    assert "client_id=hitl" in away


def test_where_only_the_provider_signs_in_there_are_no_passwords(client, liar, settings, rita):
    settings.HITL_LOCAL_SIGN_IN = False
    page = client.get("/accounts/login/?next=/review/").content.decode()
    assert ('name="password"' in page, "/accounts/provider/?next=%2Freview%2F" in page) == (False, True)
    assert (attempt(client).status_code, is_in(client)) == (403, False)


def test_the_second_factor_of_passwords_is_not_asked_of_who_the_provider_signs_in(client, liar, settings):
    settings.HITL_TOTP = "everyone"
    come(client, liar)
    assert client.get("/accounts/").status_code == 200
    assert "must_enrol" not in client.session


def test_without_a_provider_there_is_no_such_way(client):
    assert [client.get(path).status_code for path in (BEGIN, BACK, LINK, "/accounts/provider/out/")] == [
        404
    ] * 4
