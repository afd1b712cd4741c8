"""The settings in force: those of the file, with the environment's before them, and which of them a verb takes."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lookoutcv.secrets import hide_secrets_of
from lookoutcv.settings.key import Key
from lookoutcv.settings.schema import Schema, dotted
from lookoutcv.settings.setting_value import Problem, SettingValue
from lookoutcv.settings.settings_file import read_settings_file

PREFIX = "LOOKOUTCV_"
# The first has a name of its own; LOOKOUTCV_PLUGINS adds up with what the file names.
_NAMED_OTHERWISE = {("measure", "cache"): "LOOKOUTCV_CACHE"}
_NOT_OF_A_KEY = {"LOOKOUTCV_PLUGINS", "LOOKOUTCV_CONFIG"}
# As older services call them; a variable of ours goes before them.
_ALSO_NAMED = {
    ("gate", "variant"): "CV_MODEL_VARIANT",
    ("gate", "epochs"): "CV_CNN_EPOCHS",
    ("gate", "batch_size"): "CV_CNN_BATCH_SIZE",
    ("gate", "learning_rate"): "CV_CNN_LR",
}
# These are read where they are used: without a file no settings need be read for them.
WITHOUT_A_FILE = frozenset({*_NAMED_OTHERWISE.values(), *_NOT_OF_A_KEY})
# These say what a model is; they go with the model beside which they are written, and with no other.
_OF_THE_MODEL = ("card", "set_", "trust")


@dataclass(frozen=True)
class EffectiveSettings:
    """What a file and the environment say.

    Args:
        schema: What there is to say.
        path: The file; None where there is none.
        values: By (section, key), those that are given.
        problems: What is wrong with the rest.
    """

    schema: Schema
    path: str | None = None
    values: Mapping[tuple[str, str], SettingValue] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def parameters_of(self, verb: str) -> dict[str, SettingValue]:
        """The given parameters of a verb, by the parameter's name."""
        ranked = {
            name: (rank, setting)
            for name, places in self.schema.verbs.get(verb, {}).items()
            for rank, setting in self._strongest(places)
        }
        if "model" in ranked:
            for name in _OF_THE_MODEL:
                if name in ranked and ranked[name][0] > ranked["model"][0]:
                    del ranked[name]
        return {name: setting for name, (_, setting) in ranked.items()}

    def _strongest(self, places: tuple[tuple[str, str], ...]) -> Iterator[tuple[tuple[bool, int], SettingValue]]:
        """The strongest setting and its rank: the environment before the file, a verb's own before what is shared."""
        ranked = [
            ((self.values[place].from_file, rank), self.values[place])
            for rank, place in enumerate(places)
            if place in self.values
        ]
        yield from sorted(ranked, key=lambda one: one[0])[:1]


def effective_settings(
    schema: Schema, path: str | None, environment: Mapping[str, str] = os.environ
) -> EffectiveSettings:
    """Read what there is.

    Args:
        schema: What there is to say.
        path: The file; None for none.
        environment: Variables `LOOKOUTCV_SECTION_KEY` go before the file, and so do the few that older services had.
    Raises:
        ConfigError: The file cannot be read, or is no YAML.
    """
    contents = None if path is None else read_settings_file(path, schema, environment)
    values = {} if contents is None else dict(contents.values)
    problems = [] if contents is None else list(contents.problems)
    for section, key in schema.all_keys():
        names = (variable_of(section, key), _ALSO_NAMED.get((section, key.name), ""))
        variable = next((name for name in names if environment.get(name)), "")
        if variable == "" or variable in _NOT_OF_A_KEY:
            continue
        text = environment[variable]
        hide_secrets_of(text)
        value = key.parse(text)
        problem = key.problem_in(value)
        if problem:
            problems.append(Problem(variable, dotted(section, key.name), f"{problem}."))
        else:
            values[section, key.name] = SettingValue(value, variable, from_file=False)
    return EffectiveSettings(schema, path, values, tuple(problems))


def variable_of(section: str, key: Key) -> str:
    """The environment variable of a setting.

    Example:
        >>> variable_of("monitor", Key("fail_on", "string"))
        'LOOKOUTCV_MONITOR_FAIL_ON'
    """
    name = _NAMED_OTHERWISE.get((section, key.name))
    return name or PREFIX + "_".join(filter(None, (section, key.name))).upper().replace("-", "_")


def is_setting(name: str) -> bool:
    """Whether a variable of the environment may be a setting, which must be read even where there is no file.

    Example:
        >>> is_setting("LOOKOUTCV_GATE_EPOCHS"), is_setting("CV_CNN_EPOCHS"), is_setting("HOME")
        (True, True, False)
    """
    return (name.startswith(PREFIX) and name not in WITHOUT_A_FILE) or name in _ALSO_NAMED.values()


def misspelt_variables(schema: Schema, environment: Mapping[str, str] = os.environ) -> list[Problem]:
    """Variables that look like one of ours and are none."""
    known = {variable_of(section, key): dotted(section, key.name) for section, key in schema.all_keys()}
    problems = []
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in known and name not in _NOT_OF_A_KEY:
            nearest = difflib.get_close_matches(name, known, n=1, cutoff=0.8)
            if nearest:
                problems.append(
                    Problem(name, "", f"this variable is no setting. Did you mean {nearest[0]}?", (nearest[0],))
                )
    return problems
