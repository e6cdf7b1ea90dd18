"""Ports for servers that are about to begin."""

import socket


def free_port(host: str = "127.0.0.1") -> int:
    """Return a port that nobody uses, and that nobody else is given for as long as this process lives.

    It stays bound here, and not listened on: whoever binds it by number with SO_REUSEADDR, as servers do, may
    listen there, but the kernel chooses it for nobody.
    """
    with socket.socket() as kept:
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        kept.bind((host, 0))
        port = kept.getsockname()[1]
        kept.detach()
    return port
