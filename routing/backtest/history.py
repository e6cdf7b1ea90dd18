"""Try a policy on what has come in: read recent items, judge them anew, and say what would change."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator
from contextlib import closing
from functools import lru_cache
from itertools import takewhile
from time import monotonic
from typing import Any
from uuid import UUID

import orjson
from django.db import connection, transaction

from routing import policies
from routing.backtest import Case, Pair, run
from routing.backtest.moves import Backtest, Effort, compare
from routing.certify import Target
from routing.economics import costing
from routing.findings import ACTIONS
from routing.judging import ROUTER
from routing.kinds import TypeSpec
from routing.models import Item, ItemType, Status
from routing.opinions import Opinion
from routing.policy import Policy
from routing.truth import CHECKED, was_right

LAST = 10_000
CHUNK = 2_000
LONGEST = 20.0  # seconds that judging takes before it leaves the rest; a server ends requests at 30

ITEMS = f"""
SELECT i.id::text, i.item_ref, {{payload}}, i.context, i.signals, i.action, i.score, i.label_probability,
    i.status, i.decided_by, i.label,
    i.decided_by = %(router)s AND {CHECKED}
FROM routing_item i
WHERE i.item_type_id = %(item_type)s AND i.action IS NOT NULL AND i.erased_at IS NULL
    AND i.id BETWEEN %(oldest)s AND %(newest)s
ORDER BY i.id DESC
"""
PREDICTIONS = """
SELECT p.item_id::text, p.model, p.label, p.confidence, {probabilities}
FROM routing_prediction p JOIN routing_item i ON i.id = p.item_id
WHERE i.item_type_id = %(item_type)s AND p.item_id BETWEEN %(oldest)s AND %(newest)s {first}
ORDER BY p.item_id DESC, p.rank DESC
"""
# Pictures and embeddings are by far the largest parts of a payload; no rule is likely to look into one.
HEAVY = ("image", "embedding")
_PAYLOAD = re.compile(r"\bpayload\b(?:\s*\.\s*(\w+)\b(?!\s*\())?")


def backtest(item_type: ItemType, last: int = LAST, *, draft: Policy | None = None) -> Backtest:
    """Return what the draft (or the policy given) would have done with the last items that were judged.

    The number of statements is the same however many items. After LONGEST it makes do with the items that
    it came to, the newest. Raises NoPolicy where none is in force.
    """
    before = policies.pure(policies.latest(item_type))
    after = policies.draft(item_type) if draft is None else draft
    pair = Pair(before, after, item_type.spec)
    end = monotonic() + LONGEST
    with closing(load(item_type, last, read_by=pair.policies)) as cases:
        columns = run(pair, takewhile(lambda _: monotonic() < end, cases))
    return compare(columns, before, after, effort(item_type), target(item_type))


def target(item_type: ItemType) -> Target | None:
    """Return the error target that the admin stated, or None."""
    if item_type.target_alpha is None:
        return None
    return Target(item_type.target_alpha, item_type.target_delta, item_type.target_of)


def load(item_type: ItemType, last: int = LAST, *, read_by: Iterable[Policy] = ()) -> Iterator[Case]:
    """Yield the last items that were judged, newest first, a few at a time.

    What none of the policies reads is left out: pictures, embeddings, the committee, probabilities. Without
    policies all is read.
    """
    given = tuple(read_by)
    committee = not given or any(policy.committee_limit is not None for policy in given)
    rules = [rule.when for policy in given for rule in policy.rules]
    heavy = not given or any(reads_heavy(when) for when in rules)
    items = ITEMS.format(payload="i.payload" if heavy else f"i.payload - ARRAY{list(HEAVY)}")
    predictions = PREDICTIONS.format(
        probabilities="p.probabilities" if committee or rules else "NULL",
        first="" if committee else "AND p.rank = 0",
    )
    # Inside a transaction the database hands the rows over in portions, and holds nothing back afterwards.
    with transaction.atomic():
        asked = _range(item_type, last)
        if asked is None:
            return
        with closing(_rows(items, asked)) as found, closing(_rows(predictions, asked)) as said:
            yield from _cases(found, said, item_type.spec)


def reads_heavy(when: str) -> bool:
    """Return whether an expression may read one of HEAVY: it names it, or takes the payload as a whole."""
    return any(found[1] in (None, *HEAVY) for found in _PAYLOAD.finditer(when))


def _range(item_type: ItemType, last: int) -> dict[str, Any] | None:
    """Return the bounds of the last items' ids, so that both readings are of the same items."""
    judged = Item.objects.filter(item_type=item_type, action__isnull=False).order_by("-id")
    newest = judged.values_list("id", flat=True).first()
    if newest is None or last < 1:
        return None
    oldest = judged.values_list("id", flat=True)[last - 1 : last].first() or UUID(int=0)
    return {"item_type": item_type.pk, "oldest": oldest, "newest": newest, "router": ROUTER}


def _rows(sql: str, parameters: dict[str, Any]) -> Iterator[tuple]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, parameters)
        while rows := cursor.fetchmany(CHUNK):
            yield from rows


def _cases(items: Iterator[tuple], predictions: Iterator[tuple], spec: TypeSpec) -> Iterator[Case]:
    """Merge two streams that both fall by the item's id, whose text sorts as it does."""
    row = next(predictions, None)
    for item in items:
        said: list[tuple] = []
        while row is not None and row[0] >= item[0]:
            if row[0] == item[0]:
                said.append(row)
            row = next(predictions, None)
        yield _case(item, said, spec)


def _case(item: tuple, said: list[tuple], spec: TypeSpec) -> Case:
    pk, ref, payload, context, signals, action, score, chance, status, decided_by, label, checked = item
    payload, signals = json.loads(payload), orjson.loads(signals)
    opinions = tuple(
        Opinion(
            model=model,
            label=None if stated is None else _parsed(stated),
            confidence=confidence,
            probabilities=None if probabilities is None else orjson.loads(probabilities),
            score=score if rank == 0 else None,
        )
        for rank, (_, model, stated, confidence, probabilities) in enumerate(reversed(said))
    )
    wrong, corrected = math.nan, signals.get("corrected")
    if corrected:
        pass  # what was decided was a person's answer: it says nothing of the model's
    elif checked:
        wrong = 0.0
    elif decided_by is not None and decided_by != ROUTER and opinions:
        final = None if label is None else _parsed(label)
        approved = status == Status.APPROVED
        wrong = 1.0 - was_right(opinions[0].label, final, payload, spec, approved=approved)
    return Case(
        id=pk,
        ref=ref,
        opinions=opinions,
        payload=payload,
        context=json.loads(context),
        stored=_PLACE[action],
        unseen=signals.get("unseen"),
        novelty=signals.get("novelty"),
        chance=chance or 0.0,
        wrong=wrong,
        corrected=corrected,
    )


# The same few labels come again and again. orjson is faster, but makes floats of very large whole numbers.
_parsed = lru_cache(4096)(json.loads)
_PLACE = {name: at for at, name in enumerate(ACTIONS)}


def effort(item_type: ItemType) -> Effort:
    """Return what looks take and cost: as measured, or as usual where too few were timed."""
    measured = costing.measure(item_type)
    return Effort(
        review_seconds=measured.review.seconds,
        expert_seconds=measured.expert.seconds,
        opinions=item_type.opinions_wanted,
        timed=0 if measured.review.usual[0] else measured.review.looks,
        costs=costing.prices(item_type, measured),
    )
