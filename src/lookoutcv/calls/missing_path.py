"""What is said of a path at which there is nothing: which one, spelled nearly alike, there is."""

from __future__ import annotations

import difflib
import os
from itertools import islice
from pathlib import Path

from lookoutcv.errors import SourceNotFound

# A folder of millions of images is not read to the end for a misspelt name.
_MOST_NAMES = 10_000
_LIKENESS = 0.7


def not_found(path: str | os.PathLike[str], what: str = "file") -> SourceNotFound:
    """The error for a path at which there is nothing.

    Args:
        path: As it was given; options may stand behind a question mark.
        what: What should be there: "file", "folder", "file or folder".
    Example:
        >>> str(not_found("nowhere/at/all.csv"))
        "there is no file 'nowhere/at/all.csv'. Check the path."
    """
    name = os.fspath(path)
    return SourceNotFound(f"there is no {what} {name!r}", path_remedy(name), source=name)


def path_remedy(path: str | os.PathLike[str]) -> str:
    """What to do about a path at which there is nothing.

    Example:
        >>> path_remedy("nowhere/at/all.csv")
        'Check the path.'
    """
    near = nearest_path(os.fspath(path))
    return "Check the path." if near is None else f"Did you mean {near!r}?"


def nearest_path(path: str) -> str | None:
    """The path that is there and differs in the spelling of one part; None where there is none.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     (Path(folder) / "photos").mkdir()
        ...     found = nearest_path(f"{folder}/fotos?labels=top")
        >>> Path(found).name
        'photos?labels=top'
    """
    plain, mark, options = path.partition("?")
    whole = Path(plain)
    steps = [*reversed(whole.parents), whole]
    missing = next((step for step in steps if not step.exists()), None)
    if missing is None or not missing.name:
        return None
    try:
        with os.scandir(missing.parent) as entries:
            printable = [entry.name for entry in islice(entries, _MOST_NAMES) if entry.name.isprintable()]
    except OSError:
        return None
    names = {name.lower(): name for name in printable}
    for near in difflib.get_close_matches(missing.name.lower(), names, cutoff=_LIKENESS):
        found = missing.parent / names[near] / whole.relative_to(missing)
        if found.exists():
            return f"{found}{mark}{options}"
    return None
