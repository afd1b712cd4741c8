"""The buckets of S3, Google and Azure, asked by exact keys and page by page.

fsspec's file systems take keys for paths: they drop slashes at the end, read `#` and `?` as parts of a URL, and hold
the details of all objects of a listing at once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol, TypeVar

from lookoutcv.files.stores.server_answers import is_wordless
from lookoutcv.files.streams import S3_PROTOCOLS, is_beyond_the_end, stored_bytes

_GOOGLE = ("gs", "gcs")
_AZURE = ("az", "abfs", "abfss")
_Answer = TypeVar("_Answer")
BUCKET_PROTOCOLS = (*S3_PROTOCOLS, *_GOOGLE, *_AZURE)
# Objects of a page: as many as S3 gives, too.
_PAGE = 1000
_AZURE_HOST = ".core.windows.net"


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of a server that lists.

    Args:
        folders: Longer prefixes, up to their next slash.
        objects: Keys and sizes in bytes.
        more: What the next page is asked with; "" where there is none.
    """

    folders: list[str]
    objects: list[tuple[str, int]]
    more: str


class Bucket(Protocol):
    """A bucket, or a container. A method is one request, and raises what the client does; FileNotFoundError for 404."""

    def page(self, prefix: str, after: str) -> Page:
        """What begins with a prefix, up to the next slash; `after` is the page before's `more`, or ""."""
        ...

    def size(self, key: str) -> int:
        """Of an object, in bytes."""
        ...

    def read(self, key: str, most: int) -> bytes:
        """The first bytes of an object."""
        ...


def bucket_of(protocol: str, system: Any, name: str) -> Bucket:
    """A bucket by its name.

    Args:
        protocol: One of `BUCKET_PROTOCOLS`.
        system: fsspec's file system of it.
        name: The bucket's, or the container's.
    """
    if protocol in S3_PROTOCOLS:
        return _S3(system, name)
    return _Google(system, name) if protocol in _GOOGLE else _Azure(system, name)


def key_of(url: str) -> str | None:
    """Bucket and key in a URL, each character as it stands but for a slash at its end; None for other URLs.

    Example:
        >>> key_of("gs://photos/a//b#1 %41.jpg"), key_of("abfss://photos@me.dfs.core.windows.net/a?.jpg")
        ('photos/a//b#1 %41.jpg', 'photos/a?.jpg')
    """
    protocol, _, rest = url.partition("://")
    if protocol.lower() not in BUCKET_PROTOCOLS:
        return None
    host, slash, key = rest.partition("/")
    if protocol.lower() in _AZURE:
        container, at, _ = host.partition("@")
        rest = f"{container}{slash}{key}" if at else key if host.endswith(_AZURE_HOST) else rest
    return rest.removesuffix("/")  # `a//` is another prefix than `a/`


def reader_of(url: str, system: Any) -> Callable[[int], bytes] | None:
    """What reads up to so many bytes of an object of Google's or Azure's by its exact key.

    Args:
        url: Of the object.
        system: fsspec's file system of it.
    Returns:
        None where the file system's own way is right: for other URLs, and where one names a version of the object.
    """
    protocol = url.partition("://")[0].lower()
    if protocol not in (*_GOOGLE, *_AZURE) or system.version_aware:
        return None
    name, _, key = (key_of(url) or "").partition("/")
    return partial(bucket_of(protocol, system, name).read, key)


@dataclass(frozen=True)
class _S3:
    system: Any
    name: str

    def page(self, prefix: str, after: str) -> Page:
        token = {"ContinuationToken": after} if after else {}
        told = self.system.call_s3("list_objects_v2", Bucket=self.name, Prefix=prefix, Delimiter="/", **token)
        return Page(
            [folder["Prefix"] for folder in told.get("CommonPrefixes", ())],
            [(entry["Key"], entry["Size"]) for entry in told.get("Contents", ())],
            told.get("NextContinuationToken", "") if told.get("IsTruncated") else "",
        )

    def size(self, key: str) -> int:
        try:
            return int(self.system.call_s3("head_object", Bucket=self.name, Key=key)["ContentLength"])
        except OSError as reason:
            if is_wordless(reason):
                # To a HEAD it answers without words. A list of one object has them, or fails likewise.
                self.system.call_s3("list_objects_v2", Bucket=self.name, Prefix=key, MaxKeys=1)
            raise

    def read(self, key: str, most: int) -> bytes:
        # s3fs has meanings of its own for these; in a key they are characters.
        if not key.endswith("/") and "?versionId=" not in key:
            return stored_bytes(self.system, f"{self.name}/{key}", most)
        from fsspec.asyn import sync  # noqa: PLC0415 - local files never need it

        body = self.system.call_s3("get_object", Bucket=self.name, Key=key)["Body"]
        return bytes(sync(self.system.loop, body.read, most))


@dataclass(frozen=True)
class _Google:
    system: Any
    name: str

    def page(self, prefix: str, after: str) -> Page:
        asked = {"prefix": prefix, "delimiter": "/", "maxResults": _PAGE, "pageToken": after or None}
        told = self.system.call("GET", "b/{}/o", self.name, json_out=True, **asked)
        return Page(
            told.get("prefixes", []),
            [(entry["name"], int(entry["size"])) for entry in told.get("items", ())],
            told.get("nextPageToken", ""),
        )

    def size(self, key: str) -> int:
        return int(self.system.call("GET", "b/{}/o/{}", self.name, key, json_out=True)["size"])

    def read(self, key: str, most: int) -> bytes:
        try:
            # What is kept packed there comes unpacked, and whole.
            return bytes(self.system.cat_file(f"{self.name}/{key}", start=0, end=most))[:most]
        except Exception as error:
            if is_beyond_the_end(error):
                return b""
            raise


@dataclass(frozen=True)
class _Azure:
    system: Any
    name: str

    def page(self, prefix: str, after: str) -> Page:
        async def ask(container: Any) -> Page:
            walk = container.walk_blobs(prefix, include=["metadata"], delimiter="/", results_per_page=_PAGE)
            pages = walk.by_page(after or None)
            entries = [entry async for entry in await anext(pages)]
            # Only an object has a size.
            objects = [entry for entry in entries if hasattr(entry, "size") and not _is_folder(entry)]
            folders = [entry.name for entry in entries if not hasattr(entry, "size")]
            return Page(folders, [(one.name, one.size) for one in objects], pages.continuation_token or "")

        return self._asked(self.system.service_client.get_container_client(self.name), ask)

    def size(self, key: str) -> int:
        async def ask(blob: Any) -> int:
            told = await blob.get_blob_properties()
            return 0 if _is_folder(told) else int(told.size)

        return self._asked(self.system.service_client.get_blob_client(self.name, key), ask)

    def read(self, key: str, most: int) -> bytes:
        async def ask(blob: Any) -> bytes:
            return bytes(await (await blob.download_blob(offset=0, length=most)).readall())

        return self._asked(self.system.service_client.get_blob_client(self.name, key), ask)

    def _asked(self, client: Any, ask: Callable[[Any], Awaitable[_Answer]]) -> _Answer:
        from azure.core.exceptions import ResourceNotFoundError  # noqa: PLC0415 - adlfs brings it
        from fsspec.asyn import sync  # noqa: PLC0415 - as above

        async def asked() -> _Answer:
            async with client:
                return await ask(client)

        try:
            answer: _Answer = sync(self.system.loop, asked)
            return answer
        except ResourceNotFoundError as error:
            raise FileNotFoundError(str(error.reason)) from error


def _is_folder(blob: Any) -> bool:
    """Whether it stands for a folder, as accounts with folders of their own keep them: an object without bytes."""
    return not blob.size and (blob.metadata or {}).get("hdi_isfolder") == "true"
