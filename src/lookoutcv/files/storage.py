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
from lookoutcv.files.server_answers import CHECK_BUCKET, is_wordless, no_bucket
from lookoutcv.files.streams import stored_bytes

_S3 = ("s3", "s3a")

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
        """What is called so directly below a prefix. In S3 a name may be empty: `a//b` is a key like any other."""
        above = self.key if self.protocol in _S3 else self.key.rstrip("/")
        return Place(self.protocol, f"{above}/{name}", self.options)

    def kind(self) -> Kind | None:
        """Whether objects lie below it, or it is one; None where there is nothing.

        Raises:
            MissingExtra: The protocol needs a package that is not installed.
            SourceNotFound: Its bucket is not there.
            UnreadableSource: Not allowed, or not reachable.
        """
        try:
            entry = call_server(self._info, self.protocol, self._shown)
        except FileNotFoundError as reason:
            if no_bucket(reason):
                raise self._no_bucket() from reason
            return None
        if self.protocol in _S3 and self.key.endswith("/"):  # s3fs looks at `a` where `a//` is meant
            return "folder" if next(self.entries(), None) else None
        return "folder" if entry["type"] == "directory" else "file"

    def entries(self) -> Iterator[tuple[str, bool]]:
        """The names directly below a prefix, and whether each is a prefix itself. Details are not kept.

        A name is what stands in the key: a backslash is a character of it, and between two slashes it is empty.

        Raises:
            MissingExtra, SourceNotFound, UnreadableSource: As `kind`.
        """
        if self.protocol in _S3:
            yield from self._s3_pages()
            return
        for name, is_folder in self._one_page():
            # A prefix may be listed as an object of its own, empty.
            if name.strip("/") != self.key.strip("/"):
                below = name.rstrip("/").removeprefix(self.key.rstrip("/") + "/")
                yield below.rpartition("/")[2], is_folder

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
        bucket, _, prefix = f"{self.key}/".partition("/")
        request = {"Bucket": bucket, "Prefix": prefix, "Delimiter": "/"}
        page: dict[str, Any] = {"IsTruncated": True}
        while page.get("IsTruncated"):
            try:
                page = call_server(partial(self._system().call_s3, "list_objects_v2", **request), "s3", self._shown)
            except FileNotFoundError as reason:
                raise self._no_bucket() from reason
            for folder in page.get("CommonPrefixes", ()):
                yield folder["Prefix"][len(prefix) :].removesuffix("/"), True
            for entry in page.get("Contents", ()):
                # A prefix may be listed as an object of its own, mostly empty.
                name = entry["Key"][len(prefix) :]
                if name or entry["Size"]:
                    yield name, False
            request["ContinuationToken"] = page.get("NextContinuationToken", "")

    def read(self, max_bytes: int) -> bytes:
        """The bytes of an object, one more than `max_bytes` at most.

        Raises:
            MissingExtra, UnreadableSource: As `kind`; and where it is gone.
        """
        try:
            return call_server(lambda: self._bytes(max_bytes), self.protocol, self._shown)
        except FileNotFoundError as reason:
            raise gone(self._shown, reason, "Check the bucket and the key.") from reason

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

    def _no_bucket(self) -> SourceNotFound:
        bucket = self.key.strip("/").partition("/")[0]
        return SourceNotFound(f"there is no bucket {bucket!r} at {self._shown}", CHECK_BUCKET, source=self._shown)

    def _info(self) -> dict[str, Any]:
        try:
            entry: dict[str, Any] = self._system().info(self.key)
        except OSError as reason:
            if self.protocol in _S3 and is_wordless(reason):
                # To a HEAD it answers without words. A list of one object has them, or fails likewise.
                bucket, _, prefix = self.key.partition("/")
                self._system().call_s3("list_objects_v2", Bucket=bucket, Prefix=prefix, MaxKeys=1)
            raise
        return entry

    def _bytes(self, max_bytes: int) -> bytes:
        system = self._system()
        # s3fs has meanings of its own for these; in a key they are characters.
        if self.protocol in _S3 and (self.key.endswith("/") or "?versionId=" in self.key):
            return self._exactly(system, max_bytes)
        return stored_bytes(system, self.key, max_bytes + 1)

    def _exactly(self, system: Any, max_bytes: int) -> bytes:
        from fsspec.asyn import sync  # noqa: PLC0415 - as below

        bucket, _, key = self.key.partition("/")
        body = system.call_s3("get_object", Bucket=bucket, Key=key)["Body"]
        return bytes(sync(system.loop, body.read, max_bytes + 1))

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
    key = str(system._strip_protocol(url))
    if protocol in _S3 and key and url.endswith("//"):
        key += "/" * (len(url) - len(url.rstrip("/")) - 1)  # `a//` is another prefix than `a/`
    return Place(protocol, key, tuple(sorted(options.items())))
