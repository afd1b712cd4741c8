"""`lookout init`: write a project's settings file from what its folder holds."""

from __future__ import annotations

import os
import shlex
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from lookoutcv.errors import LookoutError
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
_CONTENTS = {
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
    from lookoutcv.files.outputs import FileKind, check_output, write_output
    from lookoutcv.models.formats.base import registry as formats
    from lookoutcv.project.guess_project import guess
    from lookoutcv.settings.write_file import settings_text

    target = folder / NAME
    if os.path.lexists(target) and not force:
        raise ConfigError(
            f"there are settings already: {target}", "Add --force to replace them, or edit them.", path=str(target)
        )
    settings_file = FileKind("a settings file", lambda path: force)  # one that is there is replaced with --force alone
    check_output(target, settings_file, force=force)
    suffixes = tuple(suffix for one in formats for suffix in one.suffixes)
    guessed = guess(folder, suffixes, _is_package)
    interactive = not yes and sys.stdin.isatty() and sys.stdout.isatty()
    if interactive:
        replies = {name: _prompt(words, getattr(guessed, name), folder) for name, words in _WORDS.items()}
        guessed = replace(guessed, **replies)
    labels, days = _content_of(guessed.good, folder)
    if interactive and guessed.good is not None and not labels:
        beside = _prompt(_LABELS, None, folder)
        if beside is not None:
            guessed = replace(guessed, good=beside, batch_by=None)
            labels, days = _content_of(beside, folder)
    if days:
        guessed = replace(guessed, batch_by="day")
    brought = guessed.model is not None and _brings_baseline(folder / guessed.model)
    proposed = {
        ("monitor", "source"): guessed.watched,
        ("monitor", "html"): "report.html",
        ("model", "file"): guessed.model,
    }
    if not brought:
        proposed |= {
            ("baseline", "source"): guessed.good,
            ("baseline", "output"): "baseline.parquet",
            ("baseline", "batch_by"): guessed.batch_by,
            ("monitor", "baseline"): "baseline.parquet",
        }
    values = {place: value for place, value in proposed.items() if value is not None}
    head = f"# yaml-language-server: $schema={_SCHEMA}" if (folder / _SCHEMA).is_file() else ""
    write_output(target, settings_text(project_schema(), values, _NOTES, head).encode(), settings_file, force=force)
    typer.echo(f"Wrote {target}:")
    for name, words in _WORDS.items():
        value = getattr(guessed, name)
        if name == "good" and brought:
            typer.echo("  The package of the model brings its baseline")
            continue
        typer.echo(f"  {words}: {value}" if value else f"  {_MISSING[name].capitalize()}")
        if name == "good" and value:
            typer.echo(f"  {_CONTENTS[labels]}")
    option = "" if folder.resolve() == Path.cwd() else f"--config {shlex.quote(str(target))} "
    complete = (brought or guessed.good) and guessed.watched
    verb = "monitor" if brought else "baseline"
    typer.echo(
        f"Next: lookout {option}{verb}" if complete else f"Next: edit {target}, then: lookout {option}config check"
    )


def _is_package(path: Path) -> bool:
    from lookoutcv.models.packages.package import package_at

    try:
        return package_at(path) is not None
    except LookoutError:  # whoever opens it says what is wrong
        return False


def _brings_baseline(path: Path) -> bool:
    from lookoutcv.models.packages.package import package_at

    package = package_at(path) if _is_package(path) else None
    return package is not None and package.has_baseline


def _content_of(good: str | None, folder: Path) -> tuple[str, bool]:
    from lookoutcv.files.remote import is_url
    from lookoutcv.project.find_data_sets import content_of

    return ("", False) if good is None else content_of(good if is_url(good) else os.path.join(folder, good))


def _prompt(words: str, guessed: str | None, folder: Path) -> str | None:
    """What the user types; a path that is not there is asked for again."""
    while True:
        reply = typer.prompt(f"{words} (- for none)", default=guessed or "-").strip()
        if reply in ("-", ""):
            return None
        if reply == guessed or "://" in reply or "%" in reply or ":" in reply or (folder / reply).exists():
            return str(reply)
        typer.echo(f"  There is nothing at {folder / reply}.")
