"""A package as lines in a terminal, or as JSON."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import typer

from lookoutcv.cli.printing.tables import plain, print_json

if TYPE_CHECKING:
    from lookoutcv.models import Package


def print_package(package: Package, as_json: bool) -> None:
    """What a package is, what lies in it, and what to do with it."""
    manifest, path = package.manifest, os.path.relpath(package.path)
    if as_json:
        print_json({"path": str(package.path), **manifest.to_dict()})
        return
    classes = f", {len(manifest.classes):,} classes" if manifest.classes else ""
    typer.echo(f"Package {plain(path)}: {plain(package.name)}, {manifest.task}{classes}")
    for file in manifest.files:
        typer.echo(f"  {plain(file.name):<20} {_size(file.bytes)}")
    if (agreement := manifest.agreement) is not None:
        typer.echo(
            f"  {agreement.of} differ by {agreement.greatest_difference:.1g} at most on {agreement.images:,} images"
        )
    if (small := manifest.int8) is not None:
        typer.echo(
            f"  {small.file}: right on {100 * small.accuracy:.1f}% of {small.images:,} images, the model itself on "
            f"{100 * small.full_accuracy:.1f}%"
        )
    for note in manifest.notes:
        typer.echo(f"  - {plain(note)}")
    verb = "monitor TODAYS_IMAGES --model" if package.has_baseline else "predict"
    after = " --html report.html" if package.has_baseline else " IMAGES"
    typer.echo(f"Next: lookout {verb} {plain(path)}{after}")


def _size(count: int) -> str:
    """As people say it.

    Example:
        >>> _size(12), _size(1_250_000)
        ('0.1 kB', '1.2 MB')
    """
    return f"{count / 1e6:.1f} MB" if count >= 1_000_000 else f"{max(count / 1e3, 0.1):.1f} kB"
