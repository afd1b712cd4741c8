from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from lookoutcv.reports.formats.base import RenderOptions
from lookoutcv.reports.formats.markdown import markdown, safe
from lookoutcv.reports.parts.document import Document, Verdict
from lookoutcv.reports.parts.tables import Table
from lookoutcv.reports.rendering import render
from lookoutcv.reports.views.drift_report import drift_document
from lookoutcv.results.severity import Severity
from report_to_draw import REPORT

READER = MarkdownIt("commonmark").enable("table").enable("strikethrough")


def drawn(document: Document) -> str:
    assert markdown.draw_document is not None
    return markdown.draw_document(document, RenderOptions()).decode()


def html(text: str) -> str:
    return READER.render(text)


def words(markup: str) -> str:
    stripped = re.sub(r"<[^>]+>", "", markup)
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        stripped = stripped.replace(entity, character)
    return stripped.strip()


@given(st.text(alphabet=st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=60))
def test_text_comes_out_as_it_went_in(text: str) -> None:
    once = " ".join(text.split())
    assert words(html(safe(text))) == once


@given(st.text(max_size=80))
def test_text_makes_no_markup(text: str) -> None:
    assert not re.search(r"<(?!p>|/p>)", html(safe(text)))


def test_every_table_of_a_report_is_one_to_its_reader() -> None:
    document = drift_document(REPORT)
    tables = sum(isinstance(block, Table) for section in document.sections for block in section.blocks)
    assert html(drawn(document)).count("<table>") >= tables > 3


def test_names_from_data_make_no_cells_links_or_tags() -> None:
    hostile = "a|b](http://x) <img src=x> `c`.jpg"
    shown = html(str(render(replace(REPORT, window=replace(REPORT.window, name=hostile)), format="markdown")))
    assert "<img" not in shown
    assert "<a " not in shown
    assert words(html(safe(hostile))) == hostile


def test_a_section_that_only_speaks_of_charts_is_left_out() -> None:
    assert "Before and after" not in str(render(REPORT, format="markdown"))


@pytest.mark.parametrize("level", list(Severity))
def test_a_document_without_sections(level: Severity) -> None:
    bare = Document("Report", (), "", Verdict(level, "Headline", "Words."), ())
    assert "Headline" in drawn(bare)
