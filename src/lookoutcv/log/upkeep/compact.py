"""The small files of each day joined, so that reading is fast; rows stay as they are."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.log.table.arguments import checked_model
from lookoutcv.log.table.files import listed
from lookoutcv.log.table.log_table import LogTable
from lookoutcv.log.table.transactions import retried

# A reader opens a file of this size in one go, and a rewrite of it holds a few times that.
_TARGET_BYTES = 128 << 20


@only_known_keywords(types=False)
@dataclass(frozen=True)
class Compacted:
    """Small files joined, or to be.

    Args:
        dry_run: Nothing was changed.
        days: Of one model each, that had several small files.
        before, after: Files of these; in a dry run `after` is what is expected.
        bytes: They hold.
    """

    dry_run: bool
    days: int
    before: int
    after: int
    bytes: int


def compact(table: LogTable, *, model: str | None = None, dry_run: bool = False) -> Compacted:
    """Join the small files of each day, so that reading is fast. Safe beside running writers; rows stay as they are.

    Args:
        table: The log.
        model: Only of this model.
        dry_run: Only say what would be joined.
    Raises:
        UnreadableSource: The log cannot be changed.
    """
    model = checked_model(model)
    parts: dict[tuple[str, str], list[int]] = defaultdict(list)
    for file in listed(table):
        if file["size_bytes"] < _TARGET_BYTES // 2 and model in (None, file["partition.model"]):
            parts[file["partition.model"], str(file["partition.day"])].append(file["size_bytes"])
    several = {key: sizes for key, sizes in sorted(parts.items()) if len(sizes) > 1}
    before = sum(map(len, several.values()))
    after = sum(-(-sum(sizes) // _TARGET_BYTES) for sizes in several.values())
    if not dry_run:
        after = 0
        for key in several:
            after += _joined(table, key)
    return Compacted(dry_run, len(several), before, after, sum(map(sum, several.values())))


def _joined(table: LogTable, key: tuple[str, str]) -> int:
    where = [("model", "=", key[0]), ("day", "=", key[1])]
    done = retried(
        table,
        lambda delta: delta.optimize.compact(
            partition_filters=where, target_size=_TARGET_BYTES, max_concurrent_tasks=1
        ),
    )
    return int(done["numFilesAdded"])
