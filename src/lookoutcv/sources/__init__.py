"""Where images come from. Start with `kinds/base.py`, which says what a source is; each kind is one file beside it.

What several kinds share lies here: names of files and dates in them, wildcards, tables that list images, the boxes of
data sets, places that a list may name, options behind a target, and the reading of videos.
"""

from lookoutcv.sources.kinds.base import (
    ImageRef,
    RecordSource,
    Source,
    SourceKind,
    kind_of,
    notes_of,
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
    "notes_of",
    "open_images",
    "open_source",
    "registry",
    "source_kind",
]
