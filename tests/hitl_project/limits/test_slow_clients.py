"""Clients that send or read slowly, and large bodies, against a real gunicorn: nobody else waits for them."""

import http.client
import socket
import time
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from urllib.parse import urlsplit

import psutil
import pytest
from django.db import connection, transaction

from audit import keys
from bench import servers
from tests import factories
from tests.waiting import PATIENCE, until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
MEGABYTE = 1024 * 1024
HEAD = b"POST /api/v1/items/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"


@pytest.fixture(scope="module")
def port(django_db_setup, django_db_blocker):
    """Yield the port of a server of two processes with four threads each."""
    with django_db_blocker.unblock(), servers.web() as address:
        port = urlsplit(address).port
        seconds_to_health(port)
        yield port


def connected(port, sent=b"", **options):
    """Return a connection that has sent something."""
    sock = socket.socket()
    if options:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    sock.settimeout(PATIENCE)
    sock.connect(("127.0.0.1", port))
    sock.sendall(sent)
    return sock


def answered(sock):
    """Return all that comes until the server ends the connection."""
    with sock:
        return b"".join(iter(lambda: sock.recv(65536), b""))


def posted(port, head, body):
    """Return what a request is answered that is sent as fast as it is taken."""
    sock = connected(port, head)
    sock.sendall(body)
    return answered(sock)


def gunicorns():
    """Return the server's processes, whatever other tests have left behind that is about to go."""
    found = []
    for one in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            found += [one] if "gunicorn" in " ".join(one.cmdline()) else []
    return found


def memory(processes):
    """Return the bytes that they hold together."""
    return sum(one.memory_info().rss for one in processes)


def seconds_to_health(port):
    """Return how long the server takes to say that it is well, on a new connection."""
    begun = time.monotonic()
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    client.request("GET", "/health")
    assert client.getresponse().status == 200
    client.close()
    return time.monotonic() - begun


def test_three_hundred_slow_clients_do_not_keep_the_server_from_answering(port):
    begun = [b"", HEAD + b"X-", HEAD + b"Content-Length: 100000\r\n\r\n{"]
    slow = [connected(port, begun[number % 3]) for number in range(300)]
    assert min(seconds_to_health(port) for _ in range(5)) < 1
    for sock in slow:
        sock.close()


def test_clients_that_take_no_answer_do_not_either(port):
    asked = b"GET /api/schema/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    slow = [connected(port, asked, small=True) for _ in range(3)]
    time.sleep(0.1)
    first = answered(connected(port, asked.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")))
    assert len(first) > 100_000
    assert min(seconds_to_health(port) for _ in range(5)) < 1
    for sock in slow:
        sock.close()


def test_the_server_says_that_it_lives_while_every_thread_waits_for_the_database(port):
    _, key = keys.create_key(factories.person("ada", "admins"), name="k", scopes=["items:read"], by="test")
    asked = f"GET /api/v1/items/ HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n\r\n".encode()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE routing_item")
        waiting = [connected(port, asked) for _ in range(20)]

        def all_wait():
            waiting.append(connected(port, asked))  # one of the two processes may have taken all the others
            return waiters(cursor) == 8

        until(all_wait)
        assert seconds_to_health(port)  # while they wait
    for sock in waiting:
        sock.close()


def waiters(cursor):
    """Return how many sessions wait for the table of items."""
    cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'routing_item'::regclass")
    return cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"Content-Length: 34000000\r\n\r\n", b"413"),
        (b"Content-Length: " + b"9" * 30 + b"\r\n\r\nGET /health HTTP/1.1\r\n\r\n", b"413"),
        (b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", b"411"),
        (b"Content-Length: 2\r\nConnection: close\r\nExpect: 100-continue\r\n\r\n{}", b"401"),
        (b"X-Long: " + b"x" * 20_000 + b"\r\n\r\n", b"431"),
    ],
    ids=["too large", "endless", "chunked", "expecting", "long head"],
)
def test_what_is_refused_is_answered_before_a_body_comes_and_the_connection_ends(port, head, status):
    answer = answered(connected(port, HEAD + head))
    assert (answer.split()[1], answer.count(b"HTTP/1.1 ")) == (status, 1)


def test_requests_on_one_connection_are_answered_in_order(port):
    one = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    two = HEAD + b"Content-Length: 2\r\n\r\n{}"
    last = one.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    assert answered(connected(port, one + two + last)).count(b"HTTP/1.1 ") == 3


def test_ten_bodies_of_32_mb_at_once_leave_memory_bounded(port):
    body = b'{"item_type": "x", "payload": "' + b"x" * (31 * MEGABYTE) + b'"}'
    client = factories.person("c", "clients")
    _, key = keys.create_key(client, name="k", scopes=["items:write"], by="system:test")
    sent = f"Authorization: Bearer {key}\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
    web = gunicorns()
    before = during = memory(web)
    with ThreadPoolExecutor(10) as pool:
        sending = [pool.submit(posted, port, HEAD + sent.encode(), body) for _ in range(10)]
        while not all(one.done() for one in sending):
            during = max(during, memory(web))
            wait(sending, timeout=0.1)
    assert {one.result().split()[1] for one in sending} == {b"400"}
    assert during - before < 600 * MEGABYTE  # two processes, one at once in each
