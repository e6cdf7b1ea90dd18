"""Clients are told what was decided: signed, at least once, and again until it arrives."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from audit.models import AuditEvent
from routing import signing, webhooks
from routing.models import Delivery
from routing.webhooks import leasing
from tests import factories

pytestmark = pytest.mark.django_db


def owe(url):
    factories.item_type()
    factories.submit(0.99, callback_url=url)
    return Delivery.objects.get()


def test_a_decision_arrives_signed(client_site, settings):
    delivery = owe(f"{client_site.url}/200")
    assert webhooks.deliver_due() == 1
    headers, body = client_site.seen[0]
    signed = f"{delivery.pk}.{headers['webhook-timestamp']}.".encode() + body
    digest = hmac.new(settings.HITL_WEBHOOK_SECRET[0], signed, hashlib.sha256).digest()
    assert headers["webhook-signature"] == "v1," + base64.b64encode(digest).decode()
    assert (headers["webhook-id"], headers["Content-Type"]) == (str(delivery.pk), "application/json")
    assert abs(int(headers["webhook-timestamp"]) - timezone.now().timestamp()) < 60
    said = json.loads(body)
    assert (said["type"], said["data"]["status"], said["data"]["label"]) == (
        "item.decided",
        "approved",
        "positive",
    )
    delivery.refresh_from_db()
    assert (delivery.delivered_at is not None, delivery.last_answer) == (True, "200 noted")
    assert webhooks.deliver_due() == 0


def test_the_signature_is_that_of_the_specifications_example():
    # github.com/standard-webhooks/standard-webhooks, the example of its reference libraries.
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    sent = signing.headers(
        [secret],
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        b'{"test": 2432232314}',
        now=datetime.fromtimestamp(1614265330, UTC),
    )
    assert sent["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_while_secrets_rotate_each_signs(client_site, settings):
    settings.HITL_WEBHOOK_SECRET = [b"a" * 24, b"b" * 24]
    owe(f"{client_site.url}/200")
    webhooks.deliver_due()
    assert len(client_site.seen[0][0]["webhook-signature"].split()) == 2


@pytest.mark.parametrize("status", [301, 400, 500])
def test_a_failure_is_tried_again_later_under_the_same_id(client_site, status):
    delivery = owe(f"{client_site.url}/{status}")
    assert webhooks.deliver_due() == 0
    delivery.refresh_from_db()
    wait = delivery.next_attempt_at - timezone.now()
    assert (delivery.attempts, delivery.parked_at, len(client_site.seen)) == (1, None, 1)
    assert timedelta(seconds=3900) < wait <= timedelta(seconds=4000)
    assert delivery.last_answer == f"{status} noted"


def test_a_client_that_is_gone_is_parked_at_once(client_site):
    delivery = owe(f"{client_site.url}/410")
    webhooks.deliver_due()
    delivery.refresh_from_db()
    assert (delivery.parked_at is not None, delivery.next_attempt_at) == (True, None)
    assert AuditEvent.objects.filter(verb="delivery.parked").count() == 1


def test_after_three_days_it_is_parked_and_an_admin_sends_it_again(client_site):
    delivery = owe(f"{client_site.url}/500")
    Delivery.objects.update(attempts=len(webhooks.PAUSES))
    webhooks.deliver_due()
    delivery.refresh_from_db()
    assert (delivery.parked_at is not None, delivery.attempts) == (True, 10)
    assert webhooks.resend([delivery.pk], by="user:ada") == 1
    webhooks.deliver_due()
    delivery.refresh_from_db()
    assert (delivery.parked_at, delivery.attempts, len(client_site.seen)) == (None, 1, 2)


def test_pauses_grow_to_three_days_in_all():
    least = sum(webhooks.PAUSES, timedelta())
    assert timedelta(days=3) <= least < timedelta(days=3.5)
    assert webhooks.pause_after(1) < timedelta(seconds=7)
    assert webhooks.pause_after(1, retry_after=10**9) == timedelta(days=1)
    assert webhooks.pause_after(10) is None


def test_a_message_in_another_workers_hand_is_left_alone(client_site):
    owe(f"{client_site.url}/200")
    leasing.lease(10, now=timezone.now())
    assert (webhooks.deliver_due(), client_site.seen) == (0, [])


def test_our_own_network_is_never_called(client_site, settings):
    settings.HITL_WEBHOOK_ALLOW_PRIVATE = False
    delivery = owe(client_site.url.replace("127.0.0.1", "localhost") + "/200")
    assert webhooks.deliver_due() == 0
    delivery.refresh_from_db()
    assert (client_site.seen, "not a public address" in delivery.last_answer) == ([], True)


def test_without_a_secret_nothing_is_sent_and_the_task_says_so(client_site, settings):
    settings.HITL_WEBHOOK_SECRET = []
    assert webhooks.deliver_due() == 0
    owe(f"{client_site.url}/200")
    with pytest.raises(ImproperlyConfigured, match="HITL_WEBHOOK_SECRET"):
        webhooks.deliver_due()
    assert (client_site.seen, Delivery.objects.get().attempts) == ([], 0)
