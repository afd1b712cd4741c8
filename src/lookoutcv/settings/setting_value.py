"""The value of a setting with where it is from, and a problem with one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lookoutcv.secrets import masked


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a project's settings.

    Args:
        place: Where: "lookout.yaml:12", or an environment variable.
        key: Of what: "monitor.policy"; "" for the file itself.
        message: What is wrong and what to do, in sentences.
        nearest: The right key that is most like a wrong one.
    """

    place: str
    key: str
    message: str
    nearest: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


@dataclass(frozen=True)
class SettingValue:
    """A value, and where it is from.

    Args:
        value: In force.
        origin: "lookout.yaml:12", or an environment variable.
        from_file: Whether it is the file's.
        written: The value as the file has it, where it names variables: those are not shown.
    """

    value: Any
    origin: str
    from_file: bool = True
    written: Any = None

    @property
    def shown(self) -> str:
        """The value for people."""
        return in_words(self.value if self.written is None else self.written)


def in_words(value: Any) -> str:
    """A value on one line, for people.

    Example:
        >>> in_words(["a", "b"]), in_words(False)
        ('a, b', 'false')
    """
    values = value if isinstance(value, list) else [value]
    text = masked(", ".join(str(one).lower() if isinstance(one, bool) else str(one) for one in values))
    return text if text.isprintable() else repr(text)
