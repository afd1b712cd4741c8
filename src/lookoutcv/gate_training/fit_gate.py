"""From images that are known to be sharp, and blurred ones where there are any, to a gate for the user's camera."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.calls.option_names import option
from lookoutcv.errors import ConfigError, DataError
from lookoutcv.files.outputs import refuse_inputs
from lookoutcv.gate.artifact import FittedLimit, GateState, JudgeState
from lookoutcv.gate.cut import Cut, SizedCut
from lookoutcv.gate.gate import DEFAULT_VARIANT, Gate
from lookoutcv.gate.judges.base import Limit
from lookoutcv.gate.judges.base import registry as judges
from lookoutcv.gate.variants.base import Learnt, Lesson, Variant
from lookoutcv.gate.variants.base import registry as variants
from lookoutcv.gate_training.choosing_cut import fitted_slope, quantile_cut, scanned_cut
from lookoutcv.gate_training.evaluate_gate import evaluated
from lookoutcv.gate_training.fitting_notes import cut_notes, data_notes, learning_notes
from lookoutcv.gate_training.gate_files import more_files
from lookoutcv.gate_training.labelled_scenes import Scenes, read_scenes
from lookoutcv.gate_training.parting import parted
from lookoutcv.gate_training.scored_scenes import AS_THEY_ARE, CONDITIONS, sharp_scores
from lookoutcv.gate_training.told_fit import told_fit
from lookoutcv.images import Limits
from lookoutcv.pixels.view import ImageView
from lookoutcv.progress import Progress
from lookoutcv.results.gate_evaluation import GateEvaluation
from lookoutcv.results.tracking_record import TrackingRecord
from lookoutcv.sources.decoded_images import no_images
from lookoutcv.sources.input_paths import input_paths
from lookoutcv.tracking.tracking_settings import TrackingSettings
from lookoutcv.version import __version__


@only_known_keywords(types=False)
@dataclass(frozen=True, eq=False)
class FittedGate:
    """A gate that was fitted.

    Args:
        gate: Ready to judge.
        evaluation: How good it is: on images that it did not learn from, where there were enough.
        files: Those that were written.
        tracking: Where it was told to MLflow, and what of it was not; None where nobody was told.
    """

    gate: Gate
    evaluation: GateEvaluation
    files: tuple[Path, ...] = ()
    tracking: TrackingRecord | None = None


@only_known_keywords()
def fit_gate(
    data: Any,
    *,
    variant: str = DEFAULT_VARIANT,
    false_reject: float = 0.02,
    baseline: Any = None,
    epochs: int = 5,
    batch_size: int = 16,
    learning_rate: float = 1e-3,
    backbone: str | None = None,
    weights: str = "auto",
    device: str = "cpu",
    seed: int = 0,
    output: str | os.PathLike[str] | None = None,
    max_pixels: int | None = None,
    max_bytes: int | None = None,
    mlflow_uri: str | None = None,
    experiment: str | None = None,
    run_name: str | None = None,
    progress: Progress | None = None,
    on_fit: Callable[[FittedGate], Iterable[str | os.PathLike[str]] | None] | None = None,
) -> FittedGate:
    """Fit a gate: learn where the variant learns, and choose the cut from the user's own sharp images.

    Args:
        data: A folder with the folders sharp and blurred, a table with the columns path and label, or what `gate_data`
            made; or good images alone, of which nothing is labelled: they are all taken for sharp.
        variant: What scores sharpness: composite, threshold, cnn or vit.
        false_reject: The share of sharp images that the cut is to refuse, 0 to 0.5.
        baseline: A baseline, or its file: images that look like nothing in it are then unfit.
        epochs, batch_size, learning_rate: Of a variant that learns.
        backbone: timm's name of a network, for `vit`.
        weights: Where that begins: auto, hub, none, or a file.
        device: cpu, cuda or mps, for a variant that learns.
        seed: Of what is drawn.
        output: Write the gate to this folder.
        max_pixels, max_bytes: As for `measure`.
        mlflow_uri: Tell MLflow: a server, "sqlite:///FILE", or "off"; unless given, the variable MLFLOW_TRACKING_URI.
            Where it does not answer, the gate is fitted all the same, and `tracking` says so.
        experiment, run_name: What they are called there; unless given, "cv_blur_detection" (of a network with "_cnn" or
            "_vit" behind it) and the name of the folder.
        progress: Called as `progress(done, total)`.
        on_fit: Called with the gate once it is fitted and written. What it returns are files, such as a report, that
            MLflow is given too.
    Raises:
        UnknownPlugin: There is no such variant.
        ConfigError: A number is out of range, or the address of MLflow is none.
        DataError: There is no sharp image, or a variant that learns has no blurred one.
        SourceError: The images cannot be listed.
    Example:
        >>> import tempfile
        >>> from lookoutcv.gate_training.samples.make_samples import gate_data
        >>> fitted = fit_gate(gate_data(tempfile.mkdtemp()).folder, variant="threshold")
        >>> fitted.evaluation.accuracy
        1.0
    """
    if output is not None:
        refuse_inputs(output, input_paths(output, data))
    if not 0 <= false_reject <= 0.5:
        problem = f"{option('false_reject')} is {false_reject}"
        raise ConfigError(problem, f"Give {option('false_reject')} from 0 to 0.5.", key="false_reject")
    for key, value in (("epochs", epochs), ("batch_size", batch_size), ("learning_rate", learning_rate)):
        if value <= 0:
            raise ConfigError(f"{option(key)} is {value}", f"Give {option(key)} a number above 0.", key=key)
    if seed < 0:
        raise ConfigError(f"{option('seed')} is {seed}", f"Give {option('seed')} 0 or more.", key="seed")
    chosen, known = variants.get(variant), _baseline(baseline)
    learns = chosen.learn is not None
    name = chosen.name if output is None else Path(output).resolve().name
    with told_fit(TrackingSettings(mlflow_uri, experiment, run_name), chosen.name, name) as told:
        scenes = read_scenes(data, Limits.of(max_pixels, max_bytes))
        _check(chosen, scenes)
        told.asked(
            {
                **{"variant": chosen.name, "false_reject": false_reject, "seed": seed},
                **{"data": scenes.name, "data/sharp": len(scenes.sharp), "data/blurred": len(scenes.blurred)},
                **({"epochs": epochs, "batch_size": batch_size, "learning_rate": learning_rate} if learns else {}),
                **({"backbone": backbone, "weights": weights, "device": device} if learns else {}),
            }
        )
        learning, choosing, seen = parted(scenes, learns=learns, seed=seed)
        learnt = Learnt()
        if chosen.learn is not None:
            lesson = Lesson(
                learning.items, epochs, batch_size, learning_rate, seed, backbone, weights, device, progress
            )
            learnt = chosen.learn(lesson)
        numbers = _JudgedNumbers()
        cut = _Choice(chosen, learnt, false_reject, seed, progress).cut(choosing, numbers)
        if not seen:
            numbers.add_all(learning)
        notes = (*data_notes(scenes, cut, seen=seen, learns=learns), *learning_notes(learnt))
        state = _state(chosen, cut, scenes, numbers.states(known), notes)
        gate = Gate(state, learnt, "" if output is None else os.fspath(output))
        evaluation = evaluated(gate, choosing, seen=seen, chose_cut=True, progress=progress)
        state = gate.state = replace(state, notes=(*state.notes, *cut_notes(chosen, cut, evaluation)))
        files = [] if output is None else gate.save(output, more_files(state, learnt, evaluation))
        fitted = FittedGate(gate, evaluation, tuple(files))
        told.gate(state, learnt, evaluation, files)
        told.files((on_fit(fitted) if on_fit is not None else None) or ())
    return replace(fitted, tracking=told.record())


def _state(
    variant: Variant, cut: Cut, scenes: Scenes, judged: tuple[JudgeState, ...], notes: tuple[str, ...]
) -> GateState:
    untaught = [str(one.learnt["note"]) for one in judged if "note" in one.learnt]
    return GateState(
        variant=variant.name,
        cut=cut,
        judges=judged,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        tool=f"lookoutcv {__version__}",
        source=scenes.name,
        sharp=len(scenes.sharp),
        blurred=len(scenes.blurred),
        notes=(*notes, *untaught),
    )


def _check(variant: Variant, scenes: Scenes) -> None:
    if not scenes.sharp:
        raise DataError(
            f"{scenes.name} has no sharp image, and sharp images choose the cut",
            "Put good images of your camera into a folder called sharp, or label them 1.",
            source=scenes.name,
        )
    if variant.learn is not None and not scenes.blurred:
        raise DataError(
            f"{scenes.name} has no blurred image, and the variant {variant.name!r} learns from both",
            "Make blurred copies of your photographs: lookout gate data --from PHOTOS -o DIR",
            source=scenes.name,
        )


@dataclass(frozen=True, eq=False)
class _Choice:
    """How a cut is chosen."""

    variant: Variant
    learnt: Learnt
    false_reject: float
    seed: int
    progress: Progress | None

    def cut(self, scenes: Scenes, numbers: _JudgedNumbers) -> Cut:
        """The cut, from these images; what other judges measure on the sharp ones is noted."""
        scorer = self.variant.open(self.learnt)
        scan = self.variant.chooses == "scan" and bool(scenes.blurred)
        varied = any(one.nuisance not in ("", "none") for one in scenes.sharp)
        conditions = () if scan else AS_THEY_ARE if varied else CONDITIONS
        found = sharp_scores(
            scenes, scorer, conditions=conditions, seed=self.seed, progress=self.progress, seen=numbers.add
        )
        if not found.views_read:
            raise no_images(scenes.name, tuple(scenes.skipped.named), scenes.skipped.count)
        if not len(found.own):
            raise DataError(
                f"of {found.views_read:,} sharp images none shows enough to tell whether it is sharp",
                "Give images with more in them, or of more pixels.",
                source=scenes.name,
            )
        others = [(scorer(view), min(view.height, view.width)) for _, view in _blurred(scenes).views()]
        others = [(one, short) for one, short in others if not one.untellable and np.isfinite(one.value)]
        blurred = np.array([one.value for one, _ in others])
        if scan and len(blurred):
            cut = scanned_cut(found.own, blurred)
        else:
            sizes = [SizedCut(px, quantile_cut(s, s, self.false_reject).value) for px, s in found.by_size.items()]
            by_size = sizes if len(sizes) > 1 else []
            cut = quantile_cut(found.every, found.own, self.false_reject, by_size, found.shorts.tolist())
        cuts = np.array([cut.at(short) for short in found.shorts]), np.array([cut.at(short) for _, short in others])
        slope = fitted_slope(found.own, blurred, cuts, self.variant.scale, self.variant.slope)
        return replace(cut, slope=slope)


def _blurred(scenes: Scenes) -> Scenes:
    return Scenes(scenes.name, scenes.blurred, skipped=scenes.skipped)


class _JudgedNumbers:
    """What other judges measure on the user's sharp images: good images are not to be refused for what they are."""

    def __init__(self) -> None:
        self._judges = [one for one in judges if one.memory is None and not one.needs]
        self._ends: dict[str, dict[str, list[float]]] = {one.name: {} for one in self._judges}

    def add(self, view: ImageView) -> None:
        """Note one good image."""
        for judge in self._judges:
            for name, value in judge(view, {}).values.items():
                ends = self._ends[judge.name].setdefault(name, [np.inf, -np.inf])
                ends[0], ends[1] = min(ends[0], value), max(ends[1], value)  # NaN changes neither

    def add_all(self, scenes: Scenes) -> None:
        """Note the sharp ones of images that a variant learnt from."""
        for scene, view in scenes.views():
            if scene.sharp:
                self.add(view)

    def states(self, baseline: Any) -> tuple[JudgeState, ...]:
        """What a gate is to know of each judge."""
        states = []
        for judge in judges:
            ends = self._ends.get(judge.name, {})
            limits = tuple(_widened(limit, ends[limit.number]) for limit in judge.limits if limit.number in ends)
            learnt: Mapping[str, Any] = {}
            if judge.learn is not None and baseline is not None:
                learnt = judge.learn(baseline)
            states.append(JudgeState(judge.name, limits, dict(learnt)))
        return tuple(states)


def _widened(limit: Limit, ends: list[float]) -> FittedLimit:
    low, high = limit.low, limit.high
    if limit.own:
        low = None if low is None else min(low, ends[0])
        high = None if high is None else max(high, ends[1])
    return FittedLimit(limit.number, low, high)


def _baseline(baseline: Any) -> Any:
    if not isinstance(baseline, str | os.PathLike):
        return baseline
    from lookoutcv.measuring.baseline import Baseline  # noqa: PLC0415 - few give one

    return Baseline.load(baseline)
