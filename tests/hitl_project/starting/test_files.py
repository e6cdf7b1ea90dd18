"""The guide's page of columns, with files and requests that nobody should send."""

import pytest
from django.urls import reverse

from labeling.models import ImportRun
from tests.hitl_project.starting.sending import sent
from tests.people import signed_in

pytestmark = pytest.mark.django_db


def test_headings_that_cannot_be_read_are_told_and_another_file_can_be_sent(posts):
    client = signed_in("admins")
    _, address = sent(client, posts, '"Message" ,"Category"\nHi.,allow\n')
    page = client.get(address).content.decode()
    assert "Line 1</b> The headings are no CSV" in page
    assert client.post(address, {"do": "forget"})["Location"] == reverse("admin:start_data", args=[posts.pk])


def test_a_row_that_there_is_none_of_is_the_first(posts):
    client = signed_in("admins")
    _, address = sent(client, posts)
    assert client.post(address, {"column-0": "text", "row": "00019"}).context["at_row"] == 1


def test_a_table_of_too_many_columns_is_told_how_it_goes_in(posts):
    client = signed_in("admins")
    _, address = sent(client, posts, ",".join(f"c{n}" for n in range(501)) + "\n" + "1," * 500 + "1\n")
    page = client.get(address, follow=True).content.decode()
    assert "This file has 501 columns, and the guide takes 500." in page
    assert ("manage.py import_items" in page, ImportRun.objects.get().status) == (True, "cancelled")
