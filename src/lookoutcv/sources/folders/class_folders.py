"""Which folders of a tree are classes, and what is said where they are taken for something else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lookoutcv.sources.file_names import is_hidden
from lookoutcv.sources.folders.folder_roles import FORM, first_named, role_note, role_of
from lookoutcv.sources.target_options import Reader, chosen

AS_FOUND = "auto"
# The option of sources that are trees: `photos?labels=parent`.
LABELS_OPTION: Mapping[str, Reader] = {"labels": chosen("parent", "top", "none", AS_FOUND)}


@dataclass(frozen=True)
class ClassFolders:
    """How the folders of a tree are read.

    Args:
        reading: "auto": by what the tree looks like; "parent": the folder that holds an image is its label, whatever it
            is called; "top": the first folder below the source is; "none": there are no labels.
        roots: The folders whose sub-folders are classes, where it goes by the looks.
        notes: What was taken as what, in sentences.
    """

    reading: str
    roots: frozenset[str]
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, parents: Iterable[str], reading: str = AS_FOUND) -> ClassFolders:
        """Those of a tree.

        By its looks, a tree is a folder per class when the images lie directly in two or more sub-folders of one folder
        and nowhere else, and their names are not those of parts of a data set, cameras or days (see `folder_roles`).
        That folder is the source itself or one that holds everything, as in an archive packed with its top folder. In
        folders that are parts, cameras, recordings or days, folders that come again in another are classes too.

        Args:
            parents: The folders that directly hold images, with forward slashes, relative to the source; "" is the
                source itself.
            reading: As above.
        Example:
            >>> ClassFolders.of(["cat", "dog"]).label("cat/1.jpg"), ClassFolders.of(["cat", "dog/old"]).roots
            ('cat', frozenset())
            >>> tree = ClassFolders.of(["train/cat", "train/dog", "val/cat", "val/dog"])
            >>> tree.label("val/dog/1.jpg"), ClassFolders.of(["cam1", "cam2"], "parent").label("cam1/1.jpg")
            ('dog', 'cam1')
        """
        if reading != AS_FOUND:
            return cls(reading, frozenset())
        distinct = frozenset(parents)
        by_root: dict[str, set[str]] = {}
        for parent in distinct:
            above, _, name = parent.rpartition("/")
            by_root.setdefault(above, set()).add(name)
        if len(by_root) == 1 and "" not in distinct and len(distinct) > 1:
            (root,) = by_root
            if role_of(by_root[root], root) is None:
                return cls(reading, frozenset((root,)))
        return _in_parts(by_root) or cls(reading, frozenset(), _not_classes(distinct - {""}))

    def label(self, id: str) -> str | None:
        """The class of an image; None where there is none.

        Args:
            id: Its path below the source, with forward slashes.
        """
        folder = id.rpartition("/")[0]
        above, _, name = folder.rpartition("/")
        if self.reading == "top":
            return folder.partition("/")[0] or None
        return name if name and (self.reading == "parent" or above in self.roots) else None

    def without_images(self, folders: Iterable[str], parents: Iterable[str]) -> tuple[str, ...]:
        """The folders beside those of the classes that hold no image, at any depth.

        Args:
            folders: All folders of the tree, with forward slashes, relative to the source.
            parents: Those that directly hold images.
        Example:
            >>> ClassFolders.of(["cat", "dog"]).without_images(["cat", "dog", "owl"], ["cat", "dog"])
            ('owl',)
        """
        beside = {""} if self.reading == "top" else self.roots
        full = {"/".join(parts[:depth]) for parent in parents for parts in [parent.split("/")] for depth in _to(parts)}
        found = (folder.rpartition("/") for folder in folders if folder not in full)
        return tuple(sorted({name for above, _, name in found if above in beside and not is_hidden(name or ".")}))


def _to(parts: list[str]) -> range:
    return range(1, len(parts) + 1)


def _in_parts(by_root: Mapping[str, set[str]]) -> ClassFolders | None:
    """Classes within parts, cameras, recordings or days; None where there are none."""
    depth = max((root.count("/") for root in by_root), default=0)
    deepest = {root for root in by_root if root and root.count("/") == depth}
    above = {root.rpartition("/")[0] for root in deepest}
    if len(above) != 1 or by_root.keys() - deepest - above:
        return None
    (top,) = above
    # Some parts may hold images that nobody sorted: test/1.jpg beside train/cat/1.jpg.
    parts = {root.rpartition("/")[2] for root in deepest} | by_root.get(top, set())
    classes = {root: by_root[root] for root in deepest}
    shared = {
        root
        for root, names in classes.items()
        if len(classes) == 1 or any(names & others for other, others in classes.items() if other != root)
    }
    names = {name for root in shared for name in classes[root]}
    if len(names) < 2 or role_of(names) is not None:
        return None
    role, inside = role_of(parts, top), first_named(names)
    if role is FORM:
        return None
    if role is None:
        several = len(shared) > 1 and (
            f"The folders {inside} lie in several others and are not taken for classes: no labels. If they are, put "
            "?labels=parent behind the name of the source.",
        )
        return ClassFolders(AS_FOUND, frozenset(), several) if several else None
    left = sorted(parts - {root.rpartition("/")[2] for root in shared})
    without = f" Images in {first_named(left)} have no labels." if left else ""
    note = f"The folders {first_named(parts)} are taken for {role.what}, those in them, {inside}, for classes.{without}"
    return ClassFolders(AS_FOUND, frozenset(shared), (note,))


def _not_classes(parents: frozenset[str]) -> tuple[str, ...]:
    """What is to be said of folders that hold images and are taken for something else than classes."""
    levels: dict[str, set[str]] = {}
    for parent in parents:
        parts = parent.split("/")
        for depth, part in enumerate(parts):
            levels.setdefault("/".join(parts[:depth]), set()).add(part)
    notes = (role_note(levels[above], above) for above in sorted(levels, key=lambda above: (above.count("/"), above)))
    return tuple(filter(None, notes))[:1]
