"""How a file is written, guessed from what stands in it: its encoding, and what parts a table's cells."""

from __future__ import annotations

import csv
from codecs import BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from itertools import islice
from pathlib import Path

ENCODINGS = {"utf-8-sig": "UTF-8", "cp1252": "Western Europe (Windows)", "utf-16": "UTF-16"}
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
PIECE = 1 << 20
LOOKED_AT = 20  # rows
HEAD = 1 << 18  # characters


def encoding(path: Path) -> str:
    """Return the name of the file's encoding: that of its mark, UTF-8 where all of it is, else cp1252.

    Spreadsheets on Windows write either UTF-16 with a mark or the Windows code page, of which cp1252 is the
    commonest and, like all of them, can't be told from another.
    """
    decoder = getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        if file.read(2) in (BOM_UTF16_LE, BOM_UTF16_BE):
            return "utf-16"
        file.seek(0)
        try:
            while piece := file.read(PIECE):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


def delimiter(path: Path, written: str) -> str:
    """Return what parts the cells: of those that give the first rows one width, the one that gives the most.

    Where none does, that of the most cells in the heading; a comma where there is one column.
    """
    with path.open(encoding=written, errors="surrogateescape", newline="") as file:
        head = file.read(HEAD).splitlines(keepends=True)
    widths = {sign: _widths(head, sign) for sign in DELIMITERS}
    even = {sign: found[0] for sign, found in widths.items() if len(set(found)) == 1}
    most = max(even, key=even.__getitem__, default=",")
    if even.get(most, 0) > 1:
        return most
    return max(widths, key=lambda sign: widths[sign][0] if widths[sign] else 0)


def _widths(head: list[str], sign: str) -> list[int]:
    try:
        return [len(row) for row in islice(csv.reader(head, delimiter=sign), LOOKED_AT) if row]
    except csv.Error:
        return []
