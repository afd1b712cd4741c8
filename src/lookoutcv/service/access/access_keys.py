"""Keys with which a service may be asked, in a file that holds their hashes alone."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.clock import now
from lookoutcv.errors import ConfigError, CorruptFile, NewerFormat, NotOurFile, OutputUnwritable
from lookoutcv.files.atomic import write_bytes

AccessScope = Literal["read", "predict", "train", "admin"]
SCOPES: tuple[str, ...] = get_args(AccessScope)
_FORMAT, _VERSION = "lookoutcv.keys", 1
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_MOST_BYTES = 1 << 20
_REMEDY = "Give a file that `lookout keys add` made."


@dataclass(frozen=True)
class AccessKey:
    """A key, without what it is.

    Args:
        name: Whose.
        scopes: What it allows: "read" (figures, what answers), "predict", "train"; "admin" is all.
        created: ISO 8601 UTC.
        sha256: Of the key, in hexadecimal. A key holds 256 random bits: nobody finds it from that.
    """

    name: str
    scopes: tuple[str, ...]
    created: str
    sha256: str

    def allows(self, scope: str) -> bool:
        """Whether it allows that."""
        return scope in self.scopes or "admin" in self.scopes


@only_known_keywords()
class AccessKeys:
    """The keys in a file, made with the first key. Running services see a change within a second.

    Args:
        path: The file. It is readable by its owner alone.
    Example:
        >>> import tempfile
        >>> import lookoutcv as lo
        >>> keys = lo.AccessKeys(f"{tempfile.mkdtemp()}/keys.json")
        >>> key = keys.add("shop", scopes=["predict"])
        >>> keys.find(key).name, keys.find("another"), [one.name for one in keys.entries()]
        ('shop', None, ['shop'])
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._seen: tuple[int, int] | None = None
        self._keys: dict[str, AccessKey] = {}

    def add(self, name: str, *, scopes: Sequence[str] = ("predict",)) -> str:
        """Make a key.

        Args:
            name: Whose it is: letters, digits, and `_.-`.
            scopes: What it allows: some of "read", "predict", "train", "admin".
        Returns:
            The key. It is not kept: nobody can show it again.
        Raises:
            ConfigError: The name is taken or none, or there is no such scope.
            FileFormatError: The file is none of ours.
            OutputUnwritable: It cannot be written.
        """
        if not _NAME.fullmatch(name):
            raise ConfigError(f"{name!r} is no name for a key", "Use letters, digits, and _.-", key="name")
        unknown = [scope for scope in scopes if scope not in SCOPES]
        if unknown or not scopes:
            said = f"there is no scope {unknown[0]!r}" if unknown else "no scope is given"
            raise ConfigError(said, f"Take some of {', '.join(SCOPES)}.", key="scopes")
        keys = self.entries()
        if name in {one.name for one in keys}:
            raise ConfigError(f"there is a key called {name!r}", "Remove it first, or take another name.", key="name")
        key = f"lk_{secrets.token_urlsafe(32)}"
        self._write([*keys, AccessKey(name, tuple(scopes), now(), _digest(key))])
        return key

    def remove(self, name: str) -> None:
        """Let a key open nothing any more.

        Raises:
            ConfigError: There is none of this name.
        """
        keys = self.entries()
        left = [one for one in keys if one.name != name]
        if len(left) == len(keys):
            names = ", ".join(one.name for one in keys) or "none"
            raise ConfigError(f"no key is called {name!r}", f"There are: {names}.", key="name")
        self._write(left)

    def entries(self) -> list[AccessKey]:
        """All keys, the oldest first; none where there is no file.

        Raises:
            FileFormatError: The file is none of ours, damaged, or of a newer version.
        """
        try:
            with self.path.open("rb") as file:
                data = file.read(_MOST_BYTES + 1)
        except FileNotFoundError:
            return []
        except OSError as reason:
            raise NotOurFile(
                f"{self.path} cannot be read ({reason.strerror or reason})", _REMEDY, path=str(self.path)
            ) from None
        # Empty where the disk was full when the first key was made.
        return self._parsed(data) if data else []

    def find(self, key: str) -> AccessKey | None:
        """What a key is; None where it is none. The file is read again where it has changed.

        Raises:
            FileFormatError: It cannot be read any more.
        """
        self._look()
        digest = _digest(key)
        found = self._keys.get(digest)
        return found if found is not None and hmac.compare_digest(found.sha256, digest) else None

    def _look(self) -> None:
        try:
            facts = self.path.stat()
            seen = (facts.st_mtime_ns, facts.st_ino)
        except OSError:
            self._seen, self._keys = None, {}
            return
        if seen != self._seen:
            self._keys = {one.sha256: one for one in self.entries()}
            self._seen = seen

    def _parsed(self, data: bytes) -> list[AccessKey]:
        path = str(self.path)
        try:
            told: Any = json.loads(data)
        except (ValueError, RecursionError):
            told = None
        if not isinstance(told, dict) or told.get("format") != _FORMAT:
            raise NotOurFile(f"{path} holds no keys", _REMEDY, path=path)
        version = told.get("version")
        if not isinstance(version, int) or version > _VERSION:
            raise NewerFormat(
                f"{path} is of version {version}, and {_VERSION} is known here",
                "Install a newer LookOutCV.",
                path=path,
                found=version,
                supported=_VERSION,
            )
        try:
            return [
                AccessKey(str(one["name"]), tuple(map(str, one["scopes"])), str(one["created"]), str(one["sha256"]))
                for one in told["keys"]
            ]
        except (KeyError, TypeError) as reason:
            raise CorruptFile(f"{path} is damaged ({reason})", "Remove it, and make keys again.", path=path) from None

    def _write(self, keys: Sequence[AccessKey]) -> None:
        values = {"format": _FORMAT, "version": _VERSION, "keys": [asdict(one) for one in keys]}
        try:
            # The file that is replaced hands its mode on: it is there for its owner alone from its first byte.
            os.close(os.open(self.path, os.O_CREAT | os.O_WRONLY, 0o600))
        except OSError as reason:
            raise OutputUnwritable(
                f"{self.path} cannot be written ({reason.strerror or reason})",
                "Give another file.",
                path=str(self.path),
            ) from None
        write_bytes(self.path, json.dumps(values, indent=1).encode())


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
