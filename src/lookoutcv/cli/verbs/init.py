"""`lookout init`: write a project's settings file from what its folder holds."""

from __future__ import annotations

import os
import shlex
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from lookoutcv.settings.find_file import NAME

_HERE = Path()
_SCHEMA = "lookout.schema.json"
_WORDS = {
    "good": "Images from when all was well",
    "watched": "Images to watch",
    "model": "A model to ask about them",
}
_NOTES = {
    ("baseline", "source"): "Images from when all was well: best from the same cameras as those to watch.",
    ("monitor", "source"): "Images to watch.",
    ("model", "file"): "Asked about every image; `lookout card MODEL` writes down how it wants its images.",
}
_LABELS = "What says their labels or boxes: a COCO file, data.yaml, a table with a column of paths"
_TOLD = {
    "boxes": "Their boxes come along",
    "labels": "Their labels come along",
    "": "They have no labels that were recognised: accuracy stays unknown",
}
_MISSING = {
    "good": "no folder of known good images was recognised: fill in baseline.source",
    "watched": "no folder of images to watch was recognised: fill in monitor.source",
    "model": "no model: images alone are watched",
}


def init(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The project's folder.")] = _HERE,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing; take what is found.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a settings file that is there.")] = False,
) -> None:
    """Write lookout.yaml from what a folder holds: known good images, images to watch, a model. Asks on a terminal."""
    from lookoutcv.configuration.project_schema import project_schema
    from lookoutcv.errors import ConfigError
    from lookoutcv.files.atomic import check_writable, write_bytes
    from lookoutcv.models.formats.base import registry as formats
    from lookoutcv.project.guess_project import guess
    from lookoutcv.settings.write_file import settings_text

    target = folder / NAME
    if os.path.lexists(target) and not force:
        raise ConfigError(
            f"there are settings already: {target}", "Add --force to replace them, or edit them.", path=str(target)
        )
    check_writable(target)
    suffixes = tuple(suffix for one in formats for suffix in one.suffixes)
    found = guess(folder, suffixes)
    asks = not yes and sys.stdin.isatty() and sys.stdout.isatty()
    if asks:
        found = replace(found, **{name: _asked(words, getattr(found, name), folder) for name, words in _WORDS.items()})
    labels, days = _said_of(found.good, folder)
    if asks and found.good is not None and not labels:
        beside = _asked(_LABELS, None, folder)
        if beside is not None:
            found = replace(found, good=beside, batch_by=None)
            labels, days = _said_of(beside, folder)
    if days:
        found = replace(found, batch_by="day")
    given = {
        ("baseline", "source"): found.good,
        ("baseline", "output"): "baseline.parquet",
        ("baseline", "batch_by"): found.batch_by,
        ("monitor", "source"): found.watched,
        ("monitor", "baseline"): "baseline.parquet",
        ("monitor", "html"): "report.html",
        ("model", "file"): found.model,
    }
    said = {place: value for place, value in given.items() if value is not None}
    head = f"# yaml-language-server: $schema={_SCHEMA}" if (folder / _SCHEMA).is_file() else ""
    write_bytes(target, settings_text(project_schema(), said, _NOTES, head).encode())
    typer.echo(f"Wrote {target}:")
    for name, words in _WORDS.items():
        value = getattr(found, name)
        typer.echo(f"  {words}: {value}" if value else f"  {_MISSING[name].capitalize()}")
        if name == "good" and value:
            typer.echo(f"  {_TOLD[labels]}")
    option = "" if folder.resolve() == Path.cwd() else f"--config {shlex.quote(str(target))} "
    ready = found.good and found.watched
    typer.echo(
        f"Next: lookout {option}baseline" if ready else f"Next: edit {target}, then: lookout {option}config check"
    )


def _said_of(good: str | None, folder: Path) -> tuple[str, bool]:
    from lookoutcv.files.remote import is_url
    from lookoutcv.project.find_data_sets import said_of

    return ("", False) if good is None else said_of(good if is_url(good) else os.path.join(folder, good))


def _asked(words: str, guessed: str | None, folder: Path) -> str | None:
    """The answer; a path that is not there is asked for again."""
    while True:
        told = typer.prompt(f"{words} (- for none)", default=guessed or "-").strip()
        if told in ("-", ""):
            return None
        if told == guessed or "://" in told or "%" in told or ":" in told or (folder / told).exists():
            return str(told)
        typer.echo(f"  There is nothing at {folder / told}.")
