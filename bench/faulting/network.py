"""A stretch of network that can be cut: a relay in front of the database that swallows, or refuses."""

from __future__ import annotations

import contextlib
import socket
import threading

from bench.ports import free_port


class Relay:
    """Hand every byte on to a port of 127.0.0.1, except while the network is cut.

    A cut answers nothing, old connections and new ones alike: what was sent waits, as in a network that drops
    packets and sends them again. At its end what waits goes on; with `lost`, the connections of before the
    cut are dead, as where a router in between has forgotten them.
    """

    def __init__(self, to: int) -> None:
        self.to, self.port = to, free_port()
        self._open = threading.Event()
        self._open.set()
        self._pairs: list[socket.socket] = []
        self._door = socket.create_server(("127.0.0.1", self.port), backlog=200)
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Let nothing through any more."""
        self._open.clear()

    def mend(self, *, lost: bool = False) -> None:
        """Let everything through again; `lost`: end what was connected before."""
        if lost:
            for one in self._pairs:
                _end(one)
        self._open.set()

    def _accept(self) -> None:
        while True:
            client, _ = self._door.accept()
            threading.Thread(target=self._relay, args=(client,), daemon=True).start()

    def _relay(self, client: socket.socket) -> None:
        self._open.wait()
        try:
            server = socket.create_connection(("127.0.0.1", self.to))
        except OSError:
            client.close()
            return
        for one in (client, server):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._pairs += [client, server]
        back = threading.Thread(target=self._copy, args=(server, client), daemon=True)
        back.start()
        self._copy(client, server)
        back.join()
        for one in (client, server):
            self._pairs.remove(one)
            one.close()

    def _copy(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self._open.wait()
                target.sendall(data)
        _end(target)
        _end(source)


def _end(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
