"""All models of a training run beside each other."""

from __future__ import annotations

from collections.abc import Iterator

from lookoutcv.reports.parts.content_blocks import Items, Paragraph
from lookoutcv.reports.parts.document import Block, Section
from lookoutcv.reports.parts.durations import duration
from lookoutcv.reports.parts.numbers import DASH, number, p_value, percent, quantity, signed_points
from lookoutcv.reports.parts.tables import Cell, Column, Number, Table
from lookoutcv.reports.sections.evaluations.classifier_answer import accuracy_interval
from lookoutcv.reports.sections.training.run_answer import best_score
from lookoutcv.results.training_run import Candidate, PairedDifference, TrainingRun


def comparison_section(run: TrainingRun) -> Section:
    """How good each model is, what it costs, whether the best one's lead is more than chance, and who fell behind."""
    blocks: list[Block] = [_scores(run)]
    if run.differences:
        blocks.append(_differences(run))
    if any(candidate.folds for candidate in run.candidates):
        blocks.append(_folds(run))
    said = tuple(_reasons(run))
    if said:
        blocks.append(Items(said))
    return Section("Comparison", tuple(blocks))


def origins_section(run: TrainingRun) -> Section:
    """Where each model began, and under which licence."""
    columns = (Column("Model"), Column("Weights"), Column("Licence"), Column("Parameters", True), Column("Input", True))
    rows = tuple(_origin(candidate) for candidate in run.candidates)
    words = "A model that began with weights of others is bound by their licence."
    return Section("Weights and licences", (Paragraph(words), Table("Where the models began", columns, rows)))


def _scores(run: TrainingRun) -> Table:
    parts = {known[0] for candidate in run.candidates if (known := best_score(candidate)) is not None}
    of = "validation" if parts == {"validation"} else "test"
    names = ("Accuracy", "95% interval", "Macro F1", "Calibration error", "Time for an image", "Size", "Taught in")
    columns = (Column("Model"), *(Column(name, True) for name in names))
    machines = sorted({candidate.latency_of for candidate in run.candidates if candidate.latency_of})
    note = f"The time is the median for one image on this machine: {', '.join(machines)}." if machines else ""
    if len(parts) > 1:
        note = f"Models marked * were scored on the validation images only. {note}".rstrip()
    rows = tuple(_score_row(run, candidate, mixed=len(parts) > 1) for candidate in run.candidates)
    return Table(f"On the {of} images", columns, rows, note)


def _score_row(run: TrainingRun, candidate: Candidate, mixed: bool) -> tuple[Cell, ...]:
    known = best_score(candidate)
    score = None if known is None else known[1]
    name = f"{candidate.name} (best)" if candidate.name == run.best else candidate.name
    if mixed and known is not None and known[0] == "validation":
        name += " *"
    latency = DASH if candidate.latency_ms is None else f"{number(candidate.latency_ms, 2)} ms"
    figures = (
        DASH if score is None else percent(score.accuracy),
        DASH if score is None else accuracy_interval(score.low, score.high),
        DASH if score is None else number(score.macro_f1),
        DASH if score is None else number(score.calibration_error),
        latency,
        quantity(candidate.size_bytes, "bytes"),
        duration(candidate.seconds),
    )
    return (name, *map(Number, figures))


def _differences(run: TrainingRun) -> Table:
    from lookoutcv.drift.statistics.combination import holm  # noqa: PLC0415 - other reports are drawn without statistics

    sure = holm([one.p for one in run.differences], _ALPHA)
    names = ("Difference", "95% interval", "Only the best right", "Only the other right", "p")
    columns = (Column("Against"), *(Column(name, True) for name in names), Column("Beyond chance"))
    rows = tuple(_difference(run.best, one, told) for one, told in zip(run.differences, sure, strict=True))
    note = (
        "Of the accuracies on the same images; p by McNemar's exact test. A difference is beyond chance where p is "
        "at most .05 over all comparisons together (Holm's correction)."
    )
    return Table(f"{run.best} against each of the others", columns, rows, note)


_ALPHA = 0.05


def _difference(best: str, one: PairedDifference, sure: bool) -> tuple[Cell, ...]:
    """As seen from the best: what another is better by has a minus sign."""
    leads = one.better == best
    only = (one.only_better, one.only_worse) if leads else (one.only_worse, one.only_better)
    ends = (one.low, one.high) if leads else (-one.high, -one.low)
    points = one.difference if leads else -one.difference
    low, high = (signed_points(end).removesuffix(" points") for end in ends)
    figures = (signed_points(points), f"{low} to {high}", f"{only[0]:,}", f"{only[1]:,}", p_value(one.p))
    return (one.worse if leads else one.better, *map(Number, figures), "yes" if sure else "no")


def _folds(run: TrainingRun) -> Table:
    most = max(len(candidate.folds) for candidate in run.candidates)
    columns = (Column("Model"), *(Column(f"Fold {i + 1}", True) for i in range(most)), Column("Mean", True))
    rows = list[tuple[Cell, ...]]()
    for candidate in run.candidates:
        if candidate.folds:
            shares = [fold.accuracy for fold in candidate.folds]
            cells = [percent(share) for share in shares] + [DASH] * (most - len(shares))
            rows.append((candidate.name, *map(Number, [*cells, percent(sum(shares) / len(shares))])))
    note = "Folds share most of the images that they learnt from: how much they differ is no interval of the accuracy."
    return Table("Accuracy, fold by fold", columns, tuple(rows), note)


def _reasons(run: TrainingRun) -> Iterator[str]:
    for candidate in run.candidates:
        if candidate.status != "trained":
            yield f"{candidate.name} {_STATUS[candidate.status]}. {candidate.reason}".rstrip()
        yield from (f"{candidate.name}: {note}" for note in candidate.notes)


_STATUS = {"stopped": "was stopped, and its best was kept", "dropped": "was dropped", "failed": "failed"}


def _origin(candidate: Candidate) -> tuple[Cell, ...]:
    weights = candidate.weights
    if weights is None:
        began, licence = "not begun", DASH
    elif weights.kind == "none":
        began, licence = "from scratch", DASH
    else:
        place = "Hugging Face hub" if weights.kind == "hub" else "file"
        began, licence = f"{weights.name or 'unnamed'} ({place})", weights.licence or "not known"
    side = DASH if candidate.input_px is None else f"{candidate.input_px} px"
    return (candidate.name, began, licence, Number(number(candidate.parameters)), Number(side))
