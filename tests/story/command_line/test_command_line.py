"""What a person types, and what comes back: every verb, its files, its exit code."""

from __future__ import annotations

import csv
import json
import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lookoutcv.cli.main import main
from lookoutcv.demo import story
from lookoutcv.plugins import ROOMS
from terminal import Terminal


def test_the_whole_story(lookout: Terminal, good: Path, bad: Path, tmp_path: Path) -> None:
    base, page, data = tmp_path / "baseline.parquet", tmp_path / "report.html", tmp_path / "report.json"
    assert lookout("baseline", good, "-o", base, "--workers", 1) == 0
    assert "160 images" in lookout.out
    assert f"Wrote {base}" in lookout.out
    assert lookout("monitor", bad, "--baseline", base, "-o", data, "--html", page, "--fail-on", "medium") == 3
    assert "Drift detected: high severity" in lookout.out
    assert "less sharp" in lookout.out
    report = json.loads(data.read_text())
    assert report["overall_drift_detected"] is True
    assert report["skipped"] == [{"id": "cat/broken.jpg", "reason": report["skipped"][0]["reason"]}]
    assert "<html" in page.read_text()
    assert page.stat().st_size < 3_000_000
    assert lookout("show", data) == 0
    assert "Drift detected: high severity" in lookout.out
    assert lookout("show", base) == 0
    assert "Baseline of" in lookout.out


def test_a_page_without_pictures_is_small(lookout: Terminal, bad: Path, baseline_file: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    assert lookout("monitor", bad, "-b", baseline_file, "--html", page, "--no-thumbnails", "--workers", 1) == 0
    assert page.stat().st_size < 400_000
    assert "<script" not in page.read_text()


def test_a_report_of_yesterday_is_drawn_in_other_forms(
    lookout: Terminal, bad: Path, baseline_file: Path, tmp_path: Path
) -> None:
    report = tmp_path / "r.json"
    assert lookout("monitor", bad, "-b", baseline_file, "-o", report, "-o", tmp_path / "first.html") == 0
    others = [tmp_path / f"again.{form}" for form in ("html", "pdf", "md", "xml", "txt", "json")]
    assert lookout("show", report, *(word for path in others for word in ("-o", path))) == 0
    assert lookout.out.splitlines() == [f"Wrote {path}" for path in others]
    assert others[0].read_text() == (tmp_path / "first.html").read_text()
    assert others[-1].read_text() == report.read_text()
    assert lookout("show", report, "--html", tmp_path / "bare.html", "--no-thumbnails", "--json") == 0
    assert json.loads(lookout.out)["severity"] == "high"
    assert "data:image/jpeg" not in (tmp_path / "bare.html").read_text()


def test_only_reports_are_drawn_and_only_in_known_forms(lookout: Terminal, baseline_file: Path, tmp_path: Path) -> None:
    assert lookout("show", baseline_file, "-o", tmp_path / "a.html") == 2
    assert "holds nothing that can be drawn" in lookout.err
    assert lookout("show", baseline_file, "-o", tmp_path / "a.doc") == 2
    assert "End its name in one of" in lookout.err
    assert list(tmp_path.iterdir()) == []


def test_a_good_day_passes_the_pipeline(lookout: Terminal, fine: Path, baseline_file: Path) -> None:
    assert lookout("monitor", fine, "--baseline", baseline_file, "--fail-on", "low", "--workers", 1) == 0
    assert "No drift" in lookout.out


def test_json_on_standard_output_is_the_report(lookout: Terminal, fine: Path, baseline_file: Path) -> None:
    assert lookout("monitor", fine, "--baseline", baseline_file, "--json", "--workers", 1) == 0
    assert json.loads(lookout.out)["format"] == "lookoutcv.report"
    assert lookout("compare", baseline_file, baseline_file, "--json") == 0
    assert json.loads(lookout.out)["severity"] == "none"


def test_measure_one_image(lookout: Terminal, fine: Path) -> None:
    picture = next(iter(sorted(fine.rglob("*.jpg"))))
    assert lookout("measure", picture) == 0
    assert "sharpness.laplacian" in lookout.out
    assert lookout("measure", picture, "--json") == 0
    assert json.loads(lookout.out)["format"] == "jpeg"


def test_measure_many(lookout: Terminal, bad: Path, tmp_path: Path) -> None:
    assert lookout("measure", bad, "--workers", 1) == 0
    assert "61 images" in lookout.out
    assert "cat/broken.jpg" in lookout.out
    assert lookout("measure", bad, "-o", tmp_path / "r.csv", "--workers", 1) == 0
    with (tmp_path / "r.csv").open(newline="") as file:
        assert len(list(csv.DictReader(file))) == 61
    assert lookout("measure", bad, "-o", tmp_path / "r.json", "--json", "--workers", 1) == 0
    assert json.loads(lookout.out)["images"] == 61
    assert len(json.loads((tmp_path / "r.json").read_text())) == 61


def test_records_on_standard_output(fine: Path) -> None:
    # A real process: the rows go to the byte stream beneath standard output.
    done = subprocess.run(
        [sys.executable, "-m", "lookoutcv", "measure", str(fine), "--json", "--workers", "1"],
        capture_output=True,
        check=True,
    )
    assert len(json.loads(done.stdout)) == 60


def test_plugins_and_doctor(lookout: Terminal) -> None:
    assert lookout("plugins") == 0
    assert all(name in lookout.out for name in ("sharpness.laplacian", "folder", "zip", "html"))
    assert lookout("plugins", "--json") == 0
    assert set(json.loads(lookout.out)) == {room.title for room in ROOMS}
    assert lookout("doctor") == 0
    assert "numpy" in lookout.out
    assert lookout("doctor", "--json") == 0
    told = json.loads(lookout.out)
    assert told["missing"] == []
    assert {"http", "s3"} <= set(told["extras"])


def test_doctor_names_the_line_that_installs_what_is_missing(
    lookout: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lookoutcv.cli.verbs import doctor

    monkeypatch.setattr(doctor, "installed", lambda name: None if name in ("scipy", "s3fs") else "1.0")
    assert lookout("doctor") == 1
    assert "pip install --force-reinstall lookoutcv" in lookout.out
    assert 'pip install "lookoutcv[s3]"' in lookout.out


def test_a_metric_of_ones_own(lookout: Terminal, fine: Path, tmp_path: Path) -> None:
    plugin = tmp_path / "smoke.py"
    plugin.write_text(
        "from lookoutcv.grids import linear\n"
        "from lookoutcv import metric\n\n"
        "@metric('smoke.grey', unit='1', range=(0, 1), grid=linear(0, 1, 50), source='ours')\n"
        "def grey(view):\n"
        "    'Share of grey pixels.'\n"
        "    p = view.pixels.astype(int)\n"
        "    return float((abs(p[..., 0] - p[..., 1]) < 4).mean())\n"
    )
    command = [sys.executable, "-m", "lookoutcv", "--plugin", str(plugin)]
    listed = subprocess.run([*command, "plugins"], capture_output=True, text=True, check=True)
    assert "smoke.grey" in listed.stdout
    out = tmp_path / "r.json"
    subprocess.run([*command, "measure", str(fine), "--metrics", "smoke", "-o", str(out)], check=True)
    assert 0 <= json.loads(out.read_text())[0]["smoke.grey"] <= 1


USAGE, DATA = 2, 1


@pytest.fixture
def places(good: Path, bad: Path, fine: Path, baseline_file: Path, tmp_path: Path) -> dict[str, Path]:
    return {
        "good": good,
        "bad": bad,
        "fine": fine,
        "baseline": baseline_file,
        "empty": tmp_path,
        "picture": good / "cat" / "0001.jpg",
    }


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["measure", "nowhere"], DATA, "there is no file or folder 'nowhere'"),
        (["measure", "{empty}"], DATA, "there are no images"),
        (["measure", "{good}", "-o", "{empty}/none/r.csv"], USAGE, "there is no folder"),
        (["measure", "{good}", "-o", "{empty}"], USAGE, "End its name in"),
        (["measure", "{good}", "-o", "r.xls"], USAGE, "End its name in"),
        (["measure", "{good}", "--metrics", "sharpness.laplacain"], USAGE, "Did you mean 'sharpness.laplacian'"),
        (["measure", "{good}", "--sample", "0"], USAGE, "--sample"),
        (["measure", "{bad}", "--strict"], DATA, "cat/broken.jpg"),
        (["baseline", "{empty}", "-o", "b.parquet"], DATA, "there are no images"),
        (["baseline", "{good}", "-o", "{empty}"], USAGE, "it is a folder"),
        (["monitor", "{fine}", "--baseline", "none.parquet"], DATA, "lookout baseline SOURCE"),
        (["monitor", "{fine}", "--baseline", "{picture}"], DATA, "not a file that LookOutCV wrote"),
        (["monitor", "{fine}"], USAGE, "--baseline"),
        (["monitor", "{fine}", "-b", "{baseline}", "--policy", "fixd"], USAGE, "Did you mean 'fixed'"),
        (["monitor", "{fine}", "-b", "{baseline}", "-o", "report.doc"], USAGE, "End its name in"),
        (["monitor", "{fine}", "-b", "{baseline}", "--html", "/proc/none/r.html"], USAGE, "there is no folder"),
        (["monitor", "{fine}", "-b", "{baseline}", "--fail-on", "bad"], USAGE, "fail-on"),
        (["compare", "{fine}", "nowhere"], DATA, "there is no file or folder"),
        (["monitor", "records.csv", "-b", "{baseline}"], DATA, "there is no file or folder 'records.csv'"),
        (["measure", "{baseline}"], DATA, "lookout show"),
        (["show", "nothing"], DATA, "there is no file"),
        (["show", "{picture}"], DATA, "is not a baseline, a record file, a report, an evaluation, a"),
        (["--plugin", "none.py", "plugins"], DATA, "none.py cannot be loaded (there is no such file)"),
        (["measr"], USAGE, "No such command"),
    ],
)
def test_bad_input_is_one_plain_line(
    lookout: Terminal, words: list[str], code: int, says: str, places: dict[str, Path]
) -> None:
    assert lookout(*[word.format(**places) for word in words]) == code
    assert says in lookout.err
    assert "Traceback" not in lookout.err
    assert not list(places["empty"].iterdir())


def test_debug_shows_the_traceback() -> None:
    command = [sys.executable, "-m", "lookoutcv", "--debug", "measure", "nowhere"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Traceback" in done.stderr


def test_options_for_every_verb_may_come_after_it(lookout: Terminal, fine: Path) -> None:
    picture = next(iter(sorted(fine.rglob("*.jpg"))))
    assert lookout("measure", picture, "--log-level", "info", "--log-format=json") == 0
    assert lookout("measure", "nowhere", "--debug") == 1
    assert "there is no file or folder" in lookout.err
    assert "Traceback" in lookout.err


def test_too_few_images_for_fail_on_are_said(lookout: Terminal, fine: Path, baseline_file: Path) -> None:
    assert lookout("monitor", fine, "-b", baseline_file, "--sample", 10, "--fail-on", "low", "--workers", 1) == 0
    assert "too few images" in lookout.err


def test_an_error_nobody_expected_is_reported_without_a_traceback(
    lookout: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lookoutcv.monitoring.load.is_parquet", lambda _: 1 / 0)
    assert lookout("show", __file__) == 1
    assert "lookout --debug" in lookout.err
    assert "Traceback" not in lookout.err


def test_version_help_and_completion(lookout: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    assert lookout("--version") == 0
    assert lookout.out.startswith("lookout 0.")
    for words in (["--help"], ["monitor", "-h"]):
        assert lookout(*words) == 0
        assert "Usage" in lookout.out
    script = subprocess.run(
        ["lookout"],
        env={**os.environ, "_LOOKOUT_COMPLETE": "source_bash", "PATH": str(Path(sys.executable).parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "_lookout_completion" in script.stdout


def test_log_lines_for_programs(fine: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "lookoutcv", "--log-level", "info", "--log-format", "json"]
    out = tmp_path / "r.parquet"
    done = subprocess.run([*command, "measure", str(fine), "-o", str(out)], capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert {"time", "level", "logger", "message"} <= set(lines[0])
    assert any(line.get("images") == 60 for line in lines)


@pytest.mark.parametrize(("words", "code"), [(("plugins",), 0), (("measure", "nowhere"), 1)])
def test_a_program_that_runs_a_command_line_keeps_its_log(lookout: Terminal, words: tuple[str, ...], code: int) -> None:
    logger, own = logging.getLogger("lookoutcv"), logging.NullHandler()
    before = logger.level, logger.propagate, logger.handlers[:]
    logger.addHandler(own)
    try:
        assert lookout("--log-level", "error", *words) == code
        assert (logger.level, logger.propagate, logger.handlers) == (*before[:2], [*before[2], own])
    finally:
        logger.removeHandler(own)


def test_names_from_strangers_cannot_move_the_cursor(lookout: Terminal, good: Path, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    (folder / "evil\x1b[2J.jpg").write_bytes(b"not a picture at all")
    (folder / "fine.jpg").write_bytes(next(good.rglob("*.jpg")).read_bytes())
    assert lookout("measure", folder) == 0
    assert "evil" in lookout.out
    assert "\x1b" not in lookout.out


def test_a_note_is_read_once_whatever_is_printed(lookout: Terminal, good: Path, tmp_path: Path) -> None:
    for part in ("train", "valid"):
        shutil.copytree(good, tmp_path / "set" / part)
    note = "are taken for parts of a data set"
    for words in (
        ("measure", tmp_path / "set"),
        ("measure", tmp_path / "set", "--json"),
        ("measure", tmp_path / "set", "-o", tmp_path / "records.parquet"),
        ("baseline", tmp_path / "set", "-o", tmp_path / "base.parquet"),
        ("baseline", tmp_path / "set", "-o", tmp_path / "base.parquet", "--json"),
        ("monitor", tmp_path / "set", "-b", tmp_path / "base.parquet", "--json"),
        ("compare", tmp_path / "set", good, "--json"),
        ("compare", good, tmp_path / "set", "--json"),
        ("compare", tmp_path / "set", tmp_path / "set", "--json"),
    ):
        assert lookout(*words, "--metrics", "noise", "--workers", "1") == 0
        assert (lookout.out + lookout.err).count(note) == 1, words


def test_the_demo_tells_the_story(lookout: Terminal, tmp_path: Path) -> None:
    out = tmp_path / "demo"
    assert lookout("demo", "--out", out) == 0
    assert "No drift" in lookout.out
    assert "Drift detected: high severity" in lookout.out
    assert {path.name for path in out.iterdir()} == {
        "lookout-demo.txt",
        "validation",
        "monday",
        "tuesday",
        "baseline.parquet",
        "monday.html",
        "monday.json",
        "tuesday.html",
        "tuesday.json",
    }


def test_the_demo_is_told_again_in_its_own_folder(
    lookout: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for few in ("BASELINE_IMAGES", "DAY_IMAGES"):
        monkeypatch.setattr(story, few, 40)
    out = tmp_path / "demo"
    assert lookout("demo", "--out", out) == 0
    before = (out / "baseline.parquet").stat().st_size
    assert lookout("demo", "--out", out) == 0
    assert (out / "baseline.parquet").stat().st_size == pytest.approx(before, rel=0.01)


def test_an_output_that_is_a_url_or_is_named_twice_is_refused_before_work(
    fine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["measure", str(fine), "-o", "file:///tmp/records.parquet"]) == 2
    assert "it is a URL, and outputs are files of this machine" in capsys.readouterr().err
    assert main(["baseline", str(fine), "-o", "b.parquet"]) == 0
    assert main(["monitor", str(fine), "--baseline", "b.parquet", "--html", "r.html", "-o", "./r.html"]) == 2
    assert "r.html is named for two outputs, and the second would replace the first" in capsys.readouterr().err
    assert [path.name for path in tmp_path.glob("*.html")] == []
