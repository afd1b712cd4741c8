"""Write what LookOutCV consists of when it is installed with all its extras: `bill_of_materials.py OUTPUT.json`.

The list is CycloneDX's own tool's; here it is narrowed to what a user installs, and checked: every package that is
needed is in it, in the version that is installed and with a licence.
"""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
# Installed in an environment of its own (`make bill`): what lists packages is none of them.
_TOOL = ROOT / ".venv" / "security" / "bin" / "cyclonedx-py"
# Their metadata names no licence; this is what the LICENSE file beside their code says.
NAMED_IN_THEIR_FILES = {"huey": "MIT", "protobuf": "BSD-3-Clause"}


def needed(package: str = "lookoutcv", extras: frozenset[str] = frozenset({"all"})) -> dict[str, Distribution]:
    """Every distribution that a package needs with its extras on this machine, by its canonical name; itself as well.

    Raises:
        PackageNotFoundError: One is not installed.
    """
    found: dict[str, Distribution] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    waiting = [(package, extras)]
    while waiting:
        one = waiting.pop()
        if one in seen:
            continue
        seen.add(one)
        name, wanted = one
        found[canonicalize_name(name)] = distribution(name)
        for line in distribution(name).requires or ():
            requirement = Requirement(line)
            marker = requirement.marker
            if marker is None or any(marker.evaluate({"extra": extra}) for extra in {"", *wanted}):
                waiting.append((requirement.name, frozenset(requirement.extras)))
    return found


def licences(installed: Distribution) -> list[str]:
    """What a distribution says of its licence: an expression, classifiers, or the first line of a text."""
    metadata = installed.metadata
    told = [metadata.get("License-Expression") or ""]
    told += [
        line.rpartition(" :: ")[2] for line in metadata.get_all("Classifier") or () if line.startswith("License ::")
    ]
    told.append((metadata.get("License") or "").strip().partition("\n")[0])
    named = NAMED_IN_THEIR_FILES.get(canonicalize_name(metadata["Name"]), "")
    return [one for one in (*told, named) if one]


def narrowed(bill: dict[str, Any], packages: dict[str, Distribution]) -> dict[str, Any]:
    """The components that are needed, each with a licence.

    Raises:
        SystemExit: One is missing, of another version, or without a licence.
    """
    components = {canonicalize_name(one["name"]): one for one in bill["components"]}
    kept = []
    for name, installed in sorted(packages.items()):
        if name == "lookoutcv":
            continue
        component = components.get(name)
        if component is None or component["version"] != installed.version:
            sys.exit(f"the bill lacks {name} {installed.version}")
        if not component.get("licenses"):
            told = licences(installed)
            if not told:
                sys.exit(f"{name} says nothing of its licence: name it in NAMED_IN_THEIR_FILES, from its own files")
            component["licenses"] = [{"license": {"name": told[0]}}]
        kept.append(component)
    names = {one["bom-ref"] for one in kept} | {bill["metadata"]["component"]["bom-ref"]}
    dependencies = [
        {**one, "dependsOn": [ref for ref in one.get("dependsOn", ()) if ref in names]}
        for one in bill.get("dependencies", ())
        if one["ref"] in names
    ]
    return {**bill, "components": kept, "dependencies": dependencies}


def main(output: Path) -> None:
    """Write the bill."""
    command = [str(_TOOL), "environment", "--pyproject", str(ROOT / "pyproject.toml"), "--output-reproducible"]
    made = subprocess.run(
        [*command, "--output-format", "JSON", sys.executable], capture_output=True, text=True, check=False
    )
    if made.returncode:
        sys.exit(f"cyclonedx-py failed: {made.stderr.strip()[-500:]}")
    bill = narrowed(json.loads(made.stdout), needed())
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(json.dumps(bill, indent=2) + "\n", encoding="utf-8")
    print(f"{output}: {len(bill['components'])} packages, each with its version and licence")


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except PackageNotFoundError as reason:
        sys.exit(f"{reason}: install LookOutCV with all its extras first (pip install -e '.[all]')")
