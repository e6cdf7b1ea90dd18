"""Messages to clients: owed with the decision, delivered after it, signed, at least once."""

from routing.webhooks.delivering import PAUSES, deliver_due, outcomes, pause_after, waits_too_long
from routing.webhooks.owing import ADDED, announce, owe_test, resend

__all__ = [
    "ADDED",
    "PAUSES",
    "announce",
    "deliver_due",
    "outcomes",
    "owe_test",
    "pause_after",
    "resend",
    "waits_too_long",
]
