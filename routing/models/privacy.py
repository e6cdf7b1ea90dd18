"""What the people whom items are about may ask for, and what was done of it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from routing.models.constraints import both_or_neither
from routing.models.item_types import ItemType
from routing.models.items import Item


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

    def __str__(self) -> str:
        return f"hold on {self.item or self.item_type or self.about}"


class Erasure(models.Model):
    """One erasure that was asked for, or came with age: of which items, why, and how far it is."""

    item_type = models.ForeignKey(
        ItemType, null=True, on_delete=models.PROTECT, related_name="erasures"
    )  # of what is too old
    item = models.ForeignKey(Item, null=True, on_delete=models.PROTECT, related_name="erasures")
    about = models.CharField(max_length=64, blank=True)  # the person's fingerprint: the name is erased too
    why = models.TextField()
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.CharField(max_length=200)
    erased = models.PositiveIntegerField(default=0)  # items
    kept = models.PositiveIntegerField(default=0)  # items that a legal hold kept
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"erasure {self.pk}"
