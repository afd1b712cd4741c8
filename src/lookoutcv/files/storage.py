"""Places in object storage and other file systems, through fsspec: what lies there, and its bytes.

A place is a protocol and a key, and never a URL made of a key: a key is somebody else's text, and in a URL `::` would
lead to another protocol.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

from lookoutcv.errors import SourceNotFound
from lookoutcv.files.remote import call_server, gone, missing_package, refused
from lookoutcv.files.stores.buckets import BUCKET_PROTOCOLS, Bucket, Page, bucket_of, key_of
from lookoutcv.files.stores.server_answers import CHECK_BUCKET, no_bucket
from lookoutcv.files.streams import stored_bytes
from lookoutcv.secrets import hide_options, hide_secrets_of, without_secrets

Kind = Literal["folder", "file"]


@dataclass(frozen=True, slots=True)
class Place:
    """An object or a prefix.

    Args:
        protocol: "s3", "gs", "memory" ...
        key: What the file system calls it: bucket and key.
        options: What the URL said besides, such as a host; may hold secrets.
    """

    protocol: str
    key: str
    options: tuple[tuple[str, Any], ...] = field(default=(), repr=False)

    def below(self, name: str) -> Place:
        """What is called so directly below a prefix. In a bucket a name may be empty: `a//b` is a key like others."""
        above = self.key if self._has_buckets else self.key.rstrip("/")
        return Place(self.protocol, f"{above}/{name}", self.options)

    def kind(self) -> Kind | None:
        """Whether objects lie below it, or it is one; None where there is nothing.

        Raises:
            MissingExtra: The protocol needs a package that is not installed.
            SourceNotFound: Its bucket is not there.
            UnreadableSource: Not allowed, or not reachable.
        """
        try:
            return call_server(self._kind, self.protocol, self._shown)
        except FileNotFoundError as reason:
            if no_bucket(reason):
                raise self._no_bucket() from without_secrets(reason)
        bucket, _ = self._in_bucket()
        if bucket is None:
            return None
        found = any(page.folders or page.objects for page in self._pages(bucket))
        return "folder" if found or not self._prefix else None

    def entries(self) -> Iterator[tuple[str, bool]]:
        """The names directly below a prefix, and whether each is a prefix itself. Details are not kept.

        A name is what stands in the key: a backslash is a character of it, and between two slashes it is empty.

        Raises:
            MissingExtra, SourceNotFound, UnreadableSource: As `kind`.
        """
        bucket, _ = self._in_bucket()
        if bucket is not None:
            yield from self._below(bucket)
            return
        waiting = self._listed()
        while waiting:
            entry = waiting.pop()
            # A prefix may be listed as an object of its own, empty.
            if (name := str(entry["name"])).strip("/") != self.key.strip("/"):
                below = name.rstrip("/").removeprefix(self.key.rstrip("/") + "/")
                yield below.rpartition("/")[2], entry["type"] == "directory"

    def _below(self, bucket: Bucket) -> Iterator[tuple[str, bool]]:
        start = len(self._prefix)
        for page in self._pages(bucket):
            for folder in page.folders:
                yield folder[start:].removesuffix("/"), True
            for key, size in page.objects:
                # A prefix may be listed as an object of its own, mostly empty.
                if key[start:] or size:
                    yield key[start:], False

    def _pages(self, bucket: Bucket) -> Iterator[Page]:
        """Page by page: `ls` would hold the details of all objects at once, 1.3 kB each."""
        more: str | None = ""
        while more is not None:
            try:
                page = call_server(partial(bucket.page, self._prefix, more), self.protocol, self._shown)
            except FileNotFoundError as reason:
                raise self._no_bucket() from without_secrets(reason)
            yield page
            more = page.more or None

    def _listed(self) -> list[dict[str, Any]]:
        try:
            return list(call_server(lambda: self._system().ls(self.key, detail=True), self.protocol, self._shown))
        except FileNotFoundError:
            return []

    def read(self, max_bytes: int) -> bytes:
        """The bytes of an object, one more than `max_bytes` at most.

        Raises:
            MissingExtra, UnreadableSource: As `kind`; and where it is gone.
        """
        try:
            return call_server(lambda: self._bytes(max_bytes), self.protocol, self._shown)
        except FileNotFoundError as reason:
            raise gone(self._shown, reason, "Check the bucket and the key.") from without_secrets(reason)

    def write(self, data: bytes) -> None:
        """Put an object there, whole or not at all; one of that name is replaced.

        Raises:
            MissingExtra, UnreadableSource: As `kind`; and where the bucket is not there.
        """
        try:
            call_server(lambda: self._system().pipe_file(self.key, data), self.protocol, self._shown)
        except FileNotFoundError as reason:
            raise refused(self._shown, "there is no such place", "Check the bucket.") from without_secrets(reason)

    def remove(self) -> None:
        """Remove an object; nothing where there is none.

        Raises:
            MissingExtra, UnreadableSource: As `kind`.
        """
        try:
            call_server(lambda: self._system().rm_file(self.key), self.protocol, self._shown)
        except FileNotFoundError:
            return

    @property
    def _shown(self) -> str:
        return f"{self.protocol}://{self.key.lstrip('/')}"

    def _no_bucket(self) -> SourceNotFound:
        bucket = self.key.strip("/").partition("/")[0]
        return SourceNotFound(f"there is no bucket {bucket!r} at {self._shown}", CHECK_BUCKET, source=self._shown)

    def _kind(self) -> Kind:
        """That of an object, or of whatever a file system without buckets calls so; a prefix is found by its list."""
        bucket, key = self._in_bucket()
        if bucket is None:
            return "folder" if self._system().info(self.key)["type"] == "directory" else "file"
        # A prefix may be listed as an object of its own, empty.
        if key and not key.endswith("/"):
            bucket.size(key)
            return "file"
        raise FileNotFoundError(self._shown)

    def _bytes(self, max_bytes: int) -> bytes:
        bucket, key = self._in_bucket()
        if bucket is not None:
            return bucket.read(key, max_bytes + 1)
        return stored_bytes(self._system(), self.key, max_bytes + 1)

    @property
    def _prefix(self) -> str:
        """What the keys below it begin with; nothing for a whole bucket."""
        return f"{self.key}/".partition("/")[2]

    @property
    def _has_buckets(self) -> bool:
        # A file system that reads versions out of keys is left to do so.
        return self.protocol in BUCKET_PROTOCOLS and ("version_aware", True) not in self.options

    def _in_bucket(self) -> tuple[Bucket | None, str]:
        """The bucket, where there is one, and the key in it."""
        name, _, key = self.key.partition("/")
        return (bucket_of(self.protocol, self._system(), name) if name and self._has_buckets else None), key

    def _system(self) -> Any:
        import fsspec  # noqa: PLC0415 - local files never need it

        # A cache of listings would keep the details of every object there is.
        return fsspec.filesystem(self.protocol, use_listings_cache=False, **dict(self.options))


def place_of(url: str) -> Place:
    """The place that a URL names.

    Raises:
        MissingExtra: The protocol needs a package that is not installed.
        UnreadableSource: The protocol is unknown.
    Example:
        >>> place_of("memory://photos/today").key
        '/photos/today'
    """
    import fsspec  # noqa: PLC0415 - as above

    hide_secrets_of(url)
    protocol = url.partition("://")[0].lower()
    try:
        system = fsspec.get_filesystem_class(protocol)
    except ImportError as reason:
        raise missing_package(url, reason) from without_secrets(reason)
    except ValueError as reason:
        unknown = refused(url, "unknown protocol", "Give a path, or a URL such as https:// or s3://.")
        raise unknown from without_secrets(reason)
    options = system._get_kwargs_from_urls(url)
    hide_options(options)
    key = key_of(url)
    if key is None or ("version_aware", True) in options.items():
        key = str(system._strip_protocol(url))
    return Place(protocol, key, tuple(sorted(options.items())))
