"""Which model of a training run is the best, how good it is, and why it."""

from __future__ import annotations

from collections.abc import Iterator

from lookoutcv.reports.parts.content_blocks import KeyFigure, KeyFigures, Note
from lookoutcv.reports.parts.display_text import counted
from lookoutcv.reports.parts.document import Verdict
from lookoutcv.reports.parts.numbers import number, percent, quantity
from lookoutcv.reports.sections.evaluations.classifier_answer import FEW_IMAGES, accuracy_interval, top_figures
from lookoutcv.results.severity import Severity
from lookoutcv.results.training_run import Candidate, Score, TrainingRun


def run_verdict(run: TrainingRun) -> Verdict:
    """The best model with its accuracy, and why it is the best."""
    best = best_candidate(run)
    known = best_score(best)
    if known is None:
        return Verdict(None, f"{run.best} was taught", run.why)
    part, score = known
    return Verdict(None, f"{run.best}: right on {percent(score.accuracy)} of {_images(part, score)}", run.why)


def run_figures(run: TrainingRun) -> KeyFigures:
    """The figures of the best model that a reader looks for first."""
    further = () if run.evaluation is None else tuple(top_figures(run.evaluation))
    figures = tuple(_figures(best_candidate(run)))
    return KeyFigures((*figures[:2], *further, *figures[2:]) if figures else ())


def run_caveats(run: TrainingRun) -> tuple[Note, ...]:
    """What limits the figures of the best model."""
    best = best_candidate(run)
    if best is not None and best.test is None and best.validation is not None:
        words = (
            "These figures are of the images that the model was chosen by, so they are likely to be a little too good: "
            "no part was kept that chose nothing."
        )
        return (Note(words, Severity.MEDIUM),)
    always = _most_frequent(run)
    if best is not None and best.test is not None and best.test.low <= always:
        words = (
            f"Whoever always says the most frequent class is right on {percent(always)} of the test images: the model "
            "is not better than that by more than chance."
        )
        return (Note(words, Severity.HIGH),)
    if best is not None and best.test is not None and best.test.images < FEW_IMAGES:
        half = 100 * (best.test.high - best.test.low) / 2
        words = (
            f"The accuracy rests on {counted(best.test.images, 'image')}: it is known to about {half:.0f} points to "
            "each side, and so is what is told of it later from the baseline."
        )
        return (Note(words, Severity.LOW),)
    return ()


def _most_frequent(run: TrainingRun) -> float:
    """The share of the most frequent class among the test images; 0 where there are none."""
    counts = next((part.classes for part in run.parts if part.name == "test"), {})
    return max(counts.values()) / sum(counts.values()) if sum(counts.values()) else 0.0


def best_candidate(run: TrainingRun) -> Candidate | None:
    """The best one; None where a run names one that it does not hold."""
    return next((one for one in run.candidates if one.name == run.best), None)


def best_score(candidate: Candidate | None) -> tuple[str, Score] | None:
    """The score that says most of a model, and its part: the one that chose nothing, where there is one."""
    if candidate is None:
        return None
    if candidate.test is not None:
        return "test", candidate.test
    return None if candidate.validation is None else ("validation", candidate.validation)


def _images(part: str, score: Score) -> str:
    return counted(score.images, f"{part} image")


def _figures(best: Candidate | None) -> Iterator[KeyFigure]:
    known = best_score(best)
    if best is None or known is None:
        return
    part, score = known
    interval = accuracy_interval(score.low, score.high)
    yield KeyFigure("Accuracy", percent(score.accuracy), f"Of {_images(part, score)}; 95% interval {interval}.")
    yield KeyFigure("Macro F1", number(score.macro_f1), "Mean F1 of the classes: rare ones count as much as others.")
    if score.calibration_error is not None:
        words = "How far confidence and accuracy lie apart on average (ECE): 0 means as sure as it is right."
        yield KeyFigure("Calibration error", number(score.calibration_error), words)
    if best.latency_ms is not None:
        yield KeyFigure("Time for an image", f"{number(best.latency_ms, 2)} ms", f"On this machine: {best.latency_of}.")
    if best.size_bytes is not None:
        yield KeyFigure("Size", quantity(best.size_bytes, "bytes"), "Of its file.")
