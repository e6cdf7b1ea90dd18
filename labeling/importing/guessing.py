"""How a file is written, guessed from what stands in it: form, encoding, and what parts a table's cells."""

from __future__ import annotations

import csv
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from functools import partial
from io import StringIO
from itertools import chain, islice
from pathlib import Path

from routing.errors import InvalidInput

ENCODINGS = {"utf-8-sig": "UTF-8", "cp1252": "Western Europe (Windows)", "utf-16": "UTF-16"}
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
RARE = "\t|;,"  # within texts, the rarest in front
PIECE = 1 << 20
LOOKED_AT = 20  # rows
HEAD = 1 << 18  # characters
MARKS = (BOM_UTF16_LE, BOM_UTF16_BE)
SUFFIXES = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
}
SHEETS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".numbers")
ZIP = b"PK\x03\x04"
BEYOND_ASCII, NO_UTF8 = re.compile("[^\x00-\x7f]"), re.compile("[\udc80-\udcff]")
SEP = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)  # what a spreadsheet takes as "cells are parted by this"


def form(head: bytes, name: str) -> str:
    """Return the format of a file that begins with `head`: by the ending of its name, and for JSON by that.

    A list of objects is read one after the other, whatever the ending says. Raises InvalidInput where the
    ending is not known, or what stands in it is no text.
    """
    ending = Path(name).suffix.lower()
    if ending in SHEETS:
        raise InvalidInput.single("This is a spreadsheet: save it as CSV, and send that.", attr="file")
    if ending not in SUFFIXES:
        raise InvalidInput.single(f"Send a file that ends in one of: {', '.join(SUFFIXES)}.", attr="file")
    if head.startswith(ZIP) or (b"\0" in head and not head.startswith(MARKS)):
        raise InvalidInput.single("This is no text. Save a spreadsheet as CSV, and send that.", attr="file")
    found = SUFFIXES[ending]
    listed = found == "jsonl" and head.decode("utf-8-sig", "replace").lstrip().startswith("[")
    return "label-studio" if listed else found


def encoding(path: Path) -> str:
    """Return the name of the file's encoding: that of its mark, UTF-8 where most of it is, else cp1252.

    Spreadsheets on Windows write either UTF-16 with a mark or the Windows code page, of which cp1252 is the
    commonest and, like all of them, can't be told from another. A few wrong bytes among letters of UTF-8 are
    a fault of their rows, which are refused.
    """
    decoder = getincrementaldecoder("utf-8")(errors="surrogateescape")
    letters = wrong = 0
    with path.open("rb") as file:
        if file.read(2) in MARKS:
            return "utf-16"
        file.seek(0)
        for piece in chain(iter(partial(file.read, PIECE), b""), [None]):
            text = decoder.decode(piece or b"", final=piece is None)
            if not text.isascii():
                letters += len(BEYOND_ASCII.findall(text))
                wrong += len(NO_UTF8.findall(text))
    return "cp1252" if 2 * wrong > letters else "utf-8-sig"


def delimiter(path: Path, written: str) -> str:
    """Return what parts the cells: of those that give the first rows one width, the one that gives the most.

    A first line `sep=;` says it itself. Of one column it is what its texts hold the least; where none gives
    one width, that of the most cells in the heading.
    """
    with path.open(encoding=written, errors="replace", newline="") as file:
        head = file.read(HEAD)
    if (said := SEP.match(head)) and said[1] in DELIMITERS:
        return said[1]
    lines = list(StringIO(head, newline=""))
    widths = {sign: _widths(lines, sign) for sign in DELIMITERS}
    even = {sign: found[0] for sign, found in widths.items() if len(set(found)) == 1}
    most = max(even, key=even.__getitem__, default=",")
    if even.get(most, 0) > 1:
        return most
    widest = max(widths, key=lambda sign: widths[sign][0] if widths[sign] else 0)
    alone = next((sign for sign in RARE if sign in even), None)
    return alone if alone and widths[widest][0] == 1 else widest


def _widths(lines: list[str], sign: str) -> list[int]:
    try:
        return [len(row) for row in islice(csv.reader(lines, delimiter=sign), LOOKED_AT) if row]
    except csv.Error:
        return []
