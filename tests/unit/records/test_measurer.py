from __future__ import annotations

import math
import pickle
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from lookoutcv.errors import ConfigError, MetricFailed
from lookoutcv.pixels.view import ImageView
from lookoutcv.predictions import Classification, Prediction
from lookoutcv.records.codec import decode, encode
from lookoutcv.records.conform import conform
from lookoutcv.records.measurer import (
    MeasuredColumn,
    Measurer,
    check_measurers,
    is_measured,
    measured_values,
    measurer_fields,
)
from lookoutcv.records.schema import FIXED

VIEW = ImageView(np.full((2, 3, 3), 90, np.uint8))
COLUMNS = (
    MeasuredColumn("gate.distance", "number", "grey level"),
    MeasuredColumn("gate.open", "flag"),
    MeasuredColumn("gate.verdict", "category"),
)


def judge(view: ImageView, prediction: Prediction | None) -> dict[str, Any]:
    distance = float(view.pixels.mean())
    verdict = prediction.label if isinstance(prediction, Classification) else None
    return {"gate.distance": distance, "gate.open": distance > 50, "gate.verdict": verdict}


GATE = Measurer("gate", COLUMNS, judge)


def giving(value: Any, column: MeasuredColumn = COLUMNS[0]) -> Measurer:
    return Measurer("own", (column,), lambda view, prediction: {column.name: value})


def test_it_measures_an_image_with_and_without_a_prediction() -> None:
    assert GATE(VIEW) == {"gate.distance": 90.0, "gate.open": True, "gate.verdict": None}
    assert GATE(VIEW, Classification("cat", 0.5))["gate.verdict"] == "cat"
    assert measured_values([GATE, giving(1, MeasuredColumn("own.one"))], VIEW)["own.one"] == 1.0


def test_numbers_of_numpy_are_numbers_and_nan_is_no_value() -> None:
    assert giving(np.float32(0.5))(VIEW) == {"gate.distance": 0.5}
    assert giving(math.nan)(VIEW) == {"gate.distance": None}
    assert giving(np.bool_(False), COLUMNS[1])(VIEW) == {"gate.open": False}


@pytest.mark.parametrize(
    ("value", "column"),
    [
        ("high", COLUMNS[0]),
        (math.inf, COLUMNS[0]),
        (1e39, COLUMNS[0]),
        ("yes", COLUMNS[1]),
        (np.zeros(2), COLUMNS[1]),
        (3, COLUMNS[2]),
    ],
)
def test_a_value_that_its_column_cannot_hold_fails(value: Any, column: MeasuredColumn) -> None:
    with pytest.raises(MetricFailed) as caught:
        giving(value, column)(VIEW)
    assert "'own'" in caught.value.problem


def test_a_column_that_was_not_declared_fails_and_so_does_a_function_that_raises() -> None:
    with pytest.raises(MetricFailed, match=r"no column 'gate\.other'"):
        Measurer("gate", COLUMNS, lambda view, prediction: {"gate.other": 1})(VIEW)
    with pytest.raises(MetricFailed, match="AttributeError"):
        Measurer("gate", COLUMNS, lambda view, prediction: view.nothing)(VIEW)  # type: ignore[attr-defined]


def test_names_and_types_are_checked_when_it_is_made() -> None:
    for make in (
        lambda: MeasuredColumn("distance"),
        lambda: MeasuredColumn("gate.distance", "text"),  # type: ignore[arg-type]
        lambda: Measurer("gate", (), judge),
        lambda: Measurer("gate", (COLUMNS[0], COLUMNS[0]), judge),
        lambda: check_measurers([GATE, GATE]),
        lambda: check_measurers([GATE], ["gate.open"]),
    ):
        with pytest.raises(ConfigError):
            make()
    assert check_measurers([GATE], ["noise.sigma"]) == (GATE,)


def test_it_is_picklable() -> None:
    assert pickle.loads(pickle.dumps(GATE))(VIEW) == GATE(VIEW)


def test_a_record_file_keeps_its_columns_with_their_types_and_units() -> None:
    schema = pa.schema([*FIXED, *measurer_fields([GATE])])
    empty = dict.fromkeys(FIXED.names)
    table = pa.Table.from_pylist([{**empty, "id": "a", **GATE(VIEW)}], schema)
    read, _ = decode(encode(table))
    assert read.schema.field("gate.distance").metadata[b"lookoutcv.unit"] == b"grey level"
    assert [read.column(one.name)[0].as_py() for one in COLUMNS] == [90.0, True, None]
    assert all(is_measured(read.schema.field(one.name)) for one in COLUMNS)


def test_text_that_no_measurer_gave_is_left_out() -> None:
    table = pa.table({"id": ["a"], "note": ["b"]})
    assert "note" not in conform(table, FIXED).column_names
