"""The rule's form: where an expression is wrong, what recent items make of it, which fields they have."""

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import AuditEvent
from hitl_project import attention
from routing.admin.rule_form import UNTRIED
from routing.models import Rule
from routing.roles import ensure_roles
from routing.rules import fields as rule_fields
from routing.rules.fields import Field, examples, seen
from routing.rules.remarks import warnings as warned
from routing.rules.trial import trial
from tests import factories
from tests.people import signed_in
from tests.statements import counted

pytestmark = pytest.mark.django_db

CHECK = "/admin/routing/rule/check/"
RULE = {"name": "large", "category": "risk", "state": "shadow", "effect": "review"}


@pytest.fixture
def world():
    """An item type with four items, and what a rule can read of them."""
    made = factories.item_type(labels=["fraud", "fine"])
    for n, context in enumerate(({"amount": 5}, {"amount": 20, "client": {"new": True}}, {"amount": 30}, {})):
        factories.submit(0.9, label="fine", ref=f"order-{n}", context=context, payload={"text": "x" * 50})
    return made


def check(client, item_type, when):
    return client.post(CHECK, {"item_type": item_type.pk, "when": when})


def save(client, item_type, when):
    sent = {**RULE, "item_type": item_type.pk, "when": when}
    return client.post(reverse("admin:routing_rule_add"), sent, follow=True)


def warnings(response):
    return [str(one) for one in response.context["messages"] if one.level_tag == "warning"]


def test_the_fields_of_recent_items_are_listed_with_kind_share_and_example(world):
    assert seen(world) == [
        Field(("context", "amount"), ("number",), 0.75, "20", 3),
        Field(("context", "client"), ("object",), 0.25, "", 1),
        Field(("context", "client", "new"), ("boolean",), 0.25, "true", 1),
        Field(("payload", "text"), ("string",), 1.0, "x" * 39 + "…", 1),
    ]


def test_the_fields_take_one_statement_and_look_at_the_last_items_of_this_type(world):
    factories.item_type("other")
    factories.submit(0.9, to="other", context={"strange": 1})
    with counted(most=1):
        found = seen(world, last=2)
    assert [one.path for one in found] == ["context.amount", "payload.text"]


def test_a_field_of_several_kinds_says_so(world):
    factories.submit(0.9, label="fine", context={"amount": "12"}, payload={"text": "x"})
    amount = next(one for one in seen(world) if one.path == "context.amount")
    assert (amount.called, round(amount.share, 3)) == ("number or text", 0.8)


@pytest.mark.parametrize(
    ("steps", "path"),
    [
        (("context", "amount"), "context.amount"),
        (("context", "due date"), 'context["due date"]'),
        (("payload", "größe"), 'payload["größe"]'),
        (("payload", "in", "x"), 'payload["in"].x'),
    ],
)
def test_a_field_is_written_as_an_expression_reads_it(steps, path):
    assert rule_fields.written(steps) == path


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("context.amount > 1 && context.client.new", []),
        ("prediction.label == 'fraud'", []),
        (
            "context.amuont > 1",
            ["Line 1, column 1: no recent item has context.amuont. Did you mean context.amount?"],
        ),
        (
            "true ||\n context.client.neu",
            ["Line 2, column 2: no recent item has context.client.neu. Did you mean context.client.new?"],
        ),
        ("has(context.zebra)", ["Line 1, column 5: no recent item has context.zebra."]),
        ("context.amount.deep == 1", []),
        ("payload.text == 'context.nothing'", []),
    ],
)
def test_a_field_that_no_recent_item_has_is_told_with_its_place(world, when, said):
    assert warned(when, seen(world)) == said


NEVER = "in recent items; it never equals what it is compared with here,"


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("context.amount == '20'", [f"Line 1, column 1: context.amount holds number {NEVER} text."]),
        (
            "true &&\n'true' == context.client.new",
            [f"Line 2, column 11: context.client.new holds true or false {NEVER} text."],
        ),
        ("payload.text in [1, 2]", [f"Line 1, column 1: payload.text holds text {NEVER} number."]),
        ("context.amount == 20.0 && payload.text != null && context.amount in ['a', 5]", []),
        ("payload.text == string(context.amount)", []),
    ],
)
def test_a_field_compared_with_what_it_never_holds_is_told_with_its_place(world, when, said):
    assert warned(when, seen(world)) == said


def test_without_items_no_field_is_strange():
    assert warned("context.anything > 1", seen(factories.item_type())) == []


def test_ready_examples_are_rules_and_made_of_the_fields_seen(world):
    found = [when for _, when in examples(world, seen(world))]
    assert found[0] == "has(context.amount) && context.amount > 10000"
    assert 'prediction.label == "fraud"' in found
    client = signed_in("admins")
    assert [check(client, world, when).json()["ok"] for when in found] == [True] * len(found)


def test_the_check_says_how_many_recent_items_match_and_on_how_many_it_fails(world):
    assert check(signed_in("admins"), world, "context.amount > 10").json() == {
        "ok": True,
        "message": "Matches 2 of the last 4 items.",
        "warnings": [],
        "matched": 2,
        "of": 4,
        "errors": 1,
        "error": "no field 'amount' in context",
        "remedy": "Ask first whether it is there: has(context.amount) && …",
        "examples": ["order-2", "order-1"],
    }


def test_the_check_reads_the_prediction_as_the_router_does(world):
    when = "prediction.label == 'fine' && prediction.score == 0.9 && prediction.model == 'clf@1'"
    assert check(signed_in("admins"), world, when).json()["matched"] == 4


def test_the_check_says_where_an_expression_is_wrong_and_points_there(world):
    answer = check(signed_in("admins"), world, "context.amount >\n  10 and true").json()
    assert answer == {
        "ok": False,
        "message": "Write && for 'and'.",
        "line": 2,
        "column": 6,
        "pointed": "  10 and true\n     ^",
    }


def test_the_check_without_a_type_reads_the_expression_alone():
    answer = signed_in("admins").post(CHECK, {"item_type": "", "when": "context.a == 1"}).json()
    assert answer == {"ok": True, "message": UNTRIED, "of": 0}


def test_the_trial_takes_two_statements_however_many_items_there_are(world):
    for n in range(20):
        factories.submit(0.9, ref=f"more-{n}", label="fine", context={"amount": n})
    with counted(most=2):
        assert trial(world, "context.amount > 10").of == 24


@pytest.mark.parametrize(("role", "status"), [("admins", 200), ("compliance", 403), ("leads", 403)])
def test_only_who_may_write_rules_may_check_them(world, role, status):
    assert check(signed_in(role), world, "true").status_code == status


def test_nobody_checks_without_signing_in_and_nothing_is_read_by_get(world):
    assert check(Client(), world, "true").status_code == 302
    assert signed_in("admins").get(CHECK).status_code == 405


def test_the_check_wants_the_csrf_token(world):
    ensure_roles(by="system:test")
    client = Client(enforce_csrf_checks=True)
    person = factories.person("eve", "admins")
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    assert check(client, world, "true").status_code == 403


def test_the_list_of_fields_offers_them_to_click(world):
    page = signed_in("admins").get("/admin/routing/rule/help/", {"item_type": world.pk}).content.decode()
    assert 'data-insert="context.client.new"' in page
    assert page.count("x" * 39 + "…") == 1
    assert "x" * 40 not in page


def test_saving_points_at_the_error_with_a_caret(world):
    response = save(signed_in("admins"), world, "context.amount > 10 and true")
    assert "Line 1, column 21: Write &amp;&amp; for &#x27;and&#x27;." in response.content.decode()
    assert (
        "<pre class='pointed'>context.amount &gt; 10 and true\n" + " " * 20 + "^</pre>"
        in response.content.decode()
    )
    assert not Rule.objects.exists()


def test_saving_warns_of_strange_fields_and_saves(world):
    response = save(signed_in("admins"), world, "context.amuont > 10")
    assert warnings(response) == [
        "Rule “large”: Line 1, column 1: no recent item has context.amuont. Did you mean context.amount?"
    ]
    assert Rule.objects.get().when == "context.amuont > 10"


def test_every_step_of_a_rule_is_in_the_trail(world):
    client = signed_in("admins")
    save(client, world, "context.amount > 10")
    rule = Rule.objects.get()
    sent = {**RULE, "state": "live", "item_type": world.pk, "when": rule.when}
    client.post(reverse("admin:routing_rule_change", args=[rule.pk]), sent)
    event = AuditEvent.objects.get(verb="rule.changed")
    assert (event.data["before"]["state"], event.data["after"]["state"]) == ("shadow", "live")


def test_an_expression_is_shown_as_text_whatever_it_holds(world):
    response = save(signed_in("admins"), world, "<script>alert(1)</script>")
    assert "<script>alert(1)" not in response.content.decode()


def test_the_page_of_a_type_says_what_its_rules_did_and_the_admin_hears_of_failures(world):
    made = factories.item_type("paid", rules=[{"name": "large", "when": "context.amount > 10"}])
    factories.submit(0.9, to="paid", context={})
    client = signed_in("admins")
    url = reverse("admin:routing_itemtype_rules", args=[made.pk])
    page = client.get(url).content.decode()
    assert "Last failure: no field &#x27;amount&#x27; in context" in page
    texts = {one.text: one.url for one in attention.waiting(client.user) if one.bad}
    assert texts["Rule “large” could not be checked on 1 recent item, which went to people"] == url


def test_the_list_and_the_form_show_matched_and_failed():
    made = factories.item_type(rules=[{"name": "large", "when": "context.amount > 10"}])
    factories.submit(0.9, context={})
    client = signed_in("admins")
    for url in ("admin:routing_rule_changelist", "admin:routing_itemtype_change"):
        args = [made.pk] if "itemtype" in url else []
        page = client.get(reverse(url, args=args)).content.decode()
        assert (page.count("/rules/'>0 of 1</a>"), page.count("1 failed")) == (1, 1)
