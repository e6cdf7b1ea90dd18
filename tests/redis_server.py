"""A real Redis server of a test's own, on a socket file, which can be killed and started again."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from redis import Redis, RedisError

from tests.waiting import until


class Server:
    """`redis-server` in a folder of its own; it keeps nothing on disk."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "redis.sock"
        self.url = f"unix://{self.socket}"
        self.start()

    def start(self) -> None:
        """Start it, empty, and wait until it answers."""
        self.socket.unlink(missing_ok=True)
        options = ["--port", "0", "--unixsocket", str(self.socket), "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen(
            ["redis-server", *options], cwd=self.socket.parent, stdout=subprocess.DEVNULL
        )
        until(self.answers)

    def answers(self) -> bool:
        """Say whether it is up."""
        try:
            with Redis.from_url(self.url) as asked:
                return bool(asked.ping())
        except RedisError:
            return False

    def kill(self) -> None:
        """End it at once, as a machine that loses its power would: what it knew is gone."""
        self.process.kill()
        self.process.wait()

    @contextmanager
    def hung(self) -> Iterator[None]:
        """Let it take connections and answer nobody, as one whose machine is out of memory or disk does."""
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)
