"""What a source is: something that lists images, each by a small reference that any process can read."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from lookoutcv.calls.missing_path import not_found
from lookoutcv.errors import ImageTooLarge, SourceNotFound, WrongKind
from lookoutcv.images.limits import DEFAULT_LIMITS, Limits
from lookoutcv.plugins import SOURCES, Registry, first_line
from lookoutcv.predictions import TrueObjects
from lookoutcv.records.model_identity import ModelIdentity
from lookoutcv.sources.target_options import parted, typed

if TYPE_CHECKING:
    import pyarrow as pa


class ImageRef(Protocol):
    """One image of a source: small, picklable, readable from any process.

    `id` names it within its source (a relative path with forward slashes). `label` (of the whole image), `objects`
    (what people marked in it; None where nobody looked), `time` (aware UTC) and `tags` come from the source, not from
    the image.
    """

    @property
    def id(self) -> str: ...
    @property
    def label(self) -> str | None: ...
    @property
    def objects(self) -> TrueObjects | None: ...
    @property
    def time(self) -> datetime | None: ...
    @property
    def tags(self) -> Mapping[str, str]: ...

    def load(self) -> Any:
        """Bytes, a path, an array or a PIL image: what `images.read` takes. Raises an `ImageError` where it is gone."""
        ...


class BoundedRef(ABC):
    """A reference that unpacks, fetches or decodes itself, and so has to know the limits."""

    __slots__ = ()

    @abstractmethod
    def load(self, limits: Limits = DEFAULT_LIMITS) -> Any:
        """As in `ImageRef`.

        Args:
            limits: An image beyond them is not loaded.
        Raises:
            ImageTooLarge: It is beyond them.
        """


class NamedOnly:
    """A reference whose source knows nothing of an image but its name."""

    __slots__ = ()

    @property
    def label(self) -> str | None:
        """None is known."""
        return None

    @property
    def objects(self) -> TrueObjects | None:
        """Nobody marked any."""
        return None

    @property
    def time(self) -> datetime | None:
        """None is known: a file's or an archive's date is that of copying or packing."""
        return None

    @property
    def tags(self) -> Mapping[str, str]:
        """There are none."""
        return {}


class Source(Protocol):
    """An ordered set of images. Iterating again lists the same images in the same order."""

    @property
    def name(self) -> str:
        """What a person calls it."""
        ...

    def __iter__(self) -> Iterator[ImageRef]: ...

    def count(self) -> int | None:
        """How many images, where that is known without reading them all."""
        ...


@runtime_checkable
class RecordSource(Protocol):
    """A source whose images were measured already: it has records in the place of images, and is no `Source`."""

    @property
    def name(self) -> str:
        """What a person calls it."""
        ...

    @property
    def model(self) -> ModelIdentity | None:
        """Whose predictions the records hold; None where there are none, or it is not known."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of a comparison must know of the records, in sentences."""
        ...

    def records(self) -> Iterator[pa.RecordBatch]:
        """The records, a batch at a time.

        Raises:
            NoImages: There are none.
        """
        ...


@dataclass(frozen=True)
class SourceKind:
    """A plugin of this room.

    Args:
        name: "folder", "zip" ...
        opens: Whether this kind reads the target. Cheap: looks at names and first bytes only.
        open: Makes the source.
        summary: One line for `lookout plugins`.
        order: Kinds are tried in this order; the first that opens the target is used.
    """

    name: str
    opens: Callable[[Any], bool]
    open: Callable[[Any], Source | RecordSource]
    summary: str
    order: int = 50


def source_kind(
    name: str, *, opens: Callable[[Any], bool], order: int = 50
) -> Callable[[Callable[[Any], Source | RecordSource]], SourceKind]:
    """Make a kind of source of the function that opens a target; the arguments are those of `SourceKind`.

    Example:
        >>> @source_kind("nothing", opens=lambda target: target == "nothing:")
        ... def nothing(target):
        ...     "No images at all."
        ...     raise NotImplementedError
        >>> nothing.summary
        'No images at all.'
    """

    def decorate(function: Callable[[Any], Source | RecordSource]) -> SourceKind:
        return SourceKind(name, opens, function, first_line(function), order)

    return decorate


registry: Registry[SourceKind] = Registry(SOURCES, SourceKind)


def kind_of(target: Any) -> SourceKind | None:
    """The kind of source that reads a target; None where none does. Cheap: see `SourceKind.opens`."""
    return next((kind for kind in sorted(registry, key=lambda k: (k.order, k.name)) if kind.opens(target)), None)


def too_large(id: str, limits: Limits) -> ImageTooLarge:
    """The error for an image of more bytes than the limits allow."""
    reason = f"larger than {limits.max_bytes / 2**20:.3g} MiB"
    remedy = "Raise the limit (max_bytes) if it is to be trusted, or leave it out."
    return ImageTooLarge(f"{id} is {reason}", remedy, id=id, reason=reason)


def loaded(ref: ImageRef, limits: Limits) -> Any:
    """What a reference loads, within limits where it unpacks, fetches or decodes itself: there `load` takes them.

    Raises:
        ImageError: It is gone, or beyond the limits.
    """
    return ref.load(limits) if isinstance(ref, BoundedRef) else ref.load()


def notes_of(source: Source | RecordSource) -> tuple[str, ...]:
    """What a source says of how it was read, in sentences: what was taken as what, what lies there and is not used.

    A source that has nothing to say need not have `notes`.
    """
    return tuple(getattr(source, "notes", ()))


def open_source(target: Any) -> Source | RecordSource:
    """The images at a target, or its records where they were measured already.

    Args:
        target: A folder, an archive, a table of images, a data set, an image file, a URL, a sequence of images, a
            `Source` or a `RecordSource`.
    Raises:
        SourceNotFound: There is nothing there, or nothing that a source kind reads.
        ConfigError: The target is read, but has no such options.
    """
    if isinstance(target, RecordSource):
        return target
    # A pandas Series has a name and a count too; what has a dtype is a sequence of images.
    if all(hasattr(target, part) for part in ("count", "name", "__iter__")) and not hasattr(target, "dtype"):
        return target  # type: ignore[no-any-return]
    kind = kind_of(target)
    if kind is not None:
        return kind.open(target)
    named = isinstance(target, str | os.PathLike)
    if named:
        _refuse_options(target)
        if not os.path.exists(target):
            raise not_found(target, "file or folder")
    raise SourceNotFound(
        f"{str(target) if named else type(target).__name__!r} is not a folder, an archive or an image",
        "Check the path." if named else "`lookout plugins` lists what can be read.",
        source=str(target),
    )


def open_images(target: Any) -> Source:
    """The images at a target: to be measured, or given to a model.

    Args:
        target: As for `open_source`.
    Raises:
        WrongKind: Its images were measured already, and are not there.
        SourceNotFound, ConfigError: As for `open_source`.
    """
    source = open_source(target)
    if isinstance(source, RecordSource):
        raise WrongKind(
            f"{source.name} holds predictions whose images are measured already",
            "Give it to baseline, monitor or compare; `lookout log export` writes its records.",
            path=source.name,
        )
    return source


def _refuse_options(target: str | os.PathLike[str]) -> None:
    """Say that options are in the way, where without them there is something to read."""
    path, options = parted(target)
    if options and any(kind.opens(path) for kind in registry):
        typed(options, {}, target)
