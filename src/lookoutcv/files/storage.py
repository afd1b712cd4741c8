"""Places in object storage and other file systems, through fsspec: what lies there, and its bytes.

A place is a protocol and a key, and never a URL made of a key: a key is somebody else's text, and in a URL `::` would
lead to another protocol.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

from lookoutcv.files.remote import call_server, missing_package, refused

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
        """What is called so directly below a prefix."""
        return Place(self.protocol, f"{self.key.rstrip('/')}/{name}", self.options)

    def kind(self) -> Kind | None:
        """Whether objects lie below it, or it is one; None where there is nothing.

        Raises:
            MissingExtra: The protocol needs a package that is not installed.
            UnreadableSource: Not allowed, or not reachable.
        """
        try:
            entry = call_server(lambda: self._system().info(self.key), self.protocol, self._shown)
        except FileNotFoundError:
            return None
        return "folder" if entry["type"] == "directory" else "file"

    def entries(self) -> Iterator[tuple[str, bool]]:
        """The names directly below a prefix, and whether each is a prefix itself. Details are not kept.

        Raises:
            MissingExtra, UnreadableSource: As `kind`.
        """
        pages = self._s3_pages() if self.protocol in ("s3", "s3a") else self._one_page()
        for name, is_folder in pages:
            # A prefix may be listed as an object of its own, empty.
            if name.strip("/") != self.key.strip("/"):
                yield name.rstrip("/").replace("\\", "/").rpartition("/")[2], is_folder

    def _one_page(self) -> Iterator[tuple[str, bool]]:
        try:
            waiting = call_server(lambda: self._system().ls(self.key, detail=True), self.protocol, self._shown)
        except FileNotFoundError:
            return
        while waiting:
            entry = waiting.pop()
            yield str(entry["name"]), entry["type"] == "directory"

    def _s3_pages(self) -> Iterator[tuple[str, bool]]:
        """Page by page: `ls` would hold the details of all objects at once, 1.3 kB each."""
        bucket, _, prefix = self.key.strip("/").partition("/")
        request = {"Bucket": bucket, "Prefix": prefix + "/" * bool(prefix), "Delimiter": "/"}
        page: dict[str, Any] = {"IsTruncated": True}
        while page.get("IsTruncated"):
            try:
                page = call_server(partial(self._system().call_s3, "list_objects_v2", **request), "s3", self._shown)
            except FileNotFoundError:
                return
            yield from ((f"{bucket}/{folder['Prefix']}", True) for folder in page.get("CommonPrefixes", ()))
            yield from ((f"{bucket}/{entry['Key']}", False) for entry in page.get("Contents", ()))
            request["ContinuationToken"] = page.get("NextContinuationToken", "")

    def read(self, max_bytes: int) -> bytes:
        """The bytes of an object, one more than `max_bytes` at most.

        Raises:
            MissingExtra, UnreadableSource: As `kind`; and where it is gone.
        """
        try:
            return call_server(lambda: self._bytes(max_bytes), self.protocol, self._shown)
        except FileNotFoundError as reason:
            raise refused(self._shown, "the file is gone", "Check the bucket and the key.") from reason

    def write(self, data: bytes) -> None:
        """Put an object there, whole or not at all; one of that name is replaced.

        Raises:
            MissingExtra, UnreadableSource: As `kind`; and where the bucket is not there.
        """
        try:
            call_server(lambda: self._system().pipe_file(self.key, data), self.protocol, self._shown)
        except FileNotFoundError as reason:
            raise refused(self._shown, "there is no such place", "Check the bucket.") from reason

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

    def _bytes(self, max_bytes: int) -> bytes:
        with self._system().open(self.key, "rb") as file:
            return bytes(file.read(max_bytes + 1))

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

    protocol = url.partition("://")[0].lower()
    try:
        system = fsspec.get_filesystem_class(protocol)
    except ImportError as reason:
        raise missing_package(url, reason) from reason
    except ValueError as reason:
        raise refused(url, "unknown protocol", "Give a path, or a URL such as https:// or s3://.") from reason
    options = system._get_kwargs_from_urls(url)
    return Place(protocol, str(system._strip_protocol(url)), tuple(sorted(options.items())))
