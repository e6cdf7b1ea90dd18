"""Put a story together, and keep that it was read where it shows what is personal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone

from audit import trail
from audit.models import AuditEvent
from hitl_project.compliance.story import again, looking, proving, reading, summing
from hitl_project.compliance.story.facts import Law, Look, Statement
from hitl_project.compliance.story.later import READ
from hitl_project.compliance.story.matching import Mismatch
from routing import personal
from routing.models import Item

TOO_MUCH = "So much happened to it that it can’t be told in short."
ONCE = timedelta(hours=1)  # who reads a story again within it is not recorded again


@dataclass(frozen=True)
class Story:
    """One item's story, as one reader may see it."""

    item: Item
    short: tuple[str, ...]
    automated: bool
    statements: tuple[Statement, ...]
    looks: tuple[Look, ...]
    asked: tuple[str, ...]
    laws: tuple[Law, ...]
    model: again.ModelNote | None
    guides: tuple[again.Guide, ...]
    today: again.Today
    later: tuple[again.Later, ...]
    content: Mapping[str, Any]
    mismatches: tuple[Mismatch, ...]
    proofs: proving.Proofs
    opens: bool
    personal: bool
    more: bool


def tell(item: Item, *, by: AbstractBaseUser, now: datetime | None = None) -> Story:
    """Return the item's story as this person may see it; `item` comes from `reading.find`."""
    now, opens = now or timezone.now(), personal.may_see(by)
    read = reading.read(item, opens=opens)
    material = read.material
    looks = looking.looks(material, now)
    person = summing.involved(material, looks)
    versions = {look.guidelines for look in looks if look.guidelines}
    return Story(
        item=item,
        short=summing.short(material, looks) if not read.more else (TOO_MUCH,),
        automated=person.automated and not read.more,
        statements=summing.chronicle(material),
        looks=looks,
        asked=looking.asked(material, now),
        laws=tuple(material.laws.values()),
        model=again.model(item),
        guides=again.guides(item, versions),
        today=again.today(item),
        later=again.later(item),
        content=_content(item, by),
        mismatches=read.mismatches,
        proofs=proving.prove(fact.id for fact in material.facts),
        opens=opens,
        personal=opens and not item.erased_at and (read.personal or _names_somebody(item)),
        more=read.more,
    )


def note_reading(story: Story, *, by: AbstractBaseUser, now: datetime | None = None) -> None:
    """Record that this person read what is personal in the story, unless they did within the last hour."""
    if not story.personal:
        return
    now, actor = now or timezone.now(), trail.actor_name(by)
    lately = AuditEvent.objects.filter(
        subject_id=str(story.item.pk),
        subject_type=reading.ITEM,
        verb=READ,
        actor=actor,
        at__gt=now - ONCE,
    )
    if not lately.exists():
        trail.record(READ, story.item, by=by)


def _names_somebody(item: Item) -> bool:
    return bool(item.about) or personal.holds_any(item)


def _content(item: Item, by: AbstractBaseUser) -> dict[str, Any]:
    """Return payload and context as this person may see them; empty once they are erased."""
    payload, context = personal.masked(item.payload, item.context, item.item_type, by)
    return {"payload": payload, "context": context}
