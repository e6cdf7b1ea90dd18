"""Browsers are named as people know them."""

import pytest

from hitl_project.accounts.agents import named

GECKO, KIT = (
    "Gecko/20100101 Firefox/140.0",
    "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36",
)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (f"Mozilla/5.0 (X11; Linux x86_64) {GECKO}", "Firefox on Linux"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64) {KIT} Edg/140.0", "Edge on Windows"),
        (f"Mozilla/5.0 (Linux; Android 15) {KIT}", "Chrome on Android"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            "Safari on iPhone",
        ),
        ("curl/8.0", "curl/8.0"),
        ("", "Unknown"),
    ],
)
def test_a_browser_is_named_with_its_system(agent, name):
    assert named(agent) == name
