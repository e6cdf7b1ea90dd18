"""What the people whom items are about may ask for, and what was done of it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from routing.models.constraints import both_or_neither
from routing.models.item_types import ItemType
from routing.models.items import Item
from routing.privacy import fields


class SubjectRights(models.Model):
    """How one item type treats the people whom its items are about; a type without such a row keeps all."""

    item_type = models.OneToOneField(ItemType, on_delete=models.CASCADE, related_name="subject_rights")
    subject_path = models.CharField(
        max_length=200,
        blank=True,
        help_text="Where an item says whom it is about, for example context.customer. All items of one "
        "person can then be found, and erased, at once. It applies to items that come in from now on.",
    )
    personal_fields = ArrayField(
        models.CharField(max_length=200),
        default=list,
        blank=True,
        help_text="Fields of payload and context, separated by commas, that only people with the right to "
        "see personal data are shown, for example payload.name, context.email. Others see that something is "
        "there.",
    )
    retention_days = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(36_500)],
        help_text="So many days after its decision an item's content is erased. Empty: never.",
    )
    appeal_days = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(3_650)],
        help_text="For so many days after its decision whom it is about may dispute it. Empty: never.",
    )

    class Meta:
        ordering = ["item_type"]
        verbose_name = "subject rights"
        verbose_name_plural = "subject rights"
        constraints = [
            models.CheckConstraint(
                condition=Q(retention_days__isnull=True) | Q(retention_days__gte=1),
                name="subject_rights_keep_for_a_day_at_least",
            ),
            models.CheckConstraint(
                condition=Q(appeal_days__isnull=True) | Q(appeal_days__gte=1),
                name="subject_rights_appeal_for_a_day_at_least",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_type}: subject rights"

    def clean(self) -> None:
        """Refuse paths that lead nowhere, and a right to dispute what is erased by then."""
        short = self.retention_days and self.appeal_days and self.retention_days < self.appeal_days
        wrong = {
            "appeal_days": "At most as many as retention days: what is erased nobody can judge again."
            if short
            else None,
            "subject_path": fields.check(self.subject_path) if self.subject_path else None,
            "personal_fields": next(filter(None, map(fields.check, self.personal_fields or [])), None),
        }
        if any(wrong.values()):
            raise ValidationError({name: why for name, why in wrong.items() if why})


class LegalHold(models.Model):
    """An order to keep: while it stands nothing that it covers is erased, by whomever or by age."""

    item_type = models.ForeignKey(
        ItemType, null=True, blank=True, on_delete=models.PROTECT, related_name="holds"
    )
    item = models.ForeignKey(Item, null=True, blank=True, on_delete=models.PROTECT, related_name="holds")
    about = models.CharField(max_length=200, blank=True)  # a person, as items name them
    why = models.TextField()
    placed_at = models.DateTimeField(default=timezone.now, editable=False)
    placed_by = models.CharField(max_length=200, editable=False)
    lifted_at = models.DateTimeField(null=True, blank=True, editable=False)
    lifted_by = models.CharField(max_length=200, null=True, blank=True, editable=False)
    lifted_because = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(item_type__isnull=False, item__isnull=True, about="")
                | Q(item_type__isnull=True, item__isnull=False, about="")
                | (Q(item_type__isnull=True, item__isnull=True) & ~Q(about="")),
                name="legal_hold_covers_one_thing",
            ),
            both_or_neither("lifted_at", "lifted_by", name="legal_hold_lifting_has_time_and_author"),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(lifted_at__isnull=True), name="legal_hold_in_force"),
        ]

    def __str__(self) -> str:
        return f"hold {self.pk}"


class Erasure(models.Model):
    """One erasure that was asked for, or came with age: of which items, why, and how far it is."""

    item_type = models.ForeignKey(
        ItemType, null=True, on_delete=models.PROTECT, related_name="erasures"
    )  # of what is too old
    item = models.ForeignKey(Item, null=True, on_delete=models.PROTECT, related_name="erasures")
    about = models.CharField(max_length=64, blank=True)  # the person's fingerprint: the name is erased too
    person = models.CharField(max_length=200, blank=True)  # the name, until the erasure has ended
    before = models.DateTimeField(null=True)  # of what is too old: decided before this time
    why = models.TextField()
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.CharField(max_length=200)
    erased = models.PositiveIntegerField(default=0)  # items
    kept = models.PositiveIntegerField(default=0)  # items that a legal hold kept
    learnt = models.JSONField(default=dict)  # the models that had learnt from them, each with how many items
    copies = models.JSONField(default=list)  # exports that may hold them, for who keeps those files
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(item_type__isnull=False, item__isnull=True, about="", before__isnull=False)
                | Q(item_type__isnull=True, item__isnull=False, about="", before__isnull=True)
                | (Q(item_type__isnull=True, item__isnull=True, before__isnull=True) & ~Q(about="")),
                name="erasure_is_of_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(person="") | (Q(ended_at__isnull=True) & ~Q(about="")),
                name="erasure_names_a_person_only_while_it_runs",
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(ended_at__isnull=True), name="erasure_running"),
        ]

    def __str__(self) -> str:
        return f"erasure {self.pk}"
