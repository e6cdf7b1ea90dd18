"""How many requests somebody sent in a minute, as all web processes together have seen them."""

from __future__ import annotations

from django.db import models


class Tally(models.Model):
    """Requests of one key, person or address in one minute; minute 0 holds what was refused in all time."""

    pk = models.CompositePrimaryKey("who", "minute")
    who = models.CharField(max_length=80, help_text="Whose requests: key:ID, user:ID or address:IP.")
    minute = models.BigIntegerField(help_text="Minutes since 1970.")
    hits = models.BigIntegerField(help_text="How many there were.")
