"""Which folders of a tree are classes, and what is said where they are taken for something else."""

from __future__ import annotations

from collections.abc import Iterable

from lookoutcv.sources.folders.folder_roles import role_note, role_of


def class_root(parents: Iterable[str]) -> str | None:
    """The folder whose sub-folders are classes, from the folders that directly hold images.

    A tree is a folder per class when the images lie directly in two or more sub-folders of one folder and nowhere
    else, and their names are not those of parts of a data set, cameras or days (see `folder_roles`). That folder is
    the source itself or one that holds everything, as in an archive packed with its top folder.

    Args:
        parents: Paths with forward slashes, relative to the source; "" is the source itself.
    Returns:
        The folder of the classes ("" for the source itself), or None where the tree is no folder per class.
    Example:
        >>> class_root(["cat", "dog"]), class_root(["pets/cat", "pets/dog"]), class_root(["cat", "dog/old"])
        ('', 'pets', None)
        >>> class_root(["train", "valid"]) is None
        True
    """
    distinct = set(parents)
    roots = {parent.rpartition("/")[0] for parent in distinct}
    if len(roots) != 1 or len(distinct) < 2 or "" in distinct:
        return None
    (root,) = roots
    return None if role_of(map(_last, distinct), root) else root


def class_notes(parents: Iterable[str]) -> tuple[str, ...]:
    """What is to be said of folders that hold images and are taken for something else than classes.

    Args:
        parents: As for `class_root`.
    Example:
        >>> len(class_notes(["cat", "dog"])), len(class_notes(["train/cat", "train/dog", "test/cat", "test/dog"]))
        (0, 1)
    """
    distinct = set(parents) - {""}
    levels: dict[str, set[str]] = {}
    for parent in distinct:
        parts = parent.split("/")
        for depth, part in enumerate(parts):
            levels.setdefault("/".join(parts[:depth]), set()).add(part)
    notes = (role_note(levels[above], above) for above in sorted(levels, key=lambda above: (above.count("/"), above)))
    return tuple(filter(None, notes))[:1]


def _last(path: str) -> str:
    return path.rpartition("/")[2]


def label_of(id: str, root: str | None) -> str | None:
    """The class of an image under a class root: the name of the folder that holds it.

    Example:
        >>> label_of("pets/cat/1.jpg", "pets"), label_of("notes/1.jpg", None)
        ('cat', None)
    """
    if root is None:
        return None
    above, _, label = id.rpartition("/")[0].rpartition("/")
    return label if label and above == root else None
