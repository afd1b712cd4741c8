"""A project with a settings file: verbs without arguments, and what goes before what."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from terminal import Terminal

FILE = """\
measure:
  workers: 1
baseline:
  source: good
  output: baseline.parquet
monitor:
  source: fine
  baseline: baseline.parquet
  html: report.html
  fail_on: medium
"""


@pytest.fixture
def project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, baseline_file: Path, request: pytest.FixtureRequest
) -> Path:
    """A folder with images, a baseline and a settings file, in which the test works."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LOOKOUTCV_CONFIG")
    for name in ("good", "fine", "bad"):
        (tmp_path / name).symlink_to(request.getfixturevalue(name))
    (tmp_path / "baseline.parquet").write_bytes(baseline_file.read_bytes())
    (tmp_path / "lookout.yaml").write_text(FILE)
    return tmp_path


def test_verbs_without_arguments(lookout: Terminal, project: Path) -> None:
    (project / "baseline.parquet").unlink()
    assert lookout("baseline") == 0
    assert "from lookout.yaml: source good, output baseline.parquet, workers 1" in lookout.err
    assert lookout("monitor") == 0
    assert "No drift" in lookout.out
    assert "Wrote report.html" in lookout.out
    assert "<html" in (project / "report.html").read_text()


def test_the_command_line_goes_before_all(lookout: Terminal, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert lookout("monitor", "bad") == 3
    assert "source" not in lookout.err
    monkeypatch.setenv("LOOKOUTCV_MONITOR_SOURCE", "bad")
    assert lookout("monitor", "--json") == 3
    assert json.loads(lookout.out)["severity"] == "high"
    assert "from the environment: source bad" in lookout.err
    assert lookout("monitor", "fine") == 0


def test_paths_hold_from_any_folder(lookout: Terminal, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "scripts").mkdir()
    monkeypatch.chdir(project / "scripts")
    assert lookout("monitor") == 0
    assert "Wrote ../report.html" in lookout.out
    assert (project / "report.html").is_file()
    monkeypatch.chdir("/")
    assert lookout("monitor", "--config", project / "lookout.yaml") == 0
    assert f"from {project / 'lookout.yaml'}: source {project / 'fine'}" in lookout.err


def test_no_config_takes_nothing(lookout: Terminal, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOOKOUTCV_MONITOR_SOURCE", "bad")
    assert lookout("monitor", "--no-config") == 2
    assert "SOURCE" in lookout.err


def test_a_wrong_file_stops_a_verb_but_not_its_help(lookout: Terminal, project: Path) -> None:
    (project / "lookout.yaml").write_text(FILE + "  polcy: fixed\nmeasur: {}\n")
    assert lookout("monitor") == 2
    assert "lookout.yaml:11: there is no key 'monitor.polcy'. Did you mean 'monitor.policy'? There is 1" in lookout.err
    assert "There is 1 more problem: `lookout config check` lists them all." in lookout.err
    assert lookout("monitor", "--help") == 0
    assert lookout("show", "baseline.parquet") == 0
    assert lookout("monitor", "fine", "-b", "baseline.parquet", "--no-config") == 0


def test_plugins_log_and_cache_of_a_file(lookout: Terminal, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LOOKOUTCV_CACHE")
    # A place that cannot be a cache would be refused if it were looked at.
    (project / "kept").touch()
    settings = yaml.safe_load(FILE) | {"log_level": "error", "measure": {"workers": 1, "cache": "kept"}}
    (project / "lookout.yaml").write_text(yaml.safe_dump(settings))
    assert lookout("monitor") == 2
    assert "the cache 'kept' is a file" in lookout.err
    assert lookout("monitor", "--no-cache") == 0
    settings["measure"]["cache"] = False
    (project / "lookout.yaml").write_text(yaml.safe_dump(settings))
    assert lookout("monitor") == 0
    assert lookout("monitor", "--cache", "kept") == 2
    settings["plugins"] = ["gone.py"]
    (project / "lookout.yaml").write_text(yaml.safe_dump(settings))
    assert lookout("monitor") == 1
    assert "gone.py" in lookout.err


def test_a_typed_model_does_not_get_the_files_card(lookout: Terminal, project: Path) -> None:
    (project / "light.py").write_text(
        "def one(pixels):\n    return [0.1, 0.9]\n\n\ndef two(pixels):\n    return [1.0]\n"
    )
    (project / "lookout.yaml").write_text(
        FILE + "model:\n  file: light.py:one\n  set: ['labels=[day, night]', head=softmax]\n"
    )
    picture = next((project / "fine").rglob("*.jpg"))
    assert lookout("predict", "light.py:one", picture, "--json") == 0
    assert "night" not in lookout.out  # typed, so without the file's labels
    assert lookout("measure", "fine", "-o", "r.csv") == 0
    assert "night" in (project / "r.csv").read_text()
    assert (
        lookout(
            "measure", "fine", "-o", "r.csv", "--model", "light.py:two", "--set", "labels=[x]", "--set", "head=softmax"
        )
        == 0
    )
    assert "night" not in (project / "r.csv").read_text()
