"""Clients are told what was decided: signed, at least once, never into our own network."""

import base64
import hashlib
import hmac
import json
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from audit.models import AuditEvent
from routing import signing, transport, webhooks
from routing.models import Delivery
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def client_site(settings):
    """A client's web server: answers by path (`/200`), and keeps what it was sent."""
    settings.HITL_WEBHOOK_ALLOW_PRIVATE = True
    seen = []

    class Site(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            seen.append((dict(self.headers), body))
            self.send_response(int(self.path[1:4]))
            self.send_header("Location", "/200")
            self.send_header("Retry-After", "4000")
            self.end_headers()
            self.wfile.write(b"noted")

        def log_message(self, *args):
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.seen = seen
    server.url = f"http://127.0.0.1:{server.server_port}"
    yield server
    server.shutdown()
    server.server_close()


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
    webhooks._lease(10, now=timezone.now())
    assert (webhooks.deliver_due(), client_site.seen) == (0, [])


def test_our_own_network_is_never_called(client_site, settings):
    settings.HITL_WEBHOOK_ALLOW_PRIVATE = False
    delivery = owe(client_site.url.replace("127.0.0.1", "localhost") + "/200")
    assert webhooks.deliver_due() == 0
    delivery.refresh_from_db()
    assert (client_site.seen, "not a public address" in delivery.last_answer) == ([], True)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "192.168.0.1",
        "172.16.0.1",
        "169.254.169.254",
        "0.0.0.0",
        "100.64.0.1",
        "224.0.0.1",
        "::1",
        "fe80::1",
        "fc00::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "ff02::1",
        "::",
    ],
)
def test_no_address_of_an_inner_network_counts_as_public(address):
    assert not transport.is_public(ip_address(address))


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34"])
def test_addresses_of_the_internet_count_as_public(address):
    assert transport.is_public(ip_address(address))


class Drip(BaseHTTPRequestHandler):
    """A client's server that answers a byte at a time, for ever."""

    def do_POST(self):
        self.send_response(200)
        while not self.server.stop.wait(0.1):
            self.wfile.write(b"X-Slow: 1\r\n")
            self.wfile.flush()

    def handle_one_request(self):
        try:
            super().handle_one_request()
        except ConnectionError:
            self.close_connection = True

    def log_message(self, *args):
        """Keep quiet."""


def test_an_answer_that_drips_is_cut_off():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Drip)
    server.stop = threading.Event()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with pytest.raises(transport.Unreachable):
        transport.post(f"http://127.0.0.1:{server.server_port}/", b"{}", {}, allow_private=True, timeout=0.5)
    server.stop.set()
    server.shutdown()
    server.server_close()


def test_without_a_secret_nothing_is_sent_and_the_task_says_so(client_site, settings):
    settings.HITL_WEBHOOK_SECRET = []
    assert webhooks.deliver_due() == 0
    owe(f"{client_site.url}/200")
    with pytest.raises(ImproperlyConfigured, match="HITL_WEBHOOK_SECRET"):
        webhooks.deliver_due()
    assert (client_site.seen, Delivery.objects.get().attempts) == ([], 0)
