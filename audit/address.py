"""Where a request comes from, as far as that can be known behind proxies."""

from __future__ import annotations

from ipaddress import ip_address


def client_address(remote: str, forwarded: str, proxies: int) -> str | None:
    """Return the client's address; None where it is none (a socket of the same machine).

    `remote` is who connected, `forwarded` what X-Forwarded-For says, `proxies` how many of our own stand in
    front. Each of them appends who connected to it, so the client is as many places from the end as there are
    proxies; what a client writes there itself stands before that and counts for nothing. A header with fewer
    entries came around a proxy: then who connected counts.
    """
    found = remote
    if proxies:
        entries = [entry.strip() for entry in forwarded.split(",")]
        if forwarded and len(entries) >= proxies:
            found = entries[-proxies]
    return _plain(found) or (_plain(remote) if found != remote else None)


def _plain(text: str) -> str | None:
    """Return an address without port, IPv4 as such also where it came as IPv6; None for any other text."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text)
    except ValueError:
        return None
    mapped = getattr(found, "ipv4_mapped", None)
    return str(mapped or found).partition("%")[0]
