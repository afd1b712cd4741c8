"""A project's settings as arguments of functions."""

from __future__ import annotations

from pathlib import Path

import pytest

import lookoutcv as lo
from lookoutcv.configuration.project_schema import project_schema
from lookoutcv.configuration.project_settings import combined, read_project
from lookoutcv.errors import ConfigError
from lookoutcv.settings.effective import effective_settings


@pytest.fixture(autouse=True)
def no_variable_of_the_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LOOKOUTCV_CACHE", raising=False)


def project(folder: Path, text: str) -> lo.ProjectSettings:
    path = folder / "lookout.yaml"
    path.write_text(text)
    return lo.load_config(path)


def test_arguments_are_those_of_the_function(tmp_path: Path) -> None:
    settings = project(
        tmp_path,
        "baseline: {source: good, output: b.parquet, batch_by: day}\nmeasure: {workers: 2, cache: false}\n"
        "report: {html: r.html, thumbnails: false}\n",
    )
    assert settings.baseline == {
        "source": str(tmp_path / "good"),
        "batch_by": "day",
        "workers": 2,
        "cache": False,
        "thumbnails": False,
    }
    assert settings.value("baseline.output") == str(tmp_path / "b.parquet")
    assert settings.value("monitor.html", "nothing") == "nothing"


def test_a_setting_of_the_card_makes_a_card(tmp_path: Path) -> None:
    settings = project(tmp_path, "model: {file: m.onnx, set: ['input.colour=BGR']}\n")
    card = settings.monitor["card"]
    assert isinstance(card, lo.Card)
    assert card.input.colour == "BGR"


def test_there_are_no_settings_of_what_is_no_verb(tmp_path: Path) -> None:
    settings = project(tmp_path, "")
    with pytest.raises(AttributeError, match="no settings of 'monitr'"):
        _ = settings.monitr


def test_the_first_problem_is_the_error_and_all_are_its_field(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"There is 1 more problem") as caught:
        project(tmp_path, "monitor:\n  polcy: fixed\n  fail_on: never\n")
    assert caught.value.fields["key"] == "monitor.polcy"
    assert caught.value.fields["nearest"] == ("monitor.policy",)
    assert [problem.place.rpartition(":")[2] for problem in caught.value.fields["problems"]] == ["2", "3"]


def test_without_a_file_and_variables_nothing_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LOOKOUTCV_CONFIG", raising=False)
    assert read_project() is None
    monkeypatch.setenv("LOOKOUTCV_MONITOR_FAIL_ON", "high")
    effective = read_project()
    assert effective is not None
    assert effective.values["monitor", "fail_on"].origin == "LOOKOUTCV_MONITOR_FAIL_ON"


@pytest.mark.parametrize(
    ("values", "arguments"),
    [
        ({"no_cache": True, "cache": None}, {"cache": False}),
        ({"no_cache": False, "cache": Path("OFF")}, {"cache": False}),
        ({"no_inference": True, "model": "m.onnx", "device": "cuda", "seed": 1}, {"seed": 1}),
        ({"no_inference": False, "model": "m.onnx", "set_": None}, {"model": "m.onnx"}),
        ({"model": None, "set_": ["a=b"]}, {"model": None}),
    ],
)
def test_settings_that_change_another_are_gone_into_that(
    values: dict[str, object], arguments: dict[str, object]
) -> None:
    assert combined(values) == arguments


OLDER = {"CV_MODEL_VARIANT": "cnn", "CV_CNN_EPOCHS": "9", "CV_CNN_BATCH_SIZE": "8", "CV_CNN_LR": "1e-4"}


def test_four_variables_of_older_services_count_and_ours_go_before_them() -> None:
    def fitted(**environment: str) -> dict[str, object]:
        settings = effective_settings(project_schema(), None, environment)
        assert settings.problems == ()
        return {name: one.value for name, one in settings.parameters_of("gate fit").items()}

    told = {"variant": "cnn", "epochs": 9, "batch_size": 8, "learning_rate": 1e-4}
    assert fitted(**OLDER) == told
    assert fitted(**OLDER, LOOKOUTCV_GATE_EPOCHS="3") == {**told, "epochs": 3}
    assert "epochs" not in fitted(**OLDER | {"CV_CNN_EPOCHS": ""})
    assert effective_settings(project_schema(), None, {"CV_CNN_EPOCHS": "many"}).problems[0].place == "CV_CNN_EPOCHS"


def test_a_variable_of_an_older_service_is_read_without_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LOOKOUTCV_CONFIG", raising=False)
    monkeypatch.setenv("CV_MODEL_VARIANT", "cnn")
    assert lo.load_config().value("gate.variant") == "cnn"
