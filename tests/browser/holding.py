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

# A headless browser has no button to stop what is loading, and no key.
STOPS = "addEventListener('keydown', event => { if (event.key === 'Escape') stop(); })"

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


class Held:
    """Requests for an address, each held back as it comes."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.routes = page, list[Route]()
        page.route(address, lambda route: self.routes.append(route))

    def let_go(self) -> None:
        """Let the first of them go on, once there is one."""
        while not self.routes:
            self.page.wait_for_timeout(20)
        self.routes.pop(0).continue_()


def stand_still(page: Page) -> None:
    """Let the page's clock stand still; `page.clock.run_for` turns it. Its context must be its own."""
    now = datetime.now(UTC)
    page.clock.install(time=now)
    page.clock.pause_at(now + timedelta(minutes=1))
