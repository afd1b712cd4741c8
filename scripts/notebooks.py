"""Runs the notebooks of docs/notebooks and keeps what they print; a report's page is left out.

python scripts/notebooks.py [NAME ...] [--to FOLDER]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "notebooks"
SECONDS = 120
# What GitHub shows, and what stays small.
KEPT = ("text/plain",)


def run(path: Path, folder: Path) -> Any:
    """The notebook with what its cells print, run from the top by this Python.

    Args:
        path: The notebook; left as it is.
        folder: Where it runs.
    Raises:
        CellExecutionError: A cell fails.
    """
    notebook = nbformat.read(path, as_version=4)
    resources = {"metadata": {"path": str(folder)}}
    # Streams whole: into how many messages a text is cut is left to chance.
    client = NotebookClient(
        notebook, kernel_name="python3", timeout=SECONDS, resources=resources, coalesce_streams=True
    )
    client.execute()
    return notebook


def tidied(notebook: Any) -> Any:
    """Without times, counters and everything but text."""
    for cell in notebook.cells:
        cell.metadata.clear()
        if cell.cell_type == "code":
            cell.execution_count = None
            cell.outputs = [_text(one) for one in cell.outputs if one.output_type != "stream" or one.name == "stdout"]
    return notebook


def _text(output: Any) -> Any:
    if "data" in output:
        output.data = {form: text for form, text in output.data.items() if form in KEPT}
        output.metadata.clear()
    if "execution_count" in output:
        output.execution_count = None
    return output


def main(arguments: list[str]) -> int:
    """Run all notebooks, or those that are named, and write them back or elsewhere."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--to", type=Path, default=FOLDER, help="where to write them")
    given = parser.parse_args(arguments)
    for path in sorted(FOLDER.glob("*.ipynb")):
        if not given.names or path.stem in given.names:
            target = given.to / path.name
            nbformat.write(tidied(run(path, given.to)), target)
            print(f"{target.name}: {target.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
