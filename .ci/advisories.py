"""No installed package has a known vulnerability, by the advisories that pip-audit reads from PyPI."""

import json
import subprocess
import sys


def main() -> int:
    """Print each vulnerability with the release that mends it; return 1 where there is any.

    Where no advisory can be read, as behind a mirror that serves files alone, that is said and is no failure.
    """
    command = [sys.executable, "-m", "pip_audit", "--local", "--skip-editable", "--progress-spinner", "off"]
    answer = subprocess.run([*command, "--format", "json"], capture_output=True, text=True)
    if not answer.stdout:
        print(answer.stderr[-2000:])
        print("NOT AUDITED: pip-audit gave no answer (above).")
        return 0 if "ConnectionError" in answer.stderr else 1
    packages = json.loads(answer.stdout)["dependencies"]
    left = [one for one in packages if "skip_reason" in one]
    for one in packages:
        for hole in one.get("vulns", []):
            mended = ", ".join(hole["fix_versions"]) or "none yet"
            print(f"{one['name']} {one['version']}: {hole['id']}, mended in: {mended}")
    if len(left) == len(packages):
        print(f"NOT AUDITED: of {len(packages)} packages the index here knows no advisories.")
    else:
        print(f"{len(packages) - len(left)} of {len(packages)} packages audited.")
    return int(any(one.get("vulns") for one in packages))


if __name__ == "__main__":
    sys.exit(main())
