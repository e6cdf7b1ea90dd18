"""An authenticator app for tests."""

import time

import time_machine
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from hitl_project.accounts import second

LOGIN = "/accounts/login/"


def code(key, *, steps=0):
    """Return the six digits that an app with this secret shows, so many half minutes from now."""
    totp = TOTP(bytes.fromhex(key))
    totp.time = time.time() + 30 * steps
    return f"{totp.token():06d}"


def enrolled(user):
    """Give a person a second factor; return its secret and the recovery codes."""
    key = second.new_key()
    with time_machine.travel(time.time(), tick=False):  # or the code may be too old once it is looked at
        return key, second.set_up(user, key, code(key, steps=-1))


def attempt(client, password="secret", name="rita", **fields):
    """Try to sign in."""
    return client.post(LOGIN, {"username": name, "password": password} | fields)


def is_in(client):
    """Return whether somebody is signed in in this browser."""
    return "_auth_user_id" in client.session


def again(user):
    """Let a code be tried at once, as if the pause after a wrong one were over."""
    TOTPDevice.objects.filter(user=user).update(throttling_failure_timestamp=None, throttling_failure_count=0)
