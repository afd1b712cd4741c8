"""What an adapter is: it knows one library's results and makes predictions of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lookoutcv.errors import DataError, UnknownResult
from lookoutcv.plugins import ADAPTERS, Registry, first_line
from lookoutcv.predictions import Classification, Detections, Embedding, Prediction, Segmentation, Task
from lookoutcv.predictions.tensors import plain

Labels = Sequence[str] | Mapping[int, str]


@dataclass(frozen=True)
class AdapterContext:
    """What the caller knows of the model.

    Args:
        task: What it is for; None where the result must tell.
        labels: Names of the classes, in order or by number; may be empty.
    """

    task: Task | None = None
    labels: Labels = ()

    def name(self, index: Any) -> str:
        """The name of a class by its number: the number itself where there is no name.

        Example:
            >>> AdapterContext(labels=["cat", "dog"]).name(1), AdapterContext(labels={7: "bus"}).name(7)
            ('dog', 'bus')
            >>> AdapterContext().name(3)
            '3'
        """
        number = int(index)
        if isinstance(self.labels, Mapping):
            return str(self.labels.get(number, number))
        return str(self.labels[number]) if 0 <= number < len(self.labels) else str(number)

    @property
    def ordered(self) -> tuple[str, ...]:
        """The names in the order of their numbers."""
        named = self.labels
        return tuple(str(named[key]) for key in sorted(named)) if isinstance(named, Mapping) else tuple(map(str, named))


@dataclass(frozen=True)
class Adapter:
    """A plugin of this room.

    Args:
        name: Of the library or form: "supervision", "torchvision" ...
        recognises: Whether a result is its own. Cheap: looks at names of classes, attributes and keys.
        adapt: Makes a prediction of a result that was recognised; may raise a `LookoutError`, `ValueError`, `KeyError`,
            `TypeError`, `IndexError` or `AttributeError` on a damaged one.
        summary: One line for `lookout plugins`.
        order: Adapters are tried in this order; the first that recognises the result is used.
    """

    name: str
    recognises: Callable[[Any], bool]
    adapt: Callable[[Any, AdapterContext], Prediction]
    summary: str
    order: int = 50


def adapter(
    name: str, *, recognises: Callable[[Any], bool], order: int = 50
) -> Callable[[Callable[[Any, AdapterContext], Prediction]], Adapter]:
    """Make an adapter of the function that adapts a result; the arguments are those of `Adapter`.

    Example:
        >>> @adapter("mine", recognises=lambda result: isinstance(result, bytes))
        ... def mine(result, context):
        ...     "The label alone, as bytes."
        ...     return Classification(result.decode(), 1.0)
        >>> mine.summary
        'The label alone, as bytes.'
    """

    def decorate(function: Callable[[Any, AdapterContext], Prediction]) -> Adapter:
        return Adapter(name, recognises, function, first_line(function), order)

    return decorate


registry: Registry[Adapter] = Registry(ADAPTERS, Adapter)


def adapted(result: Any, task: Task | None = None, labels: Labels = ()) -> Prediction:
    """What a library returned for one image, as a prediction.

    Args:
        result: Of supervision, Ultralytics, a Hugging Face pipeline, torchvision, COCO's form, class probabilities, or
            a prediction already. A list of one such result counts as that one.
        task: What the model is for, where the result does not tell: an empty list may be anything.
        labels: Names of the classes, in order or by number, for results that hold numbers.
    Raises:
        UnknownResult: No adapter knows it, or it is damaged.
    Example:
        >>> adapted([{"label": "cat", "score": 0.75}, {"label": "dog", "score": 0.25}]).label
        'cat'
        >>> adapted({"boxes": [[0, 0, 9, 9]], "labels": [1], "scores": [0.5]}, labels=["background", "car"]).labels
        ('car',)
    """
    if isinstance(result, Classification | Detections | Segmentation | Embedding):
        return result
    if task == "detection" and isinstance(result, list | tuple) and not result:
        return Detections.none()
    context = AdapterContext(task, labels)
    chosen = recognised(result)
    if chosen is None and isinstance(result, list | tuple) and len(result) == 1:
        result = result[0]
        chosen = recognised(result)
    if chosen is None:
        raise UnknownResult(
            f"{described(result)} is no result that is known",
            "Give a prediction (Classification, Detections, Segmentation), or one of: " + ", ".join(registry.names()),
            found=described(result),
        )
    try:
        return chosen.adapt(result, context)
    except (DataError, ValueError, KeyError, TypeError, IndexError, AttributeError) as reason:
        raise UnknownResult(
            f"a result that looks like {chosen.name}'s cannot be read ({_why(reason)})",
            "Give it as the library returned it, for one image.",
            found=described(result),
        ) from reason


def _why(reason: Exception) -> str:
    return reason.problem if isinstance(reason, DataError) else f"{type(reason).__name__}: {reason}"


def recognised(result: Any) -> Adapter | None:
    """The adapter that knows a result; None where none does."""
    for adapter in sorted(registry, key=lambda adapter: (adapter.order, adapter.name)):
        if adapter.recognises(result):
            return adapter
    return None


def described(result: Any) -> str:
    """What a result is, in a few words, for messages."""
    kind = type(result)
    name = kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
    if isinstance(result, Mapping):
        return f"{name} with the keys {', '.join(map(str, list(result)[:6])) or 'none'}"
    if isinstance(result, list | tuple):
        return f"{name} of {len(result)}" + (f" {type(result[0]).__name__}" if result else "")
    return name


def array(value: Any) -> Any:
    """A float32 array of numbers, tensors included.

    Raises:
        TypeError, ValueError: It holds something else.
    """
    return np.asarray(plain(value), dtype=np.float32)


def is_from(result: Any, library: str, name: str) -> bool:
    """Whether a result is of a class of this name, or of one derived from it, in a library that need not be here."""
    return any(kind.__name__ == name and kind.__module__.partition(".")[0] == library for kind in type(result).__mro__)


def rows_with(result: Any, *keys: str) -> bool:
    """Whether a result is a list of mappings that all have these keys; at least one."""
    return (
        isinstance(result, list | tuple)
        and len(result) > 0
        and all(isinstance(row, Mapping) and all(key in row for key in keys) for row in result)
    )
