"""The fingerprint of a way of measuring covers every file that a record in the cache follows from, and few others."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import lookoutcv
from lookoutcv.measuring.cache.fingerprint import covered_files

PACKAGE = Path(lookoutcv.__file__).parent

# What is loaded where an image is read and measured, and changes no record in the cache.
CHANGES_NOTHING = {
    "errors": "says what failed; an image that fails has no entry",
    "secrets": "masks what is said",
    "extras": "says which extra is missing",
    "calls": "refuses keywords and values that a function does not take",
    "column_aliases": "names of columns in tables of images and predictions",
    "csv_cells": "how texts are written in CSV",
    "number_text": "reads numbers in tables of images and predictions, no pixels",
    "plain_text": "decodes texts such as lists of images and labels, no pixels",
    "plugins": "finds the metrics; each is in the fingerprint itself",
    "metric_selection": "chooses the metrics",
    "grids": "profiles count on grids; a record holds the value",
    "predictions": "predictions and true objects are not in the cache",
    "records": "columns are made of entries afterwards",
    "outputs": "measured on predictions, which are not in the cache",
    "files": "how bytes are fetched and stored; an entry is found by the bytes",
    "settings": "reads YAML, as that of a data set",
    "sources": "where the bytes are; an entry is found by the bytes",
    "processes": "how many there are, and how much memory is free; an image that takes more has no entry",
    "progress": "a type",
    "clock": "when, not what",
    "byte_sizes": "how errors tell a size",
    "version": "a part of the fingerprint by itself",
    "__init__.py": "names",
    "measuring/__init__.py": "names",
}

MEASURES = """
import sys, io
import numpy as np
from PIL import Image
from lookoutcv.images import Limits
from lookoutcv.measuring.cache.lookup import look_up_or_measure
from lookoutcv.metric_selection import select_metrics
from lookoutcv.sources import open_images
for form in ("png", "jpeg", "webp", "bmp", "gif", "tiff"):
    data = io.BytesIO()
    Image.fromarray(np.arange(1200, dtype=np.uint8).reshape(20, 20, 3)).save(data, form)
    (ref,) = open_images([data.getvalue()])
    look_up_or_measure(ref, select_metrics("all"), Limits(), None, {})
print("\\n".join(m.__file__ for n, m in sys.modules.items() if n.split(".")[0] == "lookoutcv" and m.__file__))
"""


def test_every_file_that_measures_is_covered_or_known_to_change_nothing() -> None:
    done = subprocess.run([sys.executable, "-c", MEASURES], capture_output=True, text=True, check=True)
    loaded = {Path(line).relative_to(PACKAGE).as_posix() for line in done.stdout.split()}
    covered = {path.relative_to(PACKAGE).as_posix() for path in covered_files()}
    assert {"images/decode.py", "metrics/noise.py", "pixels/view.py", "measuring/measurement.py"} <= loaded & covered
    known = {name for name in loaded if CHANGES_NOTHING.keys() & {name, name.partition("/")[0].removesuffix(".py")}}
    assert loaded - covered - known == set()


def test_what_becomes_of_records_is_not_covered() -> None:
    covered = {path.relative_to(PACKAGE).as_posix() for path in covered_files()}
    assert not covered & {"measuring/options.py", "measuring/baseline.py", "measuring/redaction.py"}
    assert not any(name.startswith(("measuring/engines", "measuring/predictions", "log/", "cli/")) for name in covered)


def test_the_compiled_kernel_is_covered() -> None:
    assert any(path.suffix in {".so", ".pyd"} and path.stem.startswith("_kernel") for path in covered_files())
