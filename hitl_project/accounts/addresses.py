"""The client's address of a request, for all who count or list by it."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest

from audit.address import client_address


def of(request: HttpRequest) -> str | None:
    """Return the client's address as BEHIND_PROXY lets it be known; None where there is none."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    return client_address(request.META.get("REMOTE_ADDR", ""), forwarded, settings.BEHIND_PROXY)


def network_of(request: HttpRequest) -> str | None:
    """Return the client's address to count by: of IPv6 the network, since a home has 2^64 addresses."""
    address = of(request)
    found = ip_address(address) if address else None
    return str(IPv6Address(int(found) >> 64 << 64)) if isinstance(found, IPv6Address) else address
