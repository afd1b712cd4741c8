"""CSV that a spreadsheet opens: no name, label or tag of anybody's is run there, and all read back as they were."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import numpy as np
import pytest
import simplejpeg

import lookoutcv as lo
from lookoutcv.files.rows import rows
from terminal import Terminal

NAMES = [
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\x1b[31mred",
    "a;=1+1",
    "'=x",
    "plain",
    "-1.5",
]
NUMBER = re.compile(r"-?[0-9.]+(e-?[0-9]+)?")


@pytest.fixture
def lookout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Terminal:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LOOKOUTCV_CONFIG", raising=False)
    monkeypatch.setenv("LOOKOUTCV_CACHE", "off")
    return Terminal(capfd)


def cells_of(text: str) -> list[str]:
    """Every cell, in whatever way a spreadsheet parts the line; numbers are left out, those among texts too."""
    text = re.sub(r'(?m)(^|,)"?-1\.5"?(?=,)', r"\1", text)
    cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    parts = [part for line in text.split("\n") for part in re.split(r"[;|\t]", line)] + cells
    return [one for one in parts if not NUMBER.fullmatch(one)]


def safe(text: str) -> bool:
    return not any(re.match('[ "]*[=+\\-@\t\r\0＝＋－＠]', one) for one in cells_of(text)) and not re.search(
        r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", text
    )


@pytest.fixture
def logged(lookout: Terminal) -> None:
    with lo.ClassificationLogger("pets", enabled_metrics=[], when_full="block") as log:
        for name in NAMES:
            assert log.log_prediction(
                None, name, -0.25 if name == "plain" else 0.5, image_name=name, tags={"site": name}
            )


def test_the_log_as_csv(lookout: Terminal, logged: None) -> None:
    assert lookout("log", "export", "-o", "e.csv") == 0, lookout.err
    assert lookout("log", "query", 'SELECT id, prediction, "tag.site", tags, confidence FROM log', "-o", "q.csv") == 0
    assert lookout("log", "query", "SELECT id, prediction, confidence FROM log", "--csv") == 0
    printed = lookout.out
    exported, asked = (Path(name).read_bytes().decode() for name in ("e.csv", "q.csv"))
    for text in (exported, asked, printed):
        assert safe(text)
        assert "'=cmd" in text
    for name in ("e.csv", "q.csv"):
        read = [row for _, row in rows(name, name)]
        assert sorted(row["id"] for row in read) == sorted(NAMES)
        assert sorted(row["prediction"] for row in read) == sorted(NAMES)
    assert {row["confidence"] for _, row in rows("q.csv", "q.csv")} >= {"0.5"}


def test_raw_is_for_machines(lookout: Terminal, logged: None) -> None:
    assert lookout("log", "export", "-o", "e.csv", "--raw") == 0, lookout.err
    assert lookout("log", "query", "SELECT id FROM log", "-o", "q.csv", "--raw") == 0
    for name in ("e.csv", "q.csv"):
        with open(name, newline="", encoding="utf-8") as file:
            assert sorted(row["id"] for row in csv.DictReader(file)) == sorted(NAMES)
    assert lookout("log", "query", "SELECT id FROM log", "--csv", "--raw") == 0
    assert "\n=cmd" in lookout.out


def test_a_column_that_is_named_as_a_formula(lookout: Terminal, logged: None) -> None:
    question = 'SELECT id AS "=1+1" FROM log'
    for words in (["--csv"], ["-o", "q.csv"]):
        assert lookout("log", "query", question, *words) == 0, lookout.err
    assert lookout("log", "query", question, "--csv") == 0
    assert lookout.out.startswith("'=1+1")
    assert Path("q.csv").read_text().startswith("'=1+1")


def test_measured_and_predicted_images(lookout: Terminal) -> None:
    pixels = np.zeros((16, 16, 3), np.uint8)
    for folder in ("=class", "@class"):
        Path("images", folder).mkdir(parents=True)
        for name in ("=1+1.jpg", "-a;=b.jpg", "plain.jpg"):
            Path("images", folder, name).write_bytes(simplejpeg.encode_jpeg(pixels))
    Path("see.py").write_text(
        "from lookoutcv.predictions import Classification\n\n"
        "def see(pixels):\n    return Classification('=cat', 0.75)\n"
    )
    assert lookout("measure", "images", "-o", "m.csv", "--workers", "1") == 0, lookout.err
    assert lookout("predict", "see.py:see", "images", "-o", "p.csv") == 0, lookout.err
    for name in ("m.csv", "p.csv"):
        assert safe(Path(name).read_text()), Path(name).read_text()
    measured = [row for _, row in rows("m.csv", "m.csv")]
    assert {row["label"] for row in measured} == {"=class", "@class"}
    assert {row["id"] for row in measured} == {row["id"] for _, row in rows("p.csv", "p.csv")}
    assert {row["label"] for _, row in rows("p.csv", "p.csv")} == {"=cat"}
    # Numbers stay numbers: a mean below zero is one.
    assert all(NUMBER.fullmatch(row["exposure.brightness"]) for row in measured)
    # Predictions are found again by the names of their images.
    assert lookout("measure", "images", "--predictions", "p.csv", "-o", "again.parquet", "--workers", "1") == 0
    assert set(lo.load("again.parquet").table.column("prediction").to_pylist()) == {"=cat"}
    lo.measure("images", output="raw.csv", raw=True, workers=1)
    assert '"=class/=1+1.jpg"' in Path("raw.csv").read_text()
    lo.measure("images", workers=1).save("saved.csv")
    assert safe(Path("saved.csv").read_text())
