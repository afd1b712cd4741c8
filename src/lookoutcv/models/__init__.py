"""Models: files and functions that predict something of images. Start with `opener`.

A format (`formats`) opens a model's file for its runtime, which runs in a process of its own (`runtimes`); the card
(`cards`) says how the model wants its images, which `input` makes of them, and what its outputs mean; a head (`heads`)
turns the outputs into predictions, those of detectors with what `detection` holds. `packages` are models that bring
their card and their baseline. A new format or head is one new file
in its room.

Names are loaded on first use: a process that only runs a file needs none of them.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lookoutcv.models.cards.card import Card, Input, card_path
    from lookoutcv.models.cards.card_text import card_json, card_text
    from lookoutcv.models.opener import CardLike, open_model
    from lookoutcv.models.packages.package import Package, package_at
    from lookoutcv.models.predictor import Predictor, is_undefined

_HOMES = {
    **dict.fromkeys(("Card", "Input", "card_path"), "cards.card"),
    **dict.fromkeys(("card_json", "card_text"), "cards.card_text"),
    **dict.fromkeys(("CardLike", "open_model"), "opener"),
    **dict.fromkeys(("Package", "package_at"), "packages.package"),
    **dict.fromkeys(("Predictor", "is_undefined"), "predictor"),
}

__all__ = [
    "Card",
    "CardLike",
    "Input",
    "Package",
    "Predictor",
    "card_json",
    "card_path",
    "card_text",
    "is_undefined",
    "open_model",
    "package_at",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
