"""What a head is: it turns the outputs of a model into predictions, one an image."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lookoutcv.models.cards.file_facts import FileFacts
from lookoutcv.models.formats.base import TensorInfo
from lookoutcv.models.input.framing import Framing
from lookoutcv.plugins import HEADS, Registry, first_line
from lookoutcv.predictions import Prediction, Task

Output = np.ndarray[Any, Any]


@dataclass(frozen=True)
class HeadProbe:
    """What there is to guess a head from: what the file says, and the outputs for one picture of noise.

    What the file says goes first: on noise a detector may well find nothing, and then its outputs look like any other.

    Args:
        outputs: Decoded to real numbers, each with a first side of 1.
        infos: What the file says of them; empty where it does not.
        size: Height and width of the input.
        labels: How many labels there are; None where they are not known.
        facts: What its exporter wrote into the file.
        placeholder: Whether the first label stands for no class, as `background` does.
    """

    outputs: Sequence[Output]
    infos: Sequence[TensorInfo]
    size: tuple[int, int]
    labels: int | None = None
    facts: FileFacts = field(default_factory=FileFacts)
    placeholder: bool = False


@dataclass(frozen=True)
class Guess:
    """A head that fits.

    Args:
        because: Why, as the end of a sentence: "the scores sum to 1".
        settings: The head's settings as far as the outputs tell them.
        question: What the user must say before it can be used, as an instruction; None where nothing is missing.
    """

    because: str
    settings: dict[str, Any]
    question: str | None = None


@dataclass(frozen=True)
class Head:
    """A plugin of this room.

    Args:
        name: As cards have it.
        task: Which it is for.
        settings: A frozen dataclass, every field with a default: what cards can set.
        classes: How many classes outputs have; None where they do not tell. Raises ValueError, with the reason, for
            outputs that this head cannot read.
        read: The predictions of a batch, from its outputs, how each image lies in the input, the labels and settings.
        guess: Whether it fits outputs that no card explains.
        summary: One line for `lookout plugins`.
        order: Heads are tried in this order, the first that fits is used.
    """

    name: str
    task: Task
    settings: type[Any]
    classes: Callable[[Sequence[Output], Any], int | None]
    read: Callable[[Sequence[Output], Sequence[Framing], Sequence[str], Any], list[Prediction]]
    guess: Callable[[HeadProbe], Guess | None]
    summary: str
    order: int = 50


def head(
    name: str,
    *,
    task: Task,
    settings: type[Any],
    classes: Callable[[Sequence[Output], Any], int | None],
    guess: Callable[[HeadProbe], Guess | None],
    order: int = 50,
) -> Callable[[Callable[[Sequence[Output], Sequence[Framing], Sequence[str], Any], list[Prediction]]], Head]:
    """Make a head of the function that reads outputs; the arguments are those of `Head`.

    Example:
        >>> @dataclass(frozen=True)
        ... class Nothing:
        ...     "There is nothing to set."
        >>> @head("first", task="embedding", settings=Nothing, classes=lambda outputs, settings: None,
        ...       guess=lambda probe: None)
        ... def first(outputs, framings, labels, settings):
        ...     "The first output is the vector."
        ...     return [Embedding(vector) for vector in outputs[0]]
        >>> first.summary
        'The first output is the vector.'
    """

    def decorate(
        function: Callable[[Sequence[Output], Sequence[Framing], Sequence[str], Any], list[Prediction]],
    ) -> Head:
        return Head(name, task, settings, classes, function, guess, first_line(function), order)

    return decorate


registry: Registry[Head] = Registry(HEADS, Head)
