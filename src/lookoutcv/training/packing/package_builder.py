"""A package in the making: built aside, and given its name only when it is whole."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import secrets
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from lookoutcv.calls.option_names import option
from lookoutcv.errors import LookoutError, OutputUnwritable, TrainingError
from lookoutcv.files.atomic import check_writable
from lookoutcv.files.outputs import FileKind, open_output
from lookoutcv.models.packages.manifest import MANIFEST, Manifest, PackedFile, is_plain_name
from lookoutcv.models.packages.package import Package, package_at
from lookoutcv.processes.held_places import locked

_MAKING = ".lookoutcv-making"
_NO_ROOM = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
# What is random already, or packed.
_PACKED = (".onnx", ".safetensors", ".parquet", ".pth", ".tflite", ".pt", ".torchscript")
_PIECE_BYTES = 2**20
ZIP = ".zip"
PACKAGE = FileKind("a package", lambda path: package_at(path) is not None)


class PackageBuilder:
    """The files of a package that is not there yet. Made by `building`.

    Args:
        target: What it will be: a folder, or a file that ends in .zip.
        folder: Where its files are put until then.
    """

    def __init__(self, target: Path, folder: Path) -> None:
        self.target, self._folder = target, folder
        self._names: list[str] = []

    def path(self, name: str) -> Path:
        """Where a file is to be written; it belongs to the package from then on.

        Raises:
            TrainingError: The name leads outside, or means something else on some system.
        """
        if not is_plain_name(name) or name == MANIFEST:
            raise TrainingError(
                f"a file of a package cannot be called {name!r}",
                "Use letters, digits, dots, dashes and underscores.",
                key="files",
            )
        if name not in self._names:
            self._names.append(name)
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def write(self, name: str, content: str | bytes) -> None:
        """Write a file.

        Raises:
            TrainingError: As `path`.
        """
        self.path(name).write_bytes(content.encode() if isinstance(content, str) else content)

    def discard(self, name: str) -> None:
        """Leave a file out again."""
        self._names.remove(name)
        (self._folder / name).unlink(missing_ok=True)

    def size_bytes(self, name: str) -> int:
        """How large a file is."""
        return (self._folder / name).stat().st_size

    def finish(self, manifest: Manifest) -> Package:
        """Write down what it holds, and give it its name.

        Args:
            manifest: Its `files` are filled in here.
        Returns:
            The package at its target, every file compared once more.
        """
        files = [self._described(name) for name in self._names]
        whole = replace(manifest, files=files).checked(str(self.target))
        text = json.dumps(whole.to_dict(), indent=2, ensure_ascii=False)
        (self._folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
        if self.target.suffix.lower() == ZIP:
            self._zip()
        else:
            self._name_folder()
        made = package_at(self.target)
        assert made is not None  # it was written just now
        made.verify()
        return made

    def _described(self, name: str) -> PackedFile:
        path, digest = self._folder / name, hashlib.sha256()
        with path.open("rb+") as file:
            while piece := file.read(_PIECE_BYTES):
                digest.update(piece)
            os.fsync(file.fileno())
        return PackedFile(name, path.stat().st_size, digest.hexdigest())

    def _zip(self) -> None:
        # What lies there was looked at when the building began.
        opened = open_output(self.target, PACKAGE, force=True)
        with opened as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in (MANIFEST, *self._names):
                method = zipfile.ZIP_STORED if name.endswith(_PACKED) else zipfile.ZIP_DEFLATED
                archive.write(self._folder / name, name, method)

    def _name_folder(self) -> None:
        earlier = None
        if self.target.exists():
            earlier = self.target.with_name(f".{self.target.name}.{secrets.token_hex(4)}.old")
            os.rename(self.target, earlier)
        try:
            os.rename(self._folder, self.target)
        except BaseException:
            if earlier is not None:
                os.rename(earlier, self.target)
            raise
        if earlier is not None:
            shutil.rmtree(earlier, ignore_errors=True)


@contextmanager
def building(target: str | os.PathLike[str], *, force: bool = False) -> Iterator[PackageBuilder]:
    """Build a package; what was built is gone where the block ends without `finish`.

    Args:
        target: A folder that is not there yet, or empty; or a file that ends in .zip.
        force: Replace a package that lies there.
    Raises:
        OutputUnwritable: Something else lies there, another process is making it, it cannot be written, or no room is
            left.
    """
    place = Path(os.path.abspath(target))
    check_package_output(place, force=force)
    folder = place.with_name(f".{place.name}{_MAKING}")
    try:
        hold = _claimed(folder, place)
        try:
            yield PackageBuilder(place, folder)
        finally:
            if hold is not None:
                os.close(hold)
            shutil.rmtree(folder, ignore_errors=True)
    except OSError as reason:
        if reason.errno in _NO_ROOM:
            raise _unwritable(place, "no room is left", "Free some space, or choose another disk.") from reason
        mine = reason.filename is not None and str(folder.parent) in os.fsdecode(reason.filename)
        if not mine:
            raise
        raise _unwritable(place, reason.strerror or str(reason), "Choose another place.") from reason


def check_package_output(target: str | os.PathLike[str], *, force: bool = False) -> None:
    """Refuse a place where no package can be written, or must not be, before work is spent on it.

    Args:
        target, force: As for `building`.
    Raises:
        OutputUnwritable: It cannot be.
    """
    place = Path(os.path.abspath(target))
    if place.suffix.lower() != ZIP and place.is_dir():
        if not any(place.iterdir()):
            return
    elif not os.path.lexists(place):
        check_writable(place)
        return
    held = _package_there(place)
    if held is None:
        raise _unwritable(place, "something else lies there", "Choose another name.")
    if place.is_dir() and (others := _others(place, held)):
        raise _unwritable(place, f"a file that is not the package's lies in it ({others[0]})", "Choose another name.")
    if not force:
        raise _unwritable(
            place, "a package lies there", f"Choose another name, or replace it with {option('force', True)}."
        )


def _package_there(place: Path) -> Package | None:
    try:
        return package_at(place)
    except LookoutError:  # a damaged one, which is left to whoever made it
        return None


def _others(place: Path, held: Package) -> list[str]:
    """What lies in a package's folder and is not its own, hidden files too."""
    own = {MANIFEST, *(file.name for file in held.manifest.files)}
    files = (path for path in sorted(place.rglob("*")) if path.is_symlink() or not path.is_dir())
    return [name for path in files if (name := path.relative_to(place).as_posix()) not in own]


def _claimed(folder: Path, place: Path) -> int | None:
    """Make the folder aside and hold it; what a process that was killed has left is removed.

    Returns:
        What holds it until it is closed; None where the system has no such thing.
    """
    if folder.is_dir() and not folder.is_symlink():
        before = locked(str(folder))
        if before is None and os.name == "posix":
            raise _unwritable(place, "another process is making it", "Wait for it, or choose another name.")
        shutil.rmtree(folder)
        if before is not None:
            os.close(before)
    folder.mkdir()
    return locked(str(folder))


def _unwritable(place: Path, why: str, remedy: str) -> OutputUnwritable:
    return OutputUnwritable(f"the package {place} cannot be written: {why}", remedy, path=str(place), reason=why)
