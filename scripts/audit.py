"""Are there known vulnerabilities in what is installed? `audit.py` asks pip-audit, and says what the answer is worth.

The exit code is 0 where it knows of none, 1 where there is one or pip-audit broke, and 2 where nothing was checked: the
database of advisories cannot be reached, or knows none of the packages. Those that it does not know are counted and
named.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
# Installed in an environment of its own (`make audit`): what is checked is not changed for the check.
_TOOL = ROOT / ".venv" / "security" / "bin" / "pip-audit"
_UNREACHABLE = re.compile(
    r"ConnectionError|ConnectTimeout|ReadTimeout|Max retries|ProxyError|SSLError|ServiceError|resolve"
)
_NAMED = 5
_WELL, _FAILED, _NOT_CHECKED = 0, 1, 2
_UNCHECKED = "NOT CHECKED: nothing is known of vulnerabilities. {} Run it again where the database can be reached."


def verdict(dependencies: list[dict[str, Any]]) -> tuple[int, list[str]]:
    """The exit code, and what to say.

    Args:
        dependencies: As pip-audit's JSON lists them.
    Example:
        >>> verdict([{"name": "a", "version": "1", "vulns": []}])
        (0, ['1 package checked, no known vulnerability.'])
    """
    checked = [one for one in dependencies if "vulns" in one]
    unknown = [one["name"] for one in dependencies if "vulns" not in one]
    found = [(one, vulnerability) for one in checked for vulnerability in one["vulns"]]
    if not checked:
        return _NOT_CHECKED, [
            _UNCHECKED.format("The database of advisories cannot be reached, or knows none of these packages.")
        ]
    said = []
    for one, vulnerability in found:
        fixed = ", ".join(vulnerability.get("fix_versions") or ()) or "no version yet"
        said.append(f"{one['name']} {one['version']}: {vulnerability['id']}, mended in {fixed}")
    packages = f"{len(checked)} package{'s' * (len(checked) > 1)}"
    vulnerabilities = f"{len(found) or 'no'} known vulnerabilit{'ies' if len(found) > 1 else 'y'}"
    said.append(f"{packages} checked, {vulnerabilities}.")
    if unknown:
        more = f" and {len(unknown) - _NAMED} more" if len(unknown) > _NAMED else ""
        said.append(f"Not checked, being unknown to the database: {', '.join(unknown[:_NAMED])}{more}.")
    return _FAILED if found else _WELL, said


def answer(returned: int, output: str, errors: str) -> tuple[int, list[str]]:
    """The verdict on what pip-audit gave back: its code, its standard output and its standard error."""
    try:
        dependencies = json.loads(output)["dependencies"]
    except (ValueError, KeyError, TypeError):
        if _UNREACHABLE.search(errors):
            return _NOT_CHECKED, [_UNCHECKED.format("The database of advisories cannot be reached.")]
        return _FAILED, [f"pip-audit failed with code {returned}: {errors.strip()[-500:]}"]
    return verdict(dependencies)


def main() -> int:
    """Ask, and print the answer."""
    command = [str(_TOOL), "--requirement", str(ROOT / "constraints.txt"), "--no-deps", "--disable-pip"]
    asked = subprocess.run(
        [*command, "--format", "json", "--progress-spinner", "off"], capture_output=True, text=True, check=False
    )
    code, said = answer(asked.returncode, asked.stdout, asked.stderr)
    print("\n".join(said))
    return code


if __name__ == "__main__":
    sys.exit(main())
