"""The commands of API.md: what they print, and how they exit."""

from base64 import b64decode
from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.utils import timezone

from audit import chain, checkpoints, keys, trail
from audit.models import ApiKey, AuditEvent
from tests.audit import attacks, book

pytestmark = pytest.mark.django_db


def run(*arguments, **options):
    """Return what a command prints."""
    out = StringIO()
    call_command(*arguments, stdout=out, stderr=StringIO(), **options)
    return out.getvalue()


def test_create_api_key_prints_the_key_and_nothing_else():
    rita = User.objects.create_user("rita")
    printed = run("create_api_key", "rita", "--scopes", "items:read", "labels:read")
    key = keys.find_key(printed.removesuffix("\n"))
    assert (key.user, key.scopes, key.expires_at) == (rita, ["items:read", "labels:read"], None)
    assert AuditEvent.objects.get().actor == "system:command"


def test_create_api_key_takes_a_name_and_a_life():
    User.objects.create_user("rita")
    run("create_api_key", "rita", "--scopes", "items:read", "--name", "nightly", "--days", "7")
    key = ApiKey.objects.get()
    assert (key.name, round((key.expires_at - timezone.now()) / timedelta(days=1))) == ("nightly", 7)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["ed", "--scopes", "items:read"], "There is no user ed; there are: rita."),
        (["rita", "--scopes", "items:eat"], "Unknown scope items:eat; valid are items:write"),
        (["rita", "--scopes", "items:read", "--days", "0"], "A key lives at least one day."),
    ],
)
def test_create_api_key_refuses_with_what_is_valid(arguments, said):
    User.objects.create_user("rita")
    with pytest.raises(CommandError, match=said):
        run("create_api_key", *arguments)


def test_verify_trail_prints_the_head():
    assert run("verify_trail") == f"{chain.GENESIS}\n"
    book.write(3)
    assert run("verify_trail") == f"{chain.GENESIS}\n"
    seal = trail.seal()
    assert run("verify_trail") == f"{seal.digest}\n"


def test_verify_trail_fails_with_the_first_broken_event():
    first, _ = book.write(2)
    trail.seal()
    book.tamper("DELETE FROM audit_auditevent WHERE id = %s", first)
    with pytest.raises(CommandError, match=f"event {first} is missing: seal 1 covers it") as caught:
        run("verify_trail")
    assert caught.value.returncode == 1


def test_verify_trail_finds_a_cut_end_by_a_checkpoint_from_a_file(settings, tmp_path):
    settings.HITL_SIGNING_KEY = attacks.SEED
    made = attacks.make()
    kept = tmp_path / "kept.jsonl"
    kept.write_text(checkpoints.line(made.kept) + "\n")
    assert run("verify_trail", checkpoint=kept) == f"{trail.verify().head}\n"
    attacks.cut_the_end_with_its_checkpoint(made)
    with pytest.raises(CommandError, match="seal 3 is missing: the checkpoint at seal 3 that was given"):
        run("verify_trail", checkpoint=kept)


@pytest.mark.parametrize("text", ["", "{}", "no JSON"])
def test_verify_trail_refuses_a_file_that_holds_no_checkpoints(tmp_path, text):
    path = tmp_path / "kept.jsonl"
    path.write_text(text)
    with pytest.raises(CommandError, match=r"kept\.jsonl (holds no|can't be read as) checkpoint"):
        run("verify_trail", checkpoint=path)


def test_make_signing_key_prints_a_key_that_the_environment_takes_with_its_public_key():
    setting, comment = run("make_signing_key").splitlines()
    seed = b64decode(setting.removeprefix("HITL_SIGNING_KEY="))
    assert comment == f"# public key, for auditors: {checkpoints.public_key(seed)}"


def test_guard_trail_says_what_the_application_could_do():
    with pytest.raises(CommandError, match=r"could change the trail: .*it owns audit_auditevent"):
        run("guard_trail")
    assert "GRANT SELECT, INSERT ON" in run("guard_trail", "--sql", app="hitl_app")


def test_guard_trail_refuses_a_name_that_is_no_role():
    with pytest.raises(CommandError, match="is no role name"):
        run("guard_trail", "--sql", owner="x; DROP TABLE audit_seal")


def test_a_superuser_made_by_hand_stands_in_the_trail():
    User.objects.create_superuser("ada")
    run("createsuperuser", username="root", email="", interactive=False)
    event = AuditEvent.objects.get()
    assert (event.verb, event.actor, event.data["after"]) == (
        "user.created",
        "system:command",
        {"username": "root", "is_superuser": True, "is_active": True},
    )


def test_a_password_changed_by_hand_stands_in_the_trail(monkeypatch):
    rita = User.objects.create_user("rita", password="old")
    monkeypatch.setattr("getpass.getpass", lambda prompt: "a long and winding sentence")
    run("changepassword", "rita")
    rita.refresh_from_db()
    event = AuditEvent.objects.get()
    assert rita.check_password("a long and winding sentence")
    assert (event.verb, event.subject, event.data) == ("user.password_changed", f"auth.user:{rita.pk}", {})


def test_rotate_api_key_prints_the_new_key_and_nothing_else():
    rita = User.objects.create_user("rita")
    key, old = keys.create_key(rita, name="k", scopes=["items:read"], by="system:test")
    new = run("rotate_api_key", key.prefix, "--grace-hours", "0").strip()
    assert (keys.find_key(new), new == old) == (key, False)
    assert "earlier secret" in keys.refusal(keys.find_key(old), now=timezone.now())


@pytest.mark.parametrize(
    ("arguments", "said"), [(["00000000"], "no key"), (["00000000", "--grace-hours", "x"], "invalid")]
)
def test_rotate_api_key_refuses_what_is_not_there(arguments, said):
    with pytest.raises(CommandError, match=said):
        run("rotate_api_key", *arguments)
