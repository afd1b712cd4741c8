"""What a logger is made with, checked: it is refused in a sentence where a program starts, not while it serves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, get_args

from lookoutcv.errors import ConfigError
from lookoutcv.metrics import Metric

# A partition's folder is named after the model.
_LONGEST_MODEL_NAME = 100


def check_model_name(name: Any) -> None:
    """A printable text that names a folder.

    Raises:
        ConfigError: It is none.
    """
    if not isinstance(name, str) or not name.strip() or not name.isprintable():
        raise ConfigError(f"model_name is {name!r}", "Give the model a name.", key="model_name")
    if len(name) > _LONGEST_MODEL_NAME:
        remedy = f"Give a name of at most {_LONGEST_MODEL_NAME} characters."
        raise ConfigError(f"model_name is {len(name)} characters long", remedy, key="model_name")


def check_choice(value: Any, choices: Any, name: str) -> None:
    """One of the values of a `Literal`.

    Raises:
        ConfigError: It is none of them.
    """
    if value not in get_args(choices):
        raise ConfigError(f"{name} is {value!r}", f"Give {' or '.join(map(repr, get_args(choices)))}.", key=name)


def check_several(values: Any, name: str) -> Any:
    """What can be gone through, or a single name or metric.

    Raises:
        ConfigError: It is neither.
    """
    if values is not None and not isinstance(values, str | Iterable | Metric):
        raise ConfigError(f"{name} is {values!r}", f"Give a list of {name}.", key=name)
    return values


def check_labels(labels: Any) -> tuple[str, ...]:
    """Names of classes in order.

    Raises:
        ConfigError: They are no list.
    """
    if isinstance(labels, str | bytes) or not isinstance(labels, Iterable):
        raise ConfigError(f"labels are {labels!r}", 'Give a list of names: ["cat", "dog"].', key="labels")
    return tuple(map(str, labels))
