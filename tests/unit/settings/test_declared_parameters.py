"""Declarations: fields of dataclasses and TypedDicts resolved into parameters, keys and flags."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TypedDict

import pytest

from lookoutcv.settings.declaration import Argument, Setting, settings_class
from lookoutcv.settings.declared_parameters import declared_parameters, documentation


class Level(StrEnum):
    low = "low"
    high = "high"


def dataclass_of(**fields: tuple[Any, Any]) -> type:
    namespace = {"__annotations__": {name: hint for name, (hint, _) in fields.items()}}
    defaults = {name: default for name, (_, default) in fields.items() if default is not ...}
    return settings_class(type("Made", (), {**namespace, **defaults}))


@pytest.mark.parametrize(
    ("hint", "kind", "many", "choices"),
    [
        (bool, "boolean", False, ()),
        (int | None, "integer", False, ()),
        (float, "number", False, ()),
        (str, "string", False, ()),
        (Path | None, "path", False, ()),
        (list[Path], "path", True, ()),
        (list[str] | None, "string", True, ()),
        (Level | None, "string", False, ("low", "high")),
    ],
)
def test_types_become_kinds(hint: Any, kind: str, many: bool, choices: tuple[str, ...]) -> None:
    (parameter,) = declared_parameters(dataclass_of(size=(Annotated[hint, Setting("Its size.")], None)))
    key = parameter.key
    assert (key.name, key.kind, key.many, key.choices, key.help) == ("size", kind, many, choices, "Its size.")


def test_a_field_without_a_default_is_required() -> None:
    declared = dataclass_of(
        source=(Annotated[str, Setting("Images.", positional=True, place=True)], ...),
        level=(Annotated[Level, Setting("How bad.")], Level.high),
        output=(Annotated[Path, Setting("Where to.", short="-o")], Path("a.parquet")),
    )
    source, level, output = declared_parameters(declared)
    assert (source.required, source.default, source.flags, source.key.place) == (True, None, (), True)
    assert (level.required, level.default, level.key.default) == (False, Level.high, "high")
    assert (output.flags, output.key.default) == (("--output", "-o"), "a.parquet")


def test_flags_and_keys_have_names_of_their_own() -> None:
    declared = dataclass_of(
        as_json=(Annotated[bool, Setting("Print JSON.", name="json")], False),
        set_=(Annotated[list[str] | None, Setting("A setting of the card.")], None),
        plugin=(Annotated[list[Path] | None, Setting("A file.", name="plugins", flag="plugin")], None),
        max_pixels=(Annotated[int | None, Setting("Most.", minimum=1)], None),
        thumbnails=(Annotated[bool, Setting("Keep pictures.", negatable=True)], True),
    )
    assert [(one.name, one.key.name, one.flags) for one in declared_parameters(declared)] == [
        ("as_json", "json", ("--json",)),
        ("set_", "set", ("--set",)),
        ("plugin", "plugins", ("--plugin",)),
        ("max_pixels", "max_pixels", ("--max-pixels",)),
        ("thumbnails", "thumbnails", ("--thumbnails/--no-thumbnails",)),
    ]


def test_what_can_be_off_has_a_flag_that_is_no_key() -> None:
    declared = dataclass_of(cache=(Annotated[Path | None, Setting("A folder.", off="Keep none.")], None))
    cache, no_cache = declared_parameters(declared)
    assert cache.key.can_be_off
    assert (no_cache.name, no_cache.flags, no_cache.in_file) == ("no_cache", ("--no-cache",), False)
    assert (no_cache.key.kind, no_cache.default, no_cache.key.help) == ("boolean", False, "Keep none.")


def test_a_companion_comes_after_what_it_changes() -> None:
    change = Setting("A setting of the card.", name="set")
    card = Setting("The card.", companion=("set_", list[str] | None, change))
    declared = dataclass_of(
        card=(Annotated[Path | None, card], None), device=(Annotated[str, Setting("Where.")], "cpu")
    )
    assert [(one.name, one.key.many) for one in declared_parameters(declared)] == [
        ("card", False),
        ("set_", True),
        ("device", False),
    ]


def test_arguments_are_no_settings_and_are_described() -> None:
    fields: Any = {
        "seed": Annotated[int, Setting("Of the draw.", default=0)],
        "progress": Annotated["Any", Argument("Called often.")],
        "plain": int,
    }
    made: Any = TypedDict("made", fields, total=False)  # type: ignore[operator]
    (seed,) = declared_parameters(made)
    assert (seed.name, seed.default, seed.required) == ("seed", 0, False)
    assert documentation(made).splitlines()[-2:] == ["    seed: Of the draw.", "    progress: Called often."]


def test_bases_come_first() -> None:
    base = dataclass_of(directory=(Annotated[str, Setting("The log.")], "logs"))
    names = {"__annotations__": {"tag": Annotated[str | None, Setting("A tag.")]}, "tag": None}
    assert [one.name for one in declared_parameters(settings_class(type("Rows", (base,), names)))] == [
        "directory",
        "tag",
    ]
