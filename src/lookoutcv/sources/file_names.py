"""How a tree of files is read as a set of images: which files count, and in which order."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass, field

from lookoutcv.plain_text import spellings

_IMAGES = frozenset(("jpg", "jpeg", "jpe", "jfif", "png", "webp", "tif", "tiff", "bmp", "dib", "gif")) | frozenset(
    ("heic", "heif", "avif", "jp2", "jxl")
)
_TEXTS = (
    "txt text md rst log csv tsv json jsonl ndjson geojson xml yaml yml toml ini cfg conf html htm css lst names url"
)
_CODE = "js py pyc ipynb sh bat ps1 r m c cpp h java go rs lua sql"
_TABLES = (
    "db sqlite sqlite3 parquet arrow feather orc npy npz mat h5 hdf5 pkl pickle xls xlsx ods tfrecord record lmdb mdb"
)
_MODELS = "pt pth onnx tflite pb ckpt safetensors bin"
_ARCHIVES = "zip tar gz tgz bz2 xz zst 7z rar"
_DOCUMENTS = "pdf doc docx odt rtf ppt pptx odp"
# Not code: programs in TypeScript lie in no folder of pictures, and many cameras write transport streams.
_FILMS = "mp4 m4v mov 3gp 3g2 avi mkv webm mpg mpeg m2v vob ts mts m2ts wmv asf flv ogv"
_SOUNDS = "mp3 wav flac ogg m4a thm"
_REMAINS = "lock tmp part crdownload bak old swp cache md5 sha1 sha256 dvc lnk aux xmp data"
_OTHERS = frozenset(
    " ".join((_TEXTS, _CODE, _TABLES, _MODELS, _ARCHIVES, _DOCUMENTS, _FILMS, _SOUNDS, _REMAINS)).split(" ")
)
_NAMES = frozenset(
    ("readme", "license", "licence", "copying", "notice", "changelog", "authors", "makefile", "dockerfile", "version")
)
_SYSTEM = frozenset(("thumbs.db", "desktop.ini", "__macosx", "ehthumbs.db", "$recycle.bin", "@eadir"))
_DIGITS = re.compile(r"(\d+)")

NaturalKey = tuple[list[str | int], str]


def natural_key(name: str) -> NaturalKey:
    """A sort key by which "img2" comes before "img10", and names that read the same keep one order.

    Example:
        >>> sorted(["b", "img10", "img2", "img02"], key=natural_key)
        ['b', 'img02', 'img2', 'img10']
    """
    return [int(part) if i % 2 else part for i, part in enumerate(_DIGITS.split(name))], name


def is_hidden(name: str) -> bool:
    """Whether a file or folder is the system's, not the user's: dot files, `__MACOSX`, `Thumbs.db`."""
    return name.startswith(".") or name.lower() in _SYSTEM


def is_system(name: str) -> bool:
    """Whether the system keeps a file or folder beside those of the user: `__MACOSX`, `._1.jpg`, `Thumbs.db`.

    Example:
        >>> is_system("._1.jpg"), is_system(".1.jpg")
        (True, False)
    """
    return name.startswith("._") or name.lower() in _SYSTEM


def is_candidate(name: str) -> bool:
    """Whether a file is tried as an image.

    Known image suffixes and no suffix are, unknown suffixes too, so that a misnamed image is read and a broken one is
    reported; well-known other files (annotations, text, archives, models) are passed over in silence.

    Example:
        >>> [is_candidate(n) for n in ("a.JPG", "a", "a.weird", "labels.csv", "README")]
        [True, True, True, False, False]
    """
    stem, suffix = os.path.splitext(name)
    return suffix[1:].lower() not in _OTHERS if suffix else stem.lower() not in _NAMES


def looks_like_image(name: str) -> bool:
    """Whether the name alone says image: a known suffix, or none at all."""
    suffix = os.path.splitext(name)[1]
    return suffix[1:].lower() in _IMAGES if suffix else is_candidate(name)


def looks_like_film(name: str) -> bool:
    """Whether the name alone says video."""
    return os.path.splitext(name)[1][1:].lower() in _FILMS.split(" ")


def looks_like_archive(name: str) -> bool:
    """Whether the name alone says that it holds other files."""
    return os.path.splitext(name)[1][1:].lower() in _ARCHIVES.split(" ")


@dataclass(frozen=True)
class Stems:
    """The files of a folder by their names without the suffix, as lists name them; a folder is listed once.

    Args:
        folder: Where they are.
        suffixes: Those that count, in lower case and in the order of preference; a file may have them in upper case.
    """

    folder: str
    suffixes: tuple[str, ...]
    _files: dict[str, dict[str, str]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def file(self, name: str) -> str | None:
        """The file that a name means, with suffix or without, by its path below the folder; None for none."""
        return next(filter(None, map(self._found, (name, *spellings(name)))), None)

    @property
    def all(self) -> set[str]:
        """The names of those that lie in the folder itself."""
        return set(self._listed(""))

    def _found(self, name: str) -> str | None:
        below, _, last = name.rpartition("/")
        if os.path.isabs(name) or ".." in name.split("/"):
            return None
        files = self._listed(below)
        stem, suffix = os.path.splitext(last)
        whole = suffix.lower() in self.suffixes and os.path.isfile(os.path.join(self.folder, *name.split("/")))
        file = last if whole else files.get(last) or (files.get(stem) if suffix.lower() in self.suffixes else None)
        return None if file is None else "/".join(filter(None, (below, file)))

    def _listed(self, below: str) -> dict[str, str]:
        if below not in self._files:
            found: dict[str, str] = {}
            with suppress(OSError, ValueError):
                names = os.listdir(os.path.join(self.folder, *below.split("/")))
                parts = [(*os.path.splitext(name), name) for name in sorted(names)]
                for wanted in self.suffixes:
                    for stem, suffix, name in parts:
                        if suffix.lower() == wanted:
                            found.setdefault(stem, name)
            self._files[below] = found
        return self._files[below]


def printable(name: str) -> str:
    """A file name as valid Unicode: bytes that are not UTF-8 are written as `\\xNN`."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
