"""timm, also where torchvision and torch do not fit each other.

torchvision from the package index does not load beside a torch for the CPU alone: its Python part describes operators
that its compiled part would define, and that part is not loaded. timm needs torchvision for nothing that calls them.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from lookoutcv.errors import MissingExtra
from lookoutcv.extras import need

_MISSING = "operator torchvision::nms does not exist"
_SCHEMAS = (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
)
# torch forgets what a library defined when the library goes.
_kept: list[Any] = []


def timm() -> ModuleType:
    """Import timm.

    Raises:
        MissingExtra: It is not installed, or its torchvision does not fit the torch that is; the message holds the line
            that mends it.
    """
    need("torch", "train")
    try:
        return need("timm", "train")
    except RuntimeError as reason:
        if str(reason) != _MISSING:
            raise _unfit(reason) from reason
    _define_operators()
    try:
        return need("timm", "train")
    except RuntimeError as reason:
        raise _unfit(reason) from reason


def _define_operators() -> None:
    library = need("torch.library", "train").Library("torchvision", "DEF")
    for schema in _SCHEMAS:
        library.define(schema)
    _kept.append(library)
    # What was imported halfway would be taken for whole.
    for name in [name for name in sys.modules if name.partition(".")[0] in ("torchvision", "timm")]:
        del sys.modules[name]


def _unfit(reason: Exception) -> MissingExtra:
    torch = need("torch", "train")
    return MissingExtra(
        f"timm cannot be imported: torchvision does not fit torch {torch.__version__} ({reason})",
        "Install the two that belong together: pip install --upgrade torch torchvision timm",
        package="timm",
        extra="train",
    )
