"""`lookout init` and `lookout config`: from a folder of images to a daily job without arguments."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from pathlib import Path

import jsonschema
import pytest
import yaml

from terminal import Terminal


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Path:
    """A folder with images that have telling names, in which the test works."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LOOKOUTCV_CONFIG")
    (tmp_path / "validation").symlink_to(request.getfixturevalue("good"))
    (tmp_path / "today").symlink_to(request.getfixturevalue("bad"))
    return tmp_path


def test_from_a_folder_to_a_report(lookout: Terminal, desk: Path) -> None:
    assert lookout("init", "--yes") == 0
    assert "Images from when all was well: validation" in lookout.out
    assert "Their labels come along" in lookout.out
    assert "Images to watch: today" in lookout.out
    assert "Next: lookout baseline" in lookout.out
    assert lookout("config", "check") == 0
    assert "all right" in lookout.out
    assert lookout("baseline", "--workers", 1) == 0
    assert "Next: lookout monitor\n" in lookout.out
    assert lookout("monitor", "--workers", 1, "--fail-on", "medium") == 3
    assert (desk / "report.html").is_file()


def test_a_file_that_is_there_stays(lookout: Terminal, desk: Path) -> None:
    (desk / "lookout.yaml").write_text("mine: 1\n")
    assert lookout("init") == 2
    assert "Add --force to replace them" in lookout.err
    assert (desk / "lookout.yaml").read_text() == "mine: 1\n"
    assert lookout("init", "--force") == 0
    assert "mine" not in (desk / "lookout.yaml").read_text()


def test_a_link_to_nowhere_is_a_file_that_is_there(lookout: Terminal, desk: Path) -> None:
    (desk / "lookout.yaml").symlink_to(desk / "elsewhere.yaml")
    assert lookout("init") == 2
    assert not (desk / "elsewhere.yaml").exists()


def test_an_empty_folder_and_one_elsewhere(lookout: Terminal, desk: Path) -> None:
    (desk / "empty one").mkdir()
    assert lookout("init", "empty one") == 0
    assert "fill in baseline.source" in lookout.out
    assert "lookout --config 'empty one/lookout.yaml' config check" in lookout.out
    assert lookout("--config", "empty one/lookout.yaml", "baseline") == 2
    assert "SOURCE" in lookout.err
    assert lookout("init", "gone") == 2
    assert "there is no folder" in lookout.err


def test_a_dated_folder_becomes_a_pattern_where_patterns_are_read(
    lookout: Terminal, desk: Path, request: pytest.FixtureRequest
) -> None:
    from lookoutcv.sources import registry

    (desk / "production").mkdir()
    for day in ("20261119", "20261120"):
        (desk / "production" / day).symlink_to(request.getfixturevalue("fine"))
    assert lookout("init") == 0
    pattern = any(kind.opens("production/%Y%m%d") for kind in registry)
    expected = "production/%Y%m%d?last=1d" if pattern else "production/20261120"
    assert yaml.safe_load((desk / "lookout.yaml").read_text())["monitor"]["source"] == expected


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals here")
def test_questions_on_a_terminal(desk: Path) -> None:
    import pty

    (desk / "other").symlink_to(desk / "today")
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "lookoutcv", "init"], stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True
    )
    os.close(theirs)
    said = b""

    def until(question: bytes) -> None:
        nonlocal said
        ends = time.monotonic() + 60
        while question not in said:
            assert time.monotonic() < ends, said.decode()
            if select.select([ours], [], [], 1)[0]:
                said += os.read(ours, 4096)

    until(b"all was well (- for none) [validation]:")
    os.write(ours, b"\n")
    until(b"watch (- for none) [today]:")
    os.write(ours, b"othr\n")
    until(b"There is nothing at othr")
    os.write(ours, b"other\n")
    until(b"model to ask about them (- for none) [-]:")
    os.write(ours, b"\n")
    until(b"Next: lookout baseline")
    assert process.wait(60) == 0
    os.close(ours)
    written = yaml.safe_load((desk / "lookout.yaml").read_text())
    assert (written["baseline"]["source"], written["monitor"]["source"]) == ("validation", "other")
    assert written["model"] is None


WRONG = """\
measuer:
  workers: 2
measure:
  metrics: blurr
  workrs: 2
  sample: 0
model:
  file: gone.onnx
baseline:
  source: validaton
  output: nofolder/b.parquet
monitor:
  baseline: nope.parquet
  policy: fixd
  fail_on: severe
  html: ${HOMEDIR}/x.html
plugins: gone.py
"""


def test_check_lists_every_problem_with_its_line(lookout: Terminal, desk: Path) -> None:
    (desk / "wrong.yaml").write_text(WRONG)
    assert lookout("config", "check", "wrong.yaml") == 2
    assert [line.partition(": ")[0] for line in lookout.out.splitlines()] == [
        f"wrong.yaml:{line}" for line in (1, 4, 5, 6, 8, 10, 11, 13, 14, 15, 16, 17)
    ]
    assert "there is no key 'measure.workrs'. Did you mean 'measure.workers'?" in lookout.out
    assert "Did you mean 'sharpness.blur'" in lookout.out
    assert "monitor.policy: no policy is called 'fixd'. Did you mean 'fixed'?" in lookout.out
    assert lookout("config", "check", "wrong.yaml", "--json") == 2
    told = json.loads(lookout.out)
    assert told[0] == {
        "place": "wrong.yaml:1",
        "key": "measuer",
        "problem": "there is no key 'measuer'. Did you mean 'measure'?",
        "nearest": ["measure"],
    }


def test_check_knows_of_misspelt_variables(lookout: Terminal, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOOKOUTCV_MONITR_SOURCE", "today")
    assert lookout("config", "check") == 2
    assert "Did you mean LOOKOUTCV_MONITOR_SOURCE?" in lookout.out


def test_a_baseline_that_will_be_made_is_no_problem(lookout: Terminal, desk: Path) -> None:
    (desk / "lookout.yaml").write_text("baseline: {output: b.parquet}\nmonitor: {baseline: b.parquet}\n")
    assert lookout("config", "check") == 0
    (desk / "b.parquet").write_bytes(b"no baseline")
    assert lookout("config", "check") == 2
    assert "lookout.yaml:2: monitor.baseline:" in lookout.out


def test_check_knows_outputs_that_are_read(lookout: Terminal, desk: Path) -> None:
    Path("images").mkdir()
    Path("images/a.png").write_bytes(b"")
    Path("lookout.yaml").write_text(
        "baseline:\n  source: images\n  output: images/b.parquet\nmonitor:\n  source: images\n  html: images/a.html\n"
        "log:\n  directory: logs\n"
    )
    assert lookout("config", "check", "--json") == 2
    told = {one["key"]: one["problem"] for one in json.loads(lookout.out)}
    assert "which is read" in told["baseline.output"]
    assert "which is read" in told["monitor.html"]
    assert "log.directory" not in told


def test_check_opens_the_model_with_its_settings(lookout: Terminal, desk: Path) -> None:
    (desk / "light.py").write_text("def one(pixels):\n    return [0.1, 0.9]\n")
    text = "model:\n  file: light.py:one\n  set: [{}]\n"
    (desk / "lookout.yaml").write_text(text.format("'labels=[a, b]', head=softmax"))
    assert lookout("config", "check") == 0
    (desk / "lookout.yaml").write_text(text.format("input.color=BGR"))
    assert lookout("config", "check") == 2
    assert "Did you mean 'colour'?" in lookout.out


def test_show_says_where_each_setting_is_from(lookout: Terminal, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOOKOUTCV_MONITOR_POLICY", "fixed")
    monkeypatch.setenv("TOKEN", "s3cret")
    monkeypatch.delenv("LOOKOUTCV_CACHE")
    (desk / "lookout.yaml").write_text("monitor:\n  source: https://${TOKEN}@host/a.zip\n  fail_on: low\n")
    assert lookout("config", "show") == 0
    assert [line.split() for line in lookout.out.splitlines()] == [
        ["monitor.source:", "https://${TOKEN}@host/a.zip", "#", "lookout.yaml:2"],
        ["monitor.policy:", "fixed", "#", "LOOKOUTCV_MONITOR_POLICY"],
        ["monitor.fail_on:", "low", "#", "lookout.yaml:3"],
    ]
    assert lookout("config", "show", "--all", "--json") == 0
    assert "s3cret" not in lookout.out
    rows = {row["key"]: row for row in json.loads(lookout.out)["settings"]}
    assert rows["report.thumbnails"] == {"key": "report.thumbnails", "value": True, "from": "default"}


def test_secrets_are_not_told_by_checks_and_verbs(
    lookout: Terminal, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN", "s3cret")
    (desk / "lookout.yaml").write_text("baseline:\n  source: ${TOKEN}/images\n")
    assert lookout("config", "check") == 2
    assert (
        lookout.out
        == "lookout.yaml:2: baseline.source: there is no file or folder '${TOKEN}/images'. Check the path.\n"
    )


def test_nothing_that_is_written_or_printed_holds_a_secret(
    lookout: Terminal, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (desk / "s3cret-place").symlink_to(desk / "today")
    monkeypatch.setenv("PLACE", "s3cret-place")
    (desk / "lookout.yaml").write_text(
        "monitor:\n  source: ${PLACE}\n  baseline: ${PLACE}.parquet\nmeasure:\n  workers: 1\n"
    )
    assert lookout("--log-level", "info", "baseline", "${PLACE}", "-o", "none.parquet") == 1
    assert lookout("--log-level", "info", "baseline", "s3cret-place", "-o", "s3cret-place.parquet") == 0
    told = lookout.out + lookout.err
    assert lookout("monitor", "-o", "r.json", "-o", "r.html", "-o", "r.md", "-o", "r.xml", "--json") == 0
    told += (
        lookout.out + lookout.err + "".join((desk / f"r.{form}").read_text() for form in ("json", "html", "md", "xml"))
    )
    assert "s3cret" not in told
    assert json.loads((desk / "r.json").read_text())["window"]["name"] == "${PLACE}"
    assert b"s3cret" not in (desk / "s3cret-place.parquet").read_bytes()


def test_a_url_of_the_settings_is_told_without_its_password(lookout: Terminal, desk: Path) -> None:
    (desk / "lookout.yaml").write_text("measure:\n  source: foo://me:hunter2@host/images\n")
    assert lookout("measure") == 1
    assert "from lookout.yaml: source foo://host/images" in lookout.err
    assert lookout("config", "show") == lookout("config", "show", "--json") == 0
    assert "hunter2" not in lookout.out + lookout.err


def test_a_report_says_which_settings_made_it(lookout: Terminal, desk: Path, baseline_file: Path) -> None:
    (desk / "lookout.yaml").write_text(f"monitor:\n  source: today\n  baseline: {baseline_file}\n")
    assert lookout("monitor", "-o", "r.json", "-o", "r.md") == 0
    assert json.loads((desk / "r.json").read_text())["settings_file"] == "lookout.yaml"
    assert "lookout.yaml" in (desk / "r.md").read_text()
    assert lookout("--no-config", "monitor", "today", "-b", baseline_file, "-o", "r.json") == 0
    assert json.loads((desk / "r.json").read_text())["settings_file"] is None


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("report: {output: [a.html, report.docx]}", "report.output: 'report.docx' does not say which report format"),
        ("index: {output: i.json}", "index.output: json is a form of single reports"),
        ("measure: {output: r.xls}", "measure.output: 'r.xls' does not say in which form"),
        ("predict: {output: p.txt}", "predict.output: 'p.txt'"),
        ("evaluate: {output: e.csv}", "evaluate.output: an evaluation cannot be written as 'e.csv'"),
        ("report: {logo: logo.png}", "report.logo: --logo: no picture"),
        ("report: {template: nowhere.j2}", "report.template: --template: nowhere.j2 is not there"),
        ("report: {redact: facess}", "--redact is 'facess', which is no box"),
        ("model: {predictions: today/nothing.csv}", "model.predictions: "),
    ],
)
def test_check_knows_forms_pictures_and_predictions(lookout: Terminal, desk: Path, setting: str, told: str) -> None:
    (desk / "lookout.yaml").write_text(setting + "\n")
    assert lookout("config", "check") == 2
    assert lookout.out.startswith("lookout.yaml:1: ")
    assert told in lookout.out
    assert len(lookout.out.splitlines()) == 1


def test_check_takes_predictions_for_what_they_are(lookout: Terminal, desk: Path) -> None:
    (desk / "results.json").write_text('[{"image_id": 1, "category_id": 1, "bbox": [1, 1, 5, 5], "score": 0.5}]')
    (desk / "names.json").write_text(
        '{"images": [{"id": 1, "file_name": "a.jpg"}], "annotations": [], "categories": [{"id": 1, "name": "cat"}]}'
    )
    (desk / "lookout.yaml").write_text("model:\n  predictions: results.json\n  annotations: names.json\n")
    assert lookout("config", "check") == 0, lookout.out


def test_without_a_file_there_is_nothing_to_check(
    lookout: Terminal, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LOOKOUTCV_CACHE")
    assert lookout("config", "show") == 0
    assert "`lookout init` writes a settings file" in lookout.out
    assert lookout("config", "check", "none.yaml") == 2
    assert "none.yaml cannot be read" in lookout.err


def test_the_schema_takes_what_init_writes_and_refuses_what_is_wrong(lookout: Terminal, desk: Path) -> None:
    assert lookout("config", "schema", "-o", "lookout.schema.json") == 0
    schema = json.loads((desk / "lookout.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    assert lookout("init") == 0
    text = (desk / "lookout.yaml").read_text()
    assert text.startswith("# yaml-language-server: $schema=lookout.schema.json\n")
    jsonschema.validate(yaml.safe_load(text), schema)
    wrong = [{"monitr": {}}, {"monitor": {"polcy": "x"}}, {"measure": {"workers": 0}}, {"report": {"fail_on": "bad"}}]
    for one in wrong:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(one, schema)
    assert lookout("config", "schema") == 0
    assert json.loads(lookout.out) == schema


def test_the_model_may_be_left_out(lookout: Terminal, desk: Path) -> None:
    (desk / "light.py").write_text("def one(pixels):\n    return [0.1, 0.9]\n")
    (desk / "lookout.yaml").write_text("model:\n  file: light.py:one\n  set: ['labels=[day, night]', head=softmax]\n")
    picture = next((desk / "validation").rglob("*.jpg"))
    assert lookout("predict", picture) == 0
    assert "night" in lookout.out
    assert "from lookout.yaml: model light.py:one" in lookout.err
    assert lookout("predict") == 2


def test_settings_for_programs(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import lookoutcv as lo

    (desk / "light.py").write_text("def one(pixels):\n    return [0.1, 0.9]\n")
    (desk / "lookout.yaml").write_text(
        "measure: {workers: 1, cache: false, sample: 40}\n"
        "model: {file: 'light.py:one', set: ['labels=[a, b]', head=softmax]}\n"
        "baseline: {source: validation, output: b.parquet}\n"
        "monitor: {source: today, baseline: b.parquet, html: r.html}\n"
        "plugins: mine.py\n"
    )
    (desk / "mine.py").write_text("")
    settings = lo.load_config()
    assert settings.path == "lookout.yaml"
    assert set(settings.baseline) == {"source", "workers", "cache", "sample", "model", "card"}
    base = lo.baseline(**settings.baseline)
    assert base.profile.count == 40
    assert base.model is not None
    base.save(settings.value("baseline.output"))
    assert lo.monitor(**settings.monitor).overall_drift_detected is True
    assert settings.value("monitor.html") == "r.html"
    assert settings.value("monitor.policy", "default") == "default"
    assert os.environ["LOOKOUTCV_PLUGINS"] == "mine.py"
    with pytest.raises(AttributeError, match="no settings of 'moniter'"):
        _ = settings.moniter
    (desk / "lookout.yaml").write_text("monitr: {}\nmeasur: {}\n")
    with pytest.raises(lo.LookoutError, match="no key 'monitr'") as caught:
        lo.load_config("lookout.yaml")
    assert [one.key for one in caught.value.problems] == ["monitr", "measur"]  # type: ignore[attr-defined]
    monkeypatch.setenv("LOOKOUTCV_CONFIG", "off")
    assert lo.load_config().path is None
