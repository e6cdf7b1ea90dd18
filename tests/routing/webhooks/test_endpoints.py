"""A client that is down takes nothing from the others: it rests, and is tried carefully again."""

import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import AuditEvent
from routing import webhooks
from routing.models import Delivery, DeliveryAttempt, Endpoint, GoneAddress
from routing.transport import Unreachable
from routing.webhooks import delivering, endpoints, leasing
from tests import factories

pytestmark = pytest.mark.django_db


def owe(url, count=1, **fields):
    now = timezone.now()
    made = {"event": "item.decided", "body": {"type": "x", "timestamp": now.isoformat(), "data": {}}}
    return Delivery.objects.bulk_create(Delivery(url=url, **made, **fields) for _ in range(count))


@pytest.fixture
def dead(settings):
    """A client's server that takes connections and answers 503, however often it is called."""
    settings.HITL_WEBHOOK_ALLOW_PRIVATE = True

    class Site(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.server.calls += 1
            self.send_response(503)
            self.end_headers()

        def log_message(self, *args):
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.calls, server.url = 0, f"http://127.0.0.1:{server.server_port}/in"
    threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_a_dead_client_with_thousands_of_messages_delays_nobody(client_site, dead):
    owe(dead.url, 3_000, next_attempt_at=timezone.now() - timedelta(hours=1))
    owe(f"{client_site.url}/200", 20)
    assert webhooks.deliver_due(limit=100) == 20
    found = Endpoint.objects.get()
    assert (found.origin, found.rests_until > timezone.now()) == (dead.url.removesuffix("/in"), True)
    assert dead.calls <= leasing.PER_ORIGIN + endpoints.FAILURES
    calls = dead.calls
    assert (webhooks.deliver_due(limit=100), dead.calls) == (0, calls)


def test_after_its_rest_it_is_tried_with_one_message_until_one_arrives(client_site):
    origin = client_site.url
    now = timezone.now()
    for _ in range(endpoints.FAILURES):
        down = endpoints.failed(origin, now=now)
    assert (down, Endpoint.objects.get().rests_until) == (True, now + endpoints.FIRST_REST)
    owe(f"{origin}/200", 30)
    assert leasing.lease(32, now=now) == []
    Endpoint.objects.update(rests_until=now)
    assert len(leasing.lease(32, now=timezone.now())) == 1
    Delivery.objects.update(next_attempt_at=now)
    assert webhooks.deliver_due() == 30
    assert Endpoint.objects.values_list("failures", "rests_until").get() == (0, None)


def test_rests_double_up_to_half_an_hour_and_calls_under_way_count_once():
    now = timezone.now()
    rests = []
    for _ in range(12):
        endpoints.failed("http://client.example", now=now)
        endpoints.failed("http://client.example", now=now)
        rest = Endpoint.objects.get().rests_until
        rests.append((rest - now).total_seconds() / 60 if rest else 0)
        now = rest or now
    assert rests == [0, 0, 1, 2, 4, 8, 16, 30, 30, 30, 30, 30]


def test_a_server_that_asks_for_a_pause_gets_it():
    now = timezone.now()
    endpoints.failed("http://client.example", now=now, asked=timedelta(minutes=7))
    assert Endpoint.objects.get().rests_until == now + timedelta(minutes=7)


def test_410_ends_an_address_until_somebody_sends_it_a_message_again(client_site):
    url = f"{client_site.url}/410"
    owe(url, 3)
    webhooks.deliver_due()
    assert (len(client_site.seen), Delivery.objects.filter(parked_at__isnull=False).count()) == (3, 3)
    later = owe(url)[0]
    assert (webhooks.deliver_due(), len(client_site.seen)) == (0, 3)
    later.refresh_from_db()
    assert (later.last_answer, GoneAddress.objects.count()) == (delivering.NO_MORE, 1)
    webhooks.resend([later.pk], by="system:test")
    webhooks.deliver_due()
    assert (len(client_site.seen), AuditEvent.objects.filter(verb="delivery.parked").count()) == (4, 5)


def test_410_parks_what_else_waits_for_the_address(client_site, monkeypatch):
    monkeypatch.setattr(leasing, "PER_ORIGIN", 1)
    owe(f"{client_site.url}/410", 40)
    webhooks.deliver_due()
    assert (len(client_site.seen), Delivery.objects.filter(parked_at__isnull=False).count()) == (1, 40)


def test_what_comes_for_an_address_that_is_gone_is_parked_in_one_run(client_site, monkeypatch):
    monkeypatch.setattr(delivering, "MOST_GIVEN_UP", 20)
    endpoints.gone(f"{client_site.url}/410", now=timezone.now())
    owe(f"{client_site.url}/410", 100, next_attempt_at=timezone.now() - timedelta(hours=1))
    owe(f"{client_site.url}/200")
    assert (webhooks.deliver_due(), len(client_site.seen)) == (1, 1)
    assert Delivery.objects.filter(last_answer=delivering.NO_MORE).count() == 100
    assert webhooks.outcomes() == {"delivered": 1, "failed": 0, "parked": 100}


def test_counts_are_locked_last_and_in_order():
    # Two workers of which one fails and one gives up would wait for one another.
    owe("http://client.example/in", 3, owed_at=timezone.now() - delivering.KEPT - timedelta(hours=1))
    now = timezone.now()
    for _ in range(endpoints.FAILURES):
        endpoints.failed("http://client.example", now=now - timedelta(hours=2))
    fresh = leasing.lease(1, now=now)[0]
    Delivery.objects.filter(pk=fresh.pk).update(owed_at=now)
    fresh.owed_at = now
    with CaptureQueriesContext(connection) as caught:
        delivering.settle(fresh, delivering.Tried(Unreachable("down"), 1), now=now)
    done = [one["sql"] for one in caught if "SAVEPOINT" not in one["sql"]]
    assert ["routing_deliverycount" in sql for sql in done] == [False] * (len(done) - 1) + [True]
    assert webhooks.outcomes() == {"delivered": 0, "failed": 1, "parked": 2}


def test_what_waited_for_days_for_a_dead_client_is_parked(dead):
    owe(dead.url, 50, owed_at=timezone.now() - delivering.KEPT - timedelta(hours=1))
    fresh = owe(dead.url)[0]
    for _ in range(endpoints.FAILURES):
        endpoints.failed(dead.url.removesuffix("/in"), now=timezone.now())
    Endpoint.objects.update(rests_until=None)
    webhooks.deliver_due()
    fresh.refresh_from_db()
    assert (Delivery.objects.filter(parked_at__isnull=False).count(), fresh.parked_at) == (50, None)


def test_every_attempt_is_kept_with_what_was_answered(client_site, dead):
    factories.item_type()
    factories.submit(0.99, callback_url=f"{client_site.url}/500")
    webhooks.deliver_due()
    Delivery.objects.update(next_attempt_at=timezone.now(), url=f"{client_site.url}/200")
    webhooks.deliver_due()
    assert list(DeliveryAttempt.objects.values_list("status", "said")) == [
        (500, "500 noted"),
        (200, "200 noted"),
    ]
    assert webhooks.outcomes() == {"delivered": 1, "failed": 1, "parked": 0}


def test_a_server_may_have_its_messages_as_cloud_events(client_site):
    Endpoint.objects.create(origin=client_site.url, envelope=Endpoint.Envelope.CLOUDEVENTS)
    delivery = owe(f"{client_site.url}/200")[0]
    webhooks.deliver_due()
    headers, body = client_site.seen[0]
    assert headers["Content-Type"] == "application/cloudevents+json"
    assert f'"id":"{delivery.pk}"'.encode() in body
    assert headers["webhook-id"] == str(delivery.pk)


def test_calling_a_resting_server_again_is_recorded(client_site):
    owe(f"{client_site.url}/200", 2)
    for _ in range(endpoints.FAILURES):
        endpoints.failed(client_site.url, now=timezone.now())
    assert endpoints.call_again(Endpoint.objects.get(), by="system:test") == 2
    assert webhooks.deliver_due() == 2
    assert AuditEvent.objects.get(verb="endpoint.called_again").data["waiting"] == 2


def test_a_test_message_goes_where_it_is_sent(client_site):
    webhooks.owe_test(f"{client_site.url}/200", by="user:ada")
    assert webhooks.deliver_due() == 1
    assert b'"type":"hitl.test"' in client_site.seen[0][1]
    assert AuditEvent.objects.filter(verb="delivery.tested").count() == 1


@pytest.mark.parametrize("origin", ["https://Client.example", "https://client.example/in", "client.example"])
def test_an_origin_that_no_message_would_have_is_refused(origin):
    with pytest.raises(ValidationError, match="small letters"):
        Endpoint(origin=origin).full_clean()
