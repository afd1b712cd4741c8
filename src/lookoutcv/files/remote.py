"""Remote files by URL through fsspec, read within a bound and with errors that keep secrets."""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

from lookoutcv.errors import MissingExtra, UnreadableSource

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+(::[A-Za-z0-9+.-]+)*://")
# Protocols whose package an extra of ours brings; for the rest fsspec has an extra of its own.
_OWN_EXTRAS = {
    "http": ("aiohttp", "http"),
    "https": ("aiohttp", "http"),
    "s3": ("s3fs", "s3"),
    "s3a": ("s3fs", "s3"),
}
_FSSPEC_EXTRAS = {"gs": "gcs", "az": "abfs", "abfss": "abfs", "sftp": "ssh"}


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

    try:
        system, path = fsspec.core.url_to_fs(url)
    except ImportError as reason:
        raise _missing(url, reason) from reason
    except ValueError as reason:
        raise _refused(url, "unknown protocol", "Give a path, or a URL such as https:// or s3://.") from reason
    try:
        with system.open(path, "rb") as file:
            return bytes(file.read(max_bytes + 1))
    except FileNotFoundError as reason:
        raise _refused(url, "the file is gone", "Check the URL.") from reason
    except PermissionError as reason:
        raise _refused(url, "no permission", "Check the credentials.") from reason
    except Exception as reason:  # every storage library has errors of its own
        why = f"not reachable ({type(reason).__name__})"
        raise _refused(url, why, "Check the URL, the credentials and the network.") from reason


def _missing(url: str, reason: ImportError) -> MissingExtra:
    protocol = url.partition("://")[0].rpartition("::")[2].lower()
    package, extra = _OWN_EXTRAS.get(protocol, ("fsspec", ""))
    line = f"lookoutcv[{extra}]" if extra else f"fsspec[{_FSSPEC_EXTRAS.get(protocol, protocol)}]"
    return MissingExtra(
        f"reading {protocol}:// needs a package that is not installed ({reason})",
        f'Install it with: pip install "{line}"',
        package=package,
        extra=extra,
    )


def _refused(url: str, why: str, remedy: str) -> UnreadableSource:
    return UnreadableSource(f"{shown(url)} cannot be read: {why}", remedy, source=shown(url), reason=why)
