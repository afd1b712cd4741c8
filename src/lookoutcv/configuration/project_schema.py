"""The sections and keys of `lookout.yaml`, from what the verbs can be told.

A verb has a section of its own name. What verbs share can be said once for all of them, in the sections `measure`,
`model`, `gate`, `report` and `mlflow`; a verb's own section goes before those.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from lookoutcv.configuration.general_settings import GeneralSettings
from lookoutcv.configuration.verbs import SHARED_SECTIONS, VERBS, Verb
from lookoutcv.measuring.model_settings import ModelOptions, NoInferenceSettings
from lookoutcv.settings.declared_parameters import Parameter, declared_parameters
from lookoutcv.settings.key import Key
from lookoutcv.settings.schema import Schema, Section

_HELP = {
    "measure": "How images are measured, by every verb that measures; and for `lookout measure` what.",
    "model": "The model that is asked about every image.",
    "gate": "The gate that images pass before they are measured; and for `lookout gate` what.",
    "report": "What reports look like and where they go.",
    "mlflow": "Where MLflow is, and what a training and its model are called there.",
}
# What a setting is called in its shared section: `model.model` would say it twice.
_NAMES = {("model", "model"): "file", ("mlflow", "mlflow_uri"): "uri"}
# What belongs to a model, in whichever verb.
MODEL_PARAMETERS = tuple(
    one.name for declaration in (ModelOptions, NoInferenceSettings) for one in declared_parameters(declaration)
)


@cache
def project_schema() -> Schema:
    """Every setting of a project."""
    top = {one.key.name: one.key for one in declared_parameters(GeneralSettings)}
    keys: dict[str, dict[str, Key]] = {section: {} for section in _HELP}
    help_ = dict(_HELP)
    places: dict[str, dict[str, tuple[tuple[str, str], ...]]] = {}
    for verb in VERBS.values():
        own, _, member = verb.name.partition(" ")
        help_.setdefault(own, f"`lookout {own}`" if member else f"`lookout {own}`: {verb.summary}")
        places[verb.name] = looked_up = {}
        for parameter, shared in _in_file(verb):
            key = parameter.key
            keys.setdefault(own, {}).setdefault(key.name, key)
            key_places = [(own, key.name)]
            if shared is not None and shared != own:
                common = _NAMES.get((shared, parameter.name), key.name)
                keys[shared].setdefault(common, replace(key, name=common))
                key_places.append((shared, common))
            looked_up[parameter.name] = tuple(key_places)
    return Schema(top, {name: Section(help_[name], own_keys) for name, own_keys in keys.items()}, places)


def _in_file(verb: Verb) -> Iterator[tuple[Parameter, str | None]]:
    """Each key of a verb, with the section in which it can be said for all verbs."""
    for group in verb.groups:
        for declaration in group.declarations:
            for one in replace(group, declarations=(declaration,)).parameters():
                if one.in_file:
                    of_model = "model" if one.name in MODEL_PARAMETERS else None
                    yield one, SHARED_SECTIONS.get(declaration, of_model)
