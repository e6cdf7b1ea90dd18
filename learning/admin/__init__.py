"""The admin's pages of learning: models with their numbers, runs, and each item type's plan."""

from learning.admin import drift, proofs, runs, versions

__all__ = ["drift", "proofs", "runs", "versions"]
