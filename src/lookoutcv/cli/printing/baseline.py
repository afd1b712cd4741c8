"""A baseline as tables in a terminal, or as JSON."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import typer

from lookoutcv.cli.printing.profile import print_profile, summary
from lookoutcv.cli.printing.tables import plain, print_json

if TYPE_CHECKING:
    from lookoutcv.measuring.baseline import Baseline


def print_baseline(baseline: Baseline, as_json: bool) -> None:
    """What a baseline is and what it holds."""
    profile = baseline.profile
    if as_json:
        print_json(
            {
                "kind": "baseline",
                "name": baseline.name,
                "created": baseline.created,
                "tool": baseline.tool,
                "images": profile.count,
                "skipped": profile.skipped,
                "sample": profile.sample.num_rows,
                "sampling": baseline.sampling,
                "batch_by": baseline.batch_by,
                "check": None if baseline.check is None else baseline.check.to_dict(),
                "model": None if baseline.model is None else baseline.model.to_dict(),
                "accuracy": None if baseline.calibration is None else baseline.calibration.accuracy,
                "notes": list(baseline.notes),
                "counts": profile.counts,
                "metrics": summary(profile),
            }
        )
        return
    skipped = f", {profile.skipped:,} skipped" if profile.skipped else ""
    typer.echo(f"Baseline of {plain(baseline.name)}: {profile.count:,} images{skipped}, made {baseline.created}")
    for key, counts in profile.counts.items():
        if counts:
            shown = ", ".join(f"{plain(name)} ({times:,})" for name, times in Counter(counts).most_common(6))
            typer.echo(f"  {key}: {shown}{', ...' if len(counts) > 6 else ''}")
    for note in baseline.notes:
        typer.echo(f"  {plain(note)}")
    _print_model(baseline)
    print_profile(profile)
    if baseline.check is not None:
        typer.echo("Its own check:")
        for sentence in baseline.check.sentences:
            typer.echo(f"  - {plain(sentence)}")


def _print_model(baseline: Baseline) -> None:
    model, calibration = baseline.model, baseline.calibration
    if model is None:
        return
    typer.echo(f"  model: {plain(model.name)}, {model.task}, {len(model.labels):,} classes")
    if calibration is not None:
        typer.echo(f"  accuracy: {100 * calibration.accuracy:.1f}% of {calibration.images:,} labelled images")
        if calibration.perturbation is not None:
            copies, images = len(calibration.perturbation.names), calibration.perturbation.images
            corrupted = f"{copies} corrupted copies of each of {images:,} images"
            typer.echo(f"  perturbation calibration: estimates without labels, on {corrupted}")
    elif model.task == "classification":
        typer.echo("  accuracy: unknown, for want of labels that are the model's (a folder a class)")
