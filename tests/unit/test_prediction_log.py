"""A log as an object: its verbs are those of the command line, and another type ends in a sentence."""

from __future__ import annotations

import inspect
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import lookoutcv as lo
from lookoutcv.cli.log.read import group
from lookoutcv.errors import ConfigError, LookoutError, SourceNotFound, UnknownArgument

FILTERED = ("list", "read", "tail", "follow", "show", "query", "plot", "export", "label")


@pytest.fixture
def log(tmp_path: Path) -> lo.PredictionLog:
    with lo.ClassificationLogger("pets", model_version="1", enabled_metrics=[], directory=tmp_path) as logger:
        for number in range(4):
            assert logger.log_prediction(None, "cat", 0.5, f"{number}.jpg")
    return lo.open_log(tmp_path)


def test_every_verb_is_a_method() -> None:
    verbs = {command.name or command.callback.__name__ for command in group.registered_commands if command.callback}
    methods = {name.rstrip("_") for name in vars(lo.PredictionLog) if not name.startswith("_")}
    assert methods - verbs == {"read", "follow"}  # rows in memory; `tail --follow`
    assert verbs <= methods


def test_rows_are_chosen_in_one_way(log: lo.PredictionLog, tmp_path: Path) -> None:
    for name in FILTERED:
        parameters = inspect.signature(getattr(lo.PredictionLog, name)).parameters
        assert parameters["which"].annotation == "LogFilter | None", name
        assert parameters["filters"].annotation == "Unpack[Filters]", name
    pets, none = lo.LogFilter("pets", last="1d"), lo.LogFilter("pets", version="2")
    assert [log.read(pets).num_rows, log.read(none).num_rows, log.read(pets, version="2").num_rows] == [4, 0, 0]
    assert [log.tail(pets, n=2).num_rows, len(log.show("1.jpg", pets)), log.list(none).models] == [2, 1, []]
    assert log.query("SELECT count(*) AS n FROM log", pets, version="1").to_pylist() == [{"n": 4}]
    with pytest.raises(UnknownArgument, match="Did you mean 'model'"):
        log.read(modle="pets")  # type: ignore[call-arg]


def test_opening_reads_nothing_and_is_picklable(tmp_path: Path) -> None:
    log = pickle.loads(pickle.dumps(lo.open_log(tmp_path / "none", storage_options={"AWS_REGION": "x"})))
    assert (log.directory, log.storage_options) == (str(tmp_path / "none"), {"AWS_REGION": "x"})
    with pytest.raises(SourceNotFound):
        log.list()


def test_opening_loads_nothing_heavy() -> None:
    script = "import sys, lookoutcv as lo; lo.open_log('logs'); print(sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert not [name for name in ("pyarrow", "numpy", "polars", "deltalake", "cv2", "typer") if f"'{name}'" in loaded]


WRONG: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
    ("vacuum", (), {"older_than": 24}),
    ("vacuum", (), {"older_than": False}),
    ("retain", (), {"older_than": 90}),
    ("retain", (), {"older_than": "90d", "grace": 1}),
    ("retain", (), {"older_than": "90d", "model": 3}),
    ("retain", (), {"max_size": ["50GB"]}),
    ("compact", (), {"model": 3}),
    ("erase", (3,), {}),
    ("erase", ([3],), {}),
    ("erase", ("a",), {"wait": "5"}),
    ("erase", ("a",), {"model": b"pets"}),
    ("label", (3,), {}),
    ("import_", (3,), {}),
    ("import_", ([3],), {}),
    ("import_", ("a",), {"model": 3}),
    ("read", ("pets",), {}),
    ("read", (), {"columns": "id"}),
    ("read", (), {"columns": [3]}),
    ("read", (), {"as_": 3}),
    ("read", (), {"last": 24}),
    ("tail", (5,), {}),
    ("tail", (), {"n": "5"}),
    ("show", (3,), {}),
    ("query", (3,), {}),
    ("query", ("SELECT id FROM log",), {"output": 3}),
    ("query", ("SELECT id FROM log",), {"timeout": "60"}),
    ("query", ("SELECT id FROM log",), {"limit": "5"}),
    ("query", ("SELECT id FROM log",), {"max_bytes": "1GB"}),
    ("plot", (3,), {}),
    ("plot", (), {"by": 3}),
    ("plot", (), {"output": 3}),
    ("export", (3,), {}),
]


@pytest.mark.parametrize(("verb", "arguments", "keywords"), WRONG)
def test_another_type_ends_in_a_sentence(
    log: lo.PredictionLog, verb: str, arguments: tuple[Any, ...], keywords: dict[str, Any]
) -> None:
    with pytest.raises(LookoutError) as error:
        getattr(log, verb)(*arguments, **keywords)
    assert isinstance(error.value, ConfigError)
    assert error.value.remedy


@pytest.mark.parametrize("wrong", [3, None, [], b"logs"])
def test_what_is_no_place(wrong: Any) -> None:
    with pytest.raises(ConfigError, match="directory"):
        lo.open_log(wrong)
