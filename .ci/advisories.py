"""No installed package has a known vulnerability, by the advisories that pip-audit reads from PyPI.

pip-audit's own PIP_AUDIT_VULNERABILITY_SERVICE=osv and PIP_AUDIT_OSV_URL have another service asked.
"""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from importlib.metadata import Distribution, distributions

# What pip-audit says where nothing answers; any other failure is one.
UNREACHED = re.compile(r"Could not connect to|\b(ConnectionError|ConnectTimeout|ReadTimeout|ProxyError)\b")
COMMAND = [sys.executable, "-m", "pip_audit", "--no-deps", "--disable-pip", "--progress-spinner", "off"]


def asked(installed: Iterable[Distribution]) -> list[str]:
    """Return `name==version` of all but this project, sorted; for a build (2.13.0+cpu) its release (2.13.0).

    PyPI knows no builds: asked for one, pip-audit would leave that package out.
    """
    found = {(one.name, one.version.partition("+")[0]) for one in installed if one.name != "hitl"}
    return sorted(f"{name}=={version}" for name, version in found)


def report(packages: list[dict]) -> tuple[list[str], bool]:
    """Return the lines to print for pip-audit's `dependencies`, and whether one has a vulnerability.

    Where no advisory can be read, as behind a mirror that serves files alone, that is said and is no failure.
    """
    left = [one for one in packages if "skip_reason" in one]
    if len(left) == len(packages):
        return [f"NOT AUDITED: of {len(packages)} packages the index here knows no advisories."], False
    holes = []
    for one in packages:
        for hole in one.get("vulns", []):
            mended = ", ".join(hole["fix_versions"]) or "none yet"
            holes.append(f"{one['name']} {one['version']}: {hole['id']}, mended in: {mended}")
    unknown = [f"not audited: {one['skip_reason']}" for one in left]
    count = f"{len(packages) - len(left)} of {len(packages)} packages audited, {len(holes)} vulnerabilities."
    return [*holes, *unknown, count], bool(holes)


def main() -> int:
    """Print each vulnerability with the releases that mend it; return 1 where there is any."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as requirements:
        requirements.write("\n".join(asked(distributions())))
        requirements.flush()
        command = [*COMMAND, "--format", "json", "--requirement", requirements.name]
        answer = subprocess.run(command, capture_output=True, text=True)
    if not answer.stdout:
        print(answer.stderr[-2000:])
        print("NOT AUDITED: pip-audit gave no answer (above).")
        return int(not UNREACHED.search(answer.stderr))
    lines, failed = report(json.loads(answer.stdout)["dependencies"])
    print(*lines, sep="\n")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
