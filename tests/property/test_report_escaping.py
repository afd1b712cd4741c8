"""No tag, attribute or address of a page comes from data, whatever the data says."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lookoutcv.reports.rendering import render
from lookoutcv.reports.views.every_result import Drawable
from lookoutcv.results.images.measured_examples import MeasuredExample, MeasuredExamples
from lookoutcv.results.severity import Severity
from report_to_draw import REPORT
from run_to_draw import RUN

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title></style></svg></script><!-- <![CDATA[",
    "{{ 7 * 7 }}{% raw %}",
    "javascript:alert(1) https://example.com/x.js",
    "\u202egpj.exe\u2066\x1b[31m\x00\x07\r\n\t\u2028",
    "\ud800\udfff",
    "&lt;b&gt;&#x3c;",
    "صورة שלום 图像 👩\u200d🔬",
    "x" * 5000,
)
CHOICES = {*Severity, "median", "mean", "within", "day", "sampling", "trained", "dropped", "hub"}
_SHOWN = MeasuredExample("a.jpg", 1.0, ["wider"], "cat, score 0.9", "/9j/4AAQ")
RESULTS = [
    replace(REPORT, measured_examples=[MeasuredExamples("m", "Where it looks", "Read so.", [_SHOWN], [_SHOWN])]),
    RUN,
]


class Structure(HTMLParser):
    """The tags of a page with the names of their attributes, and what its addresses and styles say."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: Counter[tuple[str, ...]] = Counter()
        self.addresses: set[str] = set()
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "wbr":  # where a long name may be broken follows from the name
            self.tags[(tag, *sorted(name for name, _ in attrs))] += 1
        else:
            assert not attrs
        self.addresses |= {value or "" for name, value in attrs if name in ("href", "src", "style", "xlink:href")}


def with_text(value: Any, text: Callable[[], str]) -> Any:
    """The same report with other text in every field that may hold any."""
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: with_text(getattr(value, f.name), text) for f in fields(value)})
    if isinstance(value, dict):
        # A key that is a number holds no text.
        return {
            f"{i}{text()}" if isinstance(key, str) else key: with_text(one, text)
            for i, (key, one) in enumerate(value.items())
        }
    if isinstance(value, list):
        return [with_text(one, text) for one in value]
    return text() if isinstance(value, str) and value not in CHOICES else value


def page(report: Drawable, *, interactive: bool = False) -> str:
    drawn = render(report, format="html", interactive=interactive)
    assert isinstance(drawn, str)
    drawn.encode()
    return drawn


def check(text: str) -> None:
    for result in RESULTS:
        hostile = Structure(page(with_text(result, lambda: f"<{text}")))
        harmless = Structure(page(with_text(result, lambda: "x" * (len(text) + 1))))
        assert hostile.tags == harmless.tags
        assert hostile.addresses == harmless.addresses


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text)[:20])
def test_hostile_text_adds_nothing(text: str) -> None:
    check(text)


@given(st.text(st.sampled_from("<>\"'&/=-!ab\\{}%\u202e\x00\n") | st.characters(), max_size=100))
@settings(max_examples=40, deadline=None)
def test_no_text_adds_anything(text: str) -> None:
    check(text)


def test_a_static_page_runs_and_loads_nothing() -> None:
    drawn = page(with_text(REPORT, lambda: "plain"))
    assert "<script" not in drawn
    assert "default-src 'none'" in drawn
    assert "script-src" not in drawn
    addresses = Structure(page(REPORT)).addresses
    assert all(address.startswith(("data:image/jpeg;base64,", "width:")) for address in addresses)
    assert set(re.findall(r"https?://[^\s\"'<]+", drawn)) <= {"http://www.w3.org/2000/svg"}
    assert not re.search(r"@import|url\(", drawn)


def test_a_thumbnail_that_is_no_jpeg_is_not_shown() -> None:
    for text in ('/9j/" onerror="alert(1)', "PHN2Zz4=", "/9j/<b>"):
        examples = [replace(REPORT.most_shifted[0], thumbnail=text)]
        drawn = page(replace(REPORT, most_shifted=examples, typical=[], baseline_typical=[]))
        assert "<img" not in drawn
        assert "onerror" not in drawn


def test_an_interactive_page_holds_its_data_as_data() -> None:
    drawn = page(with_text(REPORT, lambda: "</script><script>alert(1)</script>"), interactive=True)
    assert len(re.findall("<script", drawn)) - drawn.count("'<script") >= 3
    scripts = re.findall(r"<script[^>]*>", re.sub(r"<script>.*?</script>", "<script></script>", drawn, flags=re.DOTALL))
    assert scripts == ['<script type="application/json" id="charts">', "<script>", "<script>"]
    island = re.search(r'id="charts">(.*?)</script>', drawn, flags=re.DOTALL)
    assert island is not None
    assert len(json.loads(island[1])) == 2
    assert "script-src 'sha256-" in drawn
    assert "'unsafe-inline'" not in drawn.partition("script-src")[2].partition('"')[0]
