"""An admin writes a rule, tries it on history, publishes it, and reads why an item was caught."""

import pytest

from audit import keys
from routing import roles, router
from routing.models import Item, Policy, Rule
from tests import factories
from tests.browser.conftest import PHONE, WIDE, known_to
from tests.browser.holding import answers_held, hold_answers, let_go

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def claims():
    """A type of which forty items were approved at once, ten of them of a large amount."""
    made = factories.item_type("claims", labels=["pay", "refuse"])
    amounts = [20_000 if i < 10 else 50 + i for i in range(40)]
    entries = [factories.entry(0.97, label="pay", context={"amount": amount}) for amount in amounts]
    router.submit("claims", entries, by="system:test")
    return made


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["desktop", "phone"])
def test_a_rule_from_a_typing_error_to_the_item_that_it_catches(open_page, claims, size):
    page = open_page(size)
    roles.ensure_roles(by="system:test")
    known_to(page, factories.person("ada", "admins"))
    write_a_rule(page, claims)
    try_it_on_history(page, claims)
    publish(page, claims)
    item = post(page)
    read_why(page, item)


def write_a_rule(page, claims):
    """Make a mistake, be told where, and mend it."""
    page.goto(f"/admin/routing/rule/add/?item_type={claims.pk}")
    page.get_by_label("Name:").fill("large amount")
    page.get_by_label("State:").select_option("live")
    when = page.get_by_label("When:")
    when.fill("context.amount >> 10000")
    page.locator("#id_when-said").get_by_text("column 17").wait_for()
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator(".errorlist").get_by_text("line 1, column 17").wait_for()
    assert Rule.objects.count() == 0
    when.fill("context.amount > 10000")
    page.locator("#id_when-said").get_by_text("10 of").wait_for()
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("was added successfully").wait_for()


def try_it_on_history(page, claims):
    """See on the draft's page what would move."""
    page.goto(f"/admin/routing/itemtype/{claims.pk}/change/")
    page.get_by_role("link", name="Try the draft on history").click()
    page.get_by_text("10 fewer would be approved without a person").wait_for()


def publish(page, claims):
    """Say why, and put the draft in force."""
    page.goto(f"/admin/routing/itemtype/{claims.pk}/change/")
    page.get_by_role("link", name="Publish the draft").click()
    page.get_by_label("Why").fill("large amounts need a look")
    page.get_by_role("button", name="Publish policy 2").click()
    page.get_by_text("Policy 2 of claims is in force.").wait_for()
    assert Policy.objects.get(number=2).evidence["backtest"]["items"] == 40


def post(page):
    """Post, as a client does, an item that the rule catches."""
    client = factories.person("client", "clients")
    _, key = keys.create_key(client, name="app", scopes=["items:write"], by="system:test")
    body = {
        "item_type": "claims",
        "item_ref": "claim-7",
        "payload": {"text": "A roof, blown off."},
        "context": {"amount": 12_000},
        "predictions": [{"model": "clf@1", "label": "pay", "confidence": 0.97}],
    }
    answer = page.request.post("/api/v1/items/", data=body, headers={"Authorization": f"Bearer {key}"})
    assert answer.json()["status"] == "pending_human"
    return Item.objects.get(item_ref="claim-7")


def read_why(page, item):
    """Read the reason on the item's page, and that it would be the same by its own policy."""
    page.goto(f"/admin/routing/item/{item.pk}/change/")
    page.get_by_text("business rule 'large amount' (context.amount > 10000)").first.wait_for()
    judged_again = page.locator("section.replays")
    assert "By its own policy 2" in judged_again.inner_text()
    assert "the same" in judged_again.inner_text()


def test_each_of_several_rules_on_one_page_is_tried_at_once_and_explained_once(open_page, claims):
    for name in ("a", "b", "c"):
        claims.rules.create(name=name, when=f"has(context.{name}) && context.{name} == 1", category="risk")
    page = open_page(WIDE)
    roles.ensure_roles(by="system:test")
    known_to(page, factories.person("ada", "admins"))
    page.goto(f"/admin/routing/itemtype/{claims.pk}/change/")
    for number in range(3):
        page.locator(f"#id_rules-{number}-when-said").get_by_text("Matches 0 of").wait_for()
    explained = [page.locator(f"#rules-{number} .help").first.is_visible() for number in range(3)]
    assert explained == [True, False, False]


def test_the_fields_of_a_type_that_was_chosen_before_do_not_take_the_place_of_anothers(open_page, claims):
    factories.item_type("letters")
    factories.submit(0.85, to="letters", context={"sender": "a bank"})
    page = open_page(WIDE)
    roles.ensure_roles(by="system:test")
    known_to(page, factories.person("ada", "admins"))
    hold_answers(page, "/help/")
    page.goto(f"/admin/routing/rule/add/?item_type={claims.pk}")
    page.get_by_text("Fields and examples").click()
    answers_held(page, 1)
    page.get_by_role("combobox").first.click()
    page.get_by_role("option", name="letters").click()
    answers_held(page, 2)
    let_go(page, 1)
    page.get_by_role("button", name="context.sender", exact=True).wait_for()
    let_go(page, 0)
    assert page.get_by_role("button", name="context.sender", exact=True).is_visible()
    assert page.get_by_role("button", name="context.amount", exact=True).count() == 0
