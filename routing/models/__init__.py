"""What comes in, where it goes and who may look at it: the rows of routing."""

from routing.models.activation import ActivationConditions
from routing.models.certifications import Certification
from routing.models.choices import (
    DECIDED,
    EXPERTS,
    HIDDEN,
    OPEN,
    SHOWN_AS,
    Action,
    Outcome,
    Priority,
    Purpose,
    Status,
)
from routing.models.constraints import both_or_neither, in_unit_interval, one_of
from routing.models.corrections import Correction
from routing.models.guidelines import Guidelines
from routing.models.item_types import ItemType
from routing.models.items import Item, Prediction
from routing.models.metrics import Metric
from routing.models.outbox import (
    Delivery,
    DeliveryAttempt,
    DeliveryCount,
    Endpoint,
    GoneAddress,
    IdempotencyKey,
)
from routing.models.people import Reviewer, SeenClass
from routing.models.privacy import Erasure, LegalHold, SubjectRights
from routing.models.proposals import Proposal
from routing.models.queues import Queue
from routing.models.rules import Policy, Rule
from routing.models.seats import Assignment
from routing.models.targets import Figure, Target

__all__ = [
    "DECIDED",
    "EXPERTS",
    "HIDDEN",
    "OPEN",
    "SHOWN_AS",
    "Action",
    "ActivationConditions",
    "Assignment",
    "Certification",
    "Correction",
    "Delivery",
    "DeliveryAttempt",
    "DeliveryCount",
    "Endpoint",
    "Erasure",
    "Figure",
    "GoneAddress",
    "Guidelines",
    "IdempotencyKey",
    "Item",
    "ItemType",
    "LegalHold",
    "Metric",
    "Outcome",
    "Policy",
    "Prediction",
    "Priority",
    "Proposal",
    "Purpose",
    "Queue",
    "Reviewer",
    "Rule",
    "SeenClass",
    "Status",
    "SubjectRights",
    "Target",
    "both_or_neither",
    "in_unit_interval",
    "one_of",
]
