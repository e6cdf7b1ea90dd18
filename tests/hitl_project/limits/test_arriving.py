"""A request is gathered until it is whole, in its time; where its end is not certain nothing follows it."""

import time
from contextlib import ExitStack

import pytest

from hitl_project.limits import arriving, leaving
from hitl_project.limits.arriving import Arrival

HEAD = b"POST /api/v1/items/ HTTP/1.1\r\nHost: h\r\n"


@pytest.fixture
def arrived():
    """Return what gives the request that bytes became which came in these pieces."""
    with ExitStack() as stack:

        def feed(*pieces, most=100):
            found = Arrival(lambda content_type: most)
            stack.callback(found.close)
            for piece in pieces:
                found.feed(piece)
            return found

        yield feed


def test_a_request_is_whole_with_the_last_byte_of_its_body(arrived):
    sent = HEAD + b"Content-Length: 5\r\n\r\nhello"
    found = arrived(*(bytes([one]) for one in sent[:-1]))
    assert (found.whole, found.wanted()) == (False, 1)
    found.feed(sent[-1:])
    assert (found.whole, found.cut, found.recv(10_000), found.body().read()) == (True, False, sent, b"hello")


def test_what_came_along_is_the_next_request(arrived):
    assert arrived(HEAD + b"Content-Length: 5\r\n\r\nhelloGET /").after == b"GET /"


UNCERTAIN = {
    "too long": b"Content-Length: 101\r\n",
    "chunked": b"Transfer-Encoding: chunked\r\n",
    "both": b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
    "twice": b"Content-Length: 3\r\nContent-Length: 4\r\n",
    "endless": b"Content-Length: " + b"9" * 30 + b"\r\n",
    "signed": b"Content-Length: +3\r\n",
    "a list": b"Content-Length: 3, 3\r\n",
    "empty": b"Content-Length:\r\n",
}


@pytest.mark.parametrize("said", UNCERTAIN.values(), ids=UNCERTAIN)
def test_where_the_end_is_not_certain_nothing_behind_the_head_is_read_as_a_request(arrived, said):
    found = arrived(HEAD + said + b"\r\nabcGET /smuggled HTTP/1.1\r\n\r\n")
    assert (found.whole, found.cut, found.after, found.body().read()) == (True, True, b"", b"")


def test_blanks_in_a_length_are_read_once(arrived):
    begun = time.process_time()
    assert arrived(HEAD + b"Content-Length: 1" + b" " * 60_000 + b"1\r\n\r\n").cut
    assert time.process_time() - begun < 1
    assert arrived(HEAD + b"Content-Length: \t3 \r\n\r\nabc").body().read() == b"abc"


def test_an_endless_head_is_given_to_the_parser_that_refuses_it(arrived):
    found = arrived(HEAD + b"X: ", *[b"x" * 60_000] * 2)
    assert (found.whole, found.cut) == (True, True)


def test_head_and_body_have_their_time_and_a_steady_sender_more_of_it(arrived):
    now = time.monotonic()
    begun = arrived(HEAD)
    assert [begun.late(now + s) for s in (arriving.HEAD_SECONDS - 1, arriving.HEAD_SECONDS + 2)] == [
        False,
        True,
    ]
    body = arrived(HEAD + b"Content-Length: 2000000\r\n\r\n", b"x" * 10 * arriving.SLOWEST, most=10**7)
    allowed = arriving.BODY_SECONDS + 10
    assert [body.late(now + s) for s in (allowed - 1, allowed + 2)] == [False, True]
    assert not arrived().late(now + 1_000)


class Slow:
    """A socket that takes so many bytes and then no more until told."""

    def __init__(self, takes):
        self.takes, self.got = takes, b""

    def close(self):
        """End."""

    def send(self, data, flags=0):
        if not self.takes:
            raise BlockingIOError
        sent, self.takes = data[: self.takes], max(0, self.takes - len(data))
        self.got += sent
        return len(sent)


def test_what_a_reader_does_not_take_waits_and_goes_on_in_order():
    sock = Slow(3)
    outlet = leaving.Outlet(sock)
    outlet.sendall(b"hello ")
    outlet.sendall(b"world")
    assert (sock.got, outlet.waiting, outlet.go_on()) == (b"hel", True, False)
    sock.takes = 4
    assert not outlet.go_on()
    sock.takes = 100
    assert (outlet.go_on(), outlet.waiting, sock.got) == (True, False, b"hello world")


def test_a_reader_that_takes_nothing_is_stalled_after_a_while():
    outlet = leaving.Outlet(Slow(0))
    outlet.sendall(b"x")
    now = time.monotonic()
    assert [outlet.stalled(now + s) for s in (leaving.STALLED - 1, leaving.STALLED + 1)] == [False, True]
    outlet.close()
    assert not outlet.waiting
