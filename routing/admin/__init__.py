"""The admin's pages of routing: what is set up, what is on its way, what is owed to clients."""

from routing.admin import (
    a2i,
    backtest,
    certifications,
    corrections,
    economics,
    item_types,
    items,
    outbox,
    policies,
    proposals,
    queues,
    reviewers,
    rules,
    seats,
)

__all__ = [
    "a2i",
    "backtest",
    "certifications",
    "corrections",
    "economics",
    "item_types",
    "items",
    "outbox",
    "policies",
    "proposals",
    "queues",
    "reviewers",
    "rules",
    "seats",
]
