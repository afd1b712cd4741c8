"""What is in force: the environment before the file, a verb's own section before what verbs share."""

from __future__ import annotations

from pathlib import Path

import pytest

from lookoutcv.settings.effective import EffectiveSettings, effective_settings, misspelt_variables, variable_of
from lookoutcv.settings.key import Key
from lookoutcv.settings.schema import Schema, Section

MODEL = {"file": Key("file", "string", place=True), "card": Key("card", "path"), "set": Key("set", "string", many=True)}
OWN = {"model": Key("model", "string", place=True), "workers": Key("workers", "integer", minimum=1)}
SCHEMA = Schema(
    {"plugins": Key("plugins", "path", many=True), "log_level": Key("log_level", "string")},
    {
        "measure": Section("", {"workers": OWN["workers"], "cache": Key("cache", "path", can_be_off=True)}),
        "model": Section("", MODEL),
        "monitor": Section("", OWN),
    },
    {
        "monitor": {
            "workers": (("monitor", "workers"), ("measure", "workers")),
            "cache": (("measure", "cache"),),
            "model": (("monitor", "model"), ("model", "file")),
            "card": (("monitor", "card"), ("model", "card")),
            "set_": (("monitor", "set"), ("model", "set")),
        }
    },
)


def of(folder: Path, text: str, **environment: str) -> dict[str, object]:
    return {name: one.value for name, one in found(folder, text, **environment).parameters_of("monitor").items()}


def found(folder: Path, text: str, **environment: str) -> EffectiveSettings:
    path = folder / "lookout.yaml"
    path.write_text(text)
    return effective_settings(SCHEMA, str(path), environment)


def test_a_verbs_own_section_goes_first(tmp_path: Path) -> None:
    assert of(tmp_path, "measure: {workers: 2}") == {"workers": 2}
    assert of(tmp_path, "measure: {workers: 2}\nmonitor: {workers: 3}") == {"workers": 3}


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    text = "monitor: {workers: 3}"
    assert of(tmp_path, text, LOOKOUTCV_MONITOR_WORKERS="4") == {"workers": 4}
    assert of(tmp_path, text, LOOKOUTCV_MEASURE_WORKERS="5") == {"workers": 5}
    assert of(tmp_path, text, LOOKOUTCV_MEASURE_WORKERS="") == {"workers": 3}


def test_without_a_file_the_environment_speaks() -> None:
    taken = effective_settings(SCHEMA, None, {"LOOKOUTCV_MODEL_SET": "labels=[a, b]\nhead=softmax"}).parameters_of(
        "monitor"
    )
    assert taken["set_"].value == ["labels=[a, b]", "head=softmax"]
    assert taken["set_"].origin == "LOOKOUTCV_MODEL_SET"


def test_a_card_goes_with_the_model_beside_it(tmp_path: Path) -> None:
    text = "model: {file: /m.onnx, card: /m.yaml}\n"
    assert of(tmp_path, text) == {"model": "/m.onnx", "card": "/m.yaml"}
    assert of(tmp_path, text + "monitor: {model: /other.onnx}") == {"model": "/other.onnx"}
    assert of(tmp_path, text, LOOKOUTCV_MODEL_FILE="/other.onnx") == {"model": "/other.onnx"}
    both = {"LOOKOUTCV_MODEL_FILE": "/other.onnx", "LOOKOUTCV_MODEL_CARD": "/o.yaml"}
    assert of(tmp_path, text, **both) == {"model": "/other.onnx", "card": "/o.yaml"}
    # One variable for the card alone goes with the file's model.
    assert of(tmp_path, text, LOOKOUTCV_MODEL_CARD="/o.yaml") == {"model": "/m.onnx", "card": "/o.yaml"}


def test_the_older_variable_of_the_cache_counts(tmp_path: Path) -> None:
    assert of(tmp_path, "measure: {cache: /kept}", LOOKOUTCV_CACHE="off") == {"cache": False}
    assert of(tmp_path, "measure: {cache: false}", LOOKOUTCV_CACHE="/kept") == {"cache": "/kept"}


@pytest.mark.parametrize("text", ["0", "many", "1.5"])
def test_a_wrong_variable_is_a_problem(tmp_path: Path, text: str) -> None:
    (problem,) = found(tmp_path, "", LOOKOUTCV_MEASURE_WORKERS=text).problems
    assert str(problem).startswith("LOOKOUTCV_MEASURE_WORKERS: ")
    assert problem.key == "measure.workers"


def test_variables_of_keys_outside_of_sections() -> None:
    assert variable_of("", SCHEMA.top["log_level"]) == "LOOKOUTCV_LOG_LEVEL"
    # Plugins of the environment and of the file add up, elsewhere.
    assert effective_settings(SCHEMA, None, {"LOOKOUTCV_PLUGINS": "a.py"}).values == {}


def test_misspelt_variables_are_named() -> None:
    (problem,) = misspelt_variables(SCHEMA, {"LOOKOUTCV_MEASURE_WORKRES": "1", "LOOKOUTCV_TOKEN": "x", "HOME": "/"})
    assert str(problem) == (
        "LOOKOUTCV_MEASURE_WORKRES: this variable is no setting. Did you mean LOOKOUTCV_MEASURE_WORKERS?"
    )


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        (Key("a", "boolean"), "yes", True),
        (Key("a", "boolean"), "0", False),
        (Key("a", "boolean"), "maybe", "maybe"),
        (Key("a", "number"), "1.5", 1.5),
        (Key("a", "path", can_be_off=True), "OFF", False),
        (Key("a", "string"), "off", "off"),
    ],
)
def test_texts_become_values(key: Key, text: str, value: object) -> None:
    assert key.parse(text) == value
