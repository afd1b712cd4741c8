"""A settings file as `lookout init` writes it: what was found, and every other key as a comment with what it does."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

from lookoutcv.settings.key import Key
from lookoutcv.settings.schema import Schema

_HEAD = """\
# The settings of this project: every `lookout` verb reads them, so that `lookout baseline` and `lookout monitor` need
# no arguments. Paths are relative to this file. The command line goes before it, and so do environment variables such
# as LOOKOUTCV_MONITOR_FAIL_ON=high. ${NAME} in a text is the variable NAME: passwords do not belong in here.
#
#   lookout config check     what is wrong, if anything
#   lookout config show      what holds, and where it is from
#   lookout config schema    every key, as JSON Schema for editors
"""
# The order in which a person thinks of them; sections that others bring go last and are left out of a new file.
_ORDER = ("baseline", "monitor", "model", "report", "measure")
_WIDTH = 120
_COMMENT_COLUMN = 28

ValuesByKey = Mapping[tuple[str, str], Any]


def settings_text(
    schema: Schema, values: ValuesByKey, notes: Mapping[tuple[str, str], str] | None = None, head: str = ""
) -> str:
    """The file.

    Args:
        schema: What there is to say.
        values: Values by (section, key).
        notes: A remark above some of them.
        head: A line to begin with.
    """
    lines = [head] if head else []
    lines += [_HEAD]
    for name in _ORDER:
        section = schema.sections[name]
        lines += [*(f"# {line}" for line in textwrap.wrap(section.help, _WIDTH - 2)), f"{name}:"]
        primary_keys = schema.primary_keys(name)
        for key in section.keys.values():
            if (name, key.name) not in values and key.name not in primary_keys:
                continue
            note = (notes or {}).get((name, key.name))
            lines += [f"  # {line}" for line in textwrap.wrap(note, _WIDTH - 4)] if note else []
            lines += _key_lines(key, values.get((name, key.name)))
        lines.append("")
    lines += [f"# {_assigned(key, key.default)}" for key in schema.top.values()]
    return "\n".join(lines) + "\n"


def _key_lines(key: Key, value: Any) -> list[str]:
    """A key with its value; one without is a comment that shows the default and what the key does."""
    if value is not None:
        return [f"  {_assigned(key, value)}"]
    assignment = f"  # {_assigned(key, key.default)}".ljust(_COMMENT_COLUMN)
    help_ = " ".join(key.help.split())
    if key.choices:
        help_ = f"{help_} ({', '.join(key.choices)})"
    line = f"{assignment}  # {help_}"
    if len(line) <= _WIDTH:
        return [line]
    return [*(f"  # {part}" for part in textwrap.wrap(help_, _WIDTH - 4)), assignment.rstrip()]


def _assigned(key: Key, value: Any) -> str:
    return f"{key.name}: {as_yaml(value)}".rstrip()


def as_yaml(value: Any) -> str:
    """A value as a settings file says it, on one line.

    Example:
        >>> as_yaml("%Y"), as_yaml("a ${b}"), as_yaml(None)
        ("'%Y'", 'a $${b}', '')
    """
    import yaml  # noqa: PLC0415

    if value is None:
        return ""
    text = [_escaped(item) for item in value] if isinstance(value, list) else _escaped(value)
    written = yaml.safe_dump(text, default_flow_style=True, width=float("inf"), allow_unicode=True)
    return written.removesuffix("\n").removesuffix("\n...")


def _escaped(value: Any) -> Any:
    return value.replace("${", "$${") if isinstance(value, str) else value
