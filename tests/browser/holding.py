"""Holding back what a page waits for, so that what somebody does meanwhile comes first for certain."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, Route

# What a script reads of answers from such addresses it gets once `held[n]()` is called, n counting from 0.
ANSWERS = """
window.held = [];
for (const how of ["text", "json"]) {
  const read = Response.prototype[how];
  Response.prototype[how] = async function () {
    const said = await read.call(this);
    if (!/%s/.test(this.url)) return said;
    await new Promise((go) => { document.documentElement.dataset.held = held.push(go); });
    return said;
  };
}
"""

# A message comes after all that was to be done at once; timers may stand still.
LET_GO = """place => new Promise((done) => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = done;
  held[place]();
  port2.postMessage("");
})"""


def hold_answers(page: Page, address: str = ".") -> None:
    """Hold back each answer that a script reads of an address like this expression, from the next page on."""
    page.add_init_script(ANSWERS % address.replace("/", r"\/"))


def answers_held(page: Page, count: int) -> None:
    """Wait until so many answers have come, and been held back."""
    page.locator(f"html[data-held='{count}']").wait_for(state="attached")


def let_go(page: Page, place: int) -> None:
    """Let the script have this answer, and do all that it does with it."""
    page.evaluate(LET_GO, place)


def hold(page: Page, address: str) -> list[Route]:
    """Hold back every request for this address; return a list that fills with them."""
    held: list[Route] = []
    page.route(address, lambda route: held.append(route))
    return held


def stand_still(page: Page) -> None:
    """Let the page's clock stand still; `page.clock.run_for` turns it. Its context must be its own."""
    now = datetime.now(UTC)
    page.clock.install(time=now)
    page.clock.pause_at(now + timedelta(minutes=1))
