"""A password alone is not enough for who has set up a second factor; codes work once and can't be guessed."""

import re
import time
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from audit.models import AuditEvent, Session
from hitl_project.accounts import second
from tests import factories
from tests.hitl_project.accounts.apps import again, attempt, code, enrolled, is_in
from tests.people import signed_in

pytestmark = pytest.mark.django_db
STEP = "/accounts/code/"
OWN = "/accounts/second/"


@pytest.fixture(autouse=True)
def half_a_minute_that_does_not_end(time_machine):
    """Stop the clock: in the next half minute the code would be another, and a pause may be over by then."""
    time_machine.move_to(time.time(), tick=False)


def verbs():
    return list(AuditEvent.objects.order_by("id").values_list("verb", flat=True))


def test_the_password_alone_signs_nobody_in_and_the_code_does(client, rita):
    key, _ = enrolled(rita)
    asked = attempt(client, next="/review/")
    assert (asked["Location"], is_in(client)) == (STEP, False)
    assert client.get("/accounts/").status_code == 302
    answer = client.post(STEP, {"code": code(key)})
    assert (answer["Location"], is_in(client)) == ("/review/", True)
    event = AuditEvent.objects.get(verb="user.signed_in")
    assert (event.actor, event.data["how"]) == ("user:rita", "password and code")


def test_a_code_works_once(client, rita):
    key, _ = enrolled(rita)
    attempt(client)
    client.post(STEP, {"code": code(key)})
    other = Client()
    attempt(other)
    assert (other.post(STEP, {"code": code(key)}).status_code, is_in(other)) == (400, False)


@pytest.mark.parametrize(
    "said", ["", "000000", "1e3", "９９９９９９", "\x00", "9" * 5000, "-1", "abcd-efgh-jkmn"]
)
def test_what_is_no_code_is_refused_and_in_the_trail(client, rita, said):
    enrolled(rita)
    attempt(client)
    assert (client.post(STEP, {"code": said}).status_code, is_in(client)) == (400, False)
    event = AuditEvent.objects.get(verb="user.sign_in_refused")
    assert (event.data["username"], event.data["why"]) == ("rita", "code")


def test_who_knows_the_password_can_not_guess_the_code(client, rita):
    key, _ = enrolled(rita)
    attempt(client)
    for _ in range(settings.AXES_FAILURE_LIMIT):
        again(rita)
        client.post(STEP, {"code": "000000"})
    again(rita)
    answer = client.post(STEP, {"code": code(key)})
    assert (answer.status_code, is_in(client)) == (429, False)
    assert attempt(Client()).status_code == 429


def test_a_recovery_code_works_once_and_is_kept_as_a_hash(client, rita):
    _, codes = enrolled(rita)
    stored = set(StaticToken.objects.values_list("token", flat=True))
    assert (len(codes), len(stored), stored & {one.replace("-", "") for one in codes}) == (10, 10, set())
    attempt(client)
    client.post(STEP, {"code": codes[0].upper().replace("-", " ")})
    assert (is_in(client), second.codes_left(rita)) == (True, 9)
    other = Client()
    attempt(other)
    other.post(STEP, {"code": codes[0]})
    assert not is_in(other)


def test_the_second_step_is_only_for_who_has_done_the_first(client, rita, time_machine):
    assert client.get(STEP)["Location"] == "/accounts/login/"
    key, _ = enrolled(rita)
    time_machine.move_to("2030-01-01T00:00:00Z")
    attempt(client)
    time_machine.move_to("2030-01-01T00:11:00Z")
    assert client.post(STEP, {"code": code(key)})["Location"] == "/accounts/login/"
    assert not is_in(client)


def test_a_password_changed_between_the_steps_ends_them(client, rita):
    key, _ = enrolled(rita)
    attempt(client)
    rita.set_password("another one")
    rita.save()
    assert client.post(STEP, {"code": code(key)})["Location"] == "/accounts/login/"


def test_it_is_set_up_with_a_first_code_and_the_password_and_shows_recovery_codes_once():
    client = signed_in("reviewers")
    page = client.get(OWN)
    assert 'src="data:image/svg+xml' in page.content.decode()
    key = client.session["second_factor_key"]
    before = client.session.session_key
    assert client.post(OWN, {"code": code(key), "password": "wrong"}).status_code == 400
    assert client.post(OWN, {"code": "123", "password": "secret"}).status_code == 400
    assert not second.has(client.user)
    shown = client.post(OWN, {"code": code(key), "password": "secret"})
    codes = re.findall(r"<code>([\w-]{14})</code>", shown.content.decode())
    assert (len(codes), second.has(client.user)) == (10, True)
    assert client.session.session_key != before
    assert "user.second_factor_set_up" in verbs()
    again_page = client.get(OWN).content.decode()
    assert not [one for one in codes if one in again_page]
    assert TOTPDevice.objects.get().key not in again_page


def test_new_recovery_codes_and_switching_off_need_the_password():
    client = signed_in("reviewers")
    _, old = enrolled(client.user)
    assert client.post(f"{OWN}codes/", {"password": "no"}).status_code == 400
    assert client.post(f"{OWN}codes/", {"password": "secret"}).status_code == 200
    assert second.fits(client.user, old[0]) is None
    again(client.user)
    assert client.post(f"{OWN}off/", {"password": "no"}).status_code == 400
    assert second.has(client.user)
    client.post(f"{OWN}off/", {"password": "secret"})
    assert not second.has(client.user)
    assert verbs()[-1] == "user.second_factor_removed"


def test_where_it_is_asked_of_everyone_nothing_else_opens_before(client, rita, settings):
    settings.HITL_TOTP = "everyone"
    factories.queue()
    attempt(client)
    assert client.get("/review/")["Location"] == OWN
    refused = client.get("/api/v1/items/")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (403, "permission_denied")
    client.get(OWN)
    key = client.session["second_factor_key"]
    client.post(OWN, {"code": code(key), "password": "secret"})
    assert client.get("/review/").status_code == 200
    assert client.post(f"{OWN}off/", {"password": "secret"}).status_code == 403
    assert second.has(rita)


def test_where_it_is_asked_of_staff_reviewers_go_without(client, rita, settings):
    settings.HITL_TOTP = "staff"
    factories.queue()
    attempt(client)
    assert client.get("/review/").status_code == 200
    signed_in("admins", name="root")
    admin = Client()
    attempt(admin, name="root")
    assert admin.get("/admin/")["Location"] == OWN


def test_an_admin_takes_anothers_away_and_it_is_recorded():
    admin = signed_in("admins", name="root")
    rita = signed_in("reviewers", name="rita").user
    enrolled(rita)
    admin.post(f"/admin/auth/user/{rita.pk}/access/", {"act": "second"})
    event = AuditEvent.objects.get(verb="user.second_factor_removed")
    assert (second.has(rita), event.actor, event.subject) == (False, "user:root", f"auth.user:{rita.pk}")


def test_the_only_admin_comes_back_in_by_a_command(rita):
    enrolled(rita)
    call_command("remove_second_factor", "rita", stdout=StringIO())
    event = AuditEvent.objects.get(verb="user.second_factor_removed")
    assert (second.has(rita), event.actor) == (False, "system:command")


@pytest.mark.parametrize(("name", "said"), [("rita", "rita has no second factor"), ("x", "no user x")])
def test_the_command_says_where_there_is_none(rita, name, said):
    with pytest.raises(CommandError, match=said):
        call_command("remove_second_factor", name)


def test_nobody_takes_their_own_away_or_sets_a_password_without_proving_who_they_are():
    admin = signed_in("admins", name="root")
    enrolled(admin.user)
    own = f"/admin/auth/user/{admin.user.pk}/"
    said = [admin.post(f"{own}access/", {"act": act}, follow=True).content for act in ("second", "link")]
    assert [b"asks for your password" in page for page in said] == [True, True]
    assert (second.has(admin.user), b"/accounts/invited/" in said[1]) == (True, False)
    for number in (f"{admin.user.pk}", f"0{admin.user.pk}"):
        answer = admin.get(f"/admin/auth/user/{number}/password/")
        assert answer["Location"] == "/accounts/password/"


def test_after_wrong_codes_the_page_says_from_when_they_count_again(client, rita):
    enrolled(rita)
    attempt(client)
    page = client.post(STEP, {"code": "000000"}).content.decode()
    assert second.paused_until(rita).strftime("count again only from %Y-%m-%d %H:%M:%S") in page


def test_the_halfway_session_is_nobodys(client, rita):
    enrolled(rita)
    attempt(client)
    assert Session.objects.get().user is None
