"""Which files the card of a model is read from: an output must not be one of them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lookoutcv.errors import LookoutError
from lookoutcv.models.cards.card import card_beside
from lookoutcv.models.cards.card_flags import with_flags
from lookoutcv.models.model_file import file_of


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
        labels = with_flags(card, flags, _file(model)).labels
    except LookoutError:
        return []
    return [labels] if isinstance(labels, str) else []


def _file(model: Any) -> Path | None:
    return file_of(os.fsdecode(model)) if isinstance(model, str | os.PathLike) else None
