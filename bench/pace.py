"""From the key press to the next item painted, in a real Chromium, while little and while much waits.

The server is gunicorn with two processes, as it is run in earnest; a reviewer answers by single keys. Time is
the browser's own: from the key's event to the first moment after the frame that shows the next item.
Usage: python bench/pace.py [--quick]
"""

import argparse
import json
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.servers import web
from bench.world import fill, item_type, person, say, scratch_database

FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
]
WATCH = """
window.paces = [];
let pressed = 0;
addEventListener("keydown", (event) => { pressed = event.timeStamp; }, true);
document.addEventListener("seat:shown", () => requestAnimationFrame(() => {
  const painted = new MessageChannel();
  painted.port1.onmessage = () => window.paces.push(performance.now() - pressed);
  painted.port2.postMessage(null);
}));
"""
ANSWERED = """() => performance.getEntriesByType("resource")
    .filter((one) => /seats.[0-9]+.$/.test(one.name)).map((one) => one.duration)"""
THINKING = 0.03  # seconds between an item's appearance and the next key
KEYS = ("Enter", "1", "2", "Enter")


def main() -> None:
    """Measure, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="at most 1k waiting, fewer answers")
    options = parser.parse_args()
    backlogs, answers = ([1_000], 40) if options.quick else ([1_000, 100_000], 300)
    with scratch_database("pace"):
        print(json.dumps({"unit": "milliseconds", "answers": answers, "waiting": measure(backlogs, answers)}))


def measure(backlogs: list[int], answers: int) -> dict[str, dict]:
    """Return by how many wait the figures of that many answers by key."""
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0)
    item_type("sentiment", {})
    signed_in = session(person("rita", "reviewers"))
    found, filled = {}, 0
    for backlog in backlogs:
        fill("sentiment", filled, backlog)
        filled = backlog
        say(f"answering while {backlog} wait")
        with web() as address, browser() as chromium:
            found[str(backlog)] = pace(chromium, address, signed_in, answers)
    return found


def pace(chromium: object, address: str, signed_in: str, answers: int) -> dict[str, float]:
    """Return p50 and p95 from key to paint, and of the request within it; the first ten are not counted."""
    context = chromium.new_context(base_url=address, viewport={"width": 1440, "height": 900})
    context.add_cookies([{"name": "sessionid", "value": signed_in, "url": address}])
    page = context.new_page()
    page.add_init_script(WATCH)
    page.goto("/review/work/")
    page.evaluate(f"performance.setResourceTimingBufferSize({10 * answers + 100})")
    for turn in range(answers + 10):
        time.sleep(THINKING)
        page.keyboard.press(KEYS[turn % len(KEYS)])
        page.wait_for_function("count => window.paces.length > count", arg=turn)
    painted, asked = page.evaluate("window.paces")[10:], page.evaluate(ANSWERED)[10:]
    context.close()
    return {**quantiles("key_to_paint", painted), **quantiles("request", asked)}


def quantiles(name: str, values: list[float]) -> dict[str, float]:
    """Return median, 95th percentile and maximum, one decimal."""
    cut = {"p50": 0.5, "p95": 0.95, "max": 1.0}
    return {f"{name}_{at}": round(float(np.quantile(values, share)), 1) for at, share in cut.items()}


def session(user: object) -> str:
    """Return the key of a session in which this person is signed in."""
    from django.test import Client

    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies["sessionid"].value


@contextmanager
def browser() -> Iterator[object]:
    """Run a headless Chromium of this machine, and yield it; FileNotFoundError where there is none."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        raise FileNotFoundError("Chromium is not installed")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield chromium
        finally:
            chromium.close()


if __name__ == "__main__":
    main()
