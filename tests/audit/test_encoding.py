"""A database that could not hold every text is refused before anything is in it."""

from functools import partial

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection

from audit import encoding
from hitl_project import site

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ascii_database():
    """Connect to a database without an encoding, as `initdb` makes it where no locale is set."""
    own = connection.settings_dict
    name = f"{own['NAME']}_ascii"
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f"CREATE DATABASE \"{name}\" ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0")
    connection.close()
    connection.settings_dict = own | {"NAME": name}
    yield
    connection.close()
    connection.settings_dict = own
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}"')


@pytest.mark.usefixtures("ascii_database")
@pytest.mark.parametrize(
    "begin",
    [
        partial(call_command, "check", databases=["default"]),
        partial(call_command, "migrate", skip_checks=False),  # as from the command line
        partial(site.prepare, static=False),  # `manage.py up` and `make demo`
    ],
    ids=["check", "migrate", "up"],
)
def test_a_database_in_another_encoding_is_refused_with_the_remedy(begin):
    with pytest.raises(SystemCheckError, match="SQL_ASCII, not UTF8") as refused:
        begin()
    assert encoding.CREATE in str(refused.value)
    assert connection.introspection.table_names() == []


def test_the_remedy_makes_a_database_that_is_fine():
    name = f"{connection.settings_dict['NAME']}_made"
    role = connection.settings_dict["USER"]
    made = encoding.CREATE.replace("DATABASE hitl", f'DATABASE "{name}"').replace(
        "OWNER hitl", f'OWNER "{role}"'
    )
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(made)
        cursor.execute("SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = %s", [name])
        assert cursor.fetchone() == ("UTF8",)
        cursor.execute(f'DROP DATABASE "{name}"')


def test_a_database_in_utf8_is_fine():
    call_command("check", databases=["default"])
