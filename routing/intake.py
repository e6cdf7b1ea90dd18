"""What a client sends, made an entry that the router takes; everything that is wrong is said at once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import Any

from django.db import transaction

from audit.trail import Actor
from routing import router
from routing.errors import InvalidInput, Problem, UnknownItemType
from routing.kinds import KINDS, KindErrors
from routing.models import ItemType
from routing.opinions import MOST_PREDICTIONS, Opinion
from routing.router import Entry, Submitted
from routing.transport import callable_url
from routing.values import Findings, called, clean_context, is_number, storable

FIELDS = ("item_type", "item_ref", "payload", "context", "predictions", "callback_url", "purpose")
PREDICTION_FIELDS = ("model", "label", "confidence", "probabilities")
PURPOSES = ("decide", "pool")
LONGEST_REF = 200
LONGEST_MODEL = 200
LONGEST_URL = 2_000
MOST_CLASSES = 10_000
LARGEST_CONTEXT = 100_000  # bytes of JSON
MOST_PROBLEMS = 100  # an answer that lists more helps nobody
SUM_SLACK = 0.02  # how far probabilities may be from 1 together: clients round them


def clean_entry(raw: Any, item_type: ItemType) -> Entry:
    """Return what the router takes; raises InvalidInput with every field that is wrong."""
    findings = Findings()
    if not isinstance(raw, Mapping):
        raise InvalidInput.single(f"Send an object, not {called(raw)}.")
    findings.fields(raw, FIELDS)
    if "item_ref" in raw:
        findings.text(raw["item_ref"], "item_ref", limit=LONGEST_REF)
    else:
        findings.add("item_ref", "required", "This field is required.")
    payload = _payload(raw, item_type, findings)
    context = _context(raw.get("context"), findings)
    opinions = _opinions(raw.get("predictions"), payload, item_type, findings)
    url = _callback_url(raw.get("callback_url"), findings)
    purpose = raw.get("purpose", "decide")
    if purpose not in PURPOSES:
        findings.add("purpose", "invalid", f"Use one of: {', '.join(PURPOSES)}.")
    if findings.errors:
        raise InvalidInput(findings.errors)
    return Entry(raw["item_ref"], payload, context, opinions, url, purpose == "pool")


def _payload(raw: Mapping, item_type: ItemType, findings: Findings) -> dict[str, Any] | None:
    if "payload" not in raw:
        findings.add("payload", "required", "This field is required.")
        return None
    try:
        return KINDS[item_type.kind].clean_payload(raw["payload"], item_type.spec)
    except KindErrors as found:
        findings.errors += found.errors
        return None


def _context(raw: Any, findings: Findings) -> dict[str, Any]:
    if raw is None:
        return {}
    try:
        context = clean_context(raw)
    except KindErrors as found:
        findings.errors += found.errors
        return {}
    if context and len(json.dumps(context)) > LARGEST_CONTEXT:
        findings.add("context", "too_large", f"Send at most {LARGEST_CONTEXT:,} bytes of context.")
    return context


def _opinions(
    raw: Any, payload: dict[str, Any] | None, item_type: ItemType, findings: Findings
) -> tuple[Opinion, ...]:
    if raw is None:
        return ()
    if not isinstance(raw, list) or len(raw) > MOST_PREDICTIONS:
        findings.add("predictions", "invalid", f"Send a list of at most {MOST_PREDICTIONS} predictions.")
        return ()
    opinions = [_opinion(one, f"predictions.{i}", payload, item_type, findings) for i, one in enumerate(raw)]
    return tuple(opinion for opinion in opinions if opinion)


def _opinion(
    raw: Any, attr: str, payload: dict[str, Any] | None, item_type: ItemType, findings: Findings
) -> Opinion | None:
    """Return one prediction; a label left out is the most probable one, a confidence its probability."""
    if not isinstance(raw, dict):
        findings.add(attr, "invalid", f"Send an object, not {called(raw)}.")
        return None
    before = len(findings.errors)
    findings.fields(raw, PREDICTION_FIELDS, attr)
    if "model" in raw:
        findings.text(raw["model"], f"{attr}.model", limit=LONGEST_MODEL)
    else:
        findings.add(f"{attr}.model", "required", "This field is required.")
    probabilities = _probabilities(raw.get("probabilities"), f"{attr}.probabilities", item_type, findings)
    label = raw.get("label")
    if "label" not in raw:
        if probabilities and not item_type.multilabel:
            label = max(probabilities, key=probabilities.__getitem__)
        else:
            findings.add(f"{attr}.label", "required", "This field is required.")
    elif payload is not None:
        label = _label(label, f"{attr}.label", payload, item_type, findings)
    confidence = _confidence(raw.get("confidence"), label, probabilities, f"{attr}.confidence", findings)
    if len(findings.errors) > before:
        return None
    return Opinion(model=raw["model"], label=label, confidence=confidence, probabilities=probabilities)


def _probabilities(raw: Any, attr: str, item_type: ItemType, findings: Findings) -> dict[str, float] | None:
    if raw is None:
        return None
    if not isinstance(raw, dict) or not 1 <= len(raw) <= MOST_CLASSES:
        findings.add(attr, "invalid", "Send an object of label: probability.")
        return None
    wrong = next((name for name, value in raw.items() if not is_number(value) or not 0 <= value <= 1), None)
    if wrong is not None:
        findings.add(f"{attr}.{wrong[:100]}", "out_of_range", "Send a number from 0 to 1.")
    elif not all(map(storable, raw)):
        findings.add(attr, "invalid", "A label here can't be stored.")
    elif not item_type.multilabel and abs(sum(raw.values()) - 1) > SUM_SLACK:
        findings.add(
            attr, "invalid", f"The probabilities must sum to 1; these sum to {sum(raw.values()):.4g}."
        )
    else:
        return raw
    return None


def _label(raw: Any, attr: str, payload: dict[str, Any], item_type: ItemType, findings: Findings) -> Any:
    """Return the label as it is stored; one that nobody knows is fine here: a person will look at it."""
    try:
        return KINDS[item_type.kind].clean_label(raw, payload, item_type.spec)
    except KindErrors as found:
        for one in found.errors:
            if one.code != "unknown_label":
                findings.add(attr + one.attr.removeprefix("label"), one.code, one.detail)
    findings.free_form(raw, attr)
    return raw


def _confidence(
    raw: Any, label: Any, probabilities: dict[str, float] | None, attr: str, findings: Findings
) -> float | None:
    if raw is not None:
        return float(raw) if findings.number(raw, attr, low=0, high=1) else None
    if probabilities is None:
        findings.add(attr, "required", "Send confidence, or probabilities.")
    elif not isinstance(label, str) or label not in probabilities:
        findings.add(attr, "required", "Send confidence: the label is not among the probabilities.")
    else:
        return float(probabilities[label])
    return None


def _callback_url(raw: Any, findings: Findings) -> str:
    if raw is None or raw == "":
        return ""
    if findings.text(raw, "callback_url", limit=LONGEST_URL) and not callable_url(raw):
        findings.add("callback_url", "invalid", "Send an address that starts with http:// or https://.")
    return raw


def take_in(raws: Sequence[Any], *, numbered: bool = False, caller: Any = None, by: Actor) -> list[Submitted]:
    """Check and submit what a client sent, of one or several item types, all or none, in the order given.

    `numbered` puts each entry's index before the paths of its errors. Item types that the `caller`, a
    request, may not see are unknown. Raises InvalidInput with everything that is wrong, NoPolicy,
    UnknownItemType.
    """
    types = _types(raws, caller)
    entries: dict[str, list[tuple[int, Entry]]] = {}
    problems: list[Problem] = []
    for index, raw in enumerate(raws):
        try:
            item_type = _type_of(raw, types)
            entries.setdefault(item_type.slug, []).append((index, clean_entry(raw, item_type)))
        except InvalidInput as error:
            problems += _numbered(error.problems, index) if numbered else error.problems
            if len(problems) >= MOST_PROBLEMS:
                break
    if problems:
        raise InvalidInput(problems)
    taken: dict[int, Submitted] = {}
    # One submit is a transaction of its own.
    with transaction.atomic() if len(entries) > 1 else nullcontext():
        # In a fixed order, so that two posts which mix the same types never wait for one another in a circle.
        for slug in sorted(entries):
            indexes, batch = zip(*entries[slug], strict=True)
            taken.update(zip(indexes, router.submit(types[slug], batch, by=by), strict=True))
    return [taken[index] for index in range(len(raws))]


def _types(raws: Sequence[Any], caller: Any) -> dict[str, ItemType]:
    slugs = {
        raw.get("item_type") for raw in raws if isinstance(raw, Mapping) and _is_slug(raw.get("item_type"))
    }
    found = router.known_types(caller).filter(slug__in=slugs) if slugs else ()
    return {one.slug: one for one in found}


def _is_slug(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_REF and storable(value)


def _type_of(raw: Any, types: Mapping[str, ItemType]) -> ItemType:
    if not isinstance(raw, Mapping):
        raise InvalidInput.single(f"Send an object, not {called(raw)}.")
    slug = raw.get("item_type")
    if "item_type" not in raw:
        raise InvalidInput.single("This field is required.", attr="item_type", code="required")
    if not isinstance(slug, str):
        raise InvalidInput.single(f"Send text, not {called(slug)}.", attr="item_type")
    if slug not in types:
        detail = f"There is no item type {slug[:100]!r}."
        raise InvalidInput.single(detail, attr="item_type", code=UnknownItemType.code)
    return types[slug]


def _numbered(problems: Sequence[Problem], index: int) -> list[Problem]:
    return [one._replace(attr=f"{index}.{one.attr}" if one.attr else str(index)) for one in problems]
