"""Distances to the sides of a box as distributions, before their decoding: YOLOv8 and its followers, NanoDet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lookoutcv.models.detection.activations import softmax
from lookoutcv.models.detection.box_decoding import cells, channels_last, detected, sigmoid
from lookoutcv.models.heads.base import Guess, HeadProbe, Output, head
from lookoutcv.models.input.framing import Framing
from lookoutcv.predictions import Prediction

_BINS = 16
_FEWEST_CELLS = 64


@dataclass(frozen=True)
class YoloDfl:
    """How the outputs are read.

    Args:
        outputs: Which outputs hold them; None for all of three or four sides.
        bins: Values of each distance, in cells from 0 on.
        boxes_first: The distances stand before the scores (YOLOv8), else after them (NanoDet).
        centre: Where in its cell distances are measured from: 0.5 is its centre (YOLOv8), 0 its corner (NanoDet-Plus).
        strides: Sizes of the cells in pixels, in the order of the rows; for one output of all rows.
        logits: Scores are before the sigmoid.
        score_threshold: Objects with less confidence are left out.
        nms_iou: Of two boxes of a class that overlap more, the surer is kept; 1 keeps all.
        most: The most objects an image.
    Source: Li et al., "Generalized Focal Loss", arXiv:2006.04388, as YOLOv8 has it.
    """

    outputs: tuple[int, ...] | None = None
    bins: int = _BINS
    boxes_first: bool = True
    centre: float = 0.5
    strides: tuple[int, ...] = (8, 16, 32)
    logits: bool = True
    score_threshold: float = 0.3
    nms_iou: float = 0.45
    most: int = 300


def _parts(outputs: Sequence[Output], settings: YoloDfl) -> tuple[list[tuple[Output, Output]], bool]:
    """(N, cells, 4 * bins) and (N, cells, C) of each grid, the finest first; and whether one holds all grids."""
    places = (
        [i for i, output in enumerate(outputs) if output.ndim in (3, 4)]
        if settings.outputs is None
        else settings.outputs
    )
    chosen = [outputs[place] for place in places if place < len(outputs)]
    wide = 4 * settings.bins
    if not chosen or len(chosen) != len(places) or len({grid.ndim for grid in chosen}) > 1:
        raise ValueError(f"it has no outputs of distances and scores among its {len(outputs)}")
    if chosen[0].ndim == 3:
        if len(chosen) != 1:
            raise ValueError(f"{len(chosen)} outputs of three sides: one must hold all rows")
        rows = chosen[0] if chosen[0].shape[1] > chosen[0].shape[2] else chosen[0].transpose(0, 2, 1)
        return [_divided(rows, settings, wide)], True
    grids = _flat(chosen)
    apart = [grid for grid in grids if grid.shape[2] == wide]
    if len(apart) * 2 == len(grids):
        scores = sorted((grid for grid in grids if grid.shape[2] != wide), key=lambda grid: -grid.shape[1])
        pairs = list(zip(sorted(apart, key=lambda grid: -grid.shape[1]), scores, strict=True))
        if any(box_part.shape[1] != score_part.shape[1] for box_part, score_part in pairs):
            raise ValueError("the outputs of distances and those of scores have not the same cells")
    else:
        pairs = [_divided(grid, settings, wide) for grid in sorted(grids, key=lambda grid: -grid.shape[1])]
    if len({score_part.shape[2] for _, score_part in pairs}) > 1:
        raise ValueError(f"outputs of shapes {', '.join(str(grid.shape) for grid in chosen)} differ in their scores")
    return pairs, False


def _flat(grids: Sequence[Output]) -> list[Output]:
    """(N, cells, columns) of grids with their columns first or last."""
    turned = grids if channels_last(grids) else [grid.transpose(0, 2, 3, 1) for grid in grids]
    return [grid.reshape(len(grid), grid.shape[1] * grid.shape[2], grid.shape[3]) for grid in turned]


def _divided(rows: Output, settings: YoloDfl, wide: int) -> tuple[Output, Output]:
    if rows.shape[2] <= wide:
        raise ValueError(f"an output of rows of {rows.shape[2]} numbers is not {wide} of distances and scores")
    if settings.boxes_first:
        return rows[:, :, :wide], rows[:, :, wide:]
    return rows[:, :, -wide:], rows[:, :, :-wide]


def _classes(outputs: Sequence[Output], settings: YoloDfl) -> int:
    return int(_parts(outputs, settings)[0][0][1].shape[2])


def _boxes_of(distances: Output, grid: Any, settings: YoloDfl) -> Callable[[Output], Output]:
    def decoded(chosen: Output) -> Output:
        raw = distances[chosen].reshape(len(chosen), 4, settings.bins)
        # The mean of each distribution: left, top, right, bottom.
        sides = softmax(raw) @ np.arange(settings.bins)
        middles = grid[chosen, :2] + settings.centre
        boxes: Output = np.concatenate([middles - sides[:, :2], middles + sides[:, 2:]], axis=1) * grid[chosen, 2:]
        return boxes

    return decoded


def _guess(probe: HeadProbe) -> Guess | None:
    if not probe.outputs or any(output.ndim != 4 for output in probe.outputs) or len(probe.outputs) not in (3, 6):
        return None
    try:
        count = _classes(probe.outputs, YoloDfl())
    except ValueError:
        return None
    width = count + 4 * _BINS
    # Without labels, 3 anchors with their scores would have as many columns.
    if probe.labels != count and (probe.labels is not None or (len(probe.outputs) == 3 and width % 3 == 0)):
        return None
    cells_found = sum(output.shape[1] for output in _flat(probe.outputs))
    if cells_found < _FEWEST_CELLS:
        return None
    pairs = _parts(probe.outputs, YoloDfl())[0]
    logits = any(bool((scores < 0).any()) for _, scores in pairs)
    return Guess(f"its outputs are grids of 4 x {_BINS} distances and {count} scores", {"logits": logits})


@head("yolo_dfl", task="detection", settings=YoloDfl, classes=_classes, guess=_guess, order=6)
def yolo_dfl(
    outputs: Sequence[Output], framings: Sequence[Framing], labels: Sequence[str], settings: YoloDfl
) -> list[Prediction]:
    """Distances as distributions before decoding: YOLOv8 and its followers, NanoDet."""
    pairs, together = _parts(outputs, settings)
    if not framings:
        return []
    size = framings[0].size
    if together:
        grid = cells(size, settings.strides)
    else:
        # A grid's stride follows from how many of its cells fill the input.
        strides = [round((size[0] * size[1] / box_part.shape[1]) ** 0.5) for box_part, _ in pairs]
        grid = cells(size, strides)
    distances = np.concatenate([box_part for box_part, _ in pairs], axis=1)
    scores = np.concatenate([score_part for _, score_part in pairs], axis=1)
    if len(grid) != distances.shape[1]:
        raise ValueError(f"{distances.shape[1]} rows do not fill the grids of its strides, which have {len(grid)}")
    limits = {"least": settings.score_threshold, "iou": settings.nms_iou}
    return [
        detected(
            sigmoid(image_scores) if settings.logits else image_scores.astype(np.float32),
            _boxes_of(image_distances, grid, settings),
            framing,
            labels,
            **limits,
            most=settings.most,
        )
        for image_distances, image_scores, framing in zip(distances, scores, framings, strict=True)
    ]
