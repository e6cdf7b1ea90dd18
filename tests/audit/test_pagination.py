"""Keyset pages: each row once, forward and back, whatever is written meanwhile."""

from base64 import urlsafe_b64encode

import pytest
from django.contrib.auth.models import User
from rest_framework.exceptions import ValidationError
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from audit.models import AuditEvent
from audit.pagination import KeysetPagination
from tests.audit import book

pytestmark = pytest.mark.django_db

ASCENDING, MIXED = ("at", "id"), ("-verb", "-at", "-id")


class People(ListAPIView):
    """A view that names its own order."""

    keyset = ("last_name", "username")


def page(url, keyset=("-id",), view=None, queryset=None):
    """Return the page of a URL as its primary keys, and the links."""
    paginator = KeysetPagination()
    paginator.keyset = keyset
    request = Request(APIRequestFactory().get(url))
    rows = paginator.paginate_queryset(
        AuditEvent.objects.all() if queryset is None else queryset, request, view
    )
    links = paginator.get_paginated_response([]).data
    return [row.pk for row in rows], links


def walk(url, link="next", **options):
    """Return the pages from a URL on, following one kind of link."""
    pages = []
    while url:
        rows, links = page(url, **options)
        pages.append(rows)
        url = links[link]
    return pages


def test_pages_hold_each_row_once_newest_first():
    ids = book.write(7)
    assert walk("/?page_size=3") == [ids[:3:-1], ids[3:0:-1], ids[:1]]


@pytest.mark.parametrize("keyset", [ASCENDING, MIXED])
def test_ties_in_the_first_fields_lose_nothing(keyset):
    ids = book.write(7)
    moment = AuditEvent.objects.first().at
    book.tamper("UPDATE audit_auditevent SET at = %s WHERE id < %s", moment, ids[5])
    found = [pk for rows in walk("/?page_size=2", keyset=keyset) for pk in rows]
    assert found == (ids if keyset == ASCENDING else ids[::-1])


def test_previous_leads_back_through_the_same_pages():
    book.write(7)
    forward, url = [], "/?page_size=3"
    while url:
        last, (rows, links) = url, page(url)
        forward.append(rows)
        url = links["next"]
    assert walk(last, "previous") == forward[::-1]


def test_the_first_page_has_no_previous_and_the_last_no_next():
    book.write(3)
    assert page("/?page_size=3")[1] == {"next": None, "previous": None, "results": []}


def test_rows_written_meanwhile_move_no_page():
    ids = book.write(6)
    url = page("/?page_size=3")[1]["next"]
    book.write(5)
    assert page(url)[0] == ids[2::-1]


def test_going_on_keeps_the_other_parameters():
    book.write(3)
    assert "verb=item.judged" in page("/?page_size=1&verb=item.judged")[1]["next"]


def test_a_view_may_name_its_own_order():
    made = [
        User.objects.create(username=name, last_name=last)
        for name, last in (("b", "x"), ("c", "a"), ("a", "x"))
    ]
    found = walk("/?page_size=1", view=People(), queryset=User.objects.all())
    assert found == [[made[1].pk], [made[2].pk], [made[0].pk]]


@pytest.mark.parametrize("size", ["0", "-1", "1001", "many", "1.5", "", "٣"])
def test_a_size_out_of_range_is_refused_by_name(size):
    with pytest.raises(ValidationError) as caught:
        page(f"/?page_size={size}")
    assert caught.value.detail == {"page_size": ["A whole number from 1 to 1000."]}


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "W10=",
        "WzAsInhdIl0=",
        "WzAsIngiXQ==",
        "WzAsMSwyXQ==",
        "e30=",
        "é",
        "bnVsbA==",
        "WzAsbnVsbF0=",  # [0,null]
        "WzAsSW5maW5pdHld",  # [0,Infinity]
        urlsafe_b64encode(b"[" * 1500).decode(),
    ],
)
def test_a_cursor_that_is_none_is_refused_by_name(cursor):
    with pytest.raises(ValidationError) as caught:
        page(f"/?cursor={cursor}")
    assert caught.value.detail == {"cursor": ["This is no cursor of this list."]}


@pytest.mark.parametrize("text", ["\\u0000", "\\ud800"])
def test_a_cursor_of_text_that_no_row_holds_is_refused(text):
    cursor = urlsafe_b64encode(f'[0,"{text}","2026-01-01T00:00:00Z",1]'.encode()).decode()
    with pytest.raises(ValidationError, match="no cursor of this list"):
        page(f"/?cursor={cursor}", keyset=MIXED)


def test_a_page_takes_one_statement_without_offset(django_assert_num_queries):
    book.write(3)
    url = page("/?page_size=1")[1]["next"]
    with django_assert_num_queries(1) as captured:
        page(url)
    assert "OFFSET" not in captured[0]["sql"]
