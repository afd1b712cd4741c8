"""What measured an image, in 16 bytes: whatever could change a number changes them."""

from __future__ import annotations

import hashlib
import platform
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from types import ModuleType

from lookoutcv.images import Limits
from lookoutcv.metrics import Metric
from lookoutcv.version import __version__

# What a record in the cache follows from: reading, metrics, their pixels, and how a record is made, packed and found.
# Who measures, in how many processes, and what becomes of the records changes none of them.
_FOLLOWS_FROM = ("images", "metrics", "pixels", "measuring/cache", "measuring/measurement.py")
_DECODERS = ("simplejpeg", "pillow", "numpy", "opencv-python-headless", "pi-heif")
_PACKAGE = Path(__file__).parents[2]
_INSTALLED = ("site-packages", "dist-packages")


def fingerprint(metrics: Sequence[Metric], limits: Limits) -> bytes | None:
    """Digest of everything, the image aside, that its record follows from.

    Of this package: the source of what reads and measures (`covered_files`). Of decoders: their versions. Of a metric
    from elsewhere: the file that its function is in, the files of the user's own that this names, and the versions of
    the packages that it names. What it reads when it runs, such as a model's weights, is not seen.

    Args:
        metrics: What is measured; their order does not matter.
        limits: An image beyond them has no record.
    Returns:
        16 bytes; None where a metric's definition cannot be known: it is no function at the top of a file.
    Example:
        >>> from lookoutcv.metric_selection import select_metrics
        >>> one, other = select_metrics("noise,exposure"), select_metrics("exposure,noise")
        >>> fingerprint(one, Limits()) == fingerprint(other, Limits())
        True
    """
    parts = [_shipped(), f"{limits.max_pixels}".encode()]
    for metric in sorted(metrics, key=lambda metric: metric.name):
        definition = _definition(metric)
        if definition is None:
            return None
        parts += [f"{metric.name}={metric.grid is None}".encode(), definition]
    return _digest(parts)


@cache
def _shipped() -> bytes:
    # The processes of a pool import this module and never ask.
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415

    parts = [__version__.encode(), sys.version.encode(), platform.machine().encode()]
    for package in _DECODERS:
        try:
            parts.append(version(package).encode())
        except PackageNotFoundError:  # another build of the same library: opencv-python
            parts.append(b"")
    return _digest([*parts, *(path.read_bytes() for path in covered_files())])


def covered_files() -> list[Path]:
    """The files of this package whose content is a part of every fingerprint."""
    files: list[Path] = []
    for name in _FOLLOWS_FROM:
        root = _PACKAGE / name
        files += [root] if root.is_file() else [path for path in sorted(root.rglob("*")) if _is_source(path)]
    return files


def _definition(metric: Metric) -> bytes | None:
    """Digest of what a metric's function is made of; None where that cannot be known."""
    function = metric.measure
    module = sys.modules.get(getattr(function, "__module__", None) or "")
    name = getattr(function, "__qualname__", "<locals>")
    if module is not None and module.__name__.startswith("lookoutcv.metrics."):
        return b""  # `_shipped` has it
    if module is None or module.__name__ == "__main__" or "<locals>" in name or "<lambda>" in name:
        return None
    files = list(_made_of(module))
    return None if None in files else _digest([name.encode(), *filter(None, files)])


def _made_of(module: ModuleType) -> Iterator[bytes | None]:
    """The source of a module and of the modules it names, and so on; of installed packages, the version.

    None for a module whose source is not at hand.
    """
    waiting, names = [module], {module.__name__}
    top = module.__name__.partition(".")[0]
    while waiting:
        imported = waiting.pop()
        package = imported.__name__.partition(".")[0]
        if package != top and _is_installed(imported):
            yield f"{package} {getattr(sys.modules.get(package), '__version__', '')}".encode()
            continue
        yield _source(imported)
        for value in list(vars(imported).values()):
            named = value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", None)
            origin = sys.modules.get(named) if isinstance(named, str) else None
            if origin is not None and origin.__name__ not in names and not _is_known(origin):
                names.add(origin.__name__)
                waiting.append(origin)


def _is_known(module: ModuleType) -> bool:
    """Part of Python or of this package: `_shipped` has its version."""
    return module.__name__.partition(".")[0] in {*sys.stdlib_module_names, "lookoutcv"}


def _is_source(path: Path) -> bool:
    return path.is_file() and path.parent.name != "__pycache__"


def _is_installed(module: ModuleType) -> bool:
    file = getattr(module, "__file__", None)
    return file is None or any(part in _INSTALLED for part in Path(file).parts)


def _source(module: ModuleType) -> bytes | None:
    file = getattr(module, "__file__", None)
    try:
        return None if file is None else Path(file).read_bytes()
    except OSError:
        return None


def _digest(parts: Sequence[bytes]) -> bytes:
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.digest()
