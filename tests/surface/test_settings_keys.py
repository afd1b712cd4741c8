"""Every parameter of every verb is a key of the settings file, and every text that names a place is known as one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import typer.main

from lookoutcv.cli.main import app
from lookoutcv.cli.parameters import MEASURING, PICTURING, REPORTING
from lookoutcv.cli.schema import UNCONFIGURED, schema_of
from lookoutcv.settings.declaration import dotted
from lookoutcv.settings.effective import variable_of

SCHEMA = schema_of(app)
# Texts that are words and no places. One that may name a file or folder is marked with `PLACE` in its annotation
# (see cli/parameters.py), so that a settings file's relative paths hold from any folder.
WORDS = {
    *("metrics", "batch_by", "group_by", "device", "set", "fail_on", "log_level", "log_format", "title", "redact"),
    "model_name",
    "version",
    "last",
    "since",
    "until",
    "tag",
    "id",
    "sql",
    "what",
    "by",
    "log.model",
    "older_than",
    "max_size",
    "grace",
    "log.image",
}


def commands() -> Iterator[tuple[str, typer.core.TyperCommand]]:
    def below(group: object, above: str) -> Iterator[tuple[str, typer.core.TyperCommand]]:
        for name, command in group.commands.items():  # type: ignore[attr-defined]
            path = f"{above} {name}".strip()
            if path not in UNCONFIGURED:
                if hasattr(command, "commands"):
                    yield from below(command, path)
                else:
                    yield path, command

    return below(typer.main.get_command(app), "")


@pytest.mark.parametrize(("verb", "command"), [*commands()], ids=lambda one: one if isinstance(one, str) else "")
def test_every_parameter_of_a_verb_is_a_key(verb: str, command: typer.core.TyperCommand) -> None:
    known = SCHEMA.verbs[verb]
    shown = {p.name for p in command.params if p.name != "help" and not getattr(p, "hidden", False)}
    # `cache: false` says `--no-cache`.
    assert shown - {"no_cache"} == set(known)
    for places in known.values():
        assert all(key in SCHEMA.sections[section].keys for section, key in places)


def test_shared_groups_can_be_said_once() -> None:
    monitor, baseline = SCHEMA.verbs["monitor"], SCHEMA.verbs["baseline"]
    for name in {**MEASURING, **REPORTING, **PICTURING}.keys() - {"no_cache"}:
        assert monitor[name][-1][0] in ("measure", "model", "report"), name
        if name in PICTURING:
            assert baseline[name][-1] == monitor[name][-1]


def test_a_verbs_own_output_is_not_the_reports() -> None:
    assert SCHEMA.verbs["baseline"]["output"] == (("baseline", "output"),)
    assert SCHEMA.verbs["monitor"]["output"] == (("monitor", "output"), ("report", "output"))


def test_every_text_is_a_place_or_words() -> None:
    texts = {dotted(section, key.name): key for section, key in SCHEMA.all_keys() if key.kind == "string"}
    undecided = [
        path for path, key in texts.items() if not key.place and not {path, key.name} & WORDS and not key.choices
    ]
    assert undecided == [], "mark it with PLACE in its annotation, or name it in WORDS here"


def test_every_key_says_what_it_is() -> None:
    assert [dotted(section, key.name) for section, key in SCHEMA.all_keys() if not key.help] == []


def test_variables_have_one_meaning() -> None:
    names = [variable_of(section, key) for section, key in SCHEMA.all_keys()]
    assert len(names) == len(set(names))


def test_defaults_are_right_values() -> None:
    for section, key in SCHEMA.all_keys():
        if key.default is not None:
            assert key.problem_in(key.default) is None, dotted(section, key.name)


def test_keys_are_named_as_flags_are() -> None:
    flags = {flag for _, command in commands() for p in command.params for flag in p.opts if flag.startswith("--")}
    flags |= {f"--{p.name}" for _, command in commands() for p in command.params if not p.opts[0].startswith("-")}
    own = {f"--{key.name.replace('_', '-')}" for section, key in SCHEMA.all_keys() if section and key.name != "file"}
    assert own <= flags
