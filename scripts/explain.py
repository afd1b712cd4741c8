"""Draws the pictures of docs/how-it-decides.md from photographs of the demo, with the product's own code.

python scripts/explain.py [NAME ...]
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))  # the scripts' folder is no package

from explained.accuracy import accuracy
from explained.cause import cause
from explained.certainty import certainty
from explained.days import days
from explained.limits import limits
from explained.ranks import ranks
from explained.scenes import Scenes
from explained.severity import severity

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "images" / "how"
PICTURES: dict[str, Callable[[Scenes], str]] = {
    "ranks": ranks,
    "certainty": certainty,
    "limits": limits,
    "days": days,
    "severity": severity,
    "accuracy": accuracy,
    "cause": cause,
}


def main(names: list[str]) -> int:
    """Draw all pictures, or those that are named."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        scenes = Scenes(Path(place))
        for name in names or PICTURES:
            target = FOLDER / f"{name}.svg"
            target.write_text(PICTURES[name](scenes), encoding="utf-8", newline="\n")
            print(f"{target.name}: {target.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
