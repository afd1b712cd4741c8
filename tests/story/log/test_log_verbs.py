"""`lookout log ...` as a user types it, and what it answers to what cannot be."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import lookoutcv as lo
from lookoutcv import clock
from lookoutcv.cli.main import main
from lookoutcv.log.reading.follow import Follower
from terminal import Terminal


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a log at its usual place: a row an hour for four days, flagged where odd."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.delenv("LOOKOUTCV_CONFIG", raising=False)
    noise = np.random.default_rng(1)
    with lo.ClassificationLogger("a/b", model_version="1.2", enabled_metrics="exposure", when_full="block") as log:
        for hour in range(96):
            pixels = noise.integers(0, 200, (8, 8, 3), dtype=np.uint8)
            when = clock.utc() - timedelta(hours=hour)
            tags = {"camera": "north" if hour % 2 else "south"}
            name = f"{hour}\x1b[31m.jpg" if hour == 0 else f"{hour}.jpg"
            assert log.log_prediction(pixels, "cat", 0.5, name, time=when, tags=tags, flagged=hour % 24 == 0)
    return tmp_path


def say(capfd: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    found = main(["log", *words])
    out, err = capfd.readouterr()
    assert found == code, err
    return out if code == 0 else err


def test_reading(desk: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert "1.2 (96)" in say(capfd, "list")
    assert json.loads(say(capfd, "list", "--json"))["models"][0]["rows"] == 96
    lines = say(capfd, "tail", "-n", "2", "--tag", "camera=south").splitlines()
    assert len(lines) == 2
    assert "2.jpg" in lines[0]
    assert "\x1b" not in lines[1]  # a name does not colour the terminal
    assert json.loads(say(capfd, "tail", "-n", "1", "--json", "--until", "yesterday"))["model"] == "a/b"
    shown = say(capfd, "show", "5.jpg")
    assert "exposure.brightness" in shown
    assert json.loads(say(capfd, "show", "5.jpg", "--json"))[0]["tag.camera"] == "north"
    assert json.loads(say(capfd, "query", "SELECT count(*) AS n FROM log", "--last", "12h", "--json")) == [{"n": 12}]
    assert say(capfd, "query", "SELECT id FROM log", "--csv", "--limit", "3").count("\n") == 4
    assert "Exposure" in say(capfd, "plot", "exposure.brightness", "--by", "camera")
    say(capfd, "plot", "-o", "a.html", "-o", "a.md")
    assert (desk / "a.html").stat().st_size > 1000
    say(capfd, "export", "-o", "a.parquet", "--last", "2d")
    assert main(["compare", "a.parquet", "log:a/b?since=3d"]) == 0


def test_following_prints_what_is_committed_between_its_reads_once(
    desk: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Follower.last

    def log(name: str) -> None:
        with lo.ClassificationLogger("a/b", enabled_metrics=[]) as logger:
            assert logger.log_prediction(None, "dog", 0.5, name)

    def last(self: Follower, n: int) -> pa.Table:
        log("between.jpg")
        return real(self, n)

    turns = iter(range(2))

    def sleep(seconds: float) -> None:
        if next(turns, None) is None:
            raise KeyboardInterrupt
        log("later.jpg")

    monkeypatch.setattr(Follower, "last", last)
    monkeypatch.setattr("lookoutcv.cli.log.read.time", SimpleNamespace(sleep=sleep))
    main(["log", "tail", "-f", "-n", "2"])
    words = capfd.readouterr().out.split()
    assert [words.count(name) for name in ("1.jpg", "between.jpg", "later.jpg")] == [1, 1, 2]


def test_keeping(desk: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for dry in (["--dry-run"], []):
        told = say(capfd, "retain", "--older-than", "2d", "--keep-flagged", *dry)
        assert ("Would remove" if dry else "Removed") in told
        assert "2 older rows are flagged and stay" in told
    assert lo.open_log().read().num_rows == 50
    assert json.loads(say(capfd, "compact", "--json", "--dry-run"))["dry_run"] is True
    assert "Joined" in say(capfd, "compact")
    assert "Freed" in say(capfd, "vacuum", "--older-than", "0")
    assert "Would remove 1 rows" in say(capfd, "erase", "--image", "5.jpg", "--dry-run")
    assert "Removed 1 rows" in say(capfd, "erase", "--image", "5.jpg")
    assert "no row of the log is called '5.jpg'" in say(capfd, "show", "5.jpg", code=1)


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["query", "DROP TABLE log"], 2, "Give one SELECT"),
        (["query", "SELECT * FROM read_csv('/etc/passwd')"], 2, "only the log is read here"),
        (["tail", "--tag", "camera"], 2, "--tag camera=north"),
        (["tail", "--last", "a week"], 2, "12h"),
        (["list", "-d", "nowhere"], 1, "there is no prediction log at nowhere"),
        (["export", "-o", "a.xlsx"], 2, ".jsonl"),
        (["retain"], 2, "nothing says what is to go"),
        (["erase"], 2, "--image ID"),
        (["plot", "id"], 2, "no measured numbers"),
    ],
)
def test_what_cannot_be(desk: Path, capfd: pytest.CaptureFixture[str], words: list[str], code: int, told: str) -> None:
    said = say(capfd, *words, code=code)
    assert told in said
    assert "Traceback" not in said


def test_settings_give_the_place(desk: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (desk / "lookout_cv_logs").rename(desk / "elsewhere")
    (desk / "lookout.yaml").write_text(
        "log:\n  directory: elsewhere\n  model: a/b\nmonitor:\n  source: log:a/b?directory=elsewhere\n"
    )
    (desk / "below").mkdir()
    os.chdir(desk / "below")
    assert "1.2 (96)" in say(capfd, "list")
    assert main(["config", "check"]) == 0
    lo.baseline(f"log:a/b?directory={desk / 'elsewhere'}").save("b.parquet")
    capfd.readouterr()
    assert main(["monitor", "-b", "b.parquet"]) == 0


def test_plain_logs_come_in_once(desk: Path, capfd: pytest.CaptureFixture[str]) -> None:
    rows = {"timestamp": ["2026-05-04T12:00:00Z"], "image_name": ["x.jpg"], "pred_class": ["dog"], "confidence": [0.7]}
    pq.write_table(pa.table(rows), desk / "dogs_logs_12.parquet")
    (desk / "dogs_logs_13.parquet").write_bytes(b"PAR1 cut off")
    assert main(["log", "import", "."]) == 0
    out, err = capfd.readouterr()
    assert "Brought in 1 row of 1 file." in out
    assert "dogs_logs_13.parquet cannot be read" in err
    assert "1 file in the log already" in say(capfd, "import", "dogs_logs_12.parquet")
    assert "dog" in say(capfd, "tail", "--model", "dogs")
    assert "cannot be read" in say(capfd, "import", "dogs_logs_13.parquet", code=1)
    assert "Name files" in say(capfd, "import", "nowhere", code=1)


def test_labels_that_arrive_later(desk: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (desk / "truth.csv").write_text("id,label\n1.jpg,cat\n2.jpg,dog\n3.jpg,\nx\x1b[31m.jpg,cat\n")
    told = say(capfd, "label", "truth.csv", "--dry-run")
    assert told.startswith("Would label 2 rows, 0 of which had another label before; 0 more had theirs already.\n")
    assert "1 line of the file without a label left out." in told
    assert "1 of 3 images of the file are in no row: x" in told
    assert "\x1b" not in told
    assert say(capfd, "label", "truth.csv").startswith("Labelled 2 rows")
    assert json.loads(say(capfd, "label", "truth.csv", "--model", "a/b", "--json"))["known"] == 2
    assert json.loads(say(capfd, "show", "2.jpg", "--json"))[0]["label"] == "dog"
    assert "no model 'a'" in say(capfd, "label", "truth.csv", "--model", "a", code=1)


def test_a_source_of_the_log_is_looked_for_where_the_settings_say(
    desk: Path, lookout: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    (desk / "lookout_cv_logs").rename(desk / "elsewhere")
    command = ("compare", "log:a/b?since=4d&until=2d", "log:a/b?since=2d")
    assert lookout(*command) == 1
    assert "no prediction log at lookout_cv_logs" in lookout.err
    monkeypatch.setenv("LOOKOUTCV_LOG_DIRECTORY", str(desk / "elsewhere"))
    assert lookout(*command) == 0
    assert "from the environment: log.directory" in lookout.err
    monkeypatch.delenv("LOOKOUTCV_LOG_DIRECTORY")
    (desk / "lookout.yaml").write_text("log:\n  directory: elsewhere\n")
    (desk / "below").mkdir()
    monkeypatch.chdir(desk / "below")  # a place in the file is meant from the file
    assert lookout(*command) == 0
    assert "lookout.yaml: log.directory" in lookout.err
    assert lookout("--no-config", *command) == 1
    assert lookout("compare", *(f"{one}&directory=nowhere" for one in command[1:])) == 1
    assert "no prediction log at nowhere" in lookout.err
    assert lookout("measure", str(desk / "elsewhere" / "none")) == 1
    assert "log.directory" not in lookout.err
