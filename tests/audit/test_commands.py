"""The commands of API.md: what they print, and how they exit."""

from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.utils import timezone

from audit import chain, keys, trail
from audit.models import ApiKey, AuditEvent
from tests.audit import book

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
