"""A short look at what the soak does for hours: each reader on its whole files, and on damaged ones."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from every_reader import every_reader
from lookoutcv.models.formats.base import registry as model_formats
from lookoutcv.sources import registry as sources

_TESTS = Path(__file__).parents[2]
# These start a process for each file: the soak has them.
_SLOW = ("model", "query")


@pytest.mark.skipif(sys.platform == "win32", reason="it asks Unix for its memory")
def test_damaged_files_are_read_or_refused_without_a_trace(tmp_path: Path) -> None:
    quick = [reader.name for reader in every_reader() if not reader.name.startswith(_SLOW)]
    command = [sys.executable, str(_TESTS / "soak" / "reader_loop.py"), str(tmp_path), "7", "--rounds", "3"]
    done = subprocess.run(
        [*command, "--only", *quick],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(_TESTS), *sys.path])},
    )
    assert done.returncode == 0, f"ended with {done.returncode}: {done.stderr[-2000:]}"
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["surprises"] == {}
    assert found["read"]
    assert found["refused"]
    assert found["peak_bytes"] < 1.5e9


def test_every_kind_of_source_and_format_of_models_has_files_to_damage() -> None:
    names = {reader.name.removeprefix("source ").removeprefix("model ") for reader in every_reader()}
    kinds = {kind.name for kind in sources if sources.origin(kind.name).startswith("lookoutcv.")}
    # In memory, and a folder under another name.
    assert kinds - names == {"sequence", "storage"}
    assert {one.name for one in model_formats if model_formats.origin(one.name).startswith("lookoutcv.")} <= names
