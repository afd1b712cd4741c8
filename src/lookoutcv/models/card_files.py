"""Which files the card of a model is read from: an output must not be one of them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lookoutcv.errors import LookoutError
from lookoutcv.models.cards.card import Card, card_beside
from lookoutcv.models.cards.card_flags import with_flags
from lookoutcv.models.model_file import file_of
from lookoutcv.models.packages.package import package_at


def card_files(model: Any, card: Any) -> list[str]:
    """The card that lies beside a model, and the file of labels that its card names.

    Args:
        model: As it is given: a path, `file.py:function`, a function; None for none.
        card: As for `Card.of`.
    Example:
        >>> card_files("net.onnx", {"labels": "names.csv"}), card_files(None, None)
        (['names.csv'], [])
    """
    beside = card_beside(_file(model))
    return [*([] if beside is None else [str(beside)]), *label_files(model, card)]


def label_files(model: Any, card: Any, flags: Sequence[str] = ()) -> list[str]:
    """The file of labels that a card names, if it names one.

    A card that cannot be read names none: whoever opens the model says why.

    Args:
        model, card: As for `card_files`.
        flags: As for `with_flags`.
    Example:
        >>> label_files(None, None, ["labels=names.csv"]), label_files(None, {"labels": ["cat", "dog"]})
        (['names.csv'], [])
    """
    try:
        labels = flagged_card(model, card, flags).labels
    except LookoutError:
        return []
    return [labels] if isinstance(labels, str) else []


def flagged_card(model: Any, card: Any, flags: Sequence[str]) -> Card:
    """The card that a model is opened with, some settings changed.

    Args:
        model, card: As for `card_files`; None as the card takes the one beside the model, or in the package that it is.
        flags: As for `with_flags`.
    Raises:
        ConfigError: As `with_flags`.
        FileFormatError: The model is a package, and it is damaged.
    Example:
        >>> flagged_card("net.onnx", None, ["input.colour=BGR"]).input.colour
        'BGR'
    """
    package = package_at(model) if card is None and isinstance(model, str | os.PathLike) else None
    return with_flags(card if package is None else package.card, flags, _file(model))


def _file(model: Any) -> Path | None:
    return file_of(os.fsdecode(model)) if isinstance(model, str | os.PathLike) else None
