"""People as items name them: known again by a fingerprint where their name must not stay."""

from django.db.models import QuerySet
from django.utils.crypto import salted_hmac

from routing.models import Item


def fingerprint(person: str) -> str:
    """Return HMAC-SHA-256 of the name under the server's secret key, in hex; who has that can try names."""
    return salted_hmac("hitl person", person, algorithm="sha256").hexdigest()


def items_of(person: str) -> QuerySet[Item]:
    """Return the items that are about a person and not erased."""
    return Item.objects.filter(about=person).exclude(about="")
