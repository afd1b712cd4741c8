"""What `gate init` wrote, and what is to be typed next."""

from __future__ import annotations

import importlib.util
import shlex
from collections.abc import Iterable
from pathlib import Path

import typer

from lookoutcv.cli.printing.tables import plain, print_json


def print_pipeline(folder: Path, files: Iterable[Path], as_json: bool) -> None:
    """The files, and the commands that are still missing."""
    if as_json:
        print_json({"folder": str(folder), "files": list(map(str, files))})
        return
    for path in files:
        typer.echo(plain(f"Wrote {path}"))
    typer.echo("New samples go into data/incoming/sharp and data/incoming/blurred; what may change is in params.yaml.")
    typer.echo(plain(f"Next: {' && '.join(_missing(folder))}"))


def _missing(folder: Path) -> list[str]:
    steps = [] if importlib.util.find_spec("dvc") else ['pip install "lookoutcv[dvc]"']
    if folder.resolve() != Path.cwd().resolve():
        steps.append(f"cd {shlex.quote(str(folder))}")
    above = (folder.resolve(), *folder.resolve().parents)
    steps += [] if any((one / ".git").exists() for one in above) else ["git init"]
    steps += [] if any((one / ".dvc").is_dir() for one in above) else ["dvc init"]
    return [*steps, "dvc repro"]
