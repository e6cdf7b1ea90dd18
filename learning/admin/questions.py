"""What an admin is told, and asked, before a model takes over or goes."""

from __future__ import annotations

from learning import plans, registry
from learning.models import ModelVersion
from routing.admin.confirming import Question
from routing.admin.show import percent

State = ModelVersion.Status


def promote(row: ModelVersion, champion: ModelVersion | None) -> Question:
    """Return the question before this model takes over; its row knows its `overall` numbers."""
    back = row.promoted_at is not None
    return Question(
        title=f"{'Roll back to' if back else 'Promote'} {row}",
        intro="From the next item on this model answers, in every process of the server.",
        changes=[*_replaces(row, champion), *_doubts(row, champion), *_measured(row), *_gate(row)],
        button="Roll back" if back else "Promote",
        seen=f"{row.status} {champion}",
    )


def retire(row: ModelVersion) -> Question:
    """Return the question before this model is taken out of use."""
    said = "It is not in force: nothing changes for items."
    if row.status == State.CHAMPION:
        said = "It is in force. Without it, items that come without a prediction wait for another."
    return Question(f"Retire {row}", "Its file and its numbers are kept.", [said], "Retire", row.status)


def _replaces(row: ModelVersion, champion: ModelVersion | None) -> list[str]:
    if champion is None:
        return ["There is no champion yet: it is the first."]
    if row.promoted_at is not None:
        return [f"It replaces {champion}, which does not come back by itself."]
    if not (plans.of(row.item_type).auto_roll_back and registry.usable(champion)):
        return [f"It replaces {champion}, which is retired."]
    told = "which goes on answering unseen and returns by itself where it proves to be right more often."
    return [f"It replaces {champion}, {told}"]


def _doubts(row: ModelVersion, champion: ModelVersion | None) -> list[str]:
    against = row.verdict.get("against")
    found = ["The gate refused it."] if row.verdict.get("promote") is False else []
    if champion and row.promoted_at is None and against != str(champion):
        found.append(f"The gate compared it with {against or 'no model'}, not with {champion}.")
    if row.status == State.SHADOW and row.promoted_at is None:
        labels = row.report.get("shadow", {}).get("labels", 0)
        wanted = plans.of(row.item_type).shadow_labels
        found.append(f"Its shadow is not over: people have labelled {labels} of {wanted} items.")
    return found


def _measured(row: ModelVersion) -> list[str]:
    return [
        f"Accuracy {percent(one.value)} ({percent(one.low)} to {percent(one.high)}), {one.n} held-out items."
        for one in row.overall
    ] or ["It was never measured."]


def _gate(row: ModelVersion) -> list[str]:
    said = row.verdict.get("reasons", [])
    return [reason if reason.startswith("Shadow: ") else f"Gate: {reason}" for reason in said]
