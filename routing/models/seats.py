"""Seats at items: looks that are wanted, held, or done."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from routing.models.choices import Outcome, Priority, Purpose
from routing.models.constraints import both_or_neither, one_of
from routing.models.item_types import ItemType
from routing.models.items import Item
from routing.models.queues import Queue


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    """Seats in the words of the domain."""

    def open(self) -> AssignmentQuerySet:
        """Seats that nobody has closed."""
        return self.filter(closed_at__isnull=True)

    def answered(self) -> AssignmentQuerySet:
        """Seats that a person has answered."""
        return self.filter(outcome=Outcome.ANSWERED)

    def held_by(self, user: AbstractBaseUser, now: datetime) -> AssignmentQuerySet:
        """Open seats whose lease `user` still holds."""
        return self.open().filter(user=user, leased_until__gt=now)


class Assignment(models.Model):
    """One seat at one item: a look that is wanted, held, or done."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="assignments")
    item_type = models.ForeignKey(ItemType, on_delete=models.PROTECT, related_name="assignments")
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="assignments", db_index=False)
    purpose = models.CharField(max_length=8, choices=Purpose.choices)
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.NORMAL)
    utility = models.FloatField(
        default=0.0
    )  # what learning expects of the label; orders seats of one priority
    blind = models.BooleanField(default=False)
    inclusion = models.FloatField(default=1.0)  # probability with which this seat was drawn
    due_at = models.DateTimeField()
    overdue_at = models.DateTimeField(null=True, blank=True)  # when its queue's timeout was noticed
    created_at = models.DateTimeField(default=timezone.now)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="assignments",
        db_index=False,  # the index of one seat per person begins with it
    )
    # Only this person is given the seat; empty: anybody of the queue's group.
    meant_for = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="meant_seats",
    )
    claimed_at = models.DateTimeField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    # Of a seed, at an item whose model is known to be wrong: whether the answer found that out.
    caught = models.BooleanField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, null=True, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "item"],
                condition=Q(user__isnull=False),
                name="assignment_one_seat_per_person",
            ),
            both_or_neither("user", "leased_until", name="assignment_lease_has_holder_and_end"),
            both_or_neither("user", "claimed_at", name="assignment_lease_has_holder_and_start"),
            both_or_neither("closed_at", "outcome", name="assignment_closing_has_time_and_outcome"),
            models.CheckConstraint(
                condition=~Q(outcome__in=["answered", "escalated"]) | Q(user__isnull=False),
                name="assignment_answer_has_an_author",
            ),
            models.CheckConstraint(
                condition=Q(caught__isnull=True) | Q(purpose=Purpose.SEED, closed_at__isnull=False),
                name="assignment_error_is_caught_by_an_answer",
            ),
            one_of("purpose", Purpose.values, name="assignment_purpose_is_known"),
            one_of("priority", Priority.values, name="assignment_priority_is_known"),
            one_of("outcome", Outcome.values, name="assignment_outcome_is_known"),
            models.CheckConstraint(
                condition=Q(inclusion__gt=0, inclusion__lte=1), name="assignment_inclusion_is_a_probability"
            ),
        ]
        indexes = [
            # The claim walks this from the left; leased seats in front are as few as people at work.
            models.Index(
                "queue",
                "item_type",
                F("priority").desc(),
                F("utility").desc(),
                "id",
                condition=Q(closed_at__isnull=True),
                name="assignment_next_by_type",
            ),
            # The same order of a whole queue, for estimates of waiting. Its signs keep a claim out of it: a
            # type of which nothing waits would be looked for in all that waits of the queue's other types.
            models.Index(
                "queue",
                -F("priority"),
                -F("utility"),
                "id",
                condition=Q(closed_at__isnull=True),
                name="assignment_next_by_queue",
            ),
            models.Index(
                fields=["queue", "item_type", "due_at", "id"],
                condition=Q(closed_at__isnull=True),
                name="assignment_overdue",
            ),
            # What may be past its queue's timeout; audits and picks of learning wait as long as they must.
            models.Index(
                fields=["queue", "created_at"],
                condition=Q(
                    closed_at__isnull=True,
                    overdue_at__isnull=True,
                    purpose__in=[Purpose.REVIEW, Purpose.OVERLAP, Purpose.EXPERT, Purpose.APPEAL],
                ),
                name="assignment_by_age",
            ),
            # What a person holds, and has answered of late: a claim looks at both, however much there was.
            models.Index(
                fields=["user", "leased_until"],
                condition=Q(closed_at__isnull=True, user__isnull=False),
                name="assignment_held",
            ),
            models.Index(
                fields=["user", "-closed_at"],
                condition=Q(closed_at__isnull=False, user__isnull=False),
                name="assignment_by_person",
            ),
            models.Index(fields=["queue", "-closed_at"], name="assignment_by_closing"),
            # Known questions are few as well: each person's latest answers to them.
            models.Index(
                fields=["item_type", "user", "-closed_at"],
                condition=Q(purpose=Purpose.GOLD),
                name="assignment_known",
            ),
            # Checks are few among all seats, and are counted by when they were drawn.
            models.Index(
                fields=["item_type", "created_at"],
                condition=Q(purpose__in=[Purpose.AUDIT, Purpose.SEED, Purpose.VALIDATE]),
                name="assignment_checks",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} of {self.item_id}"
