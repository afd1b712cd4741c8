"""A package as lines in a terminal, or as JSON."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

from lookoutcv.byte_sizes import byte_size
from lookoutcv.cli.printing.tables import plain, print_json

if TYPE_CHECKING:
    from lookoutcv.models import Package

_NAMES = 8


def print_package(package: Package, as_json: bool) -> None:
    """What a package is, what lies in it, and what to do with it."""
    manifest, path = package.manifest, os.path.relpath(package.path)
    if as_json:
        print_json({"path": str(package.path), **manifest.to_dict()})
        return
    typer.echo(f"Package {plain(path)}: {plain(package.name)}, {manifest.task}{_classes(manifest.classes)}")
    for line in _known(package):
        typer.echo(f"  {plain(line)}")
    for file in manifest.files:
        typer.echo(f"  {plain(file.name):<20} {byte_size(file.bytes)}")
    if (agreement := manifest.agreement) is not None:
        typer.echo(
            f"  {agreement.of} differ by {agreement.greatest_difference:.1g} at most on {agreement.images:,} images"
        )
    if (small := manifest.int8) is not None:
        typer.echo(f"  {small.sentence}")
    for note in (*manifest.notes, *filter(None, [package.foreign_note])):
        typer.echo(f"  - {plain(note)}")
    verb = "monitor TODAYS_IMAGES --model" if package.has_baseline else "predict"
    after = " --html report.html" if package.has_baseline else " IMAGES"
    typer.echo(f"Next: lookout {verb} {plain(path)}{after}")


def _classes(names: list[str]) -> str:
    """How many classes, and the first of them.

    Example:
        >>> _classes(["cat", "dog"]), _classes([])
        (', 2 classes (cat, dog)', '')
    """
    if not names:
        return ""
    more = ", ..." if len(names) > _NAMES else ""
    return f", {len(names):,} classes ({plain(', '.join(names[:_NAMES]))}{more})"


def _known(package: Package) -> Iterator[str]:
    """What is known of its model, in lines: how good it is, what its baseline rests on, where it began."""
    import lookoutcv as lo
    from lookoutcv.models.packages.manifest import EVALUATION

    manifest = package.manifest
    found = lo.load(package.file(EVALUATION)) if EVALUATION in {file.name for file in manifest.files} else None
    if isinstance(found, lo.Evaluation):
        within = "" if found.low is None else f" (95% interval {found.low:.1%} to {found.high:.1%})"
        yield f"right on {found.accuracy:.1%} of {found.images:,} images{within}, macro F1 {found.macro_f1:.3f}"
    elif isinstance(found, lo.DetectionEvaluation):
        yield f"COCO's average precision {found.map:.3f} on {found.images:,} images"
    if package.has_baseline:
        known = lo.Baseline.load(package.path)
        yield f"baseline of {known.profile.count:,} images, made {known.created[:10]}"
    else:
        yield "no baseline"
    if (network := manifest.backbone) is not None:
        yield f"network {network.name} of {network.library}, {network.parameters:,} numbers"
    if (weights := manifest.weights) is not None and weights.name is not None:
        yield f"began with the weights {weights.name}"
    yield f"licence of the weights: {manifest.licence or 'nobody says'}"
