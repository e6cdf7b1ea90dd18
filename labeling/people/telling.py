"""E-mail to the leads."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMessage

from routing import teams
from routing.models import ItemType

LEADS = "leads"


def leads(subject: str, text: str, *, about: ItemType) -> int:
    """Send an e-mail to all leads who have an address and may see the item type; return how many.

    0 where no mail server is set.
    """
    seeing = [one for one in reached() if about.pk not in teams.hidden(teams.Person(one))]
    return send(subject, text, [one.email for one in seeing])


def reached() -> list[User]:
    """Return the leads who have an address, by it; none where no mail server is set."""
    if not settings.EMAIL_HOST:
        return []
    rows = User.objects.filter(groups__name=LEADS, is_active=True).exclude(email="")
    return list(rows.order_by("email").distinct())


def send(subject: str, text: str, addresses: Iterable[str]) -> int:
    """Send one e-mail to these addresses, none of which sees the others; return how many they are."""
    known = list(dict.fromkeys(addresses))
    if known:
        # One message, so that a task that fails and runs again tells nobody twice.
        EmailMessage(subject, text, bcc=known).send()
    return len(known)
