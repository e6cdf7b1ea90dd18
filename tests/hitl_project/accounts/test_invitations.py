"""A link sets a password once, within seven days, and says nothing about anybody to whoever guesses."""

import pytest
from django.contrib.auth.models import Group, User
from django.utils import timezone

from audit.models import AuditEvent
from hitl_project.accounts import invitations
from tests.hitl_project.accounts.apps import attempt, enrolled, is_in
from tests.people import signed_in

pytestmark = pytest.mark.django_db
NEW = {"new_password1": "Ein neues 77", "new_password2": "Ein neues 77"}


@pytest.fixture
def link(db):
    Group.objects.create(name="reviewers")
    return invitations.invite("nora", "nora@example.com", ["reviewers"], by="system:test")


def test_who_is_invited_sets_a_password_and_is_in(client, link):
    assert b"nora" in client.get(link).content
    client.post(link, NEW)
    nora = User.objects.get(username="nora")
    assert (is_in(client), nora.check_password(NEW["new_password1"])) == (True, True)
    assert list(nora.groups.values_list("name", flat=True)) == ["reviewers"]
    verbs = list(AuditEvent.objects.order_by("id").values_list("verb", flat=True))
    assert verbs == ["user.invited", "user.password_changed", "user.signed_in"]


def test_before_that_nobody_signs_in_with_the_name(client, link):
    attempt(client, "", name="nora")
    assert not is_in(client)


def test_a_link_works_once(client, link):
    client.post(link, NEW)
    client.post("/accounts/logout/")
    answer = client.post(link, {"new_password1": "Zweites 1234", "new_password2": "Zweites 1234"})
    assert (answer.status_code, User.objects.get().check_password(NEW["new_password1"])) == (410, True)


def test_a_link_is_void_after_seven_days(client, link, time_machine):
    time_machine.move_to(timezone.now())
    time_machine.shift(7 * 24 * 3600 - 60)
    assert client.get(link).status_code == 200
    time_machine.shift(120)
    assert client.get(link).status_code == 410


@pytest.mark.parametrize("token", ["x", "MQ-", "MQ-abc-def", "-", "MTIz-" + "a" * 300, "\x00-1", "4pi6-x-y"])
def test_what_is_no_link_is_answered_like_an_old_one(client, link, token):
    assert client.get(f"/accounts/invited/{token}/").status_code == 410


def test_a_poor_password_is_refused_with_the_reason(client, link):
    answer = client.post(link, {"new_password1": "12345678", "new_password2": "12345678"})
    assert (answer.status_code, b"entirely numeric" in answer.content) == (400, True)
    assert not is_in(client)


@pytest.mark.parametrize(
    ("name", "email", "groups", "said"),
    [
        ("rita", "", [], "already exists"),
        ("a b", "", [], "valid username"),
        ("", "", [], "cannot be blank"),
        ("nora", "no address", [], "valid email"),
        ("nora", "", ["nobodies"], "There is no group nobodies"),
    ],
)
def test_an_invitation_that_can_not_be_leaves_nothing_behind(rita, name, email, groups, said):
    with pytest.raises(ValueError, match=said):
        invitations.invite(name, email, groups, by="system:test")
    assert (User.objects.count(), AuditEvent.objects.count()) == (1, 0)


def test_it_is_mailed_where_there_is_a_mail_server_and_an_address(
    settings, mailoutbox, django_capture_on_commit_callbacks
):
    settings.EMAIL_HOST, settings.HITL_PUBLIC_URL = "mail.example", "https://hitl.example/"
    with django_capture_on_commit_callbacks(execute=True):
        link = invitations.invite("nora", "nora@example.com", [], by="system:test")
    assert link.startswith("https://hitl.example/accounts/invited/")
    assert [(mail.to, link in mail.body) for mail in mailoutbox] == [(["nora@example.com"], True)]


def test_an_admin_makes_a_reset_link_and_the_second_factor_still_counts(client, rita):
    admin = signed_in("admins", name="root")
    enrolled(rita)
    page = admin.post(f"/admin/auth/user/{rita.pk}/access/", {"act": "link"}).content.decode()
    link = page.partition("http://testserver")[2].partition("<")[0]
    assert AuditEvent.objects.get(verb="user.reset_link_made").actor == "user:root"
    assert client.post(link, NEW)["Location"] == "/accounts/code/"
    assert not is_in(client)


def test_an_admin_invites_by_a_form():
    admin = signed_in("admins", name="root")
    assert admin.post("/admin/auth/user/invite/", {"username": "root"}).status_code == 200
    page = admin.post("/admin/auth/user/invite/", {"username": "nora"}).content.decode()
    assert "http://testserver/accounts/invited/" in page
    assert User.objects.filter(username="nora").exists()


def test_somebody_switched_off_has_no_link(rita):
    link = invitations.reset(rita, by="system:test")
    rita.is_active = False
    rita.save()
    assert invitations.invited(link.split("/")[-2]) is None
    with pytest.raises(ValueError, match="inactive"):
        invitations.reset(rita, by="system:test")


def test_where_only_the_provider_signs_in_no_link_is_made(settings, rita):
    admin = signed_in("admins", name="root")
    settings.HITL_LOCAL_SIGN_IN = False
    with pytest.raises(ValueError, match="through the organisation"):
        invitations.reset(rita, by="system:test")
    said = admin.post("/admin/auth/user/invite/", {"username": "nora"}).content.decode()
    assert "through the organisation" in said
    assert not User.objects.filter(username="nora").exists()
    page = admin.get(f"/admin/auth/user/{rita.pk}/access/").content.decode()
    assert ("Make a link" in page, "Passwords are switched off" in page) == (False, True)
