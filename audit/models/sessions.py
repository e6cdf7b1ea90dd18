"""Who is signed in, from where, and since when."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone


class Session(AbstractBaseSession):
    """One browser: what Django keeps of it, whose it is once somebody has signed in, and when it was seen."""

    user = models.ForeignKey(
        User, null=True, on_delete=models.CASCADE, related_name="sessions", help_text="Who is signed in."
    )
    address = models.GenericIPAddressField(null=True, help_text="Where it was seen last.")
    agent = models.CharField(max_length=200, help_text="What the browser calls itself.")
    began_at = models.DateTimeField(default=timezone.now, help_text="When this person signed in.")
    seen_at = models.DateTimeField(default=timezone.now, help_text="When it was last used, to the minute.")

    @classmethod
    def get_session_store_class(cls) -> Any:
        """Return the engine whose rows these are."""
        from audit.sessions import SessionStore

        return SessionStore


class Identity(models.Model):
    """A person as a sign-in provider knows them: never by name or e-mail, which others may come to have."""

    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="identities", help_text="Who that is here."
    )
    issuer = models.CharField(max_length=255, help_text="The provider's own address.")
    subject = models.CharField(max_length=255, help_text="The provider's own name of the person.")
    roles = models.JSONField(default=list, help_text="The groups that the provider gave, and takes away.")
    created_at = models.DateTimeField(default=timezone.now, help_text="When they first signed in with it.")

    class Meta:
        verbose_name_plural = "identities"
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="identity_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user} at {self.issuer}"
