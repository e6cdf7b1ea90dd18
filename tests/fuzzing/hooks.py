"""What schemathesis makes up, brought near what there is: names of rows in place of most that it invents."""

import json
import os
from itertools import count
from zlib import crc32

import schemathesis

KNOWN = json.loads(os.environ["HITL_FUZZ_KNOWN"])  # by a field's or parameter's name: what there is
CALLERS = json.loads(os.environ["HITL_FUZZ_CALLERS"])  # headers; the first one, who may all, is every other
_numbers = count()
LONGEST = 3_500  # characters of an address: gunicorn's own refusal of longer ones is a page


def near(value: object) -> object:
    """Return the value with names that there are in most places that take one."""
    if isinstance(value, list):
        return [near(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {name: _one(name, inner) for name, inner in value.items()}


def _one(name: str, value: object) -> object:
    drawn = crc32(repr(value).encode(errors="replace"))
    if name in KNOWN and drawn % 5 < 3:
        return KNOWN[name][drawn // 5 % len(KNOWN[name])]
    return near(value)


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """Return the parameters with rows that there are."""
    return near(path_parameters)


@schemathesis.hook
def map_query(context, query):
    """Return the query with rows that there are."""
    return near(query)


@schemathesis.hook
def filter_query(context, query):
    """Leave out what gunicorn refuses before us."""
    return len(str(query).encode()) < LONGEST


@schemathesis.hook
def map_body(context, body):
    """Return the body with rows that there are."""
    return near(body)


@schemathesis.hook
def before_call(context, case, kwargs):
    """Send the request as the next caller."""
    number = next(_numbers)
    case.headers.update(CALLERS[number // 2 % len(CALLERS) if number % 2 else 0])
