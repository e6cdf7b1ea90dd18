"""No secret lies among the tracked files: what detect-secrets finds was looked at and stands in a list.

Usage: python .ci/scan_secrets.py [--keep], the latter after looking at what was found: it writes the list.
"""

import json
import subprocess
import sys
from pathlib import Path

from detect_secrets import SecretsCollection
from detect_secrets.settings import default_settings

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / ".ci" / "known_secrets.json"
# Other people's files, checked by their hashes, and what Django wrote.
LEFT_OUT = ("static/vendor/", "/migrations/", "docs/pictures/", ".ci/known_secrets.json")


def main() -> int:
    """Print what is new or gone since somebody looked; return 1 where there is any."""
    found = _found()
    if "--keep" in sys.argv[1:]:
        KEPT.write_text(json.dumps(sorted({key for key, _ in found}), indent=0) + "\n")
        return 0
    known = {tuple(one) for one in json.loads(KEPT.read_text())}
    new = [(key, line) for key, line in found if key not in known]
    gone = known - {key for key, _ in found}
    for (path, kind, _), line in new:
        print(f"{path}:{line}: looks like a secret ({kind}). Take it out, or look at it and use --keep.")
    for path, kind, _ in sorted(gone):
        print(f"{path}: {kind} is gone; use --keep.")
    return int(bool(new or gone))


def _found() -> list[tuple[tuple[str, str, str], int]]:
    """Return file, kind and hash of each find with its line."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True)
    names = [one for one in listed.stdout.split("\0") if one and not any(part in one for part in LEFT_OUT)]
    found = SecretsCollection(root=str(ROOT))
    with default_settings():
        found.scan_files(*names)
    return sorted(((name, one.type, one.secret_hash), one.line_number) for name, one in found)


if __name__ == "__main__":
    sys.exit(main())
