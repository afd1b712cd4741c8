"""Where images come from. `base.py` says what a source is; every other file is one kind."""

from lookoutcv.sources.kinds.base import (
    ImageRef,
    RecordSource,
    Source,
    SourceKind,
    kind_of,
    open_images,
    open_source,
    registry,
    source_kind,
)

__all__ = [
    "ImageRef",
    "RecordSource",
    "Source",
    "SourceKind",
    "kind_of",
    "open_images",
    "open_source",
    "registry",
    "source_kind",
]
