"""The demo's people: four to sign in as, and simulated reviewers who err at a stated rate."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth.models import User
from django.db import transaction

from audit import trail
from hitl_project.demo.setting import BY
from labeling.answering import review
from labeling.answering.review import Answer
from routing import assignments
from routing.draws import draw

ERROR_RATE = 0.03
SEED = "demo"  # the slips of the simulated reviewers are drawn by this, so a broken-off run repeats them


@dataclass(frozen=True)
class Login:
    """Somebody to sign in as."""

    username: str
    role: str
    password: str


VISITORS = {
    "rita": ("reviewer", "reviewers"),
    "edgar": ("expert", "experts"),
    "ada": ("administrator", "admins"),
    "carla": ("compliance officer", "compliance"),
}
SIMULATED = {
    "sim-anna": "reviewers",
    "sim-ben": "reviewers",
    "sim-chloe": "reviewers",
    "sim-dora": "experts",
    "sim-emil": "experts",
}


GROUPS = {name: group for name, (_, group) in VISITORS.items()} | SIMULATED


def sign_ins(file: Path) -> list[Login]:
    """Give the four visitors their passwords and return them; the users are there already.

    The passwords are random, made once, and kept in `file`, which only its owner can read: the database holds
    hashes alone, and a second demo has to name them again.
    """
    known = dict(line.split() for line in file.read_text().splitlines()) if file.exists() else {}
    logins = [
        Login(name, role, known.get(name) or secrets.token_urlsafe(9)) for name, (role, _) in VISITORS.items()
    ]
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_suffix(".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as output:
        output.write("".join(f"{login.username} {login.password}\n" for login in logins))
    new.replace(file)
    for login in logins:
        user = User.objects.get(username=login.username)
        if not user.check_password(login.password):
            user.set_password(login.password)
            with transaction.atomic():
                user.save(update_fields=["password"])
                trail.record("user.password_changed", user, by=BY)
    return logins


def team() -> list[User]:
    """Return the simulated reviewers and experts; nobody can sign in as one."""
    return list(User.objects.filter(username__in=SIMULATED).order_by("username"))


def answer_all(
    people: list[User],
    item_type: str,
    truth: Mapping[str, str],
    labels: list[str],
    *,
    done: Callable[[], None],
) -> int:
    """Let the people claim and answer in turn until nothing waits for any of them; return how many answers.

    They use the functions of the page and of the API. `truth` says what each `item_ref` is; an item that
    somebody else has posted stays unanswered, and free again when its lease ends.
    """
    answers, waiting = 0, list(people)
    while waiting:
        person = waiting.pop(0)
        seat = assignments.claim(item_type=item_type, by=person)
        if seat is None:
            continue
        waiting.append(person)
        ref = seat.item.item_ref
        if ref not in truth:
            continue
        said = slip(person.username, ref, truth[ref], labels)
        review.submit(seat.pk, Answer("edit", label=said), by=person)
        answers += 1
        done()
    return answers


def slip(person: str, item_ref: str, label: str, labels: list[str]) -> str:
    """Return what a simulated person says an item is: at ERROR_RATE another label, each as likely."""
    if draw(SEED, "slip", person, item_ref) >= ERROR_RATE:
        return label
    others = [other for other in labels if other != label]
    return others[int(draw(SEED, "which", person, item_ref) * len(others))]
