"""E-mail to the leads."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMessage

LEADS = "leads"


def leads(subject: str, text: str) -> int:
    """Send an e-mail to all leads who have an address; return how many, 0 where no mail server is set."""
    if not settings.EMAIL_HOST:
        return 0
    rows = User.objects.filter(groups__name=LEADS, is_active=True).exclude(email="").order_by("email")
    addresses = list(rows.values_list("email", flat=True).distinct())
    if addresses:
        # One message, so that a task that fails and runs again tells nobody twice.
        EmailMessage(subject, text, bcc=addresses).send()
    return len(addresses)
