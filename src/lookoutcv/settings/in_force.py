"""The settings in force: those of the file, with the environment's before them, and which of them a verb takes."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lookoutcv.settings.declaration import Key, Schema, dotted
from lookoutcv.settings.reading import Problem, Setting, read

PREFIX = "LOOKOUTCV_"
# Names that were there before settings files; LOOKOUTCV_PLUGINS adds up with what the file names.
_OLDER = {("measure", "cache"): "LOOKOUTCV_CACHE"}
_OTHER = {"LOOKOUTCV_PLUGINS", "LOOKOUTCV_CONFIG"}
# Without a file these do what they did before; nothing need be read for them.
KNOWN_BEFORE = frozenset({*_OLDER.values(), *_OTHER})
# These say what a model is; they go with the model beside which they are written, and with no other.
_OF_THE_MODEL = ("card", "set_")


@dataclass(frozen=True)
class Settings:
    """What a file and the environment say.

    Args:
        schema: What there is to say.
        path: The file; None where there is none.
        given: By (section, key), those that are given.
        problems: What is wrong with the rest.
    """

    schema: Schema
    path: str | None = None
    given: Mapping[tuple[str, str], Setting] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def of(self, verb: str) -> dict[str, Setting]:
        """The given parameters of a verb, by the parameter's name."""
        found = {
            name: (rank, setting)
            for name, places in self.schema.verbs.get(verb, {}).items()
            for rank, setting in self._first(places)
        }
        if "model" in found:
            for name in _OF_THE_MODEL:
                if name in found and found[name][0] > found["model"][0]:
                    del found[name]
        return {name: setting for name, (_, setting) in found.items()}

    def _first(self, places: tuple[tuple[str, str], ...]) -> Iterator[tuple[tuple[bool, int], Setting]]:
        """The strongest setting and its rank: the environment before the file, a verb's own before what is shared."""
        ranked = [
            ((self.given[place].from_file, rank), self.given[place])
            for rank, place in enumerate(places)
            if place in self.given
        ]
        yield from sorted(ranked, key=lambda one: one[0])[:1]


def settings(schema: Schema, path: str | None, environment: Mapping[str, str] = os.environ) -> Settings:
    """Read what there is.

    Args:
        schema: What there is to say.
        path: The file; None for none.
        environment: Variables `LOOKOUTCV_SECTION_KEY` go before the file.
    Raises:
        ConfigError: The file cannot be read, or is no YAML.
    """
    contents = None if path is None else read(path, schema, environment)
    given = {} if contents is None else dict(contents.settings)
    problems = [] if contents is None else list(contents.problems)
    for section, key in schema.everything():
        variable = variable_of(section, key)
        text = environment.get(variable, "")
        if text == "" or variable in _OTHER:
            continue
        value = key.parsed(text)
        wrong = key.wrong(value)
        if wrong:
            problems.append(Problem(variable, dotted(section, key.name), wrong + "."))
        else:
            given[section, key.name] = Setting(value, variable, from_file=False)
    return Settings(schema, path, given, tuple(problems))


def variable_of(section: str, key: Key) -> str:
    """The environment variable of a setting.

    Example:
        >>> variable_of("monitor", Key("fail_on", "string"))
        'LOOKOUTCV_MONITOR_FAIL_ON'
    """
    older = _OLDER.get((section, key.name))
    return older or PREFIX + "_".join(filter(None, (section, key.name))).upper().replace("-", "_")


def misspelt(schema: Schema, environment: Mapping[str, str] = os.environ) -> list[Problem]:
    """Variables that look like one of ours and are none."""
    known = {variable_of(section, key): dotted(section, key.name) for section, key in schema.everything()}
    wrong = []
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in known and name not in _OTHER:
            nearest = difflib.get_close_matches(name, known, n=1, cutoff=0.8)
            if nearest:
                wrong.append(
                    Problem(name, "", f"this variable is no setting. Did you mean {nearest[0]}?", (nearest[0],))
                )
    return wrong
