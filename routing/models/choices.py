"""The words for where an item stands, what was done with it and why somebody looks."""

from django.db import models


class Priority(models.IntegerChoices):
    """How soon a person should look; stored as a number, so that the queue's index is its order."""

    LOW = 0, "low"
    NORMAL = 1, "normal"
    HIGH = 2, "high"
    URGENT = 3, "urgent"


class Status(models.TextChoices):
    """Where an item stands."""

    POOLED = "pooled"  # waits unlabelled for the sampler, is never decided by the router
    PENDING_AI = "pending_ai"  # no model has answered yet
    PENDING_HUMAN = "pending_human"
    PENDING_EXPERT = "pending_expert"
    APPROVED = "approved"
    REJECTED = "rejected"


DECIDED = (Status.APPROVED, Status.REJECTED)
OPEN = (Status.POOLED, Status.PENDING_AI, Status.PENDING_HUMAN, Status.PENDING_EXPERT)


class Action(models.TextChoices):
    """What the router did with an item."""

    AUTO_APPROVE = "auto_approve"
    HUMAN_REVIEW = "human_review"
    EXPERT_ESCALATION = "expert_escalation"


class Purpose(models.TextChoices):
    """Why a seat was opened."""

    REVIEW = "review"
    OVERLAP = "overlap"
    EXPERT = "expert"
    AUDIT = "audit"
    LEARN = "learn"
    SEED = "seed"  # a check of an item on which the model is known to be wrong
    GOLD = "gold"  # a question whose answer is known, among ordinary looks
    VALIDATE = "validate"  # an expert looks again at what ordinary people decided
    SECOND = "second"  # another person looks again at a label that a check has flagged
    APPEAL = "appeal"  # an expert who had no part in it decides on a dispute


# Who decides rather than gives an opinion: what they say replaces what stands.
EXPERTS = (Purpose.EXPERT, Purpose.VALIDATE, Purpose.APPEAL)
# Looks that test the person: nobody may tell them from others, and what they leave is no data.
HIDDEN = (Purpose.SEED, Purpose.GOLD)
# What its holder takes a look for: a seeded error and a second look must look like any other check, a known
# question like any other item.
SHOWN_AS = {Purpose.SEED: Purpose.AUDIT, Purpose.SECOND: Purpose.AUDIT, Purpose.GOLD: Purpose.REVIEW}


class Outcome(models.TextChoices):
    """How a seat was closed."""

    ANSWERED = "answered"
    ESCALATED = "escalated"
    WITHDRAWN = "withdrawn"  # the item was decided elsewhere first
