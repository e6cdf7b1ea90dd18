"""Would it be the same today: the item judged again, in words, and what has changed since."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from hitl_project.compliance.story import words
from labeling.pages.words import Piece, compared
from learning.models import ModelVersion
from routing import policies
from routing.models import Guidelines, Item, Policy
from routing.policies.replay import Replay, replay

SHOWN = 20  # later policies, the newest
KEPT = 160  # characters of unchanged guidelines on each side of a change


@dataclass(frozen=True)
class Today:
    """What came of judging the item again by its own policy and by the one in force.

    `same` is None where it can't be judged again; `impossible` says why. `genuine`: by its own policy it goes
    the way that is stored, for the same reasons.
    """

    verdict: str
    same: bool | None
    genuine: bool | None
    impossible: str = ""
    causes: tuple[str, ...] = ()
    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


@dataclass(frozen=True)
class Later:
    """One policy that came after the item's own."""

    pk: int
    number: int
    text: str


@dataclass(frozen=True)
class ModelNote:
    """What is known of the model whose answer was judged; `pk` is None where this server has no card."""

    name: str
    pk: int | None
    says: tuple[str, ...]


@dataclass(frozen=True)
class Guide:
    """One version of the guidelines that somebody worked by, and how today's differ from it."""

    number: int
    text: str
    current: int
    pieces: tuple[Piece, ...]


def today(item: Item) -> Today:
    """Judge the item again and say in words what came of it."""
    if item.erased_at:
        why = "Its content was erased: nothing is left that could be judged again."
        return Today(why, None, None, impossible=why)
    own = replay(item)
    if own.impossible:
        return Today(own.impossible, None, None, impossible=own.impossible)
    latest = policies.latest(item.item_type)
    if latest.pk == item.policy_id:
        return Today(_still(own), own.agrees, own.agrees)
    now = replay(item, policy=latest)
    return Today(_verdict(now), now.agrees, own.agrees, "", now.causes, now.gained, now.lost)


def _still(own: Replay) -> str:
    number = own.policy.number
    if own.agrees:
        return f"Yes. Policy {number} is still in force, and it would go the same way for the same reasons."
    return f"Policy {number} is still in force, but what is stored of the item leads elsewhere: {own.said}."


def _verdict(now: Replay) -> str:
    number = now.policy.number
    if now.agrees:
        return f"Yes. By policy {number}, which is in force today, it would go the same way."
    return f"No. By policy {number}, which is in force today: {now.said}, {now.now.priority} priority."


def later(item: Item) -> tuple[Later, ...]:
    """Return the policies that were published after the item's own, the newest first."""
    if item.policy is None:
        return ()
    rows = Policy.objects.filter(item_type=item.item_type_id, number__gt=item.policy.number)
    return tuple(
        Later(
            one.pk,
            one.number,
            f"Policy {one.number}, {words.moment(one.published_at)}, {words.actor(one.published_by)}: "
            f"“{one.reason}”",
        )
        for one in rows.order_by("-number")[:SHOWN]
    )


def model(item: Item) -> ModelNote | None:
    """Return what is known of the model that was judged, None where none had answered; one statement."""
    if not item.model:
        return None
    slug, _, number = item.model.rpartition("@")
    named = Q(external_name=item.model)
    if slug == item.item_type.slug and number.isascii() and number.isdecimal() and len(number) < 10:
        named |= Q(number=int(number), external_name="")
    found = Q(item_type=item.item_type_id) & (named | Q(status=ModelVersion.Status.CHAMPION))
    rows = list(ModelVersion.objects.filter(found).select_related("item_type", "run").defer("report"))
    row = next((one for one in rows if str(one) == item.model), None)
    champion = next((one for one in rows if one.status == ModelVersion.Status.CHAMPION), None)
    if row is None:
        text = "Whoever sent the item named this model; this server holds no card of it."
        return ModelNote(item.model, None, (text,))
    return ModelNote(item.model, row.pk, tuple(_about(row, champion)))


def _about(row: ModelVersion, champion: ModelVersion | None) -> list[str]:
    of = words.counted(row.labels_used, "label", "labels")
    said = [f"It was made on {words.moment(row.created_at)} from {of} ({row.learner}, {row.encoder})."]
    if row.run and row.run.dataset_sha256:
        said.append(f"SHA-256 of the data that it learnt from: {row.run.dataset_sha256}.")
    if row.sha256:
        said.append(f"SHA-256 of its file: {row.sha256}.")
    if row.promoted_at:
        said.append(
            f"It was put in force on {words.moment(row.promoted_at)} by {words.actor(row.promoted_by)}."
        )
    else:
        said.append("It was never put in force: its answers came from elsewhere or from a trial.")
    if champion and champion.pk == row.pk:
        said.append("It is in force today.")
    elif champion:
        said.append(f"Today the model {champion} is in force, which may answer otherwise.")
    if row.notes:
        said.append(f"What it is for, as its card says: {words.clipped(row.notes)}")
    return said


def guides(item: Item, numbers: set[int]) -> tuple[Guide, ...]:
    """Return the versions of the guidelines that people worked by, each compared with today's."""
    current = item.item_type.guidelines_version
    if not numbers:
        return ()
    rows = Guidelines.objects.filter(item_type=item.item_type_id, number__in={*numbers, current})
    texts = {one.number: one.text for one in rows}
    return tuple(
        Guide(number, texts[number], current, _changes(texts[number], texts.get(current, "")))
        for number in sorted(numbers)
        if texts.get(number)
    )


def _changes(before: str, after: str) -> tuple[Piece, ...]:
    if before == after:
        return ()
    return tuple(_shortened(piece) for piece in compared(before, after))


def _shortened(piece: Piece) -> Piece:
    if piece.kind != "same" or len(piece.text) <= 3 * KEPT:
        return piece
    return Piece("same", f"{piece.text[:KEPT]} … {piece.text[-KEPT:]}")
