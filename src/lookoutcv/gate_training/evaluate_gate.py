"""How good a gate is on images of which it is known whether they are sharp."""

from __future__ import annotations

import base64
import heapq
import math
import os
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

import numpy as np

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.errors import NoImages
from lookoutcv.gate.gate import Gate
from lookoutcv.gate.opened_gate import opened_gate
from lookoutcv.gate.opinions import SHARPNESS
from lookoutcv.gate_training.labelled_scenes import Scene, Scenes, read_scenes
from lookoutcv.images import Limits, thumbnail
from lookoutcv.progress import Progress
from lookoutcv.results.gate_evaluation import CurvePoint, GateEvaluation, GateShare, RefusedBy, WrongVerdict
from lookoutcv.results.gate_verdict import GateVerdict
from lookoutcv.scores.proportions import wilson_interval
from lookoutcv.scores.ranking import area_under_roc, precision_recall_curve, roc_curve
from lookoutcv.sources.decoded_images import SkippedImages

_MOST_WRONG = 12
_CURVE_POINTS = 101


@only_known_keywords()
def evaluate_gate(
    gate: str | os.PathLike[str] | Gate,
    data: Any,
    *,
    threshold: float | None = None,
    thumbnails: bool = True,
    max_pixels: int | None = None,
    max_bytes: int | None = None,
    progress: Progress | None = None,
) -> GateEvaluation:
    """Judge a gate on images of which it is known whether they are sharp.

    Args:
        gate: What `Gate.load` takes, or what it gave.
        data: A folder with the folders sharp and blurred, a table with the columns path and label (1 or sharp, 0 or
            blurred), or what `gate_data` made. Columns kind, strength, nuisance and scene of a table are told apart.
        threshold: Of the variant `threshold`, a cut in place of the gate's own.
        thumbnails: Keep small pictures of the images that it tells wrongly.
        max_pixels, max_bytes: As for `measure`.
        progress: Called as `progress(done, total)`.
    Raises:
        FileFormatError: There is no gate at that place, or it is damaged.
        SourceError: The images cannot be listed.
        NoImages: None can be read.
    Example:
        >>> import tempfile
        >>> from lookoutcv.gate_training.samples.make_samples import gate_data
        >>> samples = gate_data(tempfile.mkdtemp())
        >>> evaluate_gate("threshold", samples.folder, threshold=500).auc
        1.0
    """
    opened = opened_gate(gate, threshold=threshold)
    scenes = read_scenes(data, Limits.of(max_pixels, max_bytes))
    source = opened.state.source
    seen = bool(source) and os.path.realpath(source) == os.path.realpath(scenes.name)
    return evaluated(opened, scenes, seen=seen, chose_cut=seen, thumbnails=thumbnails, progress=progress)


@dataclass
class _Tally:
    """What is counted while images pass."""

    thumbnails: bool
    scores: dict[bool, list[float]] = field(default_factory=lambda: {True: [], False: []})
    shares: dict[tuple[str, str, bool], list[int]] = field(default_factory=dict)
    refused: dict[str, list[Any]] = field(default_factory=dict)
    wrong: list[tuple[float, int, WrongVerdict]] = field(default_factory=list)
    order: Any = field(default_factory=count)

    def add(self, scene: Scene, verdict: GateVerdict, pixels: Any) -> None:
        if verdict.score is not None and verdict.label is not None:
            self.scores[scene.sharp].append(verdict.score)
        right = verdict.label is not None and bool(verdict.label) is scene.sharp
        for by, name in _belongs(scene):
            counts = self.shares.setdefault((by, name, scene.sharp), [0, 0, 0])
            counts[0] += 1
            counts[1] += right
            counts[2] += verdict.label is None
        if scene.sharp:
            for one in verdict.opinions:
                if one.judge != SHARPNESS and one.fit is False:
                    self.refused.setdefault(one.judge, [0, one.reason])[0] += 1
        if verdict.label is not None and not right:
            self._note(scene, verdict, pixels)

    def _note(self, scene: Scene, verdict: GateVerdict, pixels: Any) -> None:
        sure = verdict.confidence or 0.0
        if len(self.wrong) == _MOST_WRONG and sure <= self.wrong[0][0]:
            return
        small = base64.b64encode(thumbnail(pixels)).decode() if self.thumbnails else None
        about = " ".join(filter(None, (scene.kind, scene.strength, scene.nuisance)))
        entry = WrongVerdict(scene.id, scene.sharp, verdict.score or 0.0, sure, about, small)
        heapq.heappush(self.wrong, (sure, -next(self.order), entry))
        if len(self.wrong) > _MOST_WRONG:
            heapq.heappop(self.wrong)


def evaluated(
    gate: Gate,
    scenes: Scenes,
    *,
    seen: bool = False,
    chose_cut: bool = False,
    thumbnails: bool = True,
    progress: Progress | None = None,
) -> GateEvaluation:
    """How good a gate is on images that were listed. Arguments and result are those of `evaluate_gate`.

    Args:
        seen, chose_cut: The gate was fitted on these images, or they chose its cut.
    """
    scenes = replace(scenes, skipped=SkippedImages())  # those that were noted when others looked are noted anew
    tally = _Tally(thumbnails)
    total = len(scenes.items)
    for done, (scene, view) in enumerate(scenes.views(), start=1):
        tally.add(scene, gate.judge(view, scene.id), view.pixels)
        if progress is not None:
            progress(done, total)
    read = sum(counts[0] for (by, _, _), counts in tally.shares.items() if by == "all")
    if not read:
        raise NoImages(f"no image of {scenes.name} can be read", "Look at the files.", source=scenes.name)
    sharp, blurred = (np.array(tally.scores[kind]) for kind in (True, False))
    shares = [_share(key, counts) for key, counts in sorted(tally.shares.items(), key=_place)]
    told, right = (sum(one) for one in zip(*((s.told, s.right) for s in shares if s.by == "all"), strict=True))
    auc = area_under_roc(sharp, blurred) if len(sharp) and len(blurred) else (None, None, None)
    return GateEvaluation(
        gate=gate.name,
        variant=gate.variant,
        data=scenes.name,
        sharp=sum(s.images for s in shares if s.by == "all" and s.sharp),
        blurred=sum(s.images for s in shares if s.by == "all" and not s.sharp),
        cut=gate.cut.value,
        cut_words=gate.cut.words,
        accuracy=right / told if told else None,
        answered=told / read,
        auc=auc[0],
        auc_low=auc[1],
        auc_high=auc[2],
        shares=shares,
        roc=_roc(sharp, blurred),
        precision_recall=_precision_recall(sharp, blurred),
        refused=[RefusedBy(name, n, why) for name, (n, why) in sorted(tally.refused.items())],
        wrong=[entry for _, _, entry in sorted(tally.wrong, key=lambda one: (-one[0], -one[1]))],
        seen=seen,
        chose_cut=chose_cut,
        unlabelled=scenes.unlabelled,
        skipped=scenes.skipped.named,
        skipped_count=scenes.skipped.count,
        notes=[*scenes.notes, *_scene_notes(scenes)],
    )


def _scene_notes(scenes: Scenes) -> list[str]:
    """That several images of one scene are no several scenes."""
    groups = len({one.group for one in scenes.items})
    if groups == len(scenes.items):
        return []
    return [
        f"The {len(scenes.items):,} images show {groups:,} scenes. Intervals take images for independent: as wide as "
        "they are for images, they are too narrow for scenes."
    ]


_ORDER = ("all", "kind", "kind and strength", "nuisance", "scene")


def _place(item: tuple[tuple[str, str, bool], list[int]]) -> tuple[int, bool, str]:
    (by, name, sharp), _ = item
    return _ORDER.index(by), not sharp, name


def _belongs(scene: Scene) -> Iterable[tuple[str, str]]:
    yield "all", "all"
    if scene.kind:
        yield "kind", scene.kind
        if scene.strength:
            yield "kind and strength", f"{scene.kind} {scene.strength}"
    if scene.nuisance:
        yield "nuisance", scene.nuisance
    if scene.sharp and scene.scene_kind:
        yield "scene", scene.scene_kind


def _share(key: tuple[str, str, bool], counts: list[int]) -> GateShare:
    images, right, untold = counts
    low, high = wilson_interval(right, images - untold) if images > untold else (None, None)
    return GateShare(*key, images, right, untold, low, high)


def _roc(sharp: Any, blurred: Any) -> list[CurvePoint]:
    if not len(sharp) or not len(blurred):
        return []
    # What is looked for is blur: the positives are the blurred ones, whose scores are low.
    false, true = roc_curve(-blurred, -sharp)
    return _thinned(false, true)


def _precision_recall(sharp: Any, blurred: Any) -> list[CurvePoint]:
    if not len(sharp) or not len(blurred):
        return []
    precision, recall = precision_recall_curve(-blurred, -sharp)
    return _thinned(recall, precision)


def _thinned(x: Any, y: Any) -> list[CurvePoint]:
    """At most so many points, evenly spread along both axes; the ends stay."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    if len(x) <= _CURVE_POINTS or not math.isfinite(along[-1]):
        chosen = np.arange(len(x))
    else:
        chosen = np.unique(np.searchsorted(along, np.linspace(0, along[-1], _CURVE_POINTS)).clip(0, len(x) - 1))
    return [CurvePoint(round(float(x[i]), 6), round(float(y[i]), 6)) for i in chosen]
