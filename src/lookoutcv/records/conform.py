"""Bring rows from another version, another tool or another set of metrics to one schema."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as kinds

from lookoutcv.errors import CorruptFile
from lookoutcv.records.measurer import is_measured
from lookoutcv.records.prediction_columns import PREDICTION_COLUMNS

_REMEDY = "Measure the images again with `lookout measure`."
# The times that Python's datetime can hold, in microseconds since 1970.
_YEAR_1, _YEAR_10000 = -62_135_596_800_000_000, 253_402_300_800_000_000


def conform(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """The same rows with the columns of a schema, in its order, followed by the metrics it does not know.

    A column that the table lacks reads as null. A column of a kindred type is converted where no value is lost: text in
    another encoding, whole numbers of another width, any number to float32 for a metric, times of another resolution.
    Further floating-point columns are kept as float32, a model's predictions, the columns of measurers and further
    uint64 columns (hashes) as they are; other further columns are left out, since nothing here knows what they mean.

    Args:
        table: Records from anywhere.
        schema: The columns wanted, as `schema_for` gives them.
    Raises:
        CorruptFile: A column that may not be null is absent or has nulls, a type does not fit, or a name comes twice.
    Example:
        >>> from lookoutcv.records.schema import FIXED
        >>> conform(pa.table({"id": ["a"], "own.metric": [0.5]}), FIXED).column_names[-1]
        'own.metric'
    """
    names = table.column_names
    if len(set(names)) < len(names):
        twice = sorted({name for name in names if names.count(name) > 1})
        raise CorruptFile(f"the records have the column {twice[0]!r} more than once", "Rename or remove one of them.")
    fields = [*schema, *(_further(table, name) for name in names if name not in schema.names)]
    wanted = [field for field in fields if field is not None]
    columns = [_column(table, field) for field in wanted]
    return pa.Table.from_arrays(columns, schema=pa.schema(wanted))


def _further(table: pa.Table, name: str) -> pa.Field | None:
    kind = table.schema.field(name).type
    if name in PREDICTION_COLUMNS.names:
        return PREDICTION_COLUMNS.field(name)
    if is_measured(table.schema.field(name)):
        return table.schema.field(name)
    if kinds.is_floating(kind):
        return pa.field(name, pa.float32())
    return pa.field(name, kind) if kinds.is_uint64(kind) else None


def _column(table: pa.Table, field: pa.Field) -> pa.ChunkedArray:
    if field.name not in table.column_names:
        if not field.nullable:
            raise CorruptFile(f"the records have no column {field.name!r}", _REMEDY)
        return pa.chunked_array([pa.nulls(table.num_rows, field.type)])
    column = table.column(field.name)
    if not field.nullable and column.null_count:
        raise CorruptFile(f"the column {field.name!r} of the records has empty rows", _REMEDY)
    if column.type != field.type:
        column = _cast(column, field)
    if kinds.is_timestamp(field.type):
        _check_times(column, field.name)
    return column


def _cast(column: pa.ChunkedArray, field: pa.Field) -> pa.ChunkedArray:
    if not _kindred(column.type, field.type):
        raise CorruptFile(
            f"the column {field.name!r} of the records holds {column.type} where {field.type} belongs", _REMEDY
        )
    try:
        return column.cast(field.type, safe=not kinds.is_floating(field.type))
    except pa.ArrowException as reason:
        problem = f"the column {field.name!r} of the records does not fit {field.type} ({reason})"
        raise CorruptFile(problem, _REMEDY) from reason


def _check_times(column: pa.ChunkedArray, name: str) -> None:
    ends = pc.min_max(column.cast(pa.int64()))
    for value in (ends["min"].as_py(), ends["max"].as_py()):
        if value is not None and not _YEAR_1 <= value < _YEAR_10000:
            raise CorruptFile(f"the column {name!r} of the records holds a time outside the years 1 to 9999", _REMEDY)


def _kindred(actual: pa.DataType, wanted: pa.DataType) -> bool:
    if kinds.is_null(actual):
        return True
    if kinds.is_list(wanted):
        return bool(kinds.is_list(actual) or kinds.is_large_list(actual) or kinds.is_fixed_size_list(actual))
    if kinds.is_string(wanted):
        return _is_text(actual.value_type if kinds.is_dictionary(actual) else actual)
    if kinds.is_integer(wanted):
        return bool(kinds.is_integer(actual))
    if kinds.is_floating(wanted):
        return bool(kinds.is_floating(actual) or kinds.is_integer(actual))
    return bool(kinds.is_timestamp(wanted) and kinds.is_timestamp(actual) and actual.tz is not None)


def _is_text(kind: pa.DataType) -> bool:
    return bool(kinds.is_string(kind) or kinds.is_large_string(kind) or kinds.is_string_view(kind))
