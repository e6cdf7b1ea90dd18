"""The admin of trail, keys and people, and the two bases that every other app's admin stands on."""

from audit.admin.audited import AuditedAdmin
from audit.admin.book import AuditEventAdmin, SealAdmin
from audit.admin.facts import BoundedPaginator, FactAdmin
from audit.admin.keys import ApiKeyAdmin
from audit.admin.people import AuditedGroupAdmin, AuditedUserAdmin

__all__ = [
    "ApiKeyAdmin",
    "AuditEventAdmin",
    "AuditedAdmin",
    "AuditedGroupAdmin",
    "AuditedUserAdmin",
    "BoundedPaginator",
    "FactAdmin",
    "SealAdmin",
]
