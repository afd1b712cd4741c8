"""A card as YAML with a comment at each line, to be read and corrected by people."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from lookoutcv.models.cards.card import Card, Input

_COMMENTS = {
    "task": "classification, detection, segmentation or embedding",
    "labels": "a file with one name a line, beside this card, or a list of names",
    "label_offset": "1 where the labels begin with a background that the model does not have",
    "engine": "PyTorch's engine for quantised operators",
    "size": "height, width",
    "layout": "NCHW or NHWC",
    "colour": "RGB, BGR or GREY",
    "dtype": "of the tensor",
    "scale": "a pixel of 0 to 255 becomes (pixel * scale - mean) / std",
    "mean": "one number, or one a channel in the order of colour",
    "std": "likewise",
    "resize": "stretch, letterbox or centre_crop",
    "place": "where a letterbox puts the image: top_left or centre",
    "fill": "the grey level that fills a letterbox",
    "crop": "the share of the shorter side that centre_crop keeps",
    "interpolation": "bilinear, area, nearest or bicubic",
    "name": "what the outputs mean; `lookout plugins` lists the heads",
}


def card_text(card: Card, notes: Sequence[str] = ()) -> str:
    """The card as commented YAML; reads back as the same card.

    Args:
        card: The card; what is None is left out.
        notes: What was guessed, in sentences; they become comments at the top.
    Example:
        >>> print(card_text(Card(task="embedding"), ["The task was guessed."]).splitlines()[1])
        # The task was guessed.
    """
    lines = ["# The card of a model: how it wants its images, and what its outputs mean."]
    # Notes hold names from files, and YAML takes no control characters, not even in comments.
    lines += ["# " + "".join(c if c.isprintable() else "?" for c in " ".join(note.split())) for note in notes]
    for key in ("task", "labels", "label_offset", "engine"):
        value = getattr(card, key)
        if value is not None and not (key == "label_offset" and value == 0):
            lines.append(_line(key, list(value) if isinstance(value, tuple) else value))
    lines.append("input:")
    letterbox, crop = card.input.resize == "letterbox", card.input.resize == "centre_crop"
    unused = {"place": not letterbox, "fill": not letterbox, "crop": not crop}
    for field in fields(Input):
        value = getattr(card.input, field.name)
        if value is not None and not unused.get(field.name, False):
            lines.append("  " + _line(field.name, list(value) if isinstance(value, tuple) else value))
    if card.head is not None:
        head: Mapping[str, Any] = {"name": card.head} if isinstance(card.head, str) else card.head
        lines.append("head:")
        lines += ["  " + _line(key, value) for key, value in head.items() if value is not None]
    return "\n".join(lines) + "\n"


def card_json(card: Card) -> str:
    """The card as JSON, which has no comments; reads back as the same card.

    Example:
        >>> card_json(Card(task="embedding")).splitlines()[1]
        '  "task": "embedding",'
    """
    import yaml  # noqa: PLC0415 - as below

    return json.dumps(yaml.safe_load(card_text(card)), indent=2, ensure_ascii=False) + "\n"


def _line(key: str, value: Any) -> str:
    import yaml  # noqa: PLC0415 - only those who write a card pay for it

    plain = list(value) if isinstance(value, tuple) else value
    text = yaml.safe_dump(plain, default_flow_style=True, allow_unicode=True, width=float("inf"))
    # A document end stands after a bare word.
    text = text.strip().removesuffix("...").strip()
    comment = _COMMENTS.get(key)
    return f"{key}: {text}" + (f"  # {comment}" if comment else "")
