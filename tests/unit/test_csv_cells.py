"""No cell begins a formula, in whatever way a spreadsheet parts a line; and each text comes back as it was."""

from __future__ import annotations

import csv
import io
import json
import re

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lookoutcv.csv_cells import SUSPECT, harmless, harmless_json, true_text

_STARTS = "=+-@\t\r\n\0＝＋－＠"
TEXTS = st.one_of(
    st.text(st.sampled_from("=+-@\t\r\n\0'\\;|, \"xau0123456789e.＝\x1b\x7f\x9b"), max_size=12),
    st.text(max_size=20),
)


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1-1",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "\0=1",
        "＝1",
        " =1",
        "'=1",
        "''@x",
        "=cmd|' /C calc'!A0",
    ],
)
def test_what_begins_a_formula_is_text(text: str) -> None:
    assert harmless(text).startswith("'")
    assert true_text(harmless(text)) == text


@pytest.mark.parametrize(
    "text", ["-1.5", "+3", "-1e-05", ".5", "a.jpg", "'tis.jpg", "\\\\server\\a.jpg", "a=b", "x-1", "", "a b", "cam;1"]
)
def test_others_stay_as_they_are(text: str) -> None:
    assert harmless(text) == text == true_text(text)


@given(TEXTS)
@example("'\\a")
@example("a;=1\\x3d")
def test_each_text_comes_back(text: str) -> None:
    assert true_text(harmless(text)) == text


@given(TEXTS)
def test_no_way_to_part_cells_begins_a_formula(text: str) -> None:
    cell = harmless(text)
    if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text, re.ASCII):
        return
    for part in re.split(r"[;|\t\n\r]", cell)[1:]:
        assert part.lstrip(' "')[:1] not in set("=+-@＝＋－＠"), cell
    assert cell.lstrip(" ")[:1] not in set(_STARTS)
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", cell)


@given(st.dictionaries(TEXTS, TEXTS, max_size=3))
def test_json_means_the_same(values: dict[str, str]) -> None:
    cell = harmless_json(json.dumps(values, ensure_ascii=False))
    assert json.loads(cell) == values
    for part in re.split(r"[;|]", cell):
        assert part.lstrip(" \"'")[:1] not in set(_STARTS), cell


@given(st.lists(TEXTS, max_size=5))
def test_arrow_finds_the_same_cells(texts: list[str]) -> None:
    found = pc.match_substring_regex(pa.array(texts, pa.string()), SUSPECT).to_pylist()
    assert found == [re.search(SUSPECT, text) is not None for text in texts]


@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_a_file_of_them_reads_back(texts: list[str]) -> None:
    sink = io.StringIO(newline="")
    csv.writer(sink).writerow([harmless(text) for text in texts])
    (row,) = csv.reader(io.StringIO(sink.getvalue(), newline=""))
    assert [true_text(cell) for cell in row] == texts


@pytest.mark.parametrize("unseen", ["\ufeff", "\u200b", "\u2060\ufeff", "\u00a0 "])
def test_what_is_not_seen_before_a_sign_hides_no_formula(unseen: str) -> None:
    for text, cell in ((f"{unseen}=1", f"'{unseen}=1"), (f"a;{unseen}=1", f"'\\a;{unseen}\\x3d1")):
        assert harmless(text) == cell
        assert true_text(cell) == text
        assert pc.match_substring_regex(pa.array([text]), SUSPECT).to_pylist() == [True]
    assert harmless(f"{unseen}cat") == f"{unseen}cat"
