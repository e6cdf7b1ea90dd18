"""Holding back what a page waits for, so that what somebody does meanwhile comes first for certain."""

from __future__ import annotations

from playwright.sync_api import Page, Route

# What a script reads of an answer, as text or as JSON, it gets once `held[n]()` is called, n counting from 0.
ANSWERS = """
window.held = [];
for (const how of ["text", "json"]) {
  const read = Response.prototype[how];
  Response.prototype[how] = async function () {
    const said = await read.call(this);
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


def hold_answers(page: Page) -> None:
    """Hold back every answer that a script of this page reads, from the next page on."""
    page.add_init_script(ANSWERS)


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
