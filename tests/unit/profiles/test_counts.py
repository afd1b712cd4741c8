import itertools
import random

import pyarrow as pa

from lookoutcv.profiles.counts import OTHER, add_counts, bounded, comparable, count_values
from lookoutcv.records.schema import FIXED


def test_rows_without_a_value_are_not_counted() -> None:
    empty = dict.fromkeys(FIXED.names)
    rows = [
        empty | {"id": "a", "label": "cat", "format": "jpeg", "width_px": 2, "height_px": 3},
        empty | {"id": "b", "label": "cat", "camera": "X100", "width_px": 2},
        empty | {"id": "c", "label": "dog"},
    ]
    found = count_values(pa.RecordBatch.from_pylist(rows, schema=FIXED))
    assert found == {
        "label": {"cat": 2, "dog": 1},
        "format": {"jpeg": 1},
        "camera": {"X100": 1},
        "size": {"2x3": 1},
        "prediction": {},
    }


def test_few_values_are_exact_and_the_most_frequent_come_first() -> None:
    assert list(bounded({"b": 1, "a": 1, "c": 5}).items()) == [("c", 5), ("a", 1), ("b", 1)]


def test_many_values_keep_the_total_and_exact_counts_of_those_kept() -> None:
    counts = {f"v{i}": i + 1 for i in range(30)}
    kept = bounded(counts, limit=10)
    assert len(kept) == 11
    assert sum(kept.values()) == sum(counts.values())
    assert all(counts[value] == n for value, n in kept.items() if value != OTHER)


def test_folding_part_by_part_in_any_order_gives_the_same_as_at_once() -> None:
    rng = random.Random(0)
    seen = [f"v{rng.randrange(40)}" for _ in range(400)]
    whole = bounded({value: seen.count(value) for value in set(seen)}, limit=7)
    parts = [seen[i::4] for i in range(4)]
    for order in itertools.permutations(parts):
        total: dict[str, int] = {}
        for part in order:
            total = bounded(add_counts(total, {value: part.count(value) for value in set(part)}), limit=7)
        assert total == whole


def test_a_label_that_is_called_other_keeps_the_total() -> None:
    kept = bounded({OTHER: 4, "a": 1, "b": 1}, limit=1)
    assert kept[OTHER] == 5
    assert sum(kept.values()) == 6


def test_a_value_folded_on_one_side_is_folded_on_the_other() -> None:
    everything = {f"v{i}": 10 for i in range(20)}
    folded = bounded(everything, limit=5)
    few = {"v1": 3, "v2": 4, "v3": 5}
    one, other = comparable(folded, few, limit=5)
    assert list(one) == list(other)
    assert (sum(one.values()), sum(other.values())) == (200, 12)
    assert all(one[value] > 0 for value in other)
