"""The client's address behind proxies, which nobody can forge from outside."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.address import client_address

REMOTE, CLIENT = "10.0.0.9", "192.0.2.1"


@pytest.mark.parametrize(
    ("remote", "forwarded", "proxies", "found"),
    [
        (REMOTE, "", 0, REMOTE),
        (REMOTE, CLIENT, 0, REMOTE),
        (REMOTE, CLIENT, 1, CLIENT),
        (REMOTE, f"6.6.6.6, {CLIENT}", 1, CLIENT),
        (REMOTE, f"6.6.6.6, {CLIENT}, 10.0.0.8", 2, CLIENT),
        (REMOTE, "10.0.0.8", 2, REMOTE),
        (REMOTE, "", 1, REMOTE),
        (REMOTE, "unknown", 1, REMOTE),
        (REMOTE, "192.0.2.1:4711", 1, CLIENT),
        (REMOTE, "[2001:db8::1]:443", 1, "2001:db8::1"),
        ("::ffff:192.0.2.1", "", 0, CLIENT),
        ("", "", 0, None),
        ("", CLIENT, 1, CLIENT),
    ],
)
def test_the_address_is_what_our_own_proxies_saw(remote, forwarded, proxies, found):
    assert client_address(remote, forwarded, proxies) == found


@given(st.text(), st.integers(1, 3))
def test_what_a_client_writes_into_the_header_changes_nothing(forged, proxies):
    own = ", ".join([CLIENT, *(["10.0.0.8"] * (proxies - 1))])
    assert client_address(REMOTE, f"{forged}, {own}", proxies) == CLIENT
