"""A run from its images to its package: read, divided, learnt, compared, packed and written down."""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version

from lookoutcv.calls.option_names import option
from lookoutcv.clock import now
from lookoutcv.measuring.measuring_settings import Options
from lookoutcv.models.backbones.backbone import Backbone
from lookoutcv.results.result import StoredResult
from lookoutcv.results.training_run import TrainingRun
from lookoutcv.tracking.open_run import find_store, open_run
from lookoutcv.training.beginnings import Start, backbones_of, started
from lookoutcv.training.compare_taught import Comparison, compare_taught
from lookoutcv.training.data.picture_store import PictureStore
from lookoutcv.training.evaluate_best import evaluate_best
from lookoutcv.training.fitting.device import device_text
from lookoutcv.training.fixed_features import FixedFeatures, fixed_features
from lookoutcv.training.fold_scores import fold_scores
from lookoutcv.training.material import Material, read_material, refuse_missing, refuse_too_few
from lookoutcv.training.onlooker import Onlooker
from lookoutcv.training.packing.pack_fitted import Packing, pack_fitted
from lookoutcv.training.request import Request
from lookoutcv.training.run_folder import DATA, RUN, RunFolder, claimed_folder
from lookoutcv.training.teaching import Lesson, teach
from lookoutcv.training.timing.affordable_networks import leave_out_slow
from lookoutcv.training.timing.ending_time import BusyMachine, EndingTime, ending_time
from lookoutcv.training.timing.time_budget import perturbing_seconds
from lookoutcv.version import TOOL

_LIBRARIES = ("torch", "timm", "onnx", "onnxruntime", "numpy", "opencv-python-headless")
PACKAGE = "package"
NO_OUTLOOK = (
    "By how much more images would help cannot be told without pretrained weights: it is read off linear heads on what "
    "such a network sees."
)


def run_training(request: Request, onlooker: Onlooker) -> TrainingRun:
    """The whole of a run; see `train`."""
    refuse_missing(request)
    store = find_store(request.tracking)  # before anything is read, and before the folder is claimed
    with (
        claimed_folder(request.output, request.deciding(), resume=request.resume) as folder,
        _how_to_go_on_told(folder, onlooker),
    ):
        if request.resume and not folder.resumed:
            onlooker.note(f"Nothing was stopped in {request.output}: this run begins anew.")
        start = started(request, onlooker)
        tracked = open_run(request.tracking, folder.path.resolve().name, folder.mlflow_run(), store)
        folder.keep_mlflow_run(tracked.run_id)
        onlooker.tracked = tracked
        with tracked:
            tracked.settings(request.settings())
            run = _run_in(folder, request, start, onlooker)
            onlooker.finished(run, folder.path / PACKAGE)
        run = replace(run, tracking=tracked.record())
        # The last of all: a folder without it holds a run that was stopped.
        _write(folder, RUN, run)
        folder.remove_checkpoints()
    return run


def _run_in(folder: RunFolder, request: Request, start: Start, onlooker: Onlooker) -> TrainingRun:
    steps = _Steps(request, folder, start, onlooker)
    began = time.monotonic()
    material = read_material(request, onlooker)
    learnt = steps.learnt(material, (time.monotonic() - began) / len(material.samples))
    run = _described(request, learnt, device_text(start.device, request.threads), onlooker)
    run = steps.packed(run, learnt)
    return replace(run, seconds=round(time.monotonic() - start.began_seconds, 1))


@dataclass(frozen=True, eq=False)
class _Learnt:
    """What was learnt, with what it says of the labels and of more images, and what the end will take."""

    material: Material
    comparison: Comparison
    outlook: tuple[str, ...]
    ending: EndingTime | None


@dataclass(frozen=True)
class _Steps:
    """The steps of a run, and what they have in common."""

    request: Request
    folder: RunFolder
    start: Start
    onlooker: Onlooker

    def learnt(self, material: Material, image_seconds: float) -> _Learnt:
        """What the backbones learn.

        Args:
            material: The images.
            image_seconds: What it took to read and measure one of them.
        """
        _write(self.folder, DATA, material.check)
        for finding in material.check.findings:
            if finding.severity != "low":  # the report holds all of them
                self.onlooker.tell(f"{finding.problem} {finding.remedy}")
        refuse_too_few(material)
        machine = BusyMachine()
        with machine.watched():
            backbones = backbones_of(self.request, self.start.beginnings, material, self.onlooker)
        ending, left_out = None, dict[str, str]()
        if self.start.budget.until_end is not None:
            tested, threads = len(material.division.test), self.request.threads
            ending = ending_time(backbones, tested, image_seconds, machine, threads, self.start.device)
            left_out = leave_out_slow(backbones, material.division, ending, self.start.budget, self.onlooker)
        with PictureStore(
            material.samples,
            {one.input for one in backbones},
            roomy=self.request.fit.augment != "none" and self.request.fit.epochs != 0,
            # Not where temporary files go: in many places those lie in memory.
            folder=self.folder.path,
            limits=self.request.limits,
            threads=self.request.threads,
            progress=self.onlooker.counting("Decoding the images"),
        ) as store:
            for note in store.notes:
                self.onlooker.note(note)
            if store.skipped_count:
                first = store.skipped[0]
                gone = f"{store.skipped_count:,} of the images cannot be read any more and are left out"
                self.onlooker.note(f"{gone}, the first of them {first.id}: {first.reason}.")
            lesson = Lesson(
                classes=material.division.classes,
                pictures=lambda input: material.of_part(store, "validation", input),
                # Where no other images judge the model, those that chose do, and must be new to it.
                settings=replace(self.request.fit, head_on_both=bool(material.division.test)),
                device=str(self.start.device),
                threads=self.request.threads,
                folder=self.folder,
                budget=self.start.budget,
                onlooker=self.onlooker,
                left_out=left_out,
            )
            comparison = compare_taught(teach(backbones, lesson), material, store, self.onlooker)
            seen = self._seen(backbones, comparison, material, store)
            if self.request.folds is not None and comparison.best.interrupted:
                self.onlooker.note("It was stopped by hand: nothing was taught in folds.")
            elif self.request.folds is not None:
                comparison = self._in_folds(self.request.folds, backbones, comparison, material, store)
        if seen is not None:
            material = replace(material, check=seen.doubted(material.check, self.request.seed))
            _write(self.folder, DATA, material.check)
        outlook: tuple[str, ...] = ()
        if self.request.plan:
            outlook = (NO_OUTLOOK,) if seen is None else seen.outlook(self.request.seed)
        return _Learnt(material, comparison, outlook, ending)

    def _seen(
        self, backbones: list[Backbone], comparison: Comparison, material: Material, store: PictureStore
    ) -> FixedFeatures | None:
        """What the best backbone that had seen something before sees in the images."""
        named = {one.name: one for one in backbones if one.pretrained}
        first = named.get(comparison.best.backbone) or next(iter(named.values()), None)
        if first is None:
            return None
        kept = self.folder.checkpoint(first.name)
        return fixed_features(first, material, store, kept, self.onlooker, plan=self.request.plan)

    def _has_time_to_perturb(self, learnt: _Learnt) -> bool:
        """Whether the budget has time to ask the best model about corrupted copies; told where it has none."""
        left, ending, best = self.start.budget.until_end, learnt.ending, learnt.comparison.best.backbone
        latency = next(one.latency_ms for one in learnt.comparison.candidates if one.name == best)
        if left is None or ending is None:
            return True
        images = len(learnt.material.division.test)
        if left >= ending.of(best) + ending.slowdown * perturbing_seconds(images, latency or 0.0):
            return True
        self.onlooker.note(
            "The baseline was not calibrated on corrupted copies of the test images: the budget had no time for it. "
            "Where later images are worse than these, accuracy is estimated less well."
        )
        return False

    def _in_folds(
        self, folds: int, backbones: list[Backbone], comparison: Comparison, material: Material, store: PictureStore
    ) -> Comparison:
        """The same with the scores of the best in each fold."""
        name = comparison.best.backbone
        scores = fold_scores(
            next(one for one in backbones if one.name == name),
            material,
            store,
            self.request.fit,
            folds,
            device=str(self.start.device),
            threads=self.request.threads,
            onlooker=self.onlooker,
        )
        candidates = [replace(one, folds=scores) if one.name == name else one for one in comparison.candidates]
        return replace(comparison, candidates=candidates)

    def packed(self, run: TrainingRun, learnt: _Learnt) -> TrainingRun:
        """The same run with the evaluation of its best, which is packed."""
        request, material, best = self.request, learnt.material, learnt.comparison.best
        named = Packing(
            name=request.output.name or best.backbone,
            data=material.labelled.name,
            int8=request.int8,
            state_dict=request.state_dict,
            perturb=request.perturb and self._has_time_to_perturb(learnt),
            options=_baseline_options(request, self.onlooker),
            # Of a run that was killed while it was packed.
            force=self.folder.resumed,
        )
        called = f"{named.name} {named.version}"
        run = replace(run, evaluation=evaluate_best(best, material.division.test, called, request, self.onlooker))
        package = pack_fitted(best, self.folder.path / PACKAGE, material.division, named, run=run, check=material.check)
        notes = dict.fromkeys((*run.notes, *self.onlooker.notes, *package.manifest.notes))
        if package.manifest.int8 is not None:
            notes[package.manifest.int8.sentence] = None
        told = {note for one in run.candidates for note in one.notes}
        return replace(run, notes=[note for note in notes if note not in told])


@contextmanager
def _how_to_go_on_told(folder: RunFolder, onlooker: Onlooker) -> Iterator[None]:
    """However a block ends that is not finished, it is told where what was learnt lies."""
    try:
        yield
    except BaseException:
        if folder.unfinished:
            go_on = option("resume", True)
            onlooker.tell(f"What was learnt is kept in {folder.path}: the same again with {go_on} goes on with it.")
        raise


def _baseline_options(request: Request, onlooker: Onlooker) -> Options:
    options: Options = {"workers": request.threads, "thumbnails": request.thumbnails, "strict": request.strict}
    if (progress := onlooker.counting("Measuring for the baseline")) is not None:
        options["progress"] = progress
    if request.max_pixels is not None:
        options["max_pixels"] = request.max_pixels
    if request.max_bytes is not None:
        options["max_bytes"] = request.max_bytes
    return options


def _described(request: Request, learnt: _Learnt, device: str, onlooker: Onlooker) -> TrainingRun:
    material, comparison = learnt.material, learnt.comparison
    notes = [*material.labelled.notes, *onlooker.notes]
    return TrainingRun(
        name=str(request.output),
        created=now(),
        tool=TOOL,
        data=material.labelled.name,
        classes=list(material.division.classes),
        parts=list(material.parts),
        division=list(material.division.how),
        candidates=comparison.candidates,
        best=comparison.best.backbone,
        why=comparison.why,
        differences=comparison.differences,
        outlook=list(learnt.outlook),
        evaluation=None,
        check=material.check,
        settings=request.settings(),
        seed=request.seed,
        device=device,
        versions=_versions(),
        notes=list(dict.fromkeys(notes)),
    )


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in _LIBRARIES:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


def _write(folder: RunFolder, name: str, result: StoredResult) -> None:
    text = json.dumps(result.to_dict(), ensure_ascii=False, allow_nan=False, indent=1) + "\n"
    folder.write(name, text.encode())
