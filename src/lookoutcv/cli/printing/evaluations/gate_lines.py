"""What a gate says, in a terminal or as JSON."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from lookoutcv.cli.printing.tables import plain, print_json
from lookoutcv.secrets import masked

if TYPE_CHECKING:
    from lookoutcv.gate.check_images import GateVerdicts
    from lookoutcv.gate_training.fit_gate import FittedGate
    from lookoutcv.gate_training.samples.make_samples import Samples
    from lookoutcv.results.gate_verdict import GateVerdict


def print_samples(samples: Samples, as_json: bool) -> None:
    """What `gate data` made."""
    if as_json:
        print_json({**asdict(samples), "folder": str(samples.folder), "labels": str(samples.labels)})
        return
    typer.echo(
        f"{samples.sharp:,} sharp and {samples.blurred:,} blurred images of {samples.scenes:,} scenes lie in "
        f"{plain(str(samples.folder))}."
    )
    typer.echo(f"Blurred: {', '.join(samples.kinds)}. Also done, to both alike: {', '.join(samples.nuisances)}.")
    if samples.skipped:
        typer.echo(f"{samples.skipped:,} images could not be read and are left out.")
    typer.echo(f"What each is stands in {plain(str(samples.labels))}")
    typer.echo(f"Fit a gate on them: lookout gate fit {plain(str(samples.folder))}")


def print_fitted(fitted: FittedGate, as_json: bool) -> None:
    """What `gate fit` gave."""
    import lookoutcv as lo
    from lookoutcv.reports.bare_results import without_thumbnails

    if as_json:
        bare = without_thumbnails(fitted.evaluation).to_dict()
        print_json({"gate": fitted.gate.state.to_dict(), "evaluation": bare, "files": list(map(str, fitted.files))})
        return
    typer.echo(lo.render(fitted.evaluation, format="terminal", thumbnails=False), nl=False)
    for note in fitted.gate.state.notes:
        if note not in fitted.evaluation.notes:
            typer.echo(plain(note))
    for path in fitted.files:
        typer.echo(masked(f"Wrote {path}"))


def print_verdicts(verdicts: GateVerdicts, output: Path | None, as_json: bool) -> None:
    """What `gate check` gave: a line an image, and how many of each."""
    if as_json:
        values = {**asdict(verdicts), "items": [one.to_dict() for one in verdicts.items]}
        print_json(values | {"written": None if output is None else str(output)})
        return
    for one in verdicts.items:
        typer.echo(_line(one))
    if verdicts.count > 1 or output is not None:
        counts = verdicts.counts
        typer.echo(
            f"{verdicts.count:,} images: {counts['fit']:,} fit, {counts['unfit']:,} unfit, "
            f"{counts['cannot tell']:,} that cannot be told."
        )
    for note in verdicts.notes:
        typer.echo(plain(note))
    if output is not None:
        typer.echo(masked(f"Wrote {output}"))


def _line(verdict: GateVerdict) -> str:
    score = ""
    if verdict.label is not None and verdict.score is not None and verdict.confidence is not None:
        score = f" ({verdict.label_name}, score {verdict.score:.3g}, {100 * verdict.confidence:.0f}% sure)"
    why = f": {'; '.join(verdict.reasons)}" if verdict.reasons else ""
    return plain(f"{verdict.id}  {verdict.verdict}{score}{why}")
