"""Files as others damage them: wounds in their bytes, odd values in their text, other types in their columns.

Everything comes from a generator that is given, so that a seed repeats it.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

Random = np.random.Generator

# Where formats keep sizes, counts, depths and offsets, and what makes them overflow.
_EDGES = (0, 1, 2, 0x7F, 0x80, 0xFE, 0xFF)
_VALUES: list[Any] = [
    None,
    True,
    -1,
    0,
    10**30,
    1e308,
    float("nan"),
    "",
    "x" * 50,
    "<b>&",
    [],
    [[]],
    {},
    {"a": 1},
    "\0",
    "\ud800",
    "../../a.jpg",
    "9" * 5000,
]
# What is special to one of the forms of text that are read: numbers, marks, nesting, references, places, lines.
_TEXTS = [
    *(
        "nan",
        "-inf",
        "1e999",
        "-0",
        "9" * 400,
        "0x10",
        "1_0",
        "٣",
        "true",
        "null",
        "2026-13-45",
        "\ufeff",
        "\0",
        "\x1b[2J",
    ),
    *(
        '"',
        "'",
        ",",
        "\t",
        "\r",
        "\n\n",
        ":",
        "- ",
        "&a ",
        "*a",
        "!!python/object:os.system ",
        "<<: *a",
        "---\n",
        "%",
        "#",
    ),
    *(
        "[" * 3000,
        "{" * 300,
        '{"a":' * 3000,
        "<a>" * 3000,
        "[[[",
        "]]",
        "}",
        "${HOME}",
        "${X",
        "~",
        "../",
        "/etc/passwd",
    ),
    *("C:\\a", "\\\\host\\a", "http://127.0.0.1:9/a", "file:///etc/passwd", "log:x", "?since=", "a" * 70_000, "é" * 50),
    *(
        "=1+1",
        "@x",
        "<!DOCTYPE a [<!ENTITY b 'c'>]>",
        "&lt;",
        "\\ud800",
        "\\u0000",
        "\N{RIGHT-TO-LEFT OVERRIDE}",
        " " * 2000,
    ),
]


def damage(data: bytes, random: Random) -> bytes:
    """The bytes of a file, damaged in a way that its kind is damaged in.

    Example:
        >>> damage(b"[1, 2]", np.random.default_rng(0)) != b"[1, 2]"
        True
    """
    ways: list[Callable[[bytes, Random], bytes]] = [wounded]
    if data.startswith(b"PAR1"):
        ways += [other_columns] * 2
    elif data.startswith(b"PK"):
        ways += [other_entries] * 2
    elif _is_text(data):
        ways += [odd_text] * 2
        ways += [other_values] * 2 if data[:1] in b"{[" else []
    return ways[int(random.integers(len(ways)))](data, random)


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in data


def wounded(data: bytes, random: Random) -> bytes:
    """One to eight random wounds, half of them near the head, where the sizes are."""
    changed = bytearray(data)
    for _ in range(int(random.integers(1, 9))):
        if not changed:
            break
        reach = min(len(changed), 300) if random.random() < 0.5 else len(changed)
        _wound(changed, int(random.integers(reach)), random)
    return bytes(changed)


def _wound(data: bytearray, at: int, random: Random) -> None:
    length = int(random.integers(1, 40))
    match int(random.integers(7)):
        case 0:
            data[at] ^= 1 << int(random.integers(8))
        case 1:
            data[at] = int(random.choice(_EDGES))
        case 2:
            data[at : at + 4] = bytes([int(random.choice(_EDGES))]) * min(4, len(data) - at)
        case 3:
            data[at : at + length] = random.bytes(min(length, len(data) - at))
        case 4:
            del data[at : at + length]
        case 5:
            data[at:at] = data[at : at + length] if random.random() < 0.5 else random.bytes(length)
        case _:
            del data[max(at, 12) :]


def odd_text(data: bytes, random: Random) -> bytes:
    """Text in which odd pieces stand, in the place of others or between them."""
    text = data.decode()
    for _ in range(int(random.integers(1, 4))):
        at = int(random.integers(len(text) + 1))
        piece = _TEXTS[int(random.integers(len(_TEXTS)))]
        match int(random.integers(4)):
            case 0:
                text = text[:at] + piece + text[at:]
            case 1:
                text = text[:at] + piece + text[at + int(random.integers(1, 12)) :]
            case 2:
                lines = text.split("\n")
                text = "\n".join(lines[int(i)] for i in random.integers(len(lines), size=len(lines)))
            case _:
                text = text[:at]
    form = ("utf-8", "utf-8", "utf-8", "utf-16", "latin-1")[int(random.integers(5))]
    return text.encode(form, "replace")


def other_values(data: bytes, random: Random) -> bytes:
    """Valid JSON in which some values are of another kind or gone; odd text where it is no one document."""
    try:
        value = json.loads(data)
    except ValueError:
        return odd_text(data, random)
    for _ in range(int(random.integers(1, 4))):
        _change(value, random)
    return json.dumps(value).encode()


def _change(value: Any, random: Random) -> None:
    while True:
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
        if not keys:
            return
        key = keys[int(random.integers(len(keys)))]
        if isinstance(value[key], dict | list) and random.random() < 0.8:
            value = value[key]
        elif random.random() < 0.2:
            del value[key]
            return
        else:
            value[key] = _VALUES[int(random.integers(len(_VALUES)))]
            return


def other_columns(data: bytes, random: Random) -> bytes:
    """A valid Parquet file from which another tool took columns, or whose types it changed."""
    table = pq.read_table(pa.BufferReader(data))
    metadata = table.schema.metadata
    for _ in range(int(random.integers(1, 4))):
        table = _edit(table, int(random.integers(table.num_columns)), random)
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(sink, table.schema.with_metadata(metadata)) as writer:
        writer.write_table(table.replace_schema_metadata(metadata))
    return bytes(sink.getvalue())


def _edit(table: pa.Table, at: int, random: Random) -> pa.Table:
    name, rows = table.column_names[at], table.num_rows
    wrong: list[Callable[[], pa.Table]] = [
        lambda: table.remove_column(at) if table.num_columns > 1 else table,
        lambda: table.set_column(at, name, pa.nulls(rows, table.schema.field(at).type)),
        lambda: table.set_column(at, name, pa.array(["text"] * rows)),
        lambda: table.set_column(at, name, pa.array([[1.0]] * rows)),
        lambda: table.set_column(at, name, pa.array([{"a": [None]}] * rows)),
        lambda: table.set_column(at, name, pa.array([b"\xff\0"] * rows)),
        lambda: table.set_column(at, name, pa.array(np.full(rows, np.inf))),
        lambda: table.set_column(at, name, pa.array(np.full(rows, -(2**62)))),
        lambda: table.append_column(name, table.column(at)),
        lambda: table.slice(0, int(random.integers(rows + 1))),
        lambda: table.rename_columns([*table.column_names[:at], "", *table.column_names[at + 1 :]]),
    ]
    return wrong[int(random.integers(len(wrong)))]()


def other_entries(data: bytes, random: Random) -> bytes:
    """A whole ZIP archive, one of whose entries is damaged or has another name."""
    sink = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as whole, zipfile.ZipFile(sink, "w") as made:
        chosen = int(random.integers(len(whole.namelist())))
        for place, name in enumerate(whole.namelist()):
            content, named = whole.read(name), name
            if place == chosen:
                if random.random() < 0.7:
                    content = damage(content, random)
                else:
                    named = _TEXTS[int(random.integers(len(_TEXTS)))][:60_000].replace("\0", "") or name
            made.writestr(zipfile.ZipInfo(named.encode("utf-8", "replace").decode()), content)
    return sink.getvalue()
