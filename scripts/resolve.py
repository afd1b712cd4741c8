"""Does what `constraints.txt` pins still fit together? `resolve.py` asks the package index, and says what does not.

LookOutCV with all extras, its tests and what must install beside them (the group `alongside`) are resolved at once for
each Python they run on, with the pins. It fails where there is no such set, where something in it has no pin, and where
a pin is of nothing in it. Nothing is installed.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_UV = ROOT / ".venv" / "security" / "bin" / "uv"
_PYTHONS = ("3.11", "3.12", "3.13")
_GROUPS = ("dev", "alongside")
# The index's own build of torch asks for these, the one for processors, with which the tests run, for none.
_FOR_GRAPHICS_CARDS = re.compile(r"nvidia-|cuda-|triton$")
# Pinned for `make`, which brings it up to date before it installs the rest.
_INSTALLERS = {"pip"}


def pins(lines: Iterable[str]) -> dict[str, str]:
    """Versions by normalized names.

    Args:
        lines: Of a file of constraints: `name==version`, remarks and empty lines.
    Example:
        >>> pins(["# why", "Pillow==13.0.0", "ruamel.yaml==0.19.1"])
        {'pillow': '13.0.0', 'ruamel-yaml': '0.19.1'}
    """
    pairs = [line.strip().split("==") for line in lines if line.strip() and not line.startswith("#")]
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in pairs}


def faults(pinned: dict[str, str], resolved: dict[str, str]) -> list[str]:
    """What is wrong with the pins, a line each.

    Example:
        >>> faults({"a": "1", "pip": "26"}, {"a": "1", "triton": "3"})
        []
        >>> faults({"a": "1", "old": "1"}, {"a": "1", "new": "2"})
        ['new==2 has no pin', 'old is pinned, and nothing needs it']
    """
    needed = {name for name in resolved if not _FOR_GRAPHICS_CARDS.match(name)}
    return [
        *(f"{name}=={resolved[name]} has no pin" for name in sorted(needed - set(pinned))),
        *(f"{name} is pinned, and nothing needs it" for name in sorted(set(pinned) - needed - _INSTALLERS)),
    ]


def main() -> int:
    """Resolve for each Python, and print what is wrong."""
    constraints = ROOT / "constraints.txt"
    pinned = pins(constraints.read_text("utf-8").splitlines())
    said: list[str] = []
    for python in _PYTHONS:
        command = [str(_UV), "pip", "compile", "--quiet", "--no-header", "--no-annotate", "--python-version", python]
        command += ["--all-extras", *(f"--group={group}" for group in _GROUPS), "--constraint", str(constraints)]
        asked = subprocess.run([*command, "pyproject.toml"], cwd=ROOT, capture_output=True, text=True, check=False)
        if asked.returncode:
            said.append(f"Python {python}: {asked.stderr.strip()}")
        else:
            said += [f"Python {python}: {fault}" for fault in faults(pinned, pins(asked.stdout.splitlines()))]
    print("\n".join(said) or f"{len(pinned)} pins fit together on Python {', '.join(_PYTHONS)}.")
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
