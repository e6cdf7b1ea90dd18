"""Read settings from the environment strictly: a wrong value refuses to start and says what to write."""

import base64
import binascii
import json
import re
import secrets
import sys
from importlib.util import find_spec
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import environ
from django.core.exceptions import ImproperlyConfigured

YES = {"1", "true", "yes", "on"}
FILES = "django.core.files.storage.FileSystemStorage"
NO = {"0", "false", "no", "off"}
ADDRESS = re.compile(r"https?://[^\s/@]+(/\S*)?")
HOST = re.compile(r"\*|\.?[\w-][\w.-]*|\[[\da-fA-F:.]+\]")
LOOPBACK = re.compile(r"http://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?(/|$)")
NAME = re.compile(r"[A-Za-z][\w-]*")
REDIS = re.compile(r"(rediss?://[^\s/]+(/\d+)?|unix://\S+)")
DOTTED = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+")


class Environment:
    """The process environment, completed by a `.env` file that never overrides it."""

    def __init__(self, env_file: Path) -> None:
        self._env = environ.Env()
        if env_file.is_file():
            self._env.read_env(env_file, overwrite=False)

    def text(self, name: str, default: str | None = None, *, remedy: str = "") -> str:
        """Return the value of `name`; without value and default the server refuses to start."""
        value = self._env.str(name, default="").strip()
        if value:
            return value
        if default is None:
            raise ImproperlyConfigured(f"{name} is not set. {remedy}".strip())
        return default

    def flag(self, name: str, default: bool) -> bool:
        """Return whether `name` is on; anything but a clear yes or no is refused."""
        value = self.text(name, "1" if default else "0").lower()
        if value in YES | NO:
            return value in YES
        raise ImproperlyConfigured(f"{name} is {value!r}; write 1 or 0.")

    def number(self, name: str, default: float, low: float, high: float) -> float:
        """Return `name` as a number from `low` to `high`."""
        value = self.text(name, str(default))
        try:
            number = float(value)
        except ValueError:
            number = float("nan")
        if low <= number <= high:
            return number
        raise ImproperlyConfigured(f"{name} is {value!r}; write a number from {low:g} to {high:g}.")

    def integer(self, name: str, default: int, low: int, high: int) -> int:
        """Return `name` as a whole number from `low` to `high`."""
        number = self.number(name, default, low, high)
        if number != int(number):
            raise ImproperlyConfigured(f"{name} is {number:g}; write a whole number.")
        return int(number)

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        """Return `name`, which must be one of `choices`."""
        value = self.text(name, default)
        if value not in choices:
            raise ImproperlyConfigured(f"{name} is {value!r}; write one of: {', '.join(choices)}.")
        return value

    def names(self, name: str) -> list[str]:
        """Return a comma-separated list without blanks; empty where nothing is set."""
        return [part.strip() for part in self.text(name, "").split(",") if part.strip()]

    def hosts(self, name: str) -> list[str]:
        """Return a list of hosts; with scheme, port or a star inside, one would match no request."""
        hosts = self.names(name)
        for host in hosts:
            if not HOST.fullmatch(host):
                raise ImproperlyConfigured(
                    f"{name} has {host!r}; write names alone, such as hitl.example.com, or .example.com for "
                    "all below it."
                )
        return hosts

    def zone(self, name: str) -> str:
        """Return a time zone that this machine knows, UTC where nothing is set."""
        value = self.text(name, "UTC")
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):  # of a path, of a folder's name
            raise ImproperlyConfigured(f"{name} is {value!r}; write a name such as Europe/Berlin.") from None
        return value

    def paths(self, name: str) -> dict[str, str]:
        """Return dotted paths by their names, from comma-separated `name=package.module.Class`."""
        found = {}
        for part in self.names(name):
            key, _, path = (side.strip() for side in part.partition("="))
            if not NAME.fullmatch(key) or not DOTTED.fullmatch(path) or key in found:
                raise ImproperlyConfigured(
                    f"{name} has {part!r}; write name=package.module.Class, each name once, in letters, "
                    "digits, - and _; several are separated by commas."
                )
            found[key] = path
        return found

    def storage(self, name: str, folder: Path) -> dict[str, object]:
        """Return the storage whose class `name` has, with the options in `name`_OPTIONS; else this folder."""
        options = self._options(f"{name}_OPTIONS")
        path = self.text(name, FILES)
        if path == FILES:
            return {"BACKEND": path, "OPTIONS": {"location": folder, **options}}
        module = path.rpartition(".")[0]
        try:
            found = bool(DOTTED.fullmatch(path)) and find_spec(module) is not None
        except ModuleNotFoundError:
            found = False
        if not found:
            raise ImproperlyConfigured(
                f"{name} is {path!r}; write a storage class whose package is installed."
            )
        return {"BACKEND": path, "OPTIONS": options}

    def _options(self, name: str) -> dict[str, object]:
        """Return a JSON object; empty where nothing is set."""
        value = self.text(name, "{}")
        try:
            options = json.loads(value)
        except ValueError:
            options = None
        if not isinstance(options, dict):
            raise ImproperlyConfigured(f"{name} is not a JSON object.")
        return options

    def webhook_secrets(self, name: str) -> list[bytes]:
        """Return the keys of comma-separated webhook secrets: whsec_ and 24 to 64 bytes in base64."""
        keys = []
        for secret in self.names(name):
            try:
                key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
            except binascii.Error:
                key = b""
            if not (secret.startswith("whsec_") and 24 <= len(key) <= 64):
                raise ImproperlyConfigured(
                    f"{name} must be whsec_ with 24 to 64 bytes in base64 behind it. Make one: "
                    'python -c "import base64, secrets; '
                    "print('whsec_' + base64.b64encode(secrets.token_bytes(32)).decode())\""
                )
            keys.append(key)
        return keys

    def signing_key(self, name: str) -> bytes | None:
        """Return the 32 bytes of a private key from base64; None where nothing is set."""
        value = self.text(name, "")
        try:
            key = base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if value and len(key) != 32:
            raise ImproperlyConfigured(
                f"{name} must be 32 bytes in base64. Make one: manage.py make_signing_key"
            )
        return key or None

    def public_keys(self, name: str) -> list[str]:
        """Return comma-separated public keys of 64 hexadecimal digits, in small letters."""
        keys = [key.lower() for key in self.names(name)]
        for key in keys:
            if not re.fullmatch("[0-9a-f]{64}", key):
                raise ImproperlyConfigured(
                    f"{name} has {key!r}; write public keys of 64 hexadecimal digits, separated by commas."
                )
        return keys

    def url(self, name: str) -> str:
        """Return an address that begins with http:// or https://; empty where nothing is set."""
        value = self.text(name, "")
        if value and not ADDRESS.fullmatch(value):
            raise ImproperlyConfigured(
                f"{name} is {value!r}; write an address such as https://hitl.example.com"
            )
        return value

    def redis(self, name: str) -> str:
        """Return the address of a Redis, whose package must be installed; empty where nothing is set."""
        value = self.text(name, "")
        if value and not REDIS.fullmatch(value):
            # Its password is not shown.
            raise ImproperlyConfigured(f"{name} can't be read; write redis://USER:PASSWORD@HOST:6379/0.")
        if value and find_spec("redis") is None:
            raise ImproperlyConfigured(f"{name} needs the package redis: pip install 'hitl[redis]'.")
        return value

    def issuer(self, name: str) -> str:
        """Return a sign-in provider's address, https or http on this machine; empty where none is set."""
        value = self.url(name)
        if value.startswith("http://") and not LOOPBACK.match(value):
            raise ImproperlyConfigured(f"{name} is {value!r}; passwords of nobody pass over plain http.")
        # People are known by it: a slash more or less must not make strangers of them.
        return value.rstrip("/")

    def roles(self, name: str) -> dict[str, list[str]]:
        """Return groups of ours by a provider's, from comma-separated `their-group=our-group`.

        Names that have commas or = in them, such as those of LDAP, are written as a JSON object instead:
        {"cn=reviewers,dc=example": ["reviewers"]}.
        """
        value = self.text(name, "")
        pairs = (
            self._pairs(name) if value.startswith("{") else [part.partition("=") for part in self.names(name)]
        )
        found: dict[str, list[str]] = {}
        for theirs, _, ours in pairs:
            if not (theirs.strip() and ours.strip()):
                raise ImproperlyConfigured(
                    f"{name} has {theirs!r}; write their-group=our-group, several separated by commas."
                )
            found.setdefault(theirs.strip(), []).append(ours.strip())
        return found

    def _pairs(self, name: str) -> list[tuple[str, str, str]]:
        try:
            mapping = json.loads(self.text(name, "{}"))
        except ValueError:
            mapping = {"": []}
        lists = {theirs: [ours] if isinstance(ours, str) else ours for theirs, ours in mapping.items()}
        if not all(isinstance(ours, list) and ours for ours in lists.values()):
            raise ImproperlyConfigured(f"{name} is no JSON object of lists of names.")
        return [(theirs, "=", str(one)) for theirs, ours in lists.items() for one in ours]

    def file(self, name: str) -> Path | None:
        """Return the path of a file; None where nothing is set, refused where its folder is missing."""
        value = self.text(name, "")
        if value and not Path(value).parent.is_dir():
            raise ImproperlyConfigured(f"{name} is {value!r}, whose folder does not exist.")
        return Path(value) if value else None


def first_env() -> str:
    """Return the text of a `.env` for one machine: random secrets, plain HTTP, this machine's names only."""
    return (
        "# Made on the first `make setup`, for this machine alone. .env.example lists every setting.\n"
        f"SECRET_KEY={secrets.token_urlsafe(50)}\n"
        f"HITL_DRAW_KEY={secrets.token_urlsafe(32)}\n"
        f"HITL_SIGNING_KEY={base64.b64encode(secrets.token_bytes(32)).decode()}\n"
        f"HITL_WEBHOOK_SECRET=whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}\n"
        "ALLOWED_HOSTS=127.0.0.1,localhost\n"
        "HTTPS=0\n"
    )


if __name__ == "__main__":
    sys.stdout.write(first_env())
