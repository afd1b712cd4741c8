"""What a gate says, in a terminal or as JSON."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from lookoutcv.cli.printing.nobody_reads import ending_with
from lookoutcv.cli.printing.tables import plain, print_json
from lookoutcv.secrets import masked

if TYPE_CHECKING:
    from lookoutcv.gate.check_images import GateVerdicts
    from lookoutcv.gate.gate_settings import FailOnVerdict
    from lookoutcv.gate_training.fit_gate import FittedGate
    from lookoutcv.gate_training.samples.add_samples import AddedSamples
    from lookoutcv.gate_training.samples.make_samples import Samples
    from lookoutcv.results.gate_verdict import GateVerdict

REFUSED = 3  # as of drift: what was looked for is there
_MOST_NAMED = 20


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
    if samples.added:
        typer.echo(f"{samples.added:,} images that were added before stay.")
    typer.echo(f"What each is stands in {plain(str(samples.labels))}")
    typer.echo(f"Fit a gate on them: lookout gate fit {plain(str(samples.folder))}")


def print_added(added: AddedSamples, as_json: bool) -> None:
    """What `gate add` did: how many, and each image that was refused by name."""
    if as_json:
        print_json({**asdict(added), "folder": str(added.folder), "labels": str(added.labels)})
        return
    for note in added.notes:
        typer.echo(plain(note))
    for one in added.refused[:_MOST_NAMED]:
        typer.echo(plain(f"Refused: {one.id}: {one.reason}"))
    if added.refused_count > _MOST_NAMED:
        typer.echo(f"{added.refused_count:,} images are refused in all; with --json up to 1,000 are named.")
    if added.unlabelled:
        typer.echo(f"{added.unlabelled:,} images are left out: nothing says whether they are sharp.")
    known = f" {added.known:,} were there already." if added.known else ""
    typer.echo(
        f"{added.sharp:,} sharp and {added.blurred:,} blurred images are added to {plain(str(added.folder))}.{known} "
        f"It holds {added.total:,} now."
    )


def print_fitted(fitted: FittedGate, as_json: bool) -> None:
    """What `gate fit` gave."""
    import lookoutcv as lo
    from lookoutcv.reports.bare_results import without_thumbnails

    if as_json:
        bare = without_thumbnails(fitted.evaluation).to_dict()
        written = {"gate": fitted.gate.state.to_dict(), "evaluation": bare, "files": list(map(str, fitted.files))}
        told = None if fitted.tracking is None else fitted.tracking.to_dict()
        print_json({**written, "tracking": told})
        return
    typer.echo(lo.render(fitted.evaluation, format="terminal", thumbnails=False), nl=False)
    for note in fitted.gate.state.notes:
        if note not in fitted.evaluation.notes:
            typer.echo(plain(note))
    for path in fitted.files:
        typer.echo(masked(f"Wrote {path}"))
    if fitted.tracking is not None:
        typer.echo(plain(masked(fitted.tracking.sentence())))


def print_verdicts(
    verdicts: GateVerdicts, output: Path | None, as_json: bool, fail_on: FailOnVerdict | None = None
) -> None:
    """What `gate check` gave: a line an image, and how many of each.

    Raises:
        typer.Exit: With code 3, where a verdict is `fail_on`, or worse.
    """
    with ending_with(REFUSED if _fails(verdicts, fail_on) else 0):
        _print_verdicts(verdicts, output, as_json)


def _fails(verdicts: GateVerdicts, fail_on: FailOnVerdict | None) -> bool:
    if fail_on is None:
        return False
    # An image that is unfit is worse than one that cannot be told, as a high drift is worse than a low one.
    stops_at = ("unfit",) if fail_on.value == "unfit" else ("unfit", "cannot tell")
    return any(verdicts.counts[verdict] for verdict in stops_at)


def _print_verdicts(verdicts: GateVerdicts, output: Path | None, as_json: bool) -> None:
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
