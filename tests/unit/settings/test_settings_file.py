"""A settings file as leaves with line numbers: every problem is told, nothing in it is executed or endless."""

from __future__ import annotations

from pathlib import Path

import pytest

from lookoutcv.errors import ConfigError
from lookoutcv.settings.key import Key
from lookoutcv.settings.schema import Schema, Section
from lookoutcv.settings.settings_file import FileContents, read_settings_file

SCHEMA = Schema(
    {"plugins": Key("plugins", "path", many=True)},
    {
        "measure": Section(
            "", {"workers": Key("workers", "integer", minimum=1), "cache": Key("cache", "path", can_be_off=True)}
        ),
        "monitor": Section(
            "",
            {
                "source": Key("source", "string", place=True),
                "policy": Key("policy", "string", place=True, place_names=("default", "fixed")),
                "fail_on": Key("fail_on", "string", choices=("low", "high")),
                "strict": Key("strict", "boolean"),
            },
        ),
    },
)


def reading(folder: Path, text: str | bytes, **environment: str) -> FileContents:
    path = folder / "lookout.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_settings_file(str(path), SCHEMA, environment)


def values(contents: FileContents) -> dict[str, object]:
    assert contents.problems == []
    return {f"{section}.{key}": one.value for (section, key), one in contents.values.items()}


def test_values_and_their_lines(tmp_path: Path) -> None:
    found = reading(tmp_path, "# mine\nmeasure:\n  workers: 3\n\nmonitor:\n  fail_on: high\n  strict: true\n")
    assert values(found) == {"measure.workers": 3, "monitor.fail_on": "high", "monitor.strict": True}
    assert found.values["monitor", "strict"].origin == f"{tmp_path / 'lookout.yaml'}:7"


def test_json_is_read_with_its_lines(tmp_path: Path) -> None:
    path = tmp_path / "lookout.json"
    path.write_text('{\n\t"measure": {"workers": 3},\n\t"monitor":\t{\n\t\t"strict": true\n\t}\n}\n')
    contents = read_settings_file(str(path), SCHEMA, {})
    assert values(contents) == {"measure.workers": 3, "monitor.strict": True}
    assert contents.values["monitor", "strict"].origin == f"{path}:4"
    path.write_text("{\n'measure': {}}")
    with pytest.raises(ConfigError, match=r"lookout\.json:2 is not JSON"):
        read_settings_file(str(path), SCHEMA, {})


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    text = "plugins: [a.py, /b.py]\nmeasure: {cache: kept}\nmonitor: {source: today/%Y%m%d, policy: mine.yaml}"
    assert values(reading(tmp_path, text)) == {
        ".plugins": [f"{tmp_path}/a.py", "/b.py"],
        "measure.cache": f"{tmp_path}/kept",
        "monitor.source": f"{tmp_path}/today/%Y%m%d",
        "monitor.policy": f"{tmp_path}/mine.yaml",
    }


def test_what_is_no_path_stays(tmp_path: Path) -> None:
    text = "measure: {cache: false}\nmonitor: {source: s3://bucket/today, policy: fixed}"
    assert values(reading(tmp_path, text)) == {
        "measure.cache": False,
        "monitor.source": "s3://bucket/today",
        "monitor.policy": "fixed",
    }


def test_texts_are_as_written(tmp_path: Path) -> None:
    # YAML would read a date, a number in base 8 and a truth value.
    for written in ("2026-11-21", "007", "1e3"):
        assert values(reading(tmp_path, f"monitor: {{source: {written}}}")) == {
            "monitor.source": f"{tmp_path}/{written}"
        }


def test_empty_sections_and_values_say_nothing(tmp_path: Path) -> None:
    assert values(reading(tmp_path, "measure:\n  # workers: 3\nmonitor:\n  source:\n")) == {}
    assert values(reading(tmp_path, "")) == {}


def test_the_environment_in_texts(tmp_path: Path) -> None:
    text = "monitor: {source: 'https://${TOKEN}@host/$${x}'}"
    assert values(reading(tmp_path, text, TOKEN="s3cret")) == {"monitor.source": "https://s3cret@host/${x}"}
    # What a variable holds is text, whatever it looks like.
    assert reading(tmp_path, "measure: {workers: '${N}'}", N="3").problems != []


def test_a_missing_variable_is_named(tmp_path: Path) -> None:
    (problem,) = reading(tmp_path, "monitor:\n  source: ${TOKEN}\n").problems
    assert str(problem).startswith(
        f"{tmp_path / 'lookout.yaml'}:2: monitor.source: the environment has no variable 'TOKEN'"
    )


@pytest.mark.parametrize(
    ("text", "line", "key", "message"),
    [
        ("monitr:\n  a: 1", 1, "monitr", "Did you mean 'monitor'?"),
        ("monitor:\n  polcy: fixed", 2, "monitor.polcy", "Did you mean 'monitor.policy'?"),
        ("monitor:\n  workers: 2", 2, "monitor.workers", "Did you mean 'measure.workers'?"),
        ("workers: 2", 1, "workers", "Did you mean 'measure.workers'?"),
        ("zzz: 2", 1, "zzz", "There are measure, monitor, plugins."),
        ("measure:\n  workers: 0", 2, "measure.workers", "give a whole number of at least 1"),
        ("measure:\n  workers: many", 2, "measure.workers", "'many' is wrong"),
        ("measure:\n  workers: [1]", 2, "measure.workers", "must be a whole number"),
        ("monitor:\n  fail_on: bad", 2, "monitor.fail_on", "give one of low, high"),
        ("monitor:\n  strict: 1", 2, "monitor.strict", "give true or false"),
        ("monitor:\n  source: true", 2, "monitor.source", "give text"),
        ("monitor: today", 1, "monitor", "is a section"),
        ("plugins:\n  - {a: b}", 1, "plugins", "quotation marks"),
        ("measure:\n  workers: 1\n  workers: 2", 3, "measure.workers", "is there twice"),
        ("- a", 1, "", "holds no settings"),
    ],
)
def test_wrong_keys_and_values_are_placed(tmp_path: Path, text: str, line: int, key: str, message: str) -> None:
    (problem,) = reading(tmp_path, text).problems
    assert problem.place == f"{tmp_path / 'lookout.yaml'}:{line}"
    assert problem.key == key
    assert message in problem.message


def test_every_problem_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    found = reading(tmp_path, "measure:\n  wrkers: 1\nmonitor:\n  strict: maybe\n  fail_on: low\nnonsense: 1\n")
    assert [problem.key for problem in found.problems] == ["measure.wrkers", "monitor.strict", "nonsense"]
    assert [*found.values] == [("monitor", "fail_on")]


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "\n".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("measure: [", "is not YAML"),
        (b"\xff\xfe\x00", "is not YAML"),
        ("[" * 100_000, "is not YAML"),
        ("measure: {workers: !!python/object/apply:os.system ['true']}", "must be a whole number"),
        ("monitor: {source: !!python/name:os.system x}", "is not YAML"),
        ("a: " + "x" * 1_000_001, "larger than 1 MB"),
        (f"{BOMB}\nplugins: *i", "quotation marks"),
        ("k: &k [" + "x, " * 900 + "]\n" + "\n".join("plugins: *k" for _ in range(30)), "is there twice"),
        ("plugins: [" + "x, " * 20_001 + "]", "more than 20,000 values"),
    ],
)
def test_hostile_files_are_refused(tmp_path: Path, text: str | bytes, message: str) -> None:
    try:
        told = " ".join(map(str, reading(tmp_path, text).problems))
    except ConfigError as error:
        told = str(error)
    assert message in told


def test_a_missing_file_is_explained(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        read_settings_file(str(tmp_path / "none.yaml"), SCHEMA)
