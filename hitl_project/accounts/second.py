"""The second factor of local sign-in: codes of an authenticator app (TOTP, RFC 6238), and recovery codes.

django-otp keeps the key, refuses a code that was used, and slows down guessing. Recovery codes are kept as
keyed hashes: they are shown once.
"""

from __future__ import annotations

import secrets
import time
from datetime import datetime

import segno
from django.contrib.auth.models import User
from django.db import transaction
from django.utils.crypto import salted_hmac
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from audit import trail
from audit.trail import Actor

DIGITS = 6
TOLERANCE = 1  # steps of half a minute that a clock may be wrong
KEY = 20  # bytes, as RFC 4226 recommends
CODES = 10
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is read as another
LENGTH = 12  # of a recovery code: 59 bits


def has(user: User) -> bool:
    """Return whether this person has set up a second factor."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).exists()


def new_key() -> str:
    """Return a new secret for an authenticator app, in hexadecimal digits."""
    return secrets.token_hex(KEY)


def shown(user: User, key: str) -> tuple[str, str]:
    """Return a secret as the image that apps read, as a data URI, and as text to be typed in fours."""
    device = TOTPDevice(user=user, key=key, digits=DIGITS)
    image = segno.make(device.config_url, error="m").svg_data_uri(
        scale=5, border=3, dark="#000", light="#fff"
    )
    text = device.config_url.partition("secret=")[2].partition("&")[0].rstrip("=")
    return image, " ".join(text[place : place + 4] for place in range(0, len(text), 4))


@transaction.atomic
def set_up(user: User, key: str, code: str) -> list[str] | None:
    """Set up a second factor if the code fits its secret; return ten recovery codes, else None."""
    User.objects.select_for_update().get(pk=user.pk)
    totp = _verified(key, code)
    if has(user) or totp is None:
        return None
    TOTPDevice.objects.filter(user=user).delete()
    TOTPDevice.objects.create(
        user=user, name="app", key=key, digits=DIGITS, confirmed=True, last_t=totp.t(), drift=totp.drift
    )
    trail.record("user.second_factor_set_up", user, by=user)
    return _new_codes(user)


@transaction.atomic
def new_codes(user: User) -> list[str]:
    """Give ten new recovery codes; the earlier ones are void."""
    trail.record("user.recovery_codes_made", user, by=user)
    return _new_codes(user)


@transaction.atomic
def remove(user: User, *, by: Actor) -> bool:
    """Take a person's second factor away; false where they had none."""
    found = TOTPDevice.objects.filter(user=user).delete()[0]
    StaticDevice.objects.filter(user=user).delete()
    if found:
        trail.record("user.second_factor_removed", user, by=by, username=user.get_username())
    return bool(found)


@transaction.atomic
def fits(user: User, code: str) -> str | None:
    """Return 'code' or 'recovery code' for what fits and is now used up; None where neither does."""
    plain = "".join(code.split()).replace("-", "").lower()
    device = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=True).first()
    if device and plain.isascii() and plain.isdigit() and len(plain) == DIGITS:
        return "code" if device.verify_token(plain) else None
    recovery = StaticDevice.objects.select_for_update().filter(user=user).first()
    if device and recovery and recovery.verify_token(_kept(plain)):
        left = recovery.token_set.count()
        trail.record("user.recovery_code_used", user, by=user, left=left)
        return "recovery code"
    return None


def paused_until(user: User) -> datetime | None:
    """Return when an app's codes are looked at again, after several that were wrong; None if at once."""
    device = TOTPDevice.objects.filter(user=user, confirmed=True).first()
    free, why = device.verify_is_allowed() if device else (True, None)
    return None if free else why["locked_until"]


def codes_left(user: User) -> int:
    """Return how many recovery codes a person has left."""
    return StaticToken.objects.filter(device__user=user).count()


def _verified(key: str, code: str) -> TOTP | None:
    """Return where the app's clock stands if the code is of this secret; None where it is not."""
    totp = TOTP(bytes.fromhex(key), digits=DIGITS)
    totp.time = time.time()
    plain = "".join(code.split())
    fits = plain.isascii() and plain.isdigit() and len(plain) == DIGITS
    return totp if fits and totp.verify(int(plain), TOLERANCE) else None


def _new_codes(user: User) -> list[str]:
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="recovery", confirmed=True)
    codes = ["".join(secrets.choice(LETTERS) for _ in range(LENGTH)) for _ in range(CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=_kept(code)) for code in codes)
    return ["-".join((code[:4], code[4:8], code[8:])) for code in codes]


def _kept(code: str) -> str:
    return salted_hmac("hitl_project.accounts.second", code, algorithm="sha256").hexdigest()[:16]
