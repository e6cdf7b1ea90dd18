"""The page that goes with a bundle, for a reader who has never seen one."""

from __future__ import annotations

PAGE = """\
AN EXTRACT FROM THE RECORD OF DECISIONS
=======================================

What this is
------------
This file holds {what}, as the server recorded it.
Asked for by {asked_by}, made {made_at}.
For: {why}

Every line of events.jsonl is one thing that happened: who did what, to what, and when. The record can only be
added to. About once a minute all new lines are put under a seal, and each seal carries the one before, like
pages of a bound and numbered book: whoever changes, removes or slips in a line breaks every seal that
follows. From time to time the newest seal is signed with a key that only the operator has ("checkpoint").

What it shows
-------------
{shows}

What it does not show
---------------------
{not_shown}

How to check it yourself
------------------------
You need no access to the server, and need not trust it.
1. Install Python 3.9 or newer and then:  pip install cryptography
2. Take verify_bundle.py out of this file, or better, get it from somebody whom you trust.
3. Run:  python verify_bundle.py THIS-FILE.zip --key KEY
   KEY is the operator's public key. Ask the operator for it by another way than this file.
4. It says INTACT, or names the first thing that is broken. Without the key it says NOT PROVEN: anybody can
   make a key and sign a forgery with it.
If you have kept a checkpoint of your own, add  --checkpoint FILE : then not even the operator could have
written the record anew. To read the lines as text, add  --show .

What is in it
-------------
events.jsonl       the record, one line an event
seals.jsonl        the seals over it{tail}
checkpoints.jsonl  the signed statements
manifest.json      what was asked for, and the SHA-256 of every file; signature.json signs it
{more}verify_bundle.py   the program that checks all this
"""
SHOWS = {
    False: """\
- Each line is as it was recorded; none was changed, taken out or slipped in.
- It is complete: the seals leave no gap in this time, and reach over both its ends.""",
    True: """\
- Each line is as it was recorded, and was under a seal when that was signed. proofs.jsonl leads from each
  line to its seal; lines about others are not needed for that and are not here.""",
}
NOT_SHOWN = {
    False: "- That what was recorded was true: only that it was recorded so, then, and not changed since.",
    True: """\
- That these are all lines about this subject. Only an extract of a whole period can show that nothing is
  missing.
- That what was recorded was true: only that it was recorded so, then, and not changed since.""",
}
UNSIGNED = "\n- That the record was not written anew as a whole: this server has no key to sign with."
OPENED = "secrets.jsonl      keys that open what was told in confidence: handle this file as confidential\n"
PROOFS = "proofs.jsonl       from each event to its seal\n"


def page(
    *, what: str, asked_by: str, why: str, made_at: str, subject: bool, signed: bool, opened: bool
) -> str:
    """Return the text of README.txt."""
    return PAGE.format(
        what=what,
        asked_by=asked_by,
        why=" ".join(why.split()),
        made_at=made_at,
        shows=SHOWS[subject],
        not_shown=NOT_SHOWN[subject] + ("" if signed else UNSIGNED),
        tail=", as far as the next signed one" if signed else "",
        more=(PROOFS if subject else "") + (OPENED if opened else ""),
    )
