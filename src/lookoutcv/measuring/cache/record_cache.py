"""Records of images that were measured before, by content: only what changed is decoded again.

An entry is found by the bytes of the image file and by all that its record follows from (`fingerprint`), never by the
file's name or date: a renamed file is found, a changed one is not. The processes of a pool look entries up; the one
that runs them writes.
"""

from __future__ import annotations

import hashlib
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lookoutcv.calls.option_names import option
from lookoutcv.errors import ConfigError
from lookoutcv.files.keyed_store import KeyedStore
from lookoutcv.images import Encoded, Limits
from lookoutcv.measuring.cache.cache_entry import EntryForm, Facts, Values
from lookoutcv.measuring.cache.fingerprint import fingerprint
from lookoutcv.metrics import Metric

_log = logging.getLogger(__name__)

ENVIRONMENT_VARIABLE = "LOOKOUTCV_CACHE"
OFF = "off"
FILE_NAME = "measured.sqlite"
ANSWERED_FILE_NAME = "answered.sqlite"
# Room for 1.4 million images with the default metrics.
MOST_BYTES = 512 * 2**20
# A killed run loses no more than this; a transaction for each batch would cost more than measuring small images.
_WRITE_FROM = 512


@dataclass(frozen=True)
class CacheLocation:
    """Where a cache lies.

    Args:
        folder: Its folder.
        explicit: Whether somebody named it: then a warning says where it cannot be used.
    """

    folder: Path
    explicit: bool

    @property
    def file(self) -> Path:
        """The file of images in the folder."""
        return self.folder / FILE_NAME

    @property
    def answered_file(self) -> Path:
        """The file of batches that a model answered."""
        return self.folder / ANSWERED_FILE_NAME


def cache_location(folder: str | os.PathLike[str] | bool | None = None) -> CacheLocation | None:
    """Where the cache is.

    Args:
        folder: A folder; False for no cache; None or True for the folder in LOOKOUTCV_CACHE, else the system's folder
            for caches: $XDG_CACHE_HOME/lookoutcv or ~/.cache/lookoutcv, ~/Library/Caches/lookoutcv on macOS,
            %LOCALAPPDATA%\\lookoutcv on Windows.
    Returns:
        None for no cache: `folder` is False, LOOKOUTCV_CACHE is "off", or this user has no home.
    Raises:
        ConfigError: The folder named is a file.
    """
    if folder is False:
        return None
    named = os.environ.get(ENVIRONMENT_VARIABLE, "") if folder is None or folder is True else os.fspath(folder)
    if named.lower() == OFF:
        return None
    if not named:
        standard = _standard_folder()
        return None if standard is None else CacheLocation(standard, explicit=False)
    if os.path.exists(named) and not os.path.isdir(named):
        raise ConfigError(f"the cache {named!r} is a file", f"Give a folder, or {option('cache', False)}.", key="cache")
    return CacheLocation(Path(named), explicit=True)


def describe(location: CacheLocation | None = None) -> dict[str, Any] | None:
    """What a person may want to know of a cache: path, images, bytes, most_bytes of each of its files.

    The second, under `answered`, has `batches` in place of images: those that a model answered.

    Args:
        location: Which; None for the one that is used by default.
    Returns:
        None where there is no cache.
    """
    location = location or cache_location()
    if location is None:
        return None
    return {**_told_of(location.file, "images"), "answered": _told_of(location.answered_file, "batches")}


def _told_of(file: Path, entries: str) -> dict[str, Any]:
    with KeyedStore(file, MOST_BYTES) as store:
        count = store.count()
    size = file.stat().st_size if file.is_file() else 0
    return {"path": str(file), entries: count, "bytes": size, "most_bytes": MOST_BYTES}


def _standard_folder() -> Path | None:
    try:
        if sys.platform == "win32":
            return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "lookoutcv"
        if sys.platform == "darwin":
            return Path.home() / "Library" / "Caches" / "lookoutcv"
        folder = os.environ.get("XDG_CACHE_HOME", "")
        # The specification wants relative paths to be passed over.
        return (Path(folder) if os.path.isabs(folder) else Path.home() / ".cache") / "lookoutcv"
    except RuntimeError:
        return None


class Cache:
    """Entries for one way of measuring. It is picklable: in another process it opens the file anew.

    Args:
        store: The file.
        fingerprint: Of the way of measuring.
        form: How its entries are laid out.
    """

    def __init__(self, store: KeyedStore, fingerprint: bytes, form: EntryForm) -> None:
        self._store = store
        self._fingerprint = fingerprint
        self._form = form
        self._waiting: dict[bytes, bytes] = {}
        self._used: set[bytes] = set()

    def __reduce__(self) -> tuple[type[Cache], tuple[KeyedStore, bytes, EntryForm]]:
        return type(self), (self._store, self._fingerprint, self._form)

    def key(self, file: Encoded) -> bytes:
        """What an image file is found by, 16 bytes."""
        return hashlib.blake2b(file.digest, digest_size=16, key=self._fingerprint).digest()

    def find(self, key: bytes) -> tuple[Facts, Values] | None:
        """Facts and numbers of an image, as they were measured; None where they are not known."""
        entry = self._store.get(key)
        return None if entry is None else self._form.unpack(entry)

    def entry(self, facts: Facts, values: Values) -> bytes | None:
        """What `keep` takes for an image; None where its facts do not fit into an entry."""
        return self._form.pack(facts, values)

    def stale(self) -> set[bytes]:
        """Keys found since the last call whose use is to be noted by `keep`: once a day."""
        return self._store.stale()

    def keep(self, fresh: dict[bytes, bytes], used: set[bytes]) -> None:
        """Take entries; they are written some hundreds at a time."""
        self._waiting.update(fresh)
        self._used |= used
        if len(self._waiting) + len(self._used) >= _WRITE_FROM:
            self._write()

    def close(self) -> None:
        """Write what waits, and let go of the file."""
        self._write()
        self._store.close()

    def _write(self) -> None:
        if self._waiting or self._used:
            self._store.write(self._waiting, self._used)
        self._waiting, self._used = {}, set()


@contextmanager
def open_cache(location: CacheLocation | None, metrics: tuple[Metric, ...], limits: Limits) -> Iterator[Cache | None]:
    """The cache for one way of measuring; None where there is none, or where it cannot be used.

    What goes wrong with it is logged, and never an error: then images are measured again.

    Args:
        location: Where it lies; None for no cache.
        metrics, limits: The way of measuring.
    """
    digest = None if location is None else fingerprint(metrics, limits)
    if location is None or digest is None:
        yield None
        return
    store = KeyedStore(location.file, MOST_BYTES)
    cache = Cache(store, digest, EntryForm(metrics)) if store.prepare() else None
    trouble = _log_trouble(location, store, None)
    try:
        yield cache
    finally:
        if cache is not None:
            cache.close()
        _log_trouble(location, store, trouble)


def _log_trouble(location: CacheLocation, store: KeyedStore, logged: str | None) -> str | None:
    """Log trouble with the file, once: as a warning where somebody named it or where a file was set aside."""
    if store.trouble is not None and store.trouble != logged:
        level = logging.WARNING if location.explicit or "damaged" in store.trouble else logging.INFO
        _log.log(level, "cache %s: %s", location.file, store.trouble, extra={"cache": str(location.file)})
    return store.trouble
