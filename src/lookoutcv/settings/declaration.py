"""What a project's settings may hold: sections of keys, each key a parameter of some verb."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["boolean", "integer", "number", "string", "path"]

# What a key that can be turned off is given for that, on a command line and in the environment.
OFF = "off"
_TRUE, _FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")


@dataclass(frozen=True)
class Key:
    """One setting.

    Args:
        name: Its key in the file; that of its flag.
        kind: Of a value. A "path" is taken relative to the file; so is a string that is a `place`.
        help: What it is, in a line.
        default: What holds without it; None where nothing does.
        place: The string names a place: a folder, a URL, `file.py:function` ...
        place_names: Texts that are a place's name and no path: "default".
        many: It holds a list.
        minimum, choices: What values are allowed.
        can_be_off: `false` is allowed as well, and turns it off.
    """

    name: str
    kind: Kind
    help: str = ""
    default: Any = None
    place: bool = False
    place_names: tuple[str, ...] = ("-",)
    many: bool = False
    minimum: float | None = None
    choices: tuple[str, ...] = ()
    can_be_off: bool = False

    @property
    def expected(self) -> str:
        """What a value must be, in words."""
        one = f"one of {', '.join(self.choices)}" if self.choices else _WORDS[self.kind]
        if self.minimum is not None:
            one += f" of at least {self.minimum:g}"
        if self.many:
            return f"a list; each is {one}"
        return f"{one}, or false" if self.can_be_off else one

    def problem_in(self, value: Any) -> str | None:
        """What is wrong with a value; None where it is right."""
        if self.many:
            values = value if isinstance(value, list) else [value]
            return next((f"{one!r} is wrong: give {self.expected}" for one in values if not self._takes(one)), None)
        return None if self._takes(value) else f"{value!r} is wrong: give {self.expected}"

    def _takes(self, value: Any) -> bool:
        if value is False and self.can_be_off:
            return True
        if self.kind == "boolean" or isinstance(value, bool):
            return self.kind == "boolean" and isinstance(value, bool)
        if self.kind in ("integer", "number"):
            number = isinstance(value, int if self.kind == "integer" else int | float)
            return number and (self.minimum is None or value >= self.minimum)
        return isinstance(value, str) and value != "" and (not self.choices or value in self.choices)

    def parse(self, text: str) -> Any:
        """A value written as text, as environment variables are; the text itself where it is no such value."""
        if self.can_be_off and text.lower() == OFF:
            return False
        if self.many:
            return [line for line in text.splitlines() if line]
        if self.kind == "boolean":
            return True if text.lower() in _TRUE else False if text.lower() in _FALSE else text
        if self.kind in ("integer", "number"):
            try:
                return int(text) if self.kind == "integer" else float(text)
            except ValueError:
                return text
        return text


_WORDS: dict[Kind, str] = {
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "string": "text",
    "path": "a path",
}


@dataclass(frozen=True)
class Section:
    """Keys that belong together.

    Args:
        help: What they are, in a line.
        keys: By name.
    """

    help: str
    keys: Mapping[str, Key]


@dataclass(frozen=True)
class Schema:
    """Every setting there is.

    Args:
        top: Keys outside of any section.
        sections: By name.
        verbs: For each verb, by its parameters' names, the (section, key) where each is looked up: the first that is
            given.
    """

    top: Mapping[str, Key]
    sections: Mapping[str, Section]
    verbs: Mapping[str, Mapping[str, tuple[tuple[str, str], ...]]] = field(default_factory=dict)

    def key(self, section: str, name: str) -> Key:
        """One setting; `section` is "" for those outside of any."""
        return self.top[name] if section == "" else self.sections[section].keys[name]

    def primary_keys(self, section: str) -> set[str]:
        """The keys that are best said in a section: not those of a verb that other verbs share."""
        if section == "":
            return set(self.top)
        places = [place for verb in self.verbs.values() for place in verb.values()]
        shared = {found[-1] for found in places if len(found) > 1}
        own = {found[0] for found in places if len(found) == 1}
        chosen = shared if any(name == section for name, _ in shared) else own
        return {key for name, key in chosen if name == section}

    def all_keys(self) -> list[tuple[str, Key]]:
        """Every (section, key)."""
        inside = [(name, key) for name, section in self.sections.items() for key in section.keys.values()]
        return [("", key) for key in self.top.values()] + inside

    def paths(self) -> list[str]:
        """Every key as messages write it: "monitor.policy"."""
        return [dotted(section, key.name) for section, key in self.all_keys()]

    def nearest(self, section: str, name: str) -> list[str]:
        """The right key that is most like a wrong one: of its own section, else of any."""
        if section in self.sections:
            own = difflib.get_close_matches(name, self.sections[section].keys, n=1)
            elsewhere = [path for path in self.paths() if path.rpartition(".")[2] == name]
            return [dotted(section, own[0])] if own else elsewhere[:1]
        inside = [path for path in self.paths() if path.rpartition(".")[2] == name]
        return difflib.get_close_matches(name, [*self.sections, *self.top], n=1) or inside[:1]


def dotted(section: str, name: str) -> str:
    """A key as messages write it."""
    return f"{section}.{name}" if section else name
