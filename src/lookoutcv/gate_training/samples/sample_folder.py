"""The folder that samples lie in: what is there already, what is written, and what of before is removed."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import cv2

from lookoutcv.calls.option_names import option
from lookoutcv.csv_cells import harmless
from lookoutcv.errors import OutputUnwritable
from lookoutcv.files.outputs import FileKind, write_output
from lookoutcv.gate_training.labelled_scenes import COLUMNS, Scene, is_labels_file
from lookoutcv.gate_training.samples.degraded_samples import Sample
from lookoutcv.gate_training.samples.patterns import Pixels

IMAGES_FOLDER = Path("raw", "cv")
# The user's own, which no new samples replace.
ADDED_FOLDER = Path("added")
LABELS = FileKind("a table of samples", is_labels_file)


def prepare(folder: Path, table: Path, force: bool) -> None:
    """Make the folders; those that hold other images are left alone."""
    ours = table.is_file() and is_labels_file(table)
    for name in ("sharp", "blurred"):
        place = folder / IMAGES_FOLDER / name
        if not ours and not force and place.is_dir() and any(place.iterdir()):
            raise OutputUnwritable(
                f"{place} holds files already, and no table of ours beside them",
                f"Give another folder, or {option('force')} to write among them.",
                path=str(place),
            )
        make_folder(place)
    make_folder(table.parent)


def make_folder(place: Path) -> None:
    """Make a folder and those above it.

    Raises:
        OutputUnwritable: It cannot be made.
    """
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        why = f"{place} cannot be made ({error.strerror})"
        raise OutputUnwritable(why, "Give another folder.", path=str(place)) from error


def listed_rows(table: Path) -> list[list[str]]:
    """The lines of the table of samples that were made or added before; a path is the first cell."""
    with table.open(encoding="utf-8", newline="") as file:
        return [row for row in list(csv.reader(file))[1:] if row]


def was_added(row: list[str]) -> bool:
    """Whether a line of the table is of an image of the user's own."""
    return Path(row[0]).parts[:1] == ADDED_FOLDER.parts


def forget(folder: Path, path: str) -> None:
    """Remove a sample that was made before and is none any more; only one that lies where samples lie."""
    place = Path(path)
    if place.parent in (IMAGES_FOLDER / "sharp", IMAGES_FOLDER / "blurred") and _is_png(folder / place):
        (folder / place).unlink(missing_ok=True)


def _is_png(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(4) == b"\x89PNG"


_SAMPLE = FileKind("a sample image", _is_png)


def write_png(path: Path, pixels: Pixels) -> None:
    """Write a sample.

    Raises:
        OutputUnwritable: It cannot be written there, or another file than an image lies there.
    """
    shown = pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
    write_output(path, cv2.imencode(".png", shown)[1].tobytes(), _SAMPLE)


def sample_row(path: Path, sample: Sample) -> list[str]:
    """A sample's line of the table."""
    name = "sharp" if sample.sharp else "blurred"
    what = sample.kind, sample.strength, sample.nuisance, sample.scene, sample.scene_kind
    return [harmless(cell) for cell in (path.as_posix(), str(int(sample.sharp)), name, *what)]


def added_row(path: Path, scene: Scene) -> list[str]:
    """The line of an image that was added: what its source says of it goes along."""
    name, shows = "sharp" if scene.sharp else "blurred", "" if scene.group == scene.id else scene.group
    what = scene.kind, scene.strength, scene.nuisance, shows, scene.scene_kind
    return [harmless(cell) for cell in (path.as_posix(), str(int(scene.sharp)), name, *what)]


def csv_bytes(rows: list[list[str]]) -> bytes:
    """The table."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    return text.getvalue().encode()
