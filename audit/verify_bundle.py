"""Check an audit bundle without the server that made it: `python verify_bundle.py BUNDLE.zip`.

This one file needs Python 3.9 or newer and, for signatures and for opening what was told in confidence, the
package `cryptography`. It imports nothing of the server, so that who doubts the server need not trust it.
Exit status: 0 everything holds, 1 something is broken and named, 2 nothing could be checked.

Rules: an event's digest is SHA-256 over its canonical JSON; a seal holds the root of its events' Merkle tree
(RFC 9162, section 2.1), names the seal before it and has a SHA-256 of its own; a checkpoint is an Ed25519
signature (RFC 8032) over a seal's digest; private parts are locked by AES-256-GCM (NIST SP 800-38D).
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import struct
import sys
import zipfile
import zlib
from base64 import b64decode
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

FORMAT = "hitl-bundle/1"
SIGNED_AS = b"hitl-bundle/1 manifest\n"  # a signature of a manifest can't be taken for one of a checkpoint
LINES = ("events.jsonl", "seals.jsonl", "checkpoints.jsonl", "proofs.jsonl", "secrets.jsonl")
WHOLE = ("README.txt", "verify_bundle.py")
NAMES = ("manifest.json", "signature.json", *LINES, *WHOLE)
GENESIS = "0" * 64
SIGNING = "checkpoint.signed"
LONGEST_LINE = 64 << 20  # bytes: no event of ours comes near
LONGEST_WHOLE = 4 << 20
EVERY = 50_000  # events between two words of progress
CONTENT = ("at", "actor", "verb", "subject_type", "subject_id", "request_id", "body")
EVENT = {"id": int, "digest": str, **dict.fromkeys(CONTENT, str)}
SEAL = dict.fromkeys(("number", "events", "last_id", "complete_to"), int)
SEAL.update(dict.fromkeys(("at", "previous", "root", "digest"), str), members=list, writing=list)
CHECKPOINT = {"seal": int, "events": int, **dict.fromkeys(("at", "head", "key", "signature"), str)}
PROOF = {"event": int, "seal": int, "path": list}
SECRET = {"event": int, "secret": str}

SLACK = timedelta(minutes=1)  # by which seals must reach over a period's ends
UTC, LENGTH = "+00:00", 32  # of the text of a time
TOLERANCE = timedelta(hours=1)  # between the times of an event and of the seals around it: clocks differ
DAMAGE = (
    zipfile.BadZipFile,
    OSError,
    EOFError,
    OverflowError,
    RuntimeError,
    ValueError,
    struct.error,
    zlib.error,
)

encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode
Row = dict[str, Any]


class Broken(Exception):
    """Something does not hold; the message names it."""


class Unreadable(Exception):
    """Nothing can be checked; the message says why."""


def sha256(data: bytes) -> bytes:
    """Return the SHA-256 of some bytes."""
    return hashlib.sha256(data).digest()


def leaf(event: Row) -> bytes:
    """Return the hash of an event in its seal's tree: its id and its digest."""
    return sha256(b"\x00%d:%s" % (event["id"], event["digest"].encode()))


def node(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node of a tree."""
    return sha256(b"\x01" + left + right)


class Tree:
    """The root of a seal's tree, from its events one by one."""

    def __init__(self) -> None:
        self.peaks: list[tuple[int, bytes]] = []

    def add(self, hashed: bytes) -> None:
        """Take in the next leaf."""
        height = 0
        while self.peaks and self.peaks[-1][0] == height:
            hashed = node(self.peaks.pop()[1], hashed)
            height += 1
        self.peaks.append((height, hashed))

    def root(self) -> str:
        """Return the root over at least one leaf, in hex."""
        hashed = self.peaks[-1][1]
        for _, peak in reversed(self.peaks[:-1]):
            hashed = node(peak, hashed)
        return hashed.hex()


def root_of(hashed: bytes, index: int, size: int, path: list[str]) -> str | None:
    """Return the root to which a path leads from a leaf (RFC 9162, 2.1.3.2); None for no possible path."""
    inner, last = index, size - 1
    for step in path:
        if last == 0:
            return None
        other = bytes.fromhex(step)
        if inner % 2 or inner == last:
            hashed = node(other, hashed)
            while inner % 2 == 0 and inner:
                inner, last = inner // 2, last // 2
        else:
            hashed = node(hashed, other)
        inner, last = inner // 2, last // 2
    return hashed.hex() if last == 0 else None


class Bundle:
    """The zip, whose files are read once, in pieces, and measured on the way."""

    def __init__(self, path: str) -> None:
        try:
            self.zip = zipfile.ZipFile(path)
        except DAMAGE as error:
            raise Unreadable(f"{path} is no bundle that can be read: {error}") from None
        self.names = self.listed()
        self.raw = self.whole("manifest.json")
        self.manifest = parse(self.raw, "the manifest")
        if self.manifest.get("format") != FORMAT:
            raise Unreadable(f"the manifest is not one of the format {FORMAT}: take a newer verify_bundle.py")
        shaped(self.manifest)
        self.told = self.manifest["files"]
        if {*self.told} != self.names - {"manifest.json", "signature.json"}:
            odd = sorted({*self.told} ^ (self.names - {"manifest.json", "signature.json"}))
            raise Broken(
                f"the manifest and the bundle do not name the same files: {', '.join(map(str, odd))}"
            )

    def listed(self) -> set[str]:
        """Return the names of the files; raises Broken for others than a bundle has, or oddly stored."""
        names: set[str] = set()
        for one in self.zip.infolist():
            if one.filename not in NAMES or one.filename in names:
                raise Broken(f"the bundle has a file that does not belong there: {one.filename[:80]!r}")
            if one.flag_bits & 1 or one.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise Broken(f"{one.filename} is stored in a way that bundles are not")
            names.add(one.filename)
        if sum(one.compress_size for one in self.zip.infolist()) > self.zip.fp.seek(0, io.SEEK_END):
            raise Broken("files of the bundle lie over one another")
        return names

    def whole(self, name: str) -> bytes:
        """Return a small file; raises Broken where it is missing, too large or damaged."""
        if name not in self.names:
            raise Broken(f"{name} is missing from the bundle")
        try:
            with self.zip.open(name) as file:
                data = file.read(LONGEST_WHOLE + 1)
        except DAMAGE as error:
            raise Broken(f"{name} is damaged: {error}") from None
        if len(data) > LONGEST_WHOLE:
            raise Broken(f"{name} is larger than such a file can be")
        return data

    def fits(self, name: str, size: int, digest: str) -> None:
        """Raise Broken where a file is not as the manifest says."""
        if self.told[name] != {"bytes": size, "sha256": digest}:
            raise Broken(f"{name} was altered or the manifest was: size and SHA-256 do not agree")

    def rows(self, name: str, shape: Row) -> Iterator[Row]:
        """Yield the objects of a file of lines; at its end the file must be as the manifest says."""
        if name not in self.told:
            return
        most, size, digest = self.told[name].get("bytes"), 0, hashlib.sha256()
        if type(most) is not int:
            raise Broken(f"the manifest was altered: it does not say how large {name} is")
        for number, line in enumerate(self.lines(name, max(1, min(most + 1, LONGEST_LINE))), 1):
            size += len(line)
            digest.update(line)
            if size > most or not line.endswith(b"\n"):
                raise Broken(f"{name} holds more or less than the manifest says, at line {number}")
            row = parse(line, f"line {number} of {name}")
            if row.keys() != shape.keys() or any(type(row[key]) is not shape[key] for key in shape):
                raise Broken(f"line {number} of {name} does not have the fields that belong there")
            yield row
        self.fits(name, size, digest.hexdigest())

    def lines(self, name: str, longest: int) -> Iterator[bytes]:
        """Yield the lines of a file, no more than so many bytes of one; raises Broken where it is damaged."""
        number, line = 0, b"\n"
        try:
            file = io.BufferedReader(self.zip.open(name), 1 << 20)
        except DAMAGE as error:
            raise Broken(f"{name} is damaged: {error}") from None
        with file:
            while line:
                number += 1
                try:
                    line = file.readline(longest)
                except DAMAGE as error:
                    raise Broken(f"{name} is damaged at line {number}: {error}") from None
                if line:
                    yield line


def parse(raw: bytes, what: str) -> Row:
    """Return an object of JSON; raises Broken for anything else."""
    try:
        value = json.loads(raw.decode())
        if b"\\ud" in raw or b"\\uD" in raw:
            encode(value).encode()  # half a character is a ValueError
    except (ValueError, RecursionError):
        raise Broken(f"{what} can't be read: it is no JSON") from None
    if not isinstance(value, dict):
        raise Broken(f"{what} can't be read: it is no JSON object")
    return value


def shaped(manifest: Row) -> None:
    """Raise Broken where a manifest lacks what every manifest has."""
    scope, seals, files = (manifest.get(name) for name in ("scope", "seals", "files"))
    good = isinstance(scope, dict) and isinstance(files, dict) and type(manifest.get("signed")) is bool
    good = good and scope.keys() == {"subject", "since", "until"} and isinstance(scope["subject"], str)
    good = good and moment(scope["until"]) and (scope["since"] is None or moment(scope["since"]))
    good = good and all(isinstance(one, dict) for one in files.values())
    if good and not scope["subject"]:
        good = isinstance(seals, dict) and [type(seals.get(end)) for end in ("first", "last")] == [int, int]
    if not good:
        raise Broken("the manifest was altered: it lacks what every manifest has")


def moment(text: Any) -> datetime | None:
    """Return the time that a text tells, in the one form that bundles have; None for anything else."""
    try:
        at = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    good = at.tzinfo is not None and at.isoformat(timespec="microseconds") == text and text.endswith(UTC)
    return at if good and 1 < at.year < 9999 else None


def signed_by(key: str, signature: str, message: bytes) -> bool:
    """Return whether an Ed25519 signature is this key's; raises Unreadable without the package."""
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        raise Unreadable("signatures need a package: pip install cryptography") from None
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def genuine(checkpoint: Row, keys: list[str], where: str) -> None:
    """Raise Broken where a checkpoint's signature is not good, or is that of a key which was not named."""
    name = f"the checkpoint at seal {checkpoint['seal']}{where}"
    message = encode({key: value for key, value in checkpoint.items() if key != "signature"}).encode()
    if not signed_by(checkpoint["key"], checkpoint["signature"], message):
        raise Broken(f"{name} was altered or forged: its signature does not match its content")
    if keys and checkpoint["key"] not in keys:
        raise Broken(f"{name} is signed by an unknown key, {checkpoint['key']}")


class Chain:
    """The seals of a bundle, one by one, each checked by itself, by the one before and by checkpoints.

    The seals of a subject may leave some out, but only behind a checkpoint. `trusted` are the keys of which
    the reader knows whose they are.
    """

    def __init__(
        self, bundle: Bundle, checkpoints: dict[int, Row], given: dict[int, Row], keys: list[str]
    ) -> None:
        self.rows = bundle.rows("seals.jsonl", SEAL)
        self.checkpoints, self.given = checkpoints, given
        self.gaps = bool(bundle.manifest["scope"]["subject"])
        self.signed, self.left = bundle.manifest["signed"] or bool(keys), set(checkpoints)
        self.trusted = {*keys, *(one["key"] for one in given.values())}
        self.last: Row | None = None
        self.runs: list[tuple[int, int]] = []  # the ids that the newest seal covers
        self.past: list[tuple[int, datetime]] = []  # last ids and times of seals, while ids may come late
        self.times: tuple[datetime | None, datetime] | None = None  # between which its events were written
        self.bounds: tuple[str, ...] = ()  # the same as texts, with what clocks may differ by
        self.open: int | None = None  # the first seal that no checkpoint covers yet
        self.doubted: int | None = None  # the first that no checkpoint of a trusted key covers yet
        self.counted: int | None = None  # events up to here, by the checkpoint before
        self.signings: dict[int, int] = {}  # seals whose signing an event tells of, and that event
        self.seals = self.reached = self.met = 0
        self.begun = 1  # the first seal whose events are here, of a period
        self.loose = self.strange = False  # whether some seal is signed by nobody, or by nobody known

    def step(self) -> Row | None:
        """Return the next seal, or None behind the last."""
        seal = next(self.rows, None)
        if seal is None or (self.last and seal["number"] != self.last["number"] + 1):
            self._end(seal)
        if seal is None:
            return None
        number = seal["number"]
        self.runs = members(seal)
        content = {key: value for key, value in seal.items() if key != "digest"}
        before = self.last["digest"] if self.last else GENESIS if number == 1 else seal["previous"]
        if seal["previous"] != before:
            raise Broken(f"seal {number} does not follow seal {number - 1}: it names another digest")
        if self.last and seal["complete_to"] < self.last["complete_to"]:
            raise Broken(f"seal {number} reaches less far than seal {number - 1}")
        if sha256(encode(content).encode()).hex() != seal["digest"]:
            raise Broken(f"seal {number} was altered: its fields do not match its digest")
        self.last, self.seals, self.reached = seal, self.seals + 1, number
        self.counted = 0 if number == 1 else self.counted
        self._date(seal)
        self._sign(seal)
        return seal

    def _date(self, seal: Row) -> None:
        at, first = moment(seal["at"]), self.runs[0][0]
        if at is None:
            raise Broken(f"seal {seal['number']} was altered: its time can't be read")
        before = next((past for last, past in reversed(self.past) if last < first), None)
        self.times = (before, at)
        earliest = min(before, at) - TOLERANCE if before else at.min
        latest = max(before or at, at) + TOLERANCE
        self.bounds = tuple(one.isoformat(timespec="microseconds") for one in (earliest, latest))
        self.past.append((seal["last_id"], at))
        while len(self.past) > 1 and self.past[1][0] <= seal["complete_to"]:
            del self.past[0]

    def _end(self, following: Row | None) -> None:
        if following and self.last and (not self.gaps or following["number"] <= self.last["number"]):
            number = self.last["number"] + 1
            raise Broken(f"seal {number} is missing: seal {following['number']} comes in its place")
        if not following and self.left:
            raise Broken(f"seal {min(self.left)} is missing: the checkpoint there was signed")
        if self.signed and self.open is not None:
            self.none_lost()
            raise Broken(
                f"the end was cut off: no signed checkpoint covers seal {self.open} and what follows"
            )
        self.loose = self.loose or self.open is not None
        self.strange = self.strange or self.doubted is not None
        self.last = self.counted = self.open = self.doubted = None
        self.past = []

    def none_lost(self) -> None:
        """Raise Broken where an event of a period tells of the signing of a checkpoint that is not there."""
        for number, event in self.signings.items():
            if not self.gaps and self.begun <= number <= self.reached and number not in self.checkpoints:
                raise Broken(
                    f"the checkpoint at seal {number} is missing: event {event} tells of its signing"
                )

    def _sign(self, seal: Row) -> None:
        number = seal["number"]
        self.counted = None if self.counted is None else self.counted + seal["events"]
        self.open = number if self.open is None else self.open
        self.doubted = number if self.doubted is None else self.doubted
        if number in self.given:
            agree(self.given.pop(number), seal, " that you gave")
            self.met += 1
            self.open = self.doubted = None
        checkpoint = self.checkpoints.get(number)
        if checkpoint is None:
            return
        agree(checkpoint, seal, "")
        if self.counted not in (None, checkpoint["events"]):
            raise Broken(
                f"the checkpoint at seal {number} counts {checkpoint['events']} events, "
                f"the seals up to there {self.counted}"
            )
        self.counted, self.open = checkpoint["events"], None
        self.doubted = None if checkpoint["key"] in self.trusted else self.doubted
        self.left.discard(number)


def agree(checkpoint: Row, seal: Row, where: str) -> None:
    """Raise Broken where a checkpoint tells of another seal than this one."""
    if checkpoint["head"] != seal["digest"]:
        name = f"the checkpoint at seal {seal['number']}{where}"
        raise Broken(f"the chain was written anew: seal {seal['number']} is not the one that {name} names")


def members(seal: Row) -> list[tuple[int, int]]:
    """Return the runs of ids that a seal covers; raises Broken where they make no sense."""
    try:
        runs = [(first, last) for first, last in seal["members"]]
        ends = [end for run in runs for end in run]
        good = ends == sorted(ends) and all(type(end) is int for end in ends)
        good = good and all(type(one) is str for one in seal["writing"])
        good = good and sum(last - first + 1 for first, last in runs) == seal["events"] > 0
    except (TypeError, ValueError):
        good = False
    if not good:
        raise Broken(f"seal {seal['number']} was altered: its members and their count do not agree")
    return runs


def whole_event(event: Row) -> None:
    """Raise Broken where an event's content is not what its digest was made of."""
    content = {key: event[key] for key in CONTENT}
    if sha256(encode(content).encode()).hex() != event["digest"]:
        raise Broken(f"event {event['id']} was altered or forged: its content does not match its digest")


def dated(event: Row, chain: Chain) -> None:
    """Raise Broken where the time that an event tells can't be: it lies between two seals of a chain."""
    at, (earliest, latest), (before, sealed) = event["at"], chain.bounds, chain.times
    if len(at) != LENGTH or not at.endswith(UTC):
        raise Broken(f"event {event['id']} was altered or forged: its time can't be read")
    if at < earliest:
        raise Broken(f"event {event['id']} was dated back: it was written after a seal of {before}")
    if at > latest:
        raise Broken(f"event {event['id']} was dated ahead: seal {chain.reached} of {sealed} covers it")


class Reader:
    """The events of a bundle in their order, with what was told in confidence where the keys are there."""

    def __init__(self, bundle: Bundle, show: bool, signings: dict[int, int]) -> None:
        self.rows, self.secrets = bundle.rows("events.jsonl", EVENT), bundle.rows("secrets.jsonl", SECRET)
        self.secret = next(self.secrets, None)
        self.show, self.events, self.opened = show, 0, 0
        self.signings = signings

    def step(self) -> Row | None:
        """Return the next event, or None behind the last."""
        event = next(self.rows, None)
        if event is None:
            if self.secret:
                raise Broken(f"event {self.secret['event']} is missing: there is a key for its private part")
            return None
        self.events += 1
        if self.events % EVERY == 0:
            sys.stderr.write(f"{self.events} events\n")
        if event["verb"] == SIGNING and event["subject_id"].isdecimal() and len(event["subject_id"]) < 20:
            self.signings[int(event["subject_id"])] = event["id"]
        private = self._private(event) if self.secret and self.secret["event"] == event["id"] else {}
        if self.show:
            told = parse(event["body"].encode(), f"what event {event['id']} tells")
            said = encode({**told, **private})
            words = (event["id"], event["at"], event["actor"], event["verb"], subject(event), said)
            sys.stdout.write(plain(" ".join(map(str, words))) + "\n")
        return event

    def _private(self, event: Row) -> Row:
        secret, self.secret = self.secret["secret"], next(self.secrets, None)
        try:
            from cryptography.exceptions import InvalidTag
            from cryptography.hazmat.primitives.ciphers.aead import AESGCM
        except ImportError:
            raise Unreadable("private parts need a package: pip install cryptography") from None
        try:
            raw = b64decode(json.loads(event["body"])["private"])
            key = sha256(b"hitl private part:" + bytes.fromhex(secret))
            told = json.loads(AESGCM(key).decrypt(raw[:12], raw[12:], subject(event).encode()))
        except (InvalidTag, ValueError, KeyError, TypeError, RecursionError):
            raise Broken(f"the key for the private part of event {event['id']} does not open it") from None
        self.opened += 1
        return told if isinstance(told, dict) else {}


def subject(event: Row) -> str:
    """Return what an event tells of, as TYPE:ID."""
    return f"{event['subject_type']}:{event['subject_id']}"


def of_period(manifest: Row, chain: Chain, events: Reader) -> list[str]:
    """Check the events of whole seals and that the seals reach over both ends; return what holds."""
    first, last = manifest["seals"]["first"], manifest["seals"]["last"]
    since, until = manifest["scope"]["since"], manifest["scope"]["until"]
    begin, end = since and moment(since) - SLACK, moment(until) + SLACK
    needed = reached = None
    chain.begun = first
    while seal := chain.step():
        number = seal["number"]
        if chain.seals == 1 and number != max(first - 1, 1):
            raise Broken(f"seal {max(first - 1, 1)} is missing: seal {number} comes in its place")
        if number < first and not (begin and chain.times[1] <= begin):
            raise Broken(f"the period's beginning was cut off: seal {number} was set after it began")
        if first <= number <= last:
            seal_holds(seal, chain, events)
            needed = seal["last_id"] if needed is None and chain.times[1] >= end else needed
            reached = (number, seal["complete_to"])
    if extra := events.step():
        raise Broken(f"event {extra['id']} was written afterwards: no seal covers it")
    chain.none_lost()
    if not since and first != 1:
        raise Broken("the beginning was cut off: seal 1 is missing")
    if reached is None or reached[0] != last:
        raise Broken(f"the end was cut off: seal {last} is missing")
    if needed is None or reached[1] < needed:
        raise Broken(f"the period's end was cut off: seal {last} does not reach to {until}")
    order = f"The {events.events} events are all that seals {first} to {last} cover, in their order,"
    return [
        f"{order} none altered, left out or added.",
        f"Those seals reach over both ends ({since or 'the first event'} to {until}): nothing is missing.",
    ]


def seal_holds(seal: Row, chain: Chain, events: Reader) -> None:
    """Raise Broken where the next events are not exactly those that the newest seal of a chain covers."""
    number, tree, runs = seal["number"], Tree(), chain.runs
    for first, last in runs:
        for due in range(first, last + 1):
            event = events.step()
            if event is None or event["id"] != due:
                place = f"event {event['id']} stands" if event else "the file ends"
                raise Broken(f"event {due} is missing: seal {number} covers it, but {place} in its place")
            whole_event(event)
            dated(event, chain)
            tree.add(leaf(event))
    if tree.root() != seal["root"]:
        raise Broken(f"seal {number} does not match events {runs[0][0]} to {runs[-1][1]}")


def of_subject(manifest: Row, bundle: Bundle, chain: Chain, events: Reader) -> list[str]:
    """Check that each event of a subject is in the seal that its proof names; return what holds."""
    wanted, reached, seal = manifest["scope"], (0, 0), None
    for proof in bundle.rows("proofs.jsonl", PROOF):
        event = events.step()
        if event is None or event["id"] != proof["event"]:
            raise Broken(f"event {proof['event']} is missing: there is a proof of it")
        whole_event(event)
        if subject(event) != wanted["subject"]:
            raise Broken(f"event {event['id']} tells of {subject(event)}, not of {wanted['subject']}")
        if not (wanted["since"] or "") <= event["at"] < wanted["until"]:
            raise Broken(f"event {event['id']} is not of the time that was asked for")
        if (proof["seal"], proof["event"]) <= reached:
            raise Broken(f"event {event['id']} stands in the wrong place, or twice")
        reached = (proof["seal"], proof["event"])
        while seal is None or seal["number"] < proof["seal"]:
            seal = chain.step()
            if seal is None:
                raise Broken(f"seal {proof['seal']} is missing: event {event['id']} is said to be in it")
        proven(event, proof, seal, chain)
    if extra := events.step():
        raise Broken(f"event {extra['id']} does not belong there: there is no proof of it")
    while chain.step():
        pass
    return [f"Each of the {events.events} events is in the seal that its proof names, unaltered."]


def proven(event: Row, proof: Row, seal: Row, chain: Chain) -> None:
    """Raise Broken where a proof does not lead from an event to the root of its seal, the chain's newest."""
    if seal["number"] != proof["seal"]:
        raise Broken(f"seal {proof['seal']} is missing: event {event['id']} is said to be in it")
    index = 0
    for first, last in chain.runs:
        if first <= event["id"] <= last:
            break
        index += last - first + 1
    else:
        raise Broken(f"event {event['id']} does not belong there: seal {seal['number']} does not cover it")
    try:
        root = root_of(leaf(event), index + event["id"] - first, seal["events"], proof["path"])
    except (TypeError, ValueError):
        root = None
    if root != seal["root"]:
        raise Broken(f"event {event['id']} is not in seal {seal['number']}: its proof leads elsewhere")
    dated(event, chain)


def signature(bundle: Bundle, keys: list[str]) -> str:
    """Return the key that signed the manifest, '' for none; raises Broken for a bad or foreign signature."""
    if "signature.json" not in bundle.names:
        if bundle.manifest.get("signed") or keys:
            raise Broken("signature.json is missing: nobody signed this manifest")
        return ""
    told = parse(bundle.whole("signature.json"), "signature.json")
    key = str(told.get("key"))
    if not signed_by(key, str(told.get("signature")), SIGNED_AS + bundle.raw):
        raise Broken("the manifest was altered: its signature does not match its content")
    if keys and key not in keys:
        raise Broken(f"the manifest is signed by an unknown key, {key}")
    return key


def statements(rows: Iterator[Row], keys: list[str], where: str) -> dict[int, Row]:
    """Return checkpoints by their seal, each genuine; raises Broken."""
    found: dict[int, Row] = {}
    for row in rows:
        if row.keys() != CHECKPOINT.keys() or any(
            type(row[key]) is not CHECKPOINT[key] for key in CHECKPOINT
        ):
            raise Broken(f"a checkpoint{where} does not have the fields that belong there")
        if row["seal"] in found:
            raise Broken(f"the checkpoint at seal {row['seal']}{where} is there twice")
        genuine(row, keys, where)
        found[row["seal"]] = row
    return found


def given_checkpoints(path: str | None, keys: list[str]) -> dict[int, Row]:
    """Return the checkpoints of a file with one in each line; raises Unreadable where it can't be read."""
    if path is None:
        return {}
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read(LONGEST_LINE)
        rows = (
            [json.loads(text)]
            if text.count("}") == 1
            else [json.loads(line) for line in text.split("\n") if line]
        )
    except (OSError, ValueError, RecursionError) as error:
        raise Unreadable(f"{path} can't be read: {error}") from None
    if not rows or not all(isinstance(row, dict) for row in rows):
        raise Unreadable(f"{path} holds no checkpoint")
    return statements(iter(rows), keys, " that you gave")


def later(manifest: Row, chain: Chain, reached: int) -> list[str]:
    """Return what to say of given checkpoints that the bundle's seals did not meet."""
    said = []
    for number, one in sorted(chain.given.items()):
        if number > reached and not manifest["scope"]["subject"] and one["at"] < manifest["scope"]["until"]:
            raise Broken(
                f"seals {reached + 1} to {number} are missing: the checkpoint at seal {number} that you gave "
                "was signed before the period's end"
            )
        said.append(
            f"Your checkpoint at seal {number} could not be compared: that seal is not in the bundle."
        )
    return said


def check(path: str, keys: list[str], given: str | None, show: bool) -> tuple[list[str], list[str], str]:
    """Return what holds, what was not shown, and why it proves nothing ('' if it does).

    Raises Broken for what does not hold, Unreadable for what can't be checked.
    """
    bundle = Bundle(path)
    signer = signature(bundle, keys)
    for name in WHOLE:
        data = bundle.whole(name)
        bundle.fits(name, len(data), sha256(data).hex())
    held = given_checkpoints(given, keys)
    checkpoints = statements(bundle.rows("checkpoints.jsonl", CHECKPOINT), keys, "")
    chain = Chain(bundle, checkpoints, held, keys)
    events = Reader(bundle, show, chain.signings)
    if bundle.manifest["scope"]["subject"]:
        holds = of_subject(bundle.manifest, bundle, chain, events)
    else:
        holds = of_period(bundle.manifest, chain, events)
    counts = {"events": events.events, "seals": chain.seals, "checkpoints": len(checkpoints)}
    if bundle.manifest.get("counts") != counts:
        raise Broken("the manifest was altered: it counts other events, seals or checkpoints than there are")
    holds += besides(chain, events, signer)
    missing = [*later(bundle.manifest, chain, chain.reached), *unshown(bundle, chain, signer)]
    return holds, missing, doubt(chain)


def besides(chain: Chain, events: Reader, signer: str) -> list[str]:
    """Return what else holds, in words."""
    holds = [f"{count(chain.seals, 'seal is', 'seals are')} unaltered, and each names the one before it."]
    if chain.checkpoints:
        keys = sorted({one["key"] for one in chain.checkpoints.values()} | ({signer} if signer else set()))
        fix = count(len(chain.checkpoints), "checkpoint fixes", "checkpoints fix")
        holds.append(f"{fix} them, signed by {', '.join(keys)}.")
    if chain.met:
        holds.append(f"{count(chain.met, 'checkpoint', 'checkpoints')} that you gave: the seals agree.")
    if signer:
        holds.append("The manifest (who asked, when, why, which files) is signed and unaltered.")
    if events.opened:
        opens = count(events.opened, "private part opens", "private parts open")
        holds.append(f"{opens} with the keys in the bundle.")
    return holds


def doubt(chain: Chain) -> str:
    """Return why a bundle that holds together proves nothing; '' where it proves something."""
    if not chain.seals:
        return "there is nothing in it"
    if not chain.strange:
        return ""
    if chain.loose:
        return "nobody signed it, or not all of it, so it could be a whole forgery"
    return "anybody can make a key and sign: give the operator's, from elsewhere, with --key"


def count(number: int, one: str, more: str) -> str:
    """Return a number with the word that fits it."""
    return f"{number} {one if number == 1 else more}"


def unshown(bundle: Bundle, chain: Chain, signer: str) -> list[str]:
    """Return what this bundle can't show, in words."""
    said = []
    if bundle.manifest["scope"]["subject"]:
        said.append("That these are ALL events of this subject: only a bundle of a whole period shows that.")
    if signer and signer not in chain.trusted:
        said.append(f"Whose key {signer} is: ask the operator, and give it with --key.")
    if not signer:
        said.append("Who made the bundle, when and why: its manifest is not signed.")
    if chain.loose:
        said.append("That the chain was not written anew as a whole: no checkpoint covers all of it.")
    said.append("That what was recorded was true: only that it was recorded so, and not changed since.")
    return said


def plain(text: str) -> str:
    """Return a text without what could move the cursor or begin a line of its own."""
    return "".join(one if one.isprintable() else "?" for one in text)


def main() -> int:
    """Check the bundle that the command line names, say what was found, and return the exit status."""
    ask = argparse.ArgumentParser(description="Check an audit bundle without the server that made it.")
    ask.add_argument("bundle", help="the zip file")
    ask.add_argument(
        "--key", action="append", default=[], help="the operator's public key in hex; repeatable"
    )
    ask.add_argument("--checkpoint", help="a file of checkpoints kept elsewhere, one in each line")
    ask.add_argument("--show", action="store_true", help="write every event on a line of its own as well")
    asked = ask.parse_args()
    keys = [key.strip().lower() for key in asked.key]
    sys.stdout.reconfigure(errors="backslashreplace")
    try:
        holds, missing, why = check(asked.bundle, keys, asked.checkpoint, asked.show)
    except Unreadable as error:
        sys.stdout.write(f"NOT CHECKED: {plain(str(error))}\n")
        return 2
    except Broken as error:
        sys.stdout.write(f"BROKEN: {plain(str(error))}\n")
        return 1
    sys.stdout.write("".join(["Checked:\n", *(f"  + {plain(one)}\n" for one in holds)]))
    sys.stdout.write("".join(["Not shown by this bundle:\n", *(f"  - {plain(one)}\n" for one in missing)]))
    sys.stdout.write(f"NOT PROVEN: it holds together, but {why}\n" if why else "INTACT\n")
    return 2 if why else 0


if __name__ == "__main__":
    sys.exit(main())
