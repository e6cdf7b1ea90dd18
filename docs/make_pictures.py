"""Takes the pictures of these pages from a running server: `python docs/make_pictures.py ADDRESS [NAME ...]`.

The server is one that `make demo` has filled, with HITL_SIGNING_KEY and a worker that had some minutes to
seal and sign; who signs in stands beside each picture, their passwords in the file that the demo names. A new
picture is one more line of PICTURES. Each file is a PNG of at most 150 kB.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).parent
PICTURES_DIR = HERE / "pictures"
MOST_BYTES = 150_000
SIZE = {"width": 1200, "height": 760}
EXAMPLE = HERE / "examples" / "posts.csv"


def stay(page: Page) -> None:
    """Take the page as it is."""


def drop(page: Page) -> None:
    """Give the example file to the guide, and take what it makes of its columns."""
    page.get_by_role("link", name="Content moderation").click()
    page.get_by_role("button", name="Make it").click()
    page.set_input_files("input[type=file]", EXAMPLE)
    page.get_by_role("button", name="Look at it").click()
    page.get_by_text("What becomes of it").wait_for()


def people(page: Page) -> None:
    """Go on from the steps to the people."""
    page.get_by_role("link", name="Invite").first.click()


@dataclass(frozen=True)
class Picture:
    """One picture: its file's name, who looks at which address, and what is done there first."""

    name: str
    person: str
    address: str
    before: Callable[[Page], None] = stay
    whole: bool = False  # the whole page, not what fits the window


PICTURES = (
    Picture("review", "rita", "/review/work/"),
    Picture("review-start", "rita", "/review/"),
    Picture("dashboard", "ada", "/"),
    Picture("targets", "ada", "/targets/"),
    Picture("admin", "ada", "/admin/"),
    Picture("compliance", "carla", "/compliance/"),
    Picture("guide-uses", "ada", "/admin/start/new/", whole=True),
    Picture("guide-columns", "ada", "/admin/start/new/", drop, whole=True),
    Picture("guide-steps", "ada", "/admin/start/", whole=True),
    Picture("guide-people", "ada", "/admin/start/", people),
)


def take(browser: Browser, server: str, picture: Picture, password: str) -> int:
    """Write one picture and return its bytes; raises ValueError where it is too large."""
    context = browser.new_context(
        viewport=SIZE, base_url=server, color_scheme="light", reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(f"/accounts/login/?next={picture.address}")
    page.fill("[name=username]", picture.person)
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda address: "login" not in address)
    picture.before(page)
    page.wait_for_load_state("networkidle")
    path = PICTURES_DIR / f"{picture.name}.png"
    shot = Image.open(BytesIO(page.screenshot(full_page=picture.whole)))
    # A page has few colours: 256 of them halve the file, and nobody sees it.
    shot.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    context.close()
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise ValueError(f"{path} has {size:,} bytes, more than {MOST_BYTES:,}")
    return size


def main() -> None:
    """Take all pictures, or those that are named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("server", help="for example http://127.0.0.1:8000")
    parser.add_argument("names", nargs="*", help="left out: all")
    parser.add_argument("--users", type=Path, default=HERE.parent / "var" / "demo-users.txt")
    asked = parser.parse_args()
    chosen = [one for one in PICTURES if not asked.names or one.name in asked.names]
    passwords = dict(line.split() for line in asked.users.read_text().splitlines())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--headless=new", "--no-sandbox"]
        )
        for picture in chosen:
            size = take(browser, asked.server, picture, passwords[picture.person])
            sys.stdout.write(f"{picture.name}.png  {size:,} bytes\n")
        browser.close()


if __name__ == "__main__":
    main()
