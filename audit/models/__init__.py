"""The rows of audit: the book, how it is read, and the keys of API clients."""

from audit.models.agreement import AgreementReport
from audit.models.book import AuditEvent, Checkpoint, Seal
from audit.models.bundles import Bundle
from audit.models.checks import Verification
from audit.models.keys import ApiKey
from audit.models.looking import SavedFilter
from audit.models.sessions import Identity, Session
from audit.models.tallies import Tally

__all__ = [
    "AgreementReport",
    "ApiKey",
    "AuditEvent",
    "Bundle",
    "Checkpoint",
    "Identity",
    "SavedFilter",
    "Seal",
    "Session",
    "Tally",
    "Verification",
]
