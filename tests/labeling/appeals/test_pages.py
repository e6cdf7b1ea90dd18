"""Whoever has an item's link sees its decision, disputes it and reads the answer, without an account."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from labeling.appeals import opening, pages
from labeling.models import Appeal
from routing import appealing, decisions
from routing.models import Item, Status
from tests.labeling.disputes import automated, decided, disputable, dispute
from tests.labeling.opinions import answer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_counted(db):
    cache.clear()


def page(item):
    """Return the address of the item's page on this server."""
    return appealing.link(item)


def test_the_page_tells_the_decision_and_that_a_machine_made_it():
    text = Client().get(page(automated(ref="r-7"))).content.decode()
    assert all(word in text for word in ("r-7", "positive", "a machine alone, without a person"))


def test_nothing_of_the_payload_and_nobodys_name_is_on_it(rita, edgar):
    item = decided(rita, payload={"text": "My secret."}, context={"customer": "c-9"})
    dispute(item)
    answer(edgar, "negative", comment="So.")
    text = Client().get(page(item)).content.decode()
    assert [word for word in ("secret", "c-9", "rita", "edgar", "0.85") if word in text] == []


def test_a_post_disputes_and_the_page_then_offers_to_take_it_back(rita):
    item, client = decided(rita), Client()
    sent = client.post(page(item), {"act": "dispute", "reason": "No <b>."})
    assert (sent.status_code, sent["Location"]) == (303, page(item))
    assert Appeal.objects.get().opened_by == "subject"
    text = client.get(page(item)).content.decode()
    assert ("No &lt;b&gt;." in text, "Take the dispute back" in text) == (True, True)
    client.post(page(item), {"act": "withdraw"})
    assert Appeal.objects.get().state == "withdrawn"


def test_the_outcome_and_what_the_expert_says_are_read_there(rita, edgar):
    item = decided(rita)
    dispute(item)
    answer(edgar, "negative", comment="The last line.")
    text = Client().get(page(item)).content.decode()
    assert [word in text for word in ("The decision was changed", "The last line.", "<form")] == [
        True,
        True,
        False,
    ]


def test_a_refusal_says_why_and_keeps_what_was_typed(rita):
    item = decided(rita)
    address = page(item)
    item.item_type.subject_rights.delete()
    sent = Client().post(address, {"act": "dispute", "reason": "Mine."})
    assert (sent.status_code, Appeal.objects.count()) == (409, 0)
    assert "Decisions of this kind can&#x27;t be disputed here." in sent.content.decode()


def test_a_reason_that_is_too_long_is_refused(rita):
    sent = Client().post(page(decided(rita)), {"act": "dispute", "reason": "x" * 5_001})
    assert (sent.status_code, Appeal.objects.count()) == (400, 0)


@pytest.mark.parametrize("token", ["nothing", "AAAAAAAAAAAAAAAAAAAAAA.forged", "%00"])
def test_a_link_that_this_server_did_not_make_leads_nowhere(token):
    assert Client().get(f"/appeal/{token}/").status_code == 404


def test_a_post_from_another_site_is_refused(rita):
    sent = Client(enforce_csrf_checks=True).post(page(decided(rita)), {"act": "dispute"})
    assert (sent.status_code, Appeal.objects.count()) == (403, 0)


def test_the_page_stays_out_of_caches_and_search_engines(rita):
    got = Client().get(page(decided(rita)))
    assert ("no-store" in got["Cache-Control"], got["X-Robots-Tag"]) == (True, "noindex, nofollow")


def test_acts_and_looks_are_limited(rita, monkeypatch):
    item, client = decided(rita), Client()
    monkeypatch.setattr(pages.Acts, "rate", "2/hour")
    codes = [client.post(page(item), {"act": "none"}).status_code for _ in range(3)]
    assert codes == [303, 303, 429]
    monkeypatch.setattr(pages.Looks, "rate", "3/min")
    limited = client.get(page(item))
    assert (limited.status_code, int(limited["Retry-After"]) > 0) == (429, True)


def test_what_a_client_opened_is_not_taken_back_by_the_link(rita):
    item = decided(rita)
    dispute(item, by="key:abc/client")
    sent = Client().post(page(item), {"act": "withdraw"})
    assert (sent.status_code, Appeal.objects.get().state) == (409, "open")


def test_a_free_text_answer_is_not_repeated_to_whoever_has_the_link(rita):
    disputable(slug="summary", kind="generation", labels=[])
    item = automated(
        to="summary", label="Ada owes 5.", payload={"prompt": "Sum up.", "output": "Ada owes 5."}
    )
    assert opening.items().get(pk=item.pk).status == "approved"
    assert "owes" not in Client().get(page(item)).content.decode()


def test_a_dispute_of_an_earlier_decision_is_not_taken_for_one_of_the_new(rita, edgar):
    item = decided(rita)
    dispute(item)
    answer(edgar, "positive", comment="So it is.")
    item = opening.items().get(pk=item.pk)
    now = timezone.now()
    decisions.overturn(item, Status.REJECTED, None, why="for a test", now=now, by="user:emma")
    text = Client().get(page(item)).content.decode()
    words = ("The decision stands", "decided anew since", "Dispute this decision")
    assert [word in text for word in words] == [False, True, True]


@pytest.mark.parametrize(
    ("by", "signals", "told"),
    [
        ("system:router", {"corrected": {"by": "user:rita"}}, "gave again what a person had answered"),
        ("user:rita", {}, "<dd>a person</dd>"),
        ("legacy-scoring", {}, None),
    ],
)
def test_who_decided_is_told_only_where_it_is_known(by, signals, told):
    item = automated()
    Item.objects.filter(pk=item.pk).update(decided_by=by, signals=signals)
    text = Client().get(page(item)).content.decode()
    assert ("<dt>By</dt>" in text, told is None or told in text) == (told is not None, True)


def test_lines_count_as_the_browser_counts_them(rita):
    item = decided(rita)
    Client().post(page(item), {"act": "dispute", "reason": "x\r\n" * 2_000})
    assert Appeal.objects.get().reason == ("x\n" * 2_000).strip()


def test_what_a_client_wrote_down_is_not_told_as_the_subjects_own_words(rita):
    item = decided(rita)
    dispute(item, by="key:abc/client")
    text = Client().get(page(item)).content.decode()
    assert ("What you wrote" in text, "as it was taken down for you" in text) == (False, True)


def test_what_was_counted_outlives_what_else_is_cached(rita, monkeypatch):
    item, client = decided(rita), Client()
    monkeypatch.setattr(pages.Acts, "rate", "1/hour")
    client.post(page(item), {"act": "none"})
    for number in range(400):
        cache.set(f"z{number}", 1)
    assert client.post(page(item), {"act": "none"}).status_code == 429
