"""A gate: whether an image is fit to use, from one score of sharpness, its cut, and judges of everything else."""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.errors import CorruptFile, ImageError, NotOurFile, ShapeMismatch
from lookoutcv.files import is_url
from lookoutcv.gate.artifact import WEIGHTS_FILE, GateState, JudgeState, gate_files, read_gate
from lookoutcv.gate.camera_memory import CameraMemory, remembered
from lookoutcv.gate.cut import Cut, sureness
from lookoutcv.gate.judges.base import Judge, Numbers
from lookoutcv.gate.judges.base import registry as judges
from lookoutcv.gate.loading import check_threshold, check_weights, is_name, named, unfitted, with_limits
from lookoutcv.gate.opinions import of_sharpness, opinion, unreadable, verdict_values
from lookoutcv.gate.variants.base import Learnt, Score, Variant
from lookoutcv.gate.variants.base import registry as variants
from lookoutcv.images import DEFAULT_LIMITS, Image, Limits, read
from lookoutcv.pixels.view import Facts, ImageView
from lookoutcv.records.measurer import MeasuredColumn, Measurer, Value
from lookoutcv.results.gate_verdict import BLURRED, CANNOT_TELL, SHARP, GateOpinion, GateVerdict
from lookoutcv.results.json_values import to_values

DEFAULT_VARIANT = "composite"
_UNNAMED = "image"


@only_known_keywords(types=False)
class Gate:
    """Judges images one by one. Made by `Gate.load`; may be shared by threads.

    Args:
        state: What `gate.json` holds.
        learnt: What its variant learnt.
        place: Where it is from; "" for a variant that nobody fitted.
    Raises:
        UnknownPlugin: Its variant or a judge is not known here.
        MissingExtra: Its variant needs a library that is not installed.
    Example:
        >>> import numpy as np
        >>> import lookoutcv as lo
        >>> gate = lo.Gate.load("threshold", threshold=100)
        >>> gate.check(np.full((64, 64, 3), 128, np.uint8)).label_name
        'blurred'
    """

    def __init__(self, state: GateState, learnt: Learnt, place: str = "") -> None:
        self.state = state
        self.place = place
        self._learnt = learnt
        self._variant: Variant = variants.get(state.variant)
        self._scorer = self._variant.open(learnt)
        self._judges = tuple(with_limits(judges.get(one.name), one) for one in state.judges)
        self._memory = CameraMemory()

    @classmethod
    def load(
        cls,
        gate: str | os.PathLike[str] = DEFAULT_VARIANT,
        *,
        threshold: float | None = None,
        judges: list[str] | tuple[str, ...] | None = None,
    ) -> Gate:
        """A gate that was fitted, or a variant with the cut that it comes with.

        Args:
            gate: The folder that `lookout gate fit` made, or a variant's name: "composite" or "threshold".
            threshold: Of the variant `threshold`, a cut in place of its own: a variance of the Laplacian.
            judges: Of what is judged beside sharpness, only these; an empty list for none.
        Raises:
            NotOurFile: There is no gate at that place.
            FileFormatError: It is damaged, or of a newer version.
            ConfigError: The variant has no cut of its own, and none is given.
            UnknownPlugin: There is no such judge.
        """
        name = named(gate)
        if name in variants and not os.path.exists(os.path.join(name, "gate.json")):
            state, learnt = unfitted(variants.get(name), threshold), Learnt()
            place = ""
        elif is_name(name):
            variants.get(name)  # answers with the nearest name
            raise NotOurFile(f"there is no gate at {name}", GateState.REMEDY, path=name)
        else:
            state, learnt = read_gate(name)
            check_weights(state, learnt, name)
            place = name
            if threshold is not None:
                check_threshold(threshold, state.variant)
                state = replace(state, cut=Cut(threshold, chosen_by="given", slope=state.cut.slope))
        if judges is not None:
            known = {one.name: one for one in state.judges}
            state = replace(state, judges=tuple(known.get(one, JudgeState(one)) for one in judges))
        return cls(state, learnt, place)

    @property
    def variant(self) -> str:
        """The name of what scores sharpness."""
        return self._variant.name

    @property
    def identity(self) -> str:
        """By what two gates are known for the same: they judge alike."""
        state = self.state
        judged = [state.variant, state.weights_sha256, *map(to_values, (state.cut, state.judges, state.facts))]
        return hashlib.sha256(json.dumps(judged, sort_keys=True).encode()).hexdigest()[:16]

    @property
    def cut(self) -> Cut:
        """Where sharp begins."""
        return self.state.cut

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.place or self.variant

    def save(self, folder: str | os.PathLike[str], more: Mapping[str, bytes] | None = None) -> list[Path]:
        """Write it to a folder of its own: `gate.json`, weights, and its forms for other programs.

        Args:
            folder: Made where it is not there. Files of earlier gates there are replaced.
            more: Other files that belong to it, by name.
        Returns:
            The files.
        Raises:
            OutputUnwritable: They cannot be written there, or other files of these names lie there.
        """
        from lookoutcv.gate.save_gate import save_files  # noqa: PLC0415 - who judges does not write

        forms = {} if self._variant.files is None else self._variant.files(self._learnt)
        beside = {**(more or {}), **forms}
        files = {**beside, **gate_files(self.state, self._learnt, tuple(beside))}
        written = save_files(folder, files)
        if WEIGHTS_FILE in files and os.fspath(folder) == self.place:
            # From now on other processes read them there.
            self.state = replace(self.state, weights_sha256=hashlib.sha256(files[WEIGHTS_FILE]).hexdigest())
        return written

    def check(
        self, image: Any, *, camera: str | None = None, id: str | None = None, limits: Limits | None = None
    ) -> GateVerdict:
        """Judge one image.

        Args:
            image: What `lo.read` takes: a path, a URL, bytes, an array (H, W, 3) uint8 RGB, a PIL image; or an `Image`.
            camera: Whose image it is: judges with memory then judge too, by this camera's images before it, in the
                order in which they are given. None for judges of one image alone, whose answers depend on nothing else.
            id: What the verdict calls the image; unless given, its path.
            limits: An image beyond them is not fit.
        Returns:
            The verdict. Of an image that cannot be read it is "unfit", with the reason.
        Raises:
            UnreadableImage: There is no such file.
            MetricFailed: A judge failed.
        """
        name = id if id is not None else str(image) if isinstance(image, str | os.PathLike) else _UNNAMED
        try:
            opened = image if isinstance(image, Image) else read(image, limits=limits or DEFAULT_LIMITS)
        except (ImageError, ShapeMismatch) as error:
            if isinstance(image, str | os.PathLike) and not is_url(os.fspath(image)) and not os.path.isfile(image):
                raise  # a mistyped path is no bad image
            return unreadable(name, error.reason if isinstance(error, ImageError) else error.problem)
        facts = Facts(opened.stored_bytes, opened.exif_orientation)
        return self.judge(ImageView(opened.pixels, facts), name, camera)

    def judge(self, view: ImageView, id: str = _UNNAMED, camera: str | None = None) -> GateVerdict:
        """Judge pixels that are decoded already. Arguments and result are those of `check`."""
        score = self.score(view)
        label, confidence = self._label(score, min(view.height, view.width))
        others, abstained = self._others(view, camera)
        opinions = [of_sharpness(label, score.untellable), *others]
        objections = tuple(one for one in opinions if one.fit is not True)
        fit = all(one.fit is not False for one in opinions)
        return GateVerdict(
            id=id,
            verdict="unfit" if not fit else "cannot tell" if objections else "fit",
            label=label,
            label_name=CANNOT_TELL if label is None else (BLURRED, SHARP)[label],
            score=None if math.isnan(score.value) else score.value,
            confidence=confidence,
            reasons=tuple(one.reason for one in objections),
            opinions=objections,
            abstained=tuple(abstained),
        )

    def score(self, view: ImageView) -> Score:
        """The variant's score alone.

        Raises:
            MetricFailed: The variant failed.
        """
        return self._scorer(view)

    def measurer(self) -> Measurer:
        """The gate as a measurer: records, baselines, reports and the log then hold its verdicts.

        Columns: `gate.verdict`; `gate.judge`, whose objection comes first; `gate.score`; `gate.reasons`, joined by
        semicolons.
        """
        columns = (
            MeasuredColumn("gate.verdict", "category"),
            MeasuredColumn("gate.judge", "category"),
            MeasuredColumn("gate.score"),
            MeasuredColumn("gate.reasons", "category"),
        )
        return Measurer("gate", columns, _Measured(self))

    def __reduce__(self) -> tuple[Any, ...]:
        # Another process opens it again, once; what is remembered of cameras stays here. Weights are read from its
        # folder: sent with every batch they would cost more than judging.
        if self.place and self.state.weights_sha256 is not None:
            return _reopened, (self.place, self.state)
        return Gate, (self.state, self._learnt, self.place)

    def _label(self, score: Score, short_px: int) -> tuple[int | None, float | None]:
        if math.isnan(score.value) or score.untellable:
            return None, None
        cut, scale = self.cut.at(short_px), self._variant.scale
        return int(score.value >= cut), sureness(self.cut.slope, scale(score.value) - scale(cut))

    def _others(self, view: ImageView, camera: str | None) -> tuple[list[GateOpinion], list[str]]:
        """What the other judges say, and the names of those that abstain."""
        said: list[GateOpinion] = []
        abstained: list[str] = []
        for (judge, limits), state in zip(self._judges, self.state.judges, strict=True):
            if (judge.needs and not state.learnt) or (judge.memory is not None and camera is None):
                continue
            numbers = self._numbers(judge, state.learnt, view, camera)
            if numbers.abstains:
                abstained.append(judge.name)
            else:
                said.append(opinion(judge, limits, numbers))
        return said, abstained

    def _numbers(self, judge: Judge, learnt: Mapping[str, Any], view: ImageView, camera: str | None) -> Numbers:
        if judge.memory is None:
            return judge(view, learnt)
        lock, memory = self._memory.of(str(camera))
        with lock:
            return judge(view, learnt, remembered(memory, judge.name, judge.memory))


_opened: dict[tuple[str, str], Gate] = {}


def _reopened(place: str, state: GateState) -> Gate:
    key = place, json.dumps(state.to_dict())
    if key not in _opened:
        now, learnt = read_gate(place)
        if now.weights_sha256 != state.weights_sha256:
            raise CorruptFile(f"{place} was fitted anew meanwhile", "Start again.", path=place)
        _opened[key] = Gate(state, learnt, place)
    return _opened[key]


class _Measured:
    """What `Gate.measurer` measures with; of one image alone, since processes share no memory of cameras."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def __call__(self, view: ImageView, prediction: object) -> Mapping[str, Value]:
        return verdict_values(self._gate.judge(view))
