"""A settings file as leaves with line numbers. Every problem is collected, not only the first."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lookoutcv.errors import ConfigError
from lookoutcv.secrets import hide, hide_secrets_of
from lookoutcv.settings.key import Key
from lookoutcv.settings.schema import Schema, dotted
from lookoutcv.settings.setting_value import Problem, SettingValue
from lookoutcv.settings.yaml_file import explained_syntax_errors, is_json, read_bounded

if TYPE_CHECKING:
    from yaml import Node, SafeLoader

# A few hundred keys exist. Repeated references can make more of a small file than memory holds.
_MOST_VALUES = 20_000
_NULL = "tag:yaml.org,2002:null"
_LOG = "log:"
_DIRECTORY = re.compile(r"([?&]directory=)([^&]+)")
_REFERENCE = re.compile(r"\$(\$\{|\{([^}]*)\})")


@dataclass
class FileContents:
    """What a file says: right settings by (section, key), and problems."""

    values: dict[tuple[str, str], SettingValue] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read_settings_file(path: str, schema: Schema, environment: Mapping[str, str] = os.environ) -> FileContents:
    """Read a settings file.

    Args:
        path: JSON where its name ends in .json, else YAML.
        schema: What it may hold.
        environment: Where `${NAME}` in a text is looked up.
    Raises:
        ConfigError: It cannot be read, or is no YAML or JSON. Fields: path.
    """
    import yaml  # noqa: PLC0415 - only those who have a settings file pay for it

    content = read_bounded(path)
    loader: SafeLoader | None = None
    try:
        with explained_syntax_errors(path):
            if is_json(path):
                json.loads(content)
                # JSON is YAML but for tabs between its tokens; a text in it holds none.
                content = content.replace(b"\t", b" ")
            loader = yaml.SafeLoader(content)
            return _Reader(path, schema, environment, loader).contents(loader.get_single_node())
    finally:
        if loader is not None:
            loader.dispose()


class _Reader:
    """Walks the nodes of a YAML file as deep as settings go, and no deeper."""

    def __init__(self, path: str, schema: Schema, environment: Mapping[str, str], loader: SafeLoader) -> None:
        self._path = path
        self._folder = os.path.dirname(path)
        self._schema = schema
        self._environment = environment
        self._loader = loader
        self._value_count = 0
        self._names_variables = False
        self._contents = FileContents()

    def contents(self, root: Node | None) -> FileContents:
        from yaml import MappingNode  # noqa: PLC0415

        if root is None:
            return self._contents
        if not isinstance(root, MappingNode):
            self._add_problem(1, "", "it holds no settings. Write one `section:` a line, its keys indented below it")
            return self._contents
        for name, line, node in self._members(root, ""):
            if name in self._schema.top:
                self._setting("", self._schema.top[name], line, node)
            elif name not in self._schema.sections:
                self._add_unknown_key("", name, line)
            elif isinstance(node, MappingNode):
                self._section(name, node)
            elif node.tag != _NULL:
                self._add_problem(line, name, f"{name!r} is a section: write its keys below it, as `  key: value`")
        return self._contents

    def _section(self, section: str, node: Node) -> None:
        keys = self._schema.sections[section].keys
        for name, line, value in self._members(node, section):
            if name in keys:
                self._setting(section, keys[name], line, value)
            else:
                self._add_unknown_key(section, name, line)

    def _members(self, node: Node, section: str) -> Iterator[tuple[str, int, Node]]:
        names: set[str] = set()
        for key, value in node.value:
            self._count()
            line = key.start_mark.line + 1
            name = str(key.value) if isinstance(key.value, str) else "?"
            if name in names:
                self._add_problem(line, dotted(section, name), f"{dotted(section, name)!r} is there twice. Keep one")
            else:
                names.add(name)
                yield name, line, value

    def _count(self) -> None:
        self._value_count += 1
        if self._value_count > _MOST_VALUES:
            raise ConfigError(
                f"{self._path} holds more than {_MOST_VALUES:,} values", "Give a settings file.", path=self._path
            )

    def _setting(self, section: str, key: Key, line: int, node: Node) -> None:
        path = dotted(section, key.name)
        self._names_variables = False
        try:
            value = self._value(key, node)
        except LookupError as reason:
            self._add_problem(line, path, f"{path}: {reason.args[0]}")
            return
        problem = None if value is None else key.problem_in(value)
        if problem:
            self._add_problem(line, path, f"{path}: {problem}")
        elif value is not None:
            written = _written(node) if self._names_variables else None
            resolved = resolve_paths(key, value, self._folder)
            self._contents.values[section, key.name] = SettingValue(resolved, f"{self._path}:{line}", written=written)

    def _value(self, key: Key, node: Node) -> Any:
        from yaml import ScalarNode, SequenceNode  # noqa: PLC0415

        if isinstance(node, ScalarNode):
            value = self._scalar(key, node)
            return [value] if key.many and value is not None else value
        if isinstance(node, SequenceNode) and key.many:
            return [self._item(key, item) for item in node.value]
        raise LookupError(f"{key.name!r} must be {key.expected}")

    def _item(self, key: Key, node: Node) -> Any:
        from yaml import ScalarNode  # noqa: PLC0415

        self._count()
        if not isinstance(node, ScalarNode):
            raise LookupError(
                f"{key.name!r} must be {key.expected}. Put quotation marks around an entry with `: ` or `[`"
            )
        return self._scalar(key, node)

    def _scalar(self, key: Key, node: Node) -> Any:
        value: Any = self._loader.construct_object(node)
        if value is None:
            return None
        if key.kind in ("string", "path") and not isinstance(value, bool):
            # As it is written: 2026-11-21 is a folder, not a date, and 007 no number.
            value = str(node.value)
        if not isinstance(value, str):
            return value
        hide_secrets_of(value)
        return self._substituted(value)

    def _substituted(self, text: str) -> str:
        def substitute(match: re.Match[str]) -> str:
            if match[2] is None:
                return "${"
            if match[2] not in self._environment:
                raise LookupError(
                    f"the environment has no variable {match[2]!r}. Set it, or write $${{ for a plain ${{ in a text"
                )
            self._names_variables = True
            hide(self._environment[match[2]], match[0])
            return self._environment[match[2]]

        return _REFERENCE.sub(substitute, text)

    def _add_unknown_key(self, section: str, name: str, line: int) -> None:
        path = dotted(section, name)
        nearest = self._schema.nearest(section, name)
        names = self._schema.sections[section].keys if section else [*self._schema.sections, *self._schema.top]
        guess = f"Did you mean {nearest[0]!r}?" if nearest else f"There are {', '.join(names)}."
        self._add_problem(line, path, f"there is no key {path!r}. {guess}", nearest)

    def _add_problem(self, line: int, key: str, message: str, nearest: list[str] | None = None) -> None:
        sentence = message if message[-1] in ".?" else f"{message}."
        self._contents.problems.append(Problem(f"{self._path}:{line}", key, sentence, tuple(nearest or ())))


def _written(node: Node) -> Any:
    return [str(item.value) for item in node.value] if isinstance(node.value, list) else str(node.value)


def resolve_paths(key: Key, value: Any, folder: str) -> Any:
    """A value of a file, its paths as seen from where the program runs.

    Args:
        folder: That of the file.
    Example:
        >>> resolve_paths(Key("output", "path"), "a.parquet", "/project")
        '/project/a.parquet'
        >>> resolve_paths(Key("source", "string", place=True), "log:cars?directory=logs&last=1d", "/project")
        'log:cars?directory=/project/logs&last=1d'
        >>> resolve_paths(Key("model", "string", place=True, place_names=("timm:",)), "timm:resnet18", "/project")
        'timm:resnet18'
    """
    if isinstance(value, list):
        return [resolve_paths(key, item, folder) for item in value]
    is_place = key.kind == "path" or key.place
    if value is False or not is_place or "://" in value:
        return value
    if any(value == name or (name.endswith(":") and value.startswith(name)) for name in key.place_names):
        return value
    if value.startswith(_LOG):
        # A model's name, not a path; only the folder that its log lies in is one.
        return _DIRECTORY.sub(lambda match: match[1] + os.path.join(folder, os.path.expanduser(match[2])), value)
    return os.path.join(folder, os.path.expanduser(value))
