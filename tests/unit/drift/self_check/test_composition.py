import pyarrow as pa

from lookoutcv.drift.self_check.composition import Kind, LabelImbalance, composition_of
from lookoutcv.drift.self_check.figures import beyond_chance
from lookoutcv.profiles.profile import from_records


def test_strays_are_no_kind_and_labels_may_be_out_of_balance() -> None:
    cameras, labels = ["a"] * 60 + ["b"] * 39 + ["stray"], ["cat"] * 95 + ["dog"] * 5
    rows = {"id": [f"{i}.jpg" for i in range(100)], "camera": cameras, "label": labels}
    found = composition_of(from_records(pa.table({**rows, "my.a": pa.array([0.5] * 100, pa.float32())})))
    assert found.kinds == (Kind("camera", (("a", 0.6), ("b", 0.39))),)
    assert found.labels == LabelImbalance("cat", 95, "dog", 5)
    assert (found.measured, found.sequence, found.blackness) == (True, None, None)


def test_a_few_alarms_are_chance() -> None:
    assert not beyond_chance((20, 2), 0.01)
    assert beyond_chance((20, 3), 0.01)
    assert not beyond_chance((1000, 19), 0.01)
