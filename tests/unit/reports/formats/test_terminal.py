from __future__ import annotations

import io
import re
import sys
from dataclasses import replace

import pytest

from lookoutcv.reports.formats.base import RenderOptions
from lookoutcv.reports.formats.terminal import terminal
from lookoutcv.reports.parts.document import Document, Section
from lookoutcv.reports.parts.tables import Column, Number, Table
from lookoutcv.reports.views.drift_report import drift_brief, drift_document
from report_to_draw import REPORT


def drawn(document: Document, width: int | None = None, colour: bool | None = None) -> str:
    assert terminal.draw_document is not None
    return terminal.draw_document(document, RenderOptions(width=width, colour=colour)).decode()


class Terminal(io.StringIO):
    """Standard output that says it is a terminal."""

    def __init__(self, encoding: str = "utf-8") -> None:
        super().__init__()
        self._encoding = encoding

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._encoding

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("width", [30, 40, 60, 80, 120, 200])
def test_no_line_is_wider_than_asked(width: int) -> None:
    text = drawn(drift_document(REPORT), width=width, colour=False)
    assert max(map(len, text.splitlines())) <= width
    assert all(line == line.rstrip() for line in text.splitlines())


def test_it_is_plain_where_standard_output_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert "\x1b" not in drawn(drift_brief(REPORT))


def test_it_is_coloured_on_a_terminal_unless_that_is_not_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", Terminal())
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[" in drawn(drift_brief(REPORT))
    assert "\x1b" not in drawn(drift_brief(REPORT), colour=False)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in drawn(drift_brief(REPORT))


def test_an_old_terminal_gets_letters_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", Terminal("ascii"))
    text = drawn(drift_brief(REPORT), width=80, colour=False)
    assert text.isascii()
    assert "0.512 > 0.317" in text
    assert "-0.87" in text


def test_markup_in_names_is_text() -> None:
    named = replace(REPORT, window=replace(REPORT.window, name="[bold red]x[/] :smile:"))
    assert "Window: [bold red]x[/] :smile:" in drawn(drift_brief(named), colour=False)


def test_every_part_of_a_document_can_be_written() -> None:
    text = drawn(drift_document(REPORT), width=100, colour=False)
    for words in (
        "Drift detected: high severity",
        "also: Exposure: shadows",
        "truncated",
        "cam-02/0003 (1).jpg",
        "Labels",
    ):
        assert words in text


@pytest.mark.parametrize("width", [80, 100, 120])
def test_a_name_and_a_number_are_in_one_piece_where_there_is_room(width: int) -> None:
    columns = (Column("Model"), Column("Accuracy of it", True), Column("What is said of it"))
    rows = (
        ("mobilenetv3_small_050", Number("83.3%"), "a sentence of several words " * 6),
        ("b", Number("1%"), "short"),
    )
    document = Document("Models", (), "", None, (Section("All", (Table("Each", columns, rows),)),))
    text = drawn(document, width=width, colour=False)
    assert re.search(r"mobilenetv3_small_050 +83\.3%  a sentence of", text)
    assert max(map(len, text.splitlines())) <= width


def test_where_there_is_no_room_nothing_is_cut() -> None:
    columns = tuple(Column(f"Column {number}", number > 0) for number in range(8))
    rows = (("a_model_with_a_long_name", *(Number(f"{number}2345.6%") for number in range(7))),)
    document = Document("Models", (), "", None, (Section("All", (Table("Each", columns, rows),)),))
    text = drawn(document, width=40, colour=False)
    letters = "".join(text.split())
    assert all(f"{number}" in letters for number in range(7))
    assert max(map(len, text.splitlines())) <= 40
