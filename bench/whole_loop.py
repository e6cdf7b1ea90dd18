"""The whole loop on banking77 by the API: real server, real worker, people who answer.

Texts arrive in rounds without predictions. People answer whatever they are asked, two answers in a hundred
wrong. The worker picks, trains, judges and promotes as the plan says. At the end one reviewer answers all of
one product wrongly, and the gate must refuse the model that learnt from it, naming that slice.

`review_rate` is the share of a round's arrivals that went to people; `automated_right` the share of right
answers among the others; `f1` the macro F1, on texts that are never posted, of the model that stood when the
round began. Usage: python bench/whole_loop.py [--quick]; needs ../shared/data.
"""

import argparse
import json
import random
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import servers
from bench.banking import PRODUCT, SLUG, Text, read
from bench.world import BY, caller, person, say, scratch_database

JUDGE = "routing.tasks.judge_pending"
TURN = "learning.tasks.turn"
TURNS = {"learning.tasks.learn", TURN}
SLIPS = 0.02
PATIENCE = 300.0  # seconds for one task of the worker


@dataclass(frozen=True)
class Scale:
    """How much of the data takes part."""

    classes: int
    rounds: int
    arrivals: int
    tested: int
    careless: int


FULL, QUICK = Scale(77, 7, 1_200, 1_500, 400), Scale(12, 3, 280, 300, 200)


class Api:
    """One caller of the API."""

    def __init__(self, address: str, key: str) -> None:
        self.address, self.key = urlsplit(address).netloc, key

    def post(self, path: str, body: Any) -> Any:
        """Return the answer's JSON, None where it has none; RuntimeError for an error."""
        headers = {"Authorization": self.key, "Content-Type": "application/json"}
        connection = HTTPConnection(self.address, timeout=120)
        with closing(connection):
            connection.request("POST", f"/api/v1/{path}", json.dumps(body), headers)
            answer = connection.getresponse()
            said = answer.read()
        if answer.status >= 400:
            raise RuntimeError(f"{path}: {answer.status} {said[:500]!r}")
        return json.loads(said) if said else None


def main() -> None:
    """Run the loop, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="twelve classes, three rounds")
    scale = QUICK if parser.parse_args().quick else FULL
    texts = read(scale.classes)
    with scratch_database("whole_loop"):
        prepare(sorted({one.label for one in texts}))
        with servers.web() as address, servers.worker():
            print(json.dumps(Loop(address, texts, scale).run()))


def prepare(labels: list[str]) -> None:
    """Set up the item type, its plan, and what the worker's clock needs."""
    from django.core.management import call_command

    from hitl_project.demo.setting import QUEUES
    from routing import config

    call_command("bootstrap", verbosity=0)
    learning = {
        "auto_promote": True,
        "slices": ["context.product"],
        "batch_size": 200,
        "retrain_after": 80,
        "margin_overall": 0.02,
        "shadow_labels": 0,
    }
    kind = {"slug": SLUG, "kind": "classification", "labels": labels, "queue": "reviews"}
    kind |= {"expert_queue": "experts", "audit_rate": 0.3, "held_out_share": 0.3, "learning": learning}
    config.apply({"queues": QUEUES, "item_types": [kind]}, reason="the whole loop", by=BY)


class Loop:
    """One run of the loop against a server."""

    def __init__(self, address: str, texts: list[Text], scale: Scale) -> None:
        self.scale = scale
        self.tested, stream = texts[: scale.tested], texts[scale.tested :]
        bad = [one for one in stream if one.product == PRODUCT][-scale.careless :]
        left = set(bad)
        self.bad, self.stream = bad, [one for one in stream if one not in left]
        self.truth = {one.text: one.label for one in texts}
        self.labels = sorted({one.label for one in texts})
        self.rng = random.Random(1)
        client = caller(person("client", "clients"), ["items:write", "models:read"])
        self.client = Api(address, client._credentials["HTTP_AUTHORIZATION"])
        self.people = [self._person(address, name, "reviewers") for name in ("rita", "ben")]
        self.people.append(self._person(address, "edgar", "experts"))

    def _person(self, address: str, name: str, group: str) -> Api:
        return Api(address, caller(person(name, group), ["reviews:write"])._credentials["HTTP_AUTHORIZATION"])

    def run(self) -> dict[str, Any]:
        """Return the figures of every round, the models, and what the gate said of the spoilt one."""
        rounds = []
        for number in range(self.scale.rounds):
            start = number * self.scale.arrivals
            rounds.append(self._round(number + 1, self.stream[start : start + self.scale.arrivals]))
            say(json.dumps(rounds[-1]))
        refused = self._careless()
        return {"rounds": rounds, "models": _models(), "after_careless_labels": refused}

    def _round(self, number: int, arrivals: list[Text]) -> dict[str, Any]:
        began = time.monotonic()
        f1 = self._f1()
        self._post(arrivals)
        answers, before = 0, -1
        while answers > before:  # until the worker finds nothing more to ask
            before = answers
            self._work()
            answers += self._answer(self._honest)
        return {
            "round": number,
            "model": _champion(),
            "f1": f1,
            **_routed(arrivals),
            "answers": answers,
            "seconds": round(time.monotonic() - began, 1),
        }

    def _post(self, arrivals: list[Text], **more: str) -> None:
        for start in range(0, len(arrivals), 500):
            self.client.post("items/", [one.body() | more for one in arrivals[start : start + 500]])

    def _work(self) -> None:
        """Have the worker do what is due, and wait until it has."""
        from django_q.tasks import async_task

        from routing.models import ItemType

        # Beside a turn that the clock has begun ours would do nothing, and that one may know too little.
        _until_done(TURNS)
        async_task(TURN, ItemType.objects.get(slug=SLUG).pk)
        _until_done({*TURNS, JUDGE})  # a promotion asks for judging

    def _answer(self, say_what: Any) -> int:
        """Let everybody answer until nothing waits; return how many answers."""
        count, waiting = 0, list(self.people)
        while waiting:
            one = waiting.pop(0)
            seat = one.post("assignments/claim/", {})
            if seat is None:
                continue
            waiting.append(one)
            label = say_what(seat["item"]["payload"]["text"])
            one.post(f"assignments/{seat['id']}/submit/", {"action": "edit", "label": label})
            count += 1
        return count

    def _honest(self, text: str) -> str:
        truth = self.truth[text]
        return truth if self.rng.random() >= SLIPS else self.rng.choice(self.labels)

    def _wrong(self, text: str) -> str:
        """Return the next label of the same product: a misreading of the guidelines, not a slip."""
        mine = [name for name in self.labels if "top" in name]
        truth = self.truth[text]
        return mine[(mine.index(truth) + 1) % len(mine)] if truth in mine else self._honest(text)

    def _careless(self) -> dict[str, Any]:
        """Have one product answered wrongly, and return what became of the model that learnt from it."""
        before = _models()
        self._post(self.bad, purpose="pool")
        answers = 1
        while answers:
            self._work()
            answers = self._answer(self._wrong)
        new = [one for one in _models() if one not in before]
        return {"champion": _champion(), "new": new}

    def _f1(self) -> float | None:
        from learning.judging.evaluation import macro_f1

        if _champion() is None:
            return None
        said: list[str] = []
        for start in range(0, len(self.tested), 500):
            payloads = [{"text": one.text} for one in self.tested[start : start + 500]]
            answer = self.client.post("predict/", {"item_type": SLUG, "payloads": payloads})
            said += [one["label"] for one in answer["predictions"]]
        return round(macro_f1(said, [one.label for one in self.tested]), 4)


def _until_done(tasks: set[str]) -> None:
    from django_q.models import OrmQ

    deadline = time.monotonic() + PATIENCE
    while any(one.func() in tasks for one in OrmQ.objects.all()):
        if time.monotonic() > deadline:
            raise TimeoutError("the worker does not come to an end")
        time.sleep(0.2)


def _champion() -> str | None:
    return next((one["model"] for one in _models() if one["status"] == "champion"), None)


def _models() -> list[dict[str, Any]]:
    from learning.models import ModelVersion

    rows = ModelVersion.objects.select_related("item_type").order_by("number")
    return [
        {
            "model": str(row),
            "status": row.status,
            "labels": row.labels_used,
            "reasons": row.verdict["reasons"] if row.status == "refused" else [],
        }
        for row in rows
    ]


def _routed(arrivals: list[Text]) -> dict[str, Any]:
    from routing.models import Item

    truth = {one.ref: one.label for one in arrivals}
    rows = Item.objects.filter(item_type__slug=SLUG, item_ref__in=list(truth))
    found = list(rows.values_list("item_ref", "action", "label", "status"))
    automated = [label == truth[ref] for ref, action, label, _ in found if action == "auto_approve"]
    decided = [label == truth[ref] for ref, _, label, status in found if status == "approved"]
    return {
        "arrivals": len(arrivals),
        "review_rate": round(1 - len(automated) / len(found), 4),
        "automated_right": round(sum(automated) / len(automated), 4) if automated else None,
        "decided_right": round(sum(decided) / len(decided), 4) if decided else None,
    }


if __name__ == "__main__":
    main()
