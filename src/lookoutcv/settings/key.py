"""One key of a settings file: its name, what values are allowed, and how text becomes one."""

from __future__ import annotations

from dataclasses import dataclass
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
        place_names: Texts that are a place's name and no path: "default"; "timm:" for all that begin so.
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
        value = f"one of {', '.join(self.choices)}" if self.choices else _KIND_NAMES[self.kind]
        if self.minimum is not None:
            value += f" of at least {self.minimum:g}"
        if self.many:
            return f"a list; each is {value}"
        return f"{value}, or false" if self.can_be_off else value

    def problem_in(self, value: Any) -> str | None:
        """What is wrong with a value; None where it is right."""
        if self.many:
            values = value if isinstance(value, list) else [value]
            return next(
                (f"{item!r} is wrong: give {self.expected}" for item in values if not self._accepts(item)), None
            )
        return None if self._accepts(value) else f"{value!r} is wrong: give {self.expected}"

    def _accepts(self, value: Any) -> bool:
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


_KIND_NAMES: dict[Kind, str] = {
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "string": "text",
    "path": "a path",
}
