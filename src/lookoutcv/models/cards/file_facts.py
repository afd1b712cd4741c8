"""What an exporter wrote into a model's file: its task, names, key points, and whether it suppresses."""

from __future__ import annotations

import ast
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lookoutcv.models.cards.card import Resize
from lookoutcv.models.cards.label_file import labels_in_text

if TYPE_CHECKING:
    # What runs a file imports this module, and needs nothing of how predictions are held.
    from lookoutcv.predictions import Task

# Ultralytics' words for what a model is for.
_TASKS: dict[str, Task] = {
    "classify": "classification",
    "detect": "detection",
    "pose": "detection",
    "segment": "detection",
    "obb": "detection",
}
# Metadata of a thousand names have 30 kB.
_MOST_WRITTEN = 2**20


@dataclass(frozen=True)
class FileFacts:
    """What the file says of its model; empty where it says nothing.

    Args:
        task: In the exporter's word: detect, pose, segment, obb or classify; None where it does not say.
        labels: The names of its classes.
        keypoint_numbers: How many numbers a row has for its key points: 17 points of 3 numbers are 51.
        suppressed: Whether boxes were chosen inside the model (`nms=True`, end to end); None where it does not say: of
            models that choose by themselves older exports say `nms=False`.
        size: Height and width of the input.
        shares: Whether boxes are shares of the picture, as Ultralytics' TFLite files have them; None where unknown.
        resize: How its exporter brings pictures to the input, which then are RGB and of 0 to 1; None where unknown.
    """

    task: str | None = None
    labels: tuple[str, ...] | None = None
    keypoint_numbers: int | None = None
    suppressed: bool | None = None
    size: tuple[int, int] | None = None
    shares: bool | None = None
    resize: Resize | None = None

    @property
    def our_task(self) -> Task | None:
        """The task as cards call it; None where it is not known.

        Example:
            >>> FileFacts("pose").our_task
            'detection'
        """
        return None if self.task is None else _TASKS.get(self.task)


def facts_in(metadata: Mapping[str, Any]) -> FileFacts:
    """What metadata say, as exporters write them: every value a text, as JSON or as Python writes it.

    Args:
        metadata: As `task`, `names`, `kpt_shape`, `end2end`, `args`, `imgsz`, `author` and `description` of
            Ultralytics; parsed, never run.
    Example:
        >>> facts = facts_in({"task": "pose", "kpt_shape": "[17, 3]", "names": "{0: 'person'}", "end2end": "True"})
        >>> facts.keypoint_numbers, facts.labels, facts.suppressed
        (51, ('person',), True)
        >>> facts_in({}).task is None
        True
    """
    task = metadata.get("task")
    args = _value(metadata.get("args"))
    end_to_end, suppressing = _value(metadata.get("end2end")), isinstance(args, dict) and args.get("nms") is True
    names = metadata.get("names", "")
    task = task if isinstance(task, str) and task in _TASKS else None
    return FileFacts(
        task,
        labels_in_text(names if isinstance(names, str) else repr(names)),
        _product(_value(metadata.get("kpt_shape"))),
        True if suppressing else (end_to_end if isinstance(end_to_end, bool) else None),
        _pair(_value(metadata.get("imgsz"))),
        resize=_resize(task, metadata),
    )


def _resize(task: str | None, metadata: Mapping[str, Any]) -> Resize | None:
    """How Ultralytics brings pictures to a model's input: classifiers see their middle, all but RT-DETR a letterbox.

    Source: Ultralytics, `classify_transforms`, `BasePredictor.pre_transform` and `RTDETRPredictor.pre_transform`.
    """
    if task is None or "ultralytics" not in str(metadata.get("author", "")).lower():
        return None
    if task == "classify":
        return "centre_crop"
    return "stretch" if "rtdetr" in str(metadata.get("description", "")).lower() else "letterbox"


def parsed_text(text: str) -> Any:
    """The value that a text writes, as JSON or as Python does; None where it is none. It is parsed, never run.

    Example:
        >>> parsed_text("{'stride': 32}"), parsed_text("cat")
        ({'stride': 32}, None)
    """
    if len(text) > _MOST_WRITTEN:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        return ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return None


def _value(written: Any) -> Any:
    return parsed_text(written) if isinstance(written, str) else written


def _numbers(value: Any) -> list[int] | None:
    right = isinstance(value, list | tuple) and value and all(type(one) is int and one > 0 for one in value)
    return list(value) if right else None


def _product(value: Any) -> int | None:
    numbers = _numbers(value)
    return None if numbers is None else math.prod(numbers)


def _pair(value: Any) -> tuple[int, int] | None:
    numbers = _numbers(value)
    return (numbers[0], numbers[1]) if numbers is not None and len(numbers) == 2 else None
