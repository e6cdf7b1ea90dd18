"""The admin's pages of routing: what is set up, what is on its way, what is owed to clients."""

from routing.admin import item_types, items, outbox, policies, queues, rules, seats

__all__ = ["item_types", "items", "outbox", "policies", "queues", "rules", "seats"]
