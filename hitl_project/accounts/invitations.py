"""Links by which a person sets a password: one for who is new, one for who lost theirs; each works once."""

from __future__ import annotations

from collections.abc import Collection

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from audit import trail
from audit.trail import Actor

DAYS = 7
NO_PASSWORDS = "People sign in through the organisation here, not with a password."
HELLO = """\
Hello {name},

{asked}

{link}

The link works once, within {days} days. Whoever has it can set your password: pass it on to nobody.
"""
NEW = "you have been invited to HITL. Set your password here:"
LOST = "an administrator has made you a link to set a new password on HITL:"


class Links(PasswordResetTokenGenerator):
    """Django's signed, dated tokens over password and last sign-in: using one makes all of them void."""

    key_salt = "hitl_project.accounts.invitations"


links = Links()


def invite(username: str, email: str, groups: Collection[str], *, by: Actor) -> str:
    """Make a person who sets their own password by the link that is returned, mailed to them where we can.

    The link is whole where HITL_PUBLIC_URL is set, else a path on this server. Raises ValueError, in words
    for people, where the name is taken or not fit, the address is none, a group does not exist, or
    passwords are switched off.
    """
    if not settings.HITL_LOCAL_SIGN_IN:
        raise ValueError(NO_PASSWORDS)
    user = User(username=username.strip(), email=email.strip())
    user.set_unusable_password()
    rows = _groups(groups)
    try:
        user.full_clean(exclude=["password"])
        with transaction.atomic():
            user.save(force_insert=True)
            user.groups.set(rows)
            names = sorted(row.name for row in rows)
            trail.record("user.invited", user, by=by, username=user.username, groups=names)
    except ValidationError as wrong:
        raise ValueError(" ".join(wrong.messages)) from wrong
    except IntegrityError as taken:
        raise ValueError("A user with that username already exists.") from taken
    return _send(user, NEW, "You are invited to HITL")


def reset(user: User, *, by: Actor) -> str:
    """Return a link by which a person sets a new password, mailed to them where we can; the old one stays.

    Raises ValueError where the person is inactive, or passwords are switched off.
    """
    if not settings.HITL_LOCAL_SIGN_IN:
        raise ValueError(NO_PASSWORDS)
    if not user.is_active:
        raise ValueError(f"{user} is inactive: activate them first.")
    trail.record("user.reset_link_made", user, by=by, username=user.get_username())
    return _send(user, LOST, "A new password for HITL")


def link_of(user: User) -> str:
    """Return a link by which this person sets a password."""
    token = f"{urlsafe_base64_encode(str(user.pk).encode())}-{links.make_token(user)}"
    return settings.HITL_PUBLIC_URL.rstrip("/") + reverse("invited", args=[token])


def invited(token: str) -> User | None:
    """Return the active person whose link this is; None where it was used, is too old, or never was one."""
    who, _, signed = token.partition("-")
    try:
        pk = int(urlsafe_base64_decode(who))
        user = User.objects.filter(pk=pk, is_active=True).first()
    except (ValueError, OverflowError):
        return None
    return user if user and links.check_token(user, signed) else None


def _groups(names: Collection[str]) -> list[Group]:
    rows = list(Group.objects.filter(name__in=names))
    if missing := sorted(set(names) - {row.name for row in rows}):
        raise ValueError(f"There is no group {', '.join(missing)}.")
    return rows


def _send(user: User, asked: str, subject: str) -> str:
    """Return a link for this person, having mailed it once the transaction is through."""
    link = link_of(user)
    # Without the address of this server the mail would hold a path, which leads nowhere.
    if settings.EMAIL_HOST and settings.HITL_PUBLIC_URL and user.email:
        text = HELLO.format(name=user.get_short_name() or user.username, asked=asked, link=link, days=DAYS)
        mail = EmailMessage(subject, text, to=[user.email])
        transaction.on_commit(mail.send, robust=True)
    return link
