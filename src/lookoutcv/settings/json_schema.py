"""The JSON Schema of the settings file, by which editors complete and check it."""

from __future__ import annotations

from typing import Any

from lookoutcv.settings.key import Key
from lookoutcv.settings.schema import Schema

_TYPES = {"boolean": "boolean", "integer": "integer", "number": "number", "string": "string", "path": "string"}


def json_schema(schema: Schema) -> dict[str, Any]:
    """The schema as JSON Schema, draft 2020-12.

    Example:
        >>> json_schema(Schema({"log_level": Key("log_level", "string")}, {}))["properties"]["log_level"]["anyOf"]
        [{'type': ['string', 'number']}, {'type': 'null'}]
    """
    sections = {
        name: {
            "description": section.help,
            "type": ["object", "null"],
            "additionalProperties": False,
            "properties": {key.name: _property(key) for key in section.keys.values()},
        }
        for name, section in schema.sections.items()
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Settings of a project for LookOutCV (lookout.yaml)",
        "type": "object",
        "additionalProperties": False,
        "properties": {**{key.name: _property(key) for key in schema.top.values()}, **sections},
    }


def _property(key: Key) -> dict[str, Any]:
    # Texts are read as they are written, so `batch_by: 100` is one; and a key without a value says nothing.
    value: dict[str, Any] = {"type": ["string", "number"] if key.kind in ("string", "path") else _TYPES[key.kind]}
    if key.choices:
        value = {"enum": list(key.choices)}
    if key.minimum is not None:
        value["minimum"] = key.minimum
    forms = [value, {"type": "null"}]
    if key.many:
        forms.append({"type": "array", "items": value})
    if key.can_be_off:
        forms.append({"const": False})
    property_: dict[str, Any] = {"description": key.help, "anyOf": forms}
    if key.default is not None:
        property_["default"] = key.default
    return property_
