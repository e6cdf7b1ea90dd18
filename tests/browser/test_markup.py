"""What clients and people write is shown as they wrote it: no script runs, no element is made of it."""

import pytest

from routing import router
from routing.models import ItemType
from routing.policy import Opinion
from tests import factories
from tests.browser.kinds_at_work import WORK
from tests.browser.test_kinds_text import known_to

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MARKUP = (
    "\"'><img src=x onerror=window.ran=1 data-theirs><script data-theirs>window.ran=1</script>"
    "</textarea><b data-theirs>"
)
MARKDOWN = f"""# Rules {MARKUP}
[a link](javascript:window.ran=1) [another](data:text/html,<script>window.ran=1</script>)
![a picture](javascript:window.ran=1) <b data-theirs onclick="window.ran=1">raw</b>
<svg onload=window.ran=1 data-theirs>
"""
KEPT = ("id", "image")  # what isn't any text
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
    said = (Opinion(f"model{MARKUP}@1", work.guess, 0.85),)
    entry = router.Entry(f"{work.slug}{MARKUP}", marked(work.payload), context=context, opinions=said)
    return router.submit(work.slug, [entry], by="system:test")[0].item


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
        assert looked_at(page, f"/review/work/?item_type={slug}") == [None, 0, 0], slug
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
        assert looked_at(page, path) == [None, 0, 0], path
