"""The admin's pages of learning: models with their numbers, runs, and each item type's plan."""

from learning.admin import cards, drift, history, proofs, runs, versions

__all__ = ["cards", "drift", "history", "proofs", "runs", "versions"]
