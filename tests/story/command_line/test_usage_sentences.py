"""A command line that is not understood ends with what to type."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from lookoutcv.cli.app import app
from lookoutcv.cli.main import main


def _last_line(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert main(words) == 2
    return capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("monitor day --baslin b.parquet", "type --baseline in place of --baslin."),
        ("monitor day --html", "type a value after it: --html report.html."),
        ("monitor day -b b.parquet --html --json", "Type --html report.html --json."),
        ("monitor day --fail-on", "type a value after it: --fail-on low."),
        ("monitor day -b b --fail-on hihg", "type --fail-on high."),
        ("--log-level loud doctor", "type --log-level with one of debug, info, warning, error."),
        ("monitor day --sample many", "type a whole number after --sample."),
        ("monitor day --sample 0", "type a whole number of at least 1 after --sample."),
        ("baseline day --json=yes", "type --json alone."),
        (
            "evaluate day --model m.onnx",
            "leave --model out and put its value in its place: `lookout evaluate MODEL [SOURCE...]`.",
        ),
        ("baseline day --num-workers 3", "type --workers in place of --num-workers."),
        ("measure day --zzzz", "`lookout measure --help` lists what it takes."),
        ("measure day --group-by camera", "--group-by is an option of `lookout monitor` and `lookout compare`."),
        ("--baseline b monitor day", "type --baseline after the verb: `lookout monitor ... --baseline FILE`."),
        ("--jsno monitor day", "type --json after the verb: `lookout monitor ... --json`."),
        ("baseline", "type `lookout baseline SOURCE`."),
        ("monitor", "type `lookout monitor SOURCE`."),
        ("compare a", "type `lookout compare A B`."),
        ("compare a b c", "leave out c, or put a name with spaces in quotes: `lookout compare A B`."),
        ("monitr day -b b.parquet", "type `lookout monitor day -b b.parquet`."),
        ("Monitor day", "type `lookout monitor day`."),
        ("lookout measure day", "type `lookout measure day`."),
        ("diff a b", "type `lookout compare a b`."),
        ("tail --model pets", "type `lookout log tail --model pets`."),
        # Only a little like `log retain`, which erases.
        ("retouch photo.jpg", "the verbs are demo, measure,"),
        ("gradcam net.onnx photo.jpg", "type `lookout explain net.onnx photo.jpg`."),
        ("log lst", "type `lookout log list`."),
        ("log", "type a verb after it: `lookout log list`."),
        ("log zzz", "the verbs are list, import, tail, show, query,"),
        ("config chek", "type `lookout config check`."),
        ("version", "type `lookout --version`."),
        ("-v", "type --version in place of -v."),
    ],
)
def test_what_to_type_is_the_last_line(words: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert said in _last_line(words.split(), capsys)


def _commands(path: tuple[str, ...], command: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield path, command
    for name, one in getattr(command, "commands", {}).items():
        yield from _commands((*path, name), one)


COMMANDS = [pytest.param(*one, id=" ".join(one[0]) or "lookout") for one in _commands((), typer.main.get_command(app))]


# Each once, at the first verb that has it.
OPTIONS = {
    next(word for word in option.opts if word.startswith("--")): (path, option)
    for path, command in reversed([one.values for one in COMMANDS])
    for option in command.params
    if option.param_type_name == "option"
}


@pytest.mark.parametrize("name", OPTIONS)
def test_each_option_is_found_misspelt_and_asked_for_its_value(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    path, option = OPTIONS[name]
    wrong = f"--{name[2]}{name[2:]}"
    assert f"type {name} in place of {wrong}." in _last_line([*path, wrong], capsys)
    if not option.is_flag:
        assert re.search(rf"type a value after it: {name} \S+\. `lookout", _last_line([*path, name], capsys))


@pytest.mark.parametrize(("path", "command"), [one for one in COMMANDS if one.values[0]])
def test_each_verb_is_found_misspelt(path: tuple[str, ...], command: Any, capsys: pytest.CaptureFixture[str]) -> None:
    *above, verb = path
    wrong = [*above, verb[:1] + verb]
    assert f"type `{' '.join(['lookout', *path, 'x'])}`." in _last_line([*wrong, "x"], capsys)
