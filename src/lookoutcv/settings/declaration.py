"""What a declaration of a setting is: a field of a class, its type `Annotated` with a `Setting` that says the rest.

    @settings_class
    class IndexSettings:
        title: Annotated[str, Setting("Of the page.")] = "Drift reports"

A room declares what it may be told in such classes, and imports nothing heavy for it. What a caller in Python hands
over as `**options` is a `TypedDict` declared in the same way; its defaults stand in the `Setting`. The module of a
declaration has no `from __future__ import annotations`: the annotations are read while the program runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, TypeVar, dataclass_transform

Declaration = TypeVar("Declaration")


@dataclass(frozen=True)
class Setting:
    """What is to be known of a setting beside its name, type and default.

    Args:
        help: What it is, in a line.
        details: What a caller in Python should know beyond that.
        type: Of its value on a command line and in a file, where the annotation allows more: `Path | None`.
        default: What holds without it, where the class has no defaults.
        name: Of its key and flag, where that is not the field's own: "json" for `as_json`.
        flag: Where the flag is called otherwise than the key.
        short: A flag of one letter: "-o".
        metavar: What stands for its value in a usage line.
        positional: It is typed without a flag.
        negatable: `--thumbnails` has a `--no-thumbnails`.
        output: It names a file that is written.
        place: The text names a place: a folder, a URL, `file.py:function` ...
        place_names: Texts that are a place's name and no path: "default"; "timm:" for all that begin so.
        minimum: The least number allowed.
        off: `false` is allowed too, and turns it off; so does a flag `--no-NAME`, of which this is the help.
        companion: A parameter's name and setting: it is typed beside this one and changes it.
    """

    help: str
    details: str = ""
    type: Any = None
    default: Any = None
    name: str = ""
    flag: str = ""
    short: str = ""
    metavar: str | None = None
    positional: bool = False
    negatable: bool = False
    output: bool = False
    place: bool = False
    place_names: tuple[str, ...] = ()
    minimum: float | None = None
    off: str = ""
    companion: tuple[str, Any, Setting] | None = None


@dataclass(frozen=True)
class Argument:
    """An argument of functions that is no setting: only a program can hand it over.

    Args:
        help: What it is.
    """

    help: str


@dataclass_transform(frozen_default=True)
def settings_class(declaration: type[Declaration]) -> type[Declaration]:
    """Make a class of declared settings a frozen dataclass.

    Without the methods that nobody calls of them: `lookout --help` makes all of these classes, and takes 0.25 s in all.

    Example:
        >>> @settings_class
        ... class Box:
        ...     size: Annotated[int, Setting("Its side.")] = 3
        >>> Box().size
        3
    """
    return dataclass(frozen=True, eq=False, repr=False, match_args=False)(declaration)


FORCE_HELP = "Replace a file that is there and is none of ours."
RawSetting = Annotated[bool, Setting("CSV: write texts as they are, even those that a spreadsheet would run.")]
ForceSetting = Annotated[bool, Setting(FORCE_HELP)]
JSON_HELP = "Print JSON instead of text."
JsonSetting = Annotated[bool, Setting(JSON_HELP, name="json")]
