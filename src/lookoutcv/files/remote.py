"""Remote files by URL through fsspec, read within a bound and with errors that keep secrets."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar
from urllib.parse import urlsplit, urlunsplit

from lookoutcv.errors import MissingExtra, UnreadableSource
from lookoutcv.files.stores.buckets import reader_of
from lookoutcv.files.stores.server_answers import cause_of, is_final, no_bucket
from lookoutcv.files.streams import stored_bytes
from lookoutcv.secrets import hide_secrets_of, without_secrets

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+(::[A-Za-z0-9+.-]+)*://")
# Protocols whose package an extra of ours brings; for the rest fsspec has an extra of its own.
_OWN_EXTRAS = {
    "http": ("aiohttp", "http"),
    "https": ("aiohttp", "http"),
    "s3": ("s3fs", "s3"),
    "s3a": ("s3fs", "s3"),
}
_FSSPEC_EXTRAS = {"gs": "gcs", "az": "abfs", "abfss": "abfs", "sftp": "ssh"}

# Libraries that retry themselves; others are called three times.
_PATIENT = {"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "memory", "file", "local"}
# Azure's client asks again after every trouble but this.
_NOT_BY_AZURE = 429
_PAUSES_SECONDS = (0.2, 1.0)

Result = TypeVar("Result")


def is_url(text: str) -> bool:
    """Whether a name is a URL and not a path. A Windows drive letter is a path.

    Example:
        >>> is_url("s3://bucket/a.jpg"), is_url(r"C:\\a.jpg")
        (True, False)
    """
    return _SCHEME.match(text) is not None


def shown(url: str) -> str:
    """A URL without user, password, query and fragment, where signatures and tokens are kept: fit for messages.

    Example:
        >>> shown("https://me:secret@host/a.jpg?signature=x")
        'https://host/a.jpg'
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return url.partition("://")[0] + "://..."
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def fetch(url: str, max_bytes: int) -> bytes:
    """Read a remote file.

    Args:
        url: Any URL fsspec knows.
        max_bytes: One byte more than this is read at most, so that a caller can tell that there was more.
    Returns:
        Up to `max_bytes + 1` bytes.
    Raises:
        MissingExtra: The protocol needs a package that is not installed; the message holds the line that installs it.
        UnreadableSource: The protocol is unknown, or the file is not there, not allowed or not reachable.
    Example:
        >>> import fsspec
        >>> with fsspec.open("memory://a.txt", "wb") as file: _ = file.write(b"abc")
        >>> fetch("memory://a.txt", 2)
        b'abc'
    """
    import fsspec  # noqa: PLC0415 - local files never need it

    hide_secrets_of(url)
    try:
        system, path = fsspec.core.url_to_fs(url)
    except ImportError as reason:
        raise missing_package(url, reason) from without_secrets(reason)
    except ValueError as reason:
        unknown = refused(url, "unknown protocol", "Give a path, or a URL such as https:// or s3://.")
        raise unknown from without_secrets(reason)

    read = reader_of(url, system) or partial(stored_bytes, system, path)
    try:
        return call_server(lambda: read(max_bytes + 1), protocol_of(url), url)
    except FileNotFoundError as reason:
        raise gone(url, reason, "Check the URL.") from without_secrets(reason)


def protocol_of(url: str) -> str:
    """The protocol that the bytes come by.

    Example:
        >>> protocol_of("simplecache::HTTPS://host/a.jpg")
        'https'
    """
    return url.partition("://")[0].rpartition("::")[2].lower()


def call_server(call: Callable[[], Result], protocol: str, url: str) -> Result:
    """Call a server, again where it did not respond and its library does not retry itself.

    Args:
        call: The request.
        protocol: That it goes by.
        url: What to call it in messages; secrets in it are left out.
    Raises:
        FileNotFoundError: It is not there.
        UnreadableSource: Not allowed, or not reachable.
    """
    for pause in (*_PAUSES_SECONDS, None):
        try:
            return call()
        except ImportError as reason:
            raise missing_package(url, reason) from without_secrets(reason)
        except Exception as reason:  # every storage library has errors of its own
            status = _status(reason)
            # For fsspec a server that cannot be reached is a file that is not found, too.
            unreached = isinstance(reason.__cause__, OSError)
            if isinstance(reason, FileNotFoundError) and status in (None, 404, 410) and not unreached:
                raise
            patient = protocol in _PATIENT and getattr(reason, "status_code", None) != _NOT_BY_AZURE
            if pause is None or patient or _is_final(reason, status):
                raise _unreachable(url, reason, status) from without_secrets(reason)
            time.sleep(pause)
    raise AssertionError("the last attempt returns or raises")


def _status(reason: BaseException) -> int | None:
    """The status that a web server returned. fsspec calls every status but success a file that is not found."""
    status = getattr(reason, "status", getattr(reason.__cause__, "status", None))
    return status if isinstance(status, int) else None


def _is_final(reason: Exception, status: int | None) -> bool:
    """Whether asking again cannot help: 408 and 429 say later, 5xx says trouble of its own, others of 4xx are final."""
    if status is not None:
        return 400 <= status < 500 and status not in (408, 429)
    cause = cause_of(reason)
    return isinstance(reason, PermissionError) or (cause is not None and is_final(cause))


def _unreachable(url: str, reason: Exception, status: int | None) -> UnreadableSource:
    if (cause := cause_of(reason)) is not None:
        return refused(url, *cause)
    if isinstance(reason, PermissionError):
        return refused(url, "no permission", "Check the credentials.")
    why = f"not reachable ({type(reason).__name__})" if status is None else f"the server answered {status}"
    return refused(url, why, "Check the URL, the credentials and the network.")


def gone(url: str, reason: FileNotFoundError, remedy: str) -> UnreadableSource:
    """The error for a file that is not there, or whose bucket is not."""
    cause = cause_of(reason) if no_bucket(reason) else None
    return refused(url, *(cause or ("the file is gone", remedy)))


def missing_package(url: str, reason: ImportError) -> MissingExtra:
    """The error for a protocol whose package is not installed, with the line that installs it."""
    protocol = protocol_of(url)
    package, extra = _OWN_EXTRAS.get(protocol, ("fsspec", ""))
    line = f"lookoutcv[{extra}]" if extra else f"fsspec[{_FSSPEC_EXTRAS.get(protocol, protocol)}]"
    return MissingExtra(
        f"reading {protocol}:// needs a package that is not installed ({reason})",
        f'Install it with: pip install "{line}"',
        package=package,
        extra=extra,
    )


def refused(url: str, why: str, remedy: str) -> UnreadableSource:
    """The error for a place that cannot be read, without the secrets of its URL."""
    return UnreadableSource(f"{shown(url)} cannot be read: {why}", remedy, source=shown(url), reason=why)
