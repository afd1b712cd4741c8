"""What lies beside the images of a folder and says what is in them, and is not read where the folder alone is given."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from itertools import islice

from lookoutcv.sources.file_names import looks_like_image, printable

# A folder per day of some years, and the files that make data sets of them.
_MOST_FOLDERS, _MOST_FILES, _NAMED = 2000, 50, 3
_HEAD_BYTES = 4096
_COCO = re.compile(rb'"(?:images|annotations)"\s*:\s*\[')
_CVAT = re.compile(rb"<annotations>|<!DOCTYPE annotations")
_YOLO = re.compile(rb"^(?:names|train|val)\s*:", re.MULTILINE)
_TABLE = re.compile(r".*(?:annot|label|class|metadata|boxes|bbox|train|val|test).*\.(?:csv|tsv|jsonl)", re.IGNORECASE)
_MARKS = ("annotations", "annotation", "labels", "label", "ann")
# Label Studio's and Create ML's lists of images, FiftyOne's classes of images; they are told and cannot be given.
_LIST = re.compile(rb'\s*\[\s*\{.*"(?:annotations|image)"\s*:', re.DOTALL)
_CLASSES = re.compile(rb'\s*\{.*"classes"\s*:\s*\[.*"labels"\s*:\s*\{', re.DOTALL)
_READ, _OTHER = "read", "not read"
_EXPORT = "CVAT, LabelMe, Supervisely and others export COCO or YOLO, which is read."
_OF_ONE = (".xml", ".txt", ".json")
# Texts and lists that stand beside the files of single images.
_OF_NONE = ("classes.txt", "notes.json")
_BESIDE = {"images": "labels", "img": "ann"}


def annotation_notes(root: str, folders: Iterable[str]) -> tuple[str, ...]:
    """What is to be said of annotations that are not read.

    Args:
        root: The folder that was given.
        folders: Those below it that hold images, with forward slashes; "" is the folder itself.
    Returns:
        At most one sentence.
    """
    files: dict[str, bool] = {}
    beside = 0
    for folder in islice(dict.fromkeys(_looked_in(sorted(folders))), _MOST_FOLDERS):
        try:
            names = os.listdir(os.path.join(root, folder))
        except OSError:
            continue
        described = {name: form for name in sorted(names) if (form := _form(os.path.join(root, folder), name))}
        beside += _of_single_images(folder, [name for name in names if name not in described])
        if len(files) < _MOST_FILES:
            below = f"{folder}/" if folder else ""
            files |= {printable(below + name): form is not _OTHER for name, form in described.items()}
    if not files and not beside:
        return ()
    return (" ".join(_sentences(printable(root), files, beside)),)


def _looked_in(folders: list[str]) -> Iterator[str]:
    yield from ("", *_MARKS, *map(str.capitalize, _MARKS), *folders)
    yield from ("/".join(_BESIDE.get(part, part) for part in folder.split("/")) for folder in folders)


def _sentences(root: str, files: dict[str, bool], beside: int) -> Iterator[str]:
    if files:
        more = f" and {len(files) - _NAMED} more" if len(files) > _NAMED else ""
        yield f"Annotations that lie in {root} are not read: {', '.join(islice(files, _NAMED))}{more}."
        if any(readable for readable in files.values()):
            yield "Give such a file in the place of the folder, to have what it says of the images."
        else:
            yield _EXPORT
    elif beside:
        yield f"{beside:,} text, XML or JSON files in {root}, beside images of their names, are not read."
        yield f"YOLO is read by its data.yaml, Pascal VOC as a folder with JPEGImages and Annotations. {_EXPORT}"


def _of_single_images(folder: str, names: list[str]) -> int:
    """How many files of one image each there are: those with an image's name, or all in a folder of such files."""
    texts = [name for name in names if name.lower().endswith(_OF_ONE) and name.lower() not in _OF_NONE]
    if not texts or any(part in _MARKS for part in folder.lower().split("/")):
        return len(texts)
    images = {os.path.splitext(name)[0] for name in names if looks_like_image(name) and "." in name}
    return sum(os.path.splitext(name)[0] in images for name in texts)


def _form(folder: str, name: str) -> str:
    """Whether a file describes a set of images, and in a form that is read; "" where it does not."""
    lower = name.lower()
    if _TABLE.fullmatch(lower):
        return _READ
    others = {".json": (_LIST, _CLASSES), ".xml": (_CVAT,)}
    ours = {".json": _COCO, ".yaml": _YOLO, ".yml": _YOLO}
    suffix = os.path.splitext(lower)[1]
    if suffix not in others and suffix not in ours:
        return ""
    try:
        with open(os.path.join(folder, name), "rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError:
        return ""
    if any(form.match(head) if suffix == ".json" else form.search(head) for form in others.get(suffix, ())):
        return _OTHER
    return _READ if suffix in ours and ours[suffix].search(head) else ""
