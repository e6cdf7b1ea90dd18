"""The admin's pages of routing: drafts and publishing, rules, items, seats, messages."""

import csv
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit import trail
from audit.models import AuditEvent
from routing import assignments
from routing.models import Assignment, Delivery, ItemType, Policy
from tests import factories
from tests.people import signed_in
from tests.statements import counted

pytestmark = pytest.mark.django_db

INLINES = {
    f"{prefix}-{name}": value
    for prefix in ("rules", "learning_plan", "subject_rights")
    for name, value in (
        ("TOTAL_FORMS", 0),
        ("INITIAL_FORMS", 0),
        ("MIN_NUM_FORMS", 0),
        ("MAX_NUM_FORMS", 1000),
    )
}
RULE = {
    "name": "large",
    "category": "risk",
    "state": "live",
    "effect": "expert",
    "when": "context.amount > 10.0",
}


def form(**fields):
    """Return a filled-in form of an item type, without rules and learning plan."""
    queues = {"queue": factories.queue().pk, "expert_queue": factories.queue("experts", "experts").pk}
    numbers = {"opinions_wanted": 1, "blind_share": 0.1, "agreement_tolerance": 0, "held_out_share": 0.2}
    draft = {"automate": "on", "auto_approve": 0.95, "review": 0.8, "expert": 0.5, "audit_rate": 0.05}
    target = {"target_of": "decisions", "target_delta": 0.05, "certify_by": "all"}
    target |= {
        "publish_certificates": "hand",
        "early_audit_rate": 0.3,
        "early_items": 5000,
        "seeded_share": 0,
    }
    trust = {"sure_at": 0.95, "most_opinions": 5, "overlap_share": 0, "validated_share": 0, "gold_share": 0}
    asked = {"slug": "mail", "kind": "classification", "labels": "ham,spam", "reject_means": "expert"}
    asked |= {"cover": "nothing", **trust}
    return {**INLINES, **queues, **numbers, **draft, **target, **asked, "class_thresholds": "{}", **fields}


def rule(**fields):
    """Return one rule as the inline form sends it."""
    sent = {f"rules-0-{name}": value for name, value in (RULE | fields).items()}
    return {**sent, "rules-TOTAL_FORMS": 1, "rules-0-id": "", "rules-0-item_type": ""}


def add(client, **fields):
    return client.post(reverse("admin:routing_itemtype_add"), form(**fields))


def publishing(item_type):
    return reverse("admin:routing_itemtype_publish", args=[item_type.pk])


@pytest.fixture
def drafted():
    """An item type whose draft relaxes the threshold of the policy in force."""
    item_type = factories.item_type()
    item_type.auto_approve = 0.9
    item_type.save()
    return item_type


def test_a_new_item_type_has_its_first_policy_at_once_with_the_rules_of_its_form():
    client = signed_in("admins")
    assert add(client, **rule()).status_code == 302
    policy = Policy.objects.get(item_type__slug="mail")
    assert (policy.number, policy.reason, policy.published_by) == (1, "first policy", "user:ada")
    assert [one.name for one in policy.pure.rules] == ["large"]


def test_every_edit_is_in_the_trail():
    add(signed_in("admins"), **rule())
    verbs = AuditEvent.objects.filter(actor="user:ada").order_by("verb").values_list("verb", flat=True)
    assert list(verbs) == ["itemtype.added", "policy.published", "rule.added"]


def test_the_reason_of_a_change_is_kept_with_what_was_changed_inside_the_form():
    client = signed_in("admins")
    add(client)
    url = reverse("admin:routing_itemtype_change", args=[ItemType.objects.get().pk])
    assert client.post(url, form(**rule(), why="large sums need an expert")).status_code == 302
    assert AuditEvent.objects.get(verb="rule.added").data["why"] == "large sums need an expert"


def test_a_rule_that_cannot_be_read_is_refused_with_its_place():
    response = add(signed_in("admins"), **rule(when="context.amount >> 10"))
    assert "Line 1, column 17" in str(response.context["errors"])
    assert not ItemType.objects.exists()


def test_thresholds_out_of_order_are_refused_in_words():
    response = add(signed_in("admins"), review=0.99)
    assert "Thresholds must rise" in str(response.context["errors"])


def test_slug_and_kind_stay_as_they_were_made():
    item_type = factories.item_type()
    url = reverse("admin:routing_itemtype_change", args=[item_type.pk])
    signed_in("admins").post(url, form(slug="other", kind="regression", labels="a,b"))
    item_type.refresh_from_db()
    assert (item_type.slug, item_type.kind, item_type.labels) == ("sentiment", "classification", ["a", "b"])


def test_a_label_with_a_comma_in_it_comes_back_from_the_form_as_it_was():
    item_type = factories.item_type(labels=["yes, in part", 'the "old" one', "no"])
    url = reverse("admin:routing_itemtype_change", args=[item_type.pk])
    client = signed_in("admins")
    line = client.get(url).context["adminform"].form["labels"].value()
    client.post(url, form(labels=line))
    item_type.refresh_from_db()
    assert item_type.labels == ["yes, in part", 'the "old" one', "no"]


@pytest.mark.parametrize("line", ["ham, spam", "ham,spam,", "ham\r\nspam", '"ham" , "spam"'])
def test_labels_are_read_from_a_line_as_people_write_it(line):
    add(signed_in("admins"), labels=line)
    assert ItemType.objects.get().labels == ["ham", "spam"]


@pytest.mark.parametrize("longest", [131_072, 10**9])  # as csv has it, and as reading imports leaves it
def test_a_line_of_labels_beyond_all_reason_is_refused(longest):
    before = csv.field_size_limit(longest)
    try:
        said = add(signed_in("admins"), labels="x" * 200_000)
    finally:
        csv.field_size_limit(before)
    assert said.context["adminform"].form.errors["labels"]
    assert not ItemType.objects.exists()


def test_a_quote_that_does_not_end_swallows_no_label():
    said = add(signed_in("admins"), labels='yes, "no, maybe, other').content.decode()
    assert "quotes stand around a whole label" in said
    assert not ItemType.objects.exists()


def test_a_saved_draft_is_not_in_force_and_the_page_says_so(drafted):
    client = signed_in("admins")
    response = client.get(reverse("admin:routing_itemtype_change", args=[drafted.pk]))
    assert response.context["differences"] == ["Auto-approve from confidence: 0.95 → 0.9."]
    assert "The draft differs from policy 1" in response.content.decode()


def test_publishing_shows_the_difference_and_wants_a_reason(drafted):
    client = signed_in("admins")
    question = client.get(publishing(drafted)).context["question"]
    assert question.changes == ["Auto-approve from confidence: 0.95 → 0.9."]
    client.post(publishing(drafted), {"reason": " ", "seen": question.seen})
    assert drafted.policies.count() == 1
    client.post(publishing(drafted), {"reason": "checks allow it", "seen": question.seen})
    policy = drafted.policies.first()
    assert (policy.number, policy.reason, policy.pure.thresholds.auto_approve) == (2, "checks allow it", 0.9)


def test_a_draft_that_changed_after_it_was_shown_is_not_published(drafted):
    client = signed_in("admins")
    seen = client.get(publishing(drafted)).context["question"].seen
    ItemType.objects.update(auto_approve=0.81)
    response = client.post(publishing(drafted), {"reason": "fine", "seen": seen}, follow=True)
    assert "changed since you opened" in response.content.decode()
    assert drafted.policies.count() == 1


@pytest.mark.parametrize("role", ["leads", "compliance"])
def test_nobody_but_an_admin_publishes(role, drafted):
    client = signed_in(role)
    assert client.get(publishing(drafted)).status_code == 403
    assert client.post(publishing(drafted), {"reason": "fine"}).status_code == 403
    assert drafted.policies.count() == 1


def test_a_policy_is_read_only_and_tells_what_it_changed(drafted):
    client = signed_in(is_superuser=True)
    client.post(
        publishing(drafted),
        {"reason": "why", "seen": client.get(publishing(drafted)).context["question"].seen},
    )
    url = reverse("admin:routing_policy_change", args=[drafted.policies.first().pk])
    assert "0.95 → 0.9." in client.get(url).content.decode()
    assert client.post(url, {"reason": "another"}).status_code == 403


def test_an_item_is_found_by_its_whole_reference():
    factories.item_type()
    for ref in ("order-1", "order-11"):
        factories.submit(0.97, ref=ref)
    found = signed_in("leads").get(reverse("admin:routing_item_changelist"), {"q": "order-1"}).context["cl"]
    assert [item.item_ref for item in found.result_list] == ["order-1"]


def test_an_items_page_tells_its_whole_story_and_leads_see_no_trail():
    factories.item_type()
    item = factories.submit(0.85)
    url = reverse("admin:routing_item_change", args=[item.pk])
    context = signed_in("compliance").get(url).context
    assert [one["row"].model for one in context["predictions"]] == ["clf@1"]
    assert [one["row"].purpose for one in context["seats"]] == ["review"]
    assert [one["row"].verb for one in context["events"]] == ["item.submitted"]
    assert signed_in("leads", name="lena").get(url).context["events"] is None


@pytest.mark.parametrize("name", ["item", "assignment", "itemtype", "queue", "policy", "delivery", "rule"])
def test_a_list_costs_the_same_for_one_row_and_for_ten(name):
    factories.item_type(rules=[{"name": "large", "when": "context.amount > 10.0"}])
    client, url = signed_in("admins"), reverse(f"admin:routing_{name}_changelist")
    factories.submit(0.85, callback_url="https://client.example/hook")
    with counted(most=20) as first:
        client.get(url)
    for number in range(9):
        factories.submit(0.3 + number / 20, callback_url="https://client.example/hook")
    with counted(most=len(first)):
        client.get(url)


def test_a_lead_gives_a_held_seat_back_and_the_trail_says_from_whom():
    factories.item_type()
    item = factories.submit(0.85)
    seat = assignments.claim(by=factories.person("rita", "reviewers"))
    client, url = signed_in("leads"), reverse("admin:routing_assignment_changelist")
    client.post(url, {"action": "give_back", "_selected_action": [seat.pk]})
    assert Assignment.objects.get(pk=seat.pk).user is None
    event = AuditEvent.objects.get(verb="assignment.freed")
    assert (event.subject_id, event.actor, event.data["held_by"]) == (str(item.pk), "user:ada", "rita")


def test_who_may_only_look_gives_nothing_back():
    factories.item_type()
    factories.submit(0.85)
    seat = assignments.claim(by=factories.person("rita", "reviewers"))
    url = reverse("admin:routing_assignment_changelist")
    signed_in("compliance").post(url, {"action": "give_back", "_selected_action": [seat.pk]})
    assert Assignment.objects.get(pk=seat.pk).user.username == "rita"


@pytest.mark.parametrize(
    ("state", "refs"),
    [("", ["held", "late"]), ("held", ["held"]), ("overdue", ["late"]), ("timed_out", ["late"])],
)
def test_seats_are_watched_by_their_state(state, refs):
    factories.item_type()
    factories.submit(0.85, ref="held")
    assignments.claim(by=factories.person("rita", "reviewers"))
    late = factories.submit(0.85, ref="late")
    ago = timezone.now() - timedelta(minutes=1)
    Assignment.objects.filter(item=late).update(due_at=ago, overdue_at=ago)
    url = reverse("admin:routing_assignment_changelist")
    rows = signed_in("leads").get(url, {"state": state} if state else {}).context["cl"].result_list
    assert sorted(row.item.item_ref for row in rows) == refs


def test_a_parked_message_is_sent_again():
    factories.item_type()
    factories.submit(0.97, callback_url="https://client.example/hook")
    Delivery.objects.update(parked_at=timezone.now(), next_attempt_at=None)
    pk = Delivery.objects.get().pk
    url = reverse("admin:routing_delivery_changelist")
    signed_in("admins").post(url, {"action": "send_again", "_selected_action": [pk]})
    row = Delivery.objects.get()
    assert (row.pk, row.parked_at, row.next_attempt_at <= timezone.now()) == (pk, None, True)
    event = AuditEvent.objects.get(verb="delivery.resent")
    assert trail.opened(event, row.item.secret)["url"] == "https://client.example/hook"
