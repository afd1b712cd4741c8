"""The sets of photographs that quality is measured on: those below `--data`, else photographs made here."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from harness.pictures import make

# Folders below --data that belong together; any other folder is one set by itself.
_SETS = {"photographs": ("clothing", "imagenet-sample"), "cifar10": ("cifar10",)}
_MADE_SIZES = ((350, 200), (320, 240))


@contextmanager
def photographs(settings: Namespace, count: int = 400) -> Iterator[Mapping[str, list[Path]]]:
    """JPEG files by the name of their set.

    Args:
        settings: With `data`, a folder or None.
        count: How many to make where it is None; they go when the block ends.
    Raises:
        SystemExit: There are no JPEG files below `settings.data`.
    """
    if settings.data is None:
        with TemporaryDirectory(prefix="lookoutcv-benchmark-") as folder:
            yield {"made": make(Path(folder), count, _MADE_SIZES)}
        return
    known = {name: [path for part in parts for path in below(settings.data / part)] for name, parts in _SETS.items()}
    found = {name: files for name, files in known.items() if files} or {settings.data.name: below(settings.data)}
    if not all(found.values()):
        raise SystemExit(f"there are no JPEG files below {settings.data}")
    yield found


def below(folder: Path) -> list[Path]:
    """The JPEG files of a folder and its folders, by name; none where there is no such folder."""
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in (".jpg", ".jpeg"))
