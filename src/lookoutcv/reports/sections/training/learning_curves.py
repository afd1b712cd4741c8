"""How each model of a run learnt, epoch by epoch."""

from __future__ import annotations

from lookoutcv.reports.parts.content_blocks import Paragraph
from lookoutcv.reports.parts.document import Section
from lookoutcv.reports.parts.drawings import Curve, Curves
from lookoutcv.results.training_run import Candidate, TrainingRun

Points = tuple[tuple[float, float], ...]


def curves_sections(run: TrainingRun) -> tuple[Section, ...]:
    """Loss and accuracy of each; nothing where none has a curve."""
    curves = tuple(curve for candidate in run.candidates for curve in _curves(candidate))
    if not curves:
        return ()
    words = (
        "Where the training loss goes on falling and the validation loss rises again, a network learns its images by "
        "heart."
    )
    if any(point.epoch == 0 for candidate in run.candidates for point in candidate.curve):
        words += " Epoch 0 is a linear head on fixed features."
    if any(point.stage == "interpolated" for candidate in run.candidates for point in candidate.curve):
        words += " The last point is the network halfway back to its pretrained weights, with a head fitted anew."
    names = ("training images, as they were augmented", "validation images")
    drawn = Curves(curves, names, "the epoch that was kept")
    return (Section("How they learnt", (Paragraph(words), drawn)),)


def _curves(candidate: Candidate) -> tuple[Curve, ...]:
    if len(candidate.curve) < 2:  # a single point is no curve, and the table has it
        return ()
    mark = None if candidate.best_epoch is None else float(candidate.best_epoch)
    losses = [
        tuple((float(point.epoch), value) for point in candidate.curve if (value := getattr(point, name)) is not None)
        for name in ("train_loss", "validation_loss")
    ]
    accuracies = [
        tuple((float(point.epoch), value) for point in candidate.curve if (value := getattr(point, name)) is not None)
        for name in ("train_accuracy", "validation_accuracy")
    ]
    both = (
        Curve(f"{candidate.name}: loss", "", "epoch", losses[0], losses[1], mark),
        Curve(f"{candidate.name}: accuracy", "%", "epoch", accuracies[0], accuracies[1], mark, range=(0.0, 1.0)),
    )
    return tuple(curve for curve in both if curve.before or curve.after)
