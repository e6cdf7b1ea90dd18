"""What the holder of a seat is told instead of its number and, where that tests them, its item's id.

Numbers of seats rise with time, and an item's id begins with the time at which it came: a known question put
among older looks at an item of last month would stand out by both.
"""

from __future__ import annotations

import hmac
from uuid import UUID

from django.conf import settings

from routing.models import SHOWN_AS, Assignment

HALF = 24  # bits: twice as many are exact in JavaScript as well
ROUNDS = 4
MASK = (1 << HALF) - 1
NOBODY = 0  # the number of no seat


def of_seat(number: int) -> int:
    """Return the name of the seat with this number: another number, whose order tells nothing.

    A Feistel network of four rounds (Luby and Rackoff 1988) under the server's key for draws.
    """
    left, right = number >> HALF, number & MASK
    for turn in range(ROUNDS):
        left, right = right, left ^ _scrambled(turn, right)
    return left << HALF | right


def seat_of(name: int) -> int:
    """Return the number of the seat with this name; 0, which no seat has, for what is no name."""
    if name >> 2 * HALF:
        return NOBODY
    left, right = name >> HALF, name & MASK
    for turn in reversed(range(ROUNDS)):
        left, right = right ^ _scrambled(turn, left), left
    return left << HALF | right


def of_item(seat: Assignment) -> UUID:
    """Return the id of a seat's item as its holder is told it: where it is a test, one as old as the seat.

    A version 7 UUID (RFC 9562, section 5.7) by which no item is found; always the same for the same seat.
    """
    if seat.purpose not in SHOWN_AS:
        return seat.item_id
    chance = int.from_bytes(_digest(f"item {seat.pk}"))
    moment = int(seat.created_at.timestamp() * 1000)
    fraction, rest = chance & 0xFFF, chance >> 12 & (1 << 62) - 1
    return UUID(int=moment << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | rest)


class SeatConverter:
    """Names of seats in addresses: views are given the seat's number."""

    regex = "[0-9]+"

    def to_python(self, value: str) -> int:
        """Return the number of the seat that is named."""
        return seat_of(int(value))

    def to_url(self, value: int) -> str:
        """Return the name of the seat with this number."""
        return str(of_seat(int(value)))


def _scrambled(turn: int, half: int) -> int:
    return int.from_bytes(_digest(f"seat {turn} {half}")[: HALF // 8])


def _digest(text: str) -> bytes:
    return hmac.digest(settings.HITL_DRAW_KEY.encode(), text.encode(), "sha256")
