"""What clients and people write is shown as they wrote it: no script runs, no element is made of it."""

from urllib.parse import urlsplit

import pytest

from labeling.answering import review
from labeling.answering.review import Answer
from labeling.appeals import opening
from labeling.models import Appeal, GoldenExample, Label, Review
from routing import appealing, assignments, router
from routing.models import Item, ItemType, SubjectRights
from routing.policy import Opinion
from tests import factories
from tests.browser.conftest import known_to
from tests.browser.kinds_at_work import WORK

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MARKUP = (
    "\"'><img src=x onerror=window.ran=1 data-theirs><script data-theirs>window.ran=1</script>"
    "</textarea><b data-theirs>"
)
LABEL = "\"'><script data-theirs>window.ran=1</script><b data-theirs>"
MARKDOWN = f"""# Rules {MARKUP}
[a link](javascript:window.ran=1) [another](data:text/html,<script>window.ran=1</script>)
![a picture](javascript:window.ran=1) <b data-theirs onclick="window.ran=1">raw</b>
<svg onload=window.ran=1 data-theirs>
"""
KEPT = ("id", "image")  # what isn't any text
NOTHING = [None, 0, 0]
THEIRS = """() => [
    window.ran,
    document.querySelectorAll('[data-theirs]').length,
    document.querySelectorAll('[href^="javascript:"], a[href^="data:"], [src^="javascript:"]').length,
]"""


def marked(value):
    """Return the value with markup behind each text."""
    if isinstance(value, dict):
        return {name: one if name in KEPT else marked(one) for name, one in value.items()}
    if isinstance(value, list):
        return [marked(one) for one in value]
    return value + MARKUP if isinstance(value, str) else value


def submitted(work):
    """Return an item of this work whose texts, and those of its item type, are markup."""
    fields = {"kind": work.kind, "labels": [], "guidelines": MARKDOWN, "name": f"{work.slug} <b data-theirs>"}
    factories.item_type(work.slug, **(fields | work.fields))
    context = {"note": MARKUP, MARKUP: MARKUP}
    guess = marked(work.guess) if work.kind == "agent_action" else work.guess
    said = (Opinion(f"model{MARKUP}@1", guess, 0.85),)
    entry = router.Entry(f"{work.slug}{MARKUP}", marked(work.payload), context=context, opinions=said)
    return router.submit(work.slug, [entry], by="system:test")[0].item


def answered(slug, person, label):
    """Return an item whose answer, comment and dispute are markup; an expert is asked about it."""
    SubjectRights.objects.create(item_type=ItemType.objects.get(slug=slug), appeal_days=30)
    seat = assignments.claim(by=person, item_type=slug)
    item = review.submit(seat.pk, Answer("edit", label, comment=MARKUP), by=person)
    opening.dispute(item.pk, MARKUP, by="subject")
    return Item.objects.get(pk=item.pk)


def looked_at(page, path):
    """Open a page and return what there is of theirs on it."""
    answer = page.goto(path)
    assert answer.status == 200, path
    return page.evaluate(THEIRS)


def test_no_page_makes_an_element_of_what_others_wrote(open_page):
    items = {slug: submitted(work) for slug, work in WORK.items()}
    rita = factories.person("rita", "reviewers", first_name=MARKUP[:100])
    page = open_page()
    known_to(page, rita)
    for slug in items:
        assert looked_at(page, f"/review/work/?item_type={slug}") == NOTHING, slug
    known_to(page, factories.person("root", is_superuser=True, is_staff=True))
    shown = [f"/compliance/items/{item.pk}/" for item in items.values()]
    shown += [f"/admin/routing/item/{item.pk}/change/" for item in items.values()]
    shown += [f"/admin/routing/itemtype/{pk}/change/" for pk in ItemType.objects.values_list("pk", flat=True)]
    shown += [
        "/",
        "/compliance/items/",
        "/compliance/events/",
        "/admin/routing/item/",
        "/admin/labeling/label/",
    ]
    for path in shown:
        assert looked_at(page, path) == NOTHING, path


def test_nor_of_labels_comments_answers_and_disputes(open_page):
    rita, edgar = factories.person("rita", "reviewers"), factories.person("edgar", "experts")
    factories.item_type("sorted", labels=[LABEL, "b"], guidelines=MARKDOWN)
    factories.submit(0.85, to="sorted", label="b")
    items = [answered("sorted", rita, LABEL)]
    submitted(WORK["generation"])
    items.append(answered("generation", rita, f"Written by hand: {MARKUP}"))
    page = open_page()
    for item in items:
        assert looked_at(page, urlsplit(appealing.link(item)).path) == NOTHING
    known_to(page, edgar)
    for slug in ("sorted", "generation"):
        assert looked_at(page, f"/review/work/?item_type={slug}") == NOTHING, slug
    known_to(page, factories.person("root", is_superuser=True, is_staff=True))
    rows = [*Review.objects.all(), *Label.objects.all(), *Appeal.objects.all(), *GoldenExample.objects.all()]
    shown = [f"/admin/labeling/{row._meta.model_name}/{row.pk}/change/" for row in rows]
    shown += [f"/admin/labeling/{name}/" for name in ("review", "label", "appeal", "goldenexample")]
    shown += [f"/compliance/items/{item.pk}/" for item in items]
    shown += ["/", "/analytics/", "/targets/", "/compliance/events/", "/compliance/people/user:rita/"]
    for path in shown:
        assert looked_at(page, path) == NOTHING, path
