"""What an item type's rules did to its recent items: matched, failed, made stricter, and whether rightly."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import connection

from routing import policies, recent
from routing.findings import ACTIONS, HUMAN, LEAST
from routing.judging import ROUTER
from routing.models import ItemType
from routing.policy import Rule
from routing.truth import was_right

LAST = 10_000  # items

# A shadow rule is stored as "name: effect", or "name: effect (could not be checked: why)".
_COLUMNS = ("id", "policy_id", "action", "reasons", "shadow", "label", "decided_by")
_SQL = f"""
WITH recent AS MATERIALIZED ({recent.sql(*_COLUMNS)}),
judged AS (
    SELECT rule ->> 'name' AS name, rule ->> 'state' AS state, sum(items) AS items
    FROM (SELECT policy_id, count(*) AS items FROM recent WHERE policy_id IS NOT NULL GROUP BY 1) used
    JOIN routing_policy policy ON policy.id = used.policy_id,
    jsonb_array_elements(policy.snapshot -> 'rules') rule
    GROUP BY 1, 2
),
noted AS MATERIALIZED ( -- each wording is taken apart once, however many items have it
    SELECT line, part FROM (SELECT DISTINCT jsonb_array_elements_text(shadow) AS line FROM recent) one,
    regexp_match(line, '^(.*?): (review|expert|priority|queue)(?: \\(could not be checked: (.*)\\))?$') part
),
said AS (
    SELECT recent.*, 'live' AS state, reason -> 'data' ->> 'rule' AS name,
        reason -> 'data' ->> 'error' AS error
    FROM recent, jsonb_array_elements(recent.reasons) reason WHERE reason ->> 'code' = 'rule'
    UNION ALL
    SELECT recent.*, 'shadow', part[1], part[3] FROM recent,
    jsonb_array_elements_text(recent.shadow) written JOIN noted ON noted.line = written
)
SELECT judged.name, judged.state, judged.items, said.action, said.error IS NOT NULL AS failed,
    count(said.id), (array_agg(said.error ORDER BY said.id DESC))[1],
    (array_agg(said.id ORDER BY said.id DESC))[1],
    answer.predicted::text, answer.label::text
FROM judged
LEFT JOIN said ON said.name = judged.name AND said.state = judged.state
LEFT JOIN LATERAL (
    SELECT prediction.label AS predicted, said.label AS label FROM routing_prediction prediction
    WHERE prediction.item_id = said.id AND prediction.rank = 0 AND said.error IS NULL
    AND said.label IS NOT NULL AND said.decided_by <> %(router)s
) answer ON true
GROUP BY 1, 2, 3, 4, 5, 9, 10
"""


@dataclass
class RuleLine:
    """One rule of the policy in force, with what it did among the items that were judged with it.

    `stricter`: how many of the items went to a person or an expert more strictly than they did, had a shadow
    rule been live. `wrong` of `decided` matched items, on which people have since decided, had a wrong answer
    from the model.
    """

    rule: Rule
    judged: int = 0
    matched: int = 0
    failed: int = 0
    last_error: str | None = None
    last_failed: str | None = None
    stricter: int = 0
    decided: int = 0
    wrong: int = 0

    @property
    def precision(self) -> float | None:
        """The share of the matched and decided items whose model answer was wrong, or None."""
        return self.wrong / self.decided if self.decided else None


def ledger(item_type: ItemType, last: int = LAST) -> list[RuleLine]:
    """Return a line for each rule of the policy in force over the last items of the type, in one statement.

    A rule counts by its name, in the state (live or shadow) in which it is now. `item_type` brings its newest
    policy (`policies.in_force`), else that is one statement more.
    """
    policy = policies.newest(item_type)
    lines = {(rule.name, rule.state): RuleLine(rule) for rule in policy.pure.rules} if policy else {}
    if not lines:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_SQL, {**recent.values(item_type.pk, last), "router": ROUTER})
        rows = cursor.fetchall()
    _count(lines, rows, item_type)
    return list(lines.values())


def _count(lines: Mapping[tuple[str, str], RuleLine], rows: Iterable[tuple], item_type: ItemType) -> None:
    for name, state, judged, action, failed, count, error, item, predicted, label in rows:
        line = lines.get((name, state))
        if line is None:
            continue
        line.judged = int(judged)
        if failed:
            line.failed += count
            if line.last_failed is None or str(item) > line.last_failed:
                line.last_error, line.last_failed = error, str(item)
        else:
            line.matched += count
        if state == "shadow" and action and ACTIONS.index(action) < _least(line.rule, failed):
            line.stricter += count
        if label is not None:
            line.decided += count
            said = None if predicted is None else json.loads(predicted)
            right = was_right(said, json.loads(label), None, item_type.spec, approved=True)
            line.wrong += 0 if right else count


def _least(rule: Rule, failed: bool) -> int:
    least = LEAST[rule.effect][0]
    return max(least, HUMAN) if failed else least


@dataclass(frozen=True)
class Failing:
    """A live rule that could not be checked on some of the server's latest items."""

    item_type: int
    rule: str
    items: int


_FAILING = """
SELECT item_type_id, reason -> 'data' ->> 'rule', count(*)
FROM (SELECT item_type_id, reasons FROM routing_item ORDER BY id DESC LIMIT %s) latest,
jsonb_array_elements(latest.reasons) reason
WHERE reason ->> 'code' = 'rule' AND reason -> 'data' ->> 'error' IS NOT NULL
GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
"""


def failing(last: int = 2_000) -> list[Failing]:
    """Return the rules that could not be checked on some of the server's last items, worst first."""
    with connection.cursor() as cursor:
        cursor.execute(_FAILING, [last])
        return [Failing(*row) for row in cursor.fetchall()]
