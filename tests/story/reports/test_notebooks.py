"""Every notebook runs from the top, offline, and what is stored with it is what it printed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

ROOT = Path(__file__).parents[3]
NOTEBOOKS = sorted((ROOT / "docs" / "notebooks").glob("*.ipynb"))
LINK = re.compile(r"\]\(([^)#\s]+)")


def forms(notebook: Any) -> list[list[str]]:
    """What kind of output each cell has."""
    return [[one.output_type for one in cell.get("outputs", [])] for cell in notebook.cells]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs(path: Path, tmp_path: Path) -> None:
    pytest.importorskip("ipykernel", reason="the package ipykernel is not installed")
    environment = {**os.environ, "TMPDIR": str(tmp_path), "IPYTHONDIR": str(tmp_path / "ipython")}
    command = [sys.executable, str(ROOT / "scripts" / "notebooks.py"), path.stem, "--to", str(tmp_path)]
    done = subprocess.run(command, env=environment, capture_output=True, check=False, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    fresh, stored = (nbformat.read(one, as_version=4) for one in (tmp_path / path.name, path))
    assert forms(fresh) == forms(stored)
    assert all(cell.get("outputs") or not cell.source.startswith("print") for cell in stored.cells)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_is_small_and_its_links_lead_somewhere(path: Path) -> None:
    assert path.stat().st_size < 20_000
    notebook = nbformat.read(path, as_version=4)
    links = [link for cell in notebook.cells if cell.cell_type == "markdown" for link in LINK.findall(cell.source)]
    assert links
    assert [link for link in links if not (path.parent / link).exists()] == []
