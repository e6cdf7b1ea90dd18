"""What two looks tell their holder that must not be told apart, for tests."""

import re

from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from routing import names
from routing.models import Assignment
from tests.api_client import caller

OWN = ("id", "item_ref", "due_at", "claimed_at", "lease_expires_at", "created_at")


def without_names(data):
    """Return the data without what differs between any two items."""
    left = {name: value for name, value in data.items() if name not in OWN}
    return left | {"item": without_names(left["item"])} if "item" in left else left


def answer_both(label, by):
    """Claim and answer both by the API; return what was claimed and what was answered, each without names."""
    client, said = caller("reviews:write", user=by), []
    for _ in range(2):
        claimed = client.post("/api/v1/assignments/claim/").json()
        url = f"/api/v1/assignments/{claimed['id']}/submit/"
        answer = client.post(url, {"action": "edit", "label": label}).json()
        said.append((without_names(claimed), without_names(answer)))
    return said


def neutral(text: str, seat: Assignment) -> str:
    """Return a page without what differs between any two: names, numbers, times and tokens."""
    text = text.replace(seat.item.item_ref, "REF").replace(str(names.of_item(seat)), "ITEM")
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", text)
    text = re.sub(r"item=[0-9a-f-]+", "", text).replace(str(names.of_seat(seat.pk)), "SEAT")
    text = re.sub(r"\b\d+ (s|min)\b", "LENGTH", text)
    return re.sub(r"\d{4}-\d\d-\d\dT[0-9:.+]+", "", text)


def both_pages(by: User) -> list[str]:
    """Return the review pages of the two looks that this person is given first, stripped by `neutral`."""
    client, pages = Client(), []
    client.force_login(by, backend="django.contrib.auth.backends.ModelBackend")
    for _ in range(2):
        page = client.get(reverse("review-work"))
        seat = page.context["page"].seat
        pages.append(neutral(page.content.decode(), seat))
        client.post(reverse("review-skip", args=[seat.pk]))
    return pages
