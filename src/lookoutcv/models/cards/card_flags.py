"""Settings of a card given one by one: `input.colour=BGR`."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from lookoutcv.errors import ConfigError
from lookoutcv.models.cards.card import Card
from lookoutcv.settings.typed_values import typed


def with_flags(
    card: Card | Mapping[str, Any] | str | os.PathLike[str] | None, flags: Sequence[str], beside: Path | None = None
) -> Card:
    """A card with some settings changed.

    Args:
        card: As for `Card.of`.
        flags: "key=value", the value as YAML; "input.size=[224,224]".
        beside: The model's file.
    Raises:
        ConfigError: Not of that form, or a wrong key or value.
    Example:
        >>> with_flags(None, ["input.colour=BGR", "head=logits"]).input.colour
        'BGR'
    """
    import yaml  # noqa: PLC0415 - only those who set something pay for it

    resolved = Card.of(card, beside)
    if not flags:
        return resolved
    values = asdict(resolved)
    for flag in flags:
        key, equals, text = flag.partition("=")
        if not equals:
            raise ConfigError(f"{flag!r} sets nothing", "Write it as key=value.", key=key)
        try:
            value = yaml.safe_load(text)
        except (yaml.YAMLError, RecursionError):
            raise ConfigError(
                f"{text!r} is no value for {key}", "Write it as YAML: 3, BGR, [224,224].", key=key
            ) from None
        _set(values, key.split("."), value)
    return typed(values, Card, "the card")


def _set(values: dict[str, Any], path: Sequence[str], value: Any) -> None:
    for key in path[:-1]:
        inner = values.get(key)
        if not isinstance(inner, dict):
            # A head that is only a name becomes a mapping with it.
            inner = {"name": inner} if isinstance(inner, str) else {}
            values[key] = inner
        values = inner
    values[path[-1]] = value
