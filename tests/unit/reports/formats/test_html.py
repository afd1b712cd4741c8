from __future__ import annotations

import base64
import hashlib
import io
import re
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files

import pytest
import skimage.data
from PIL import Image

from lookoutcv.reports.formats.base import RenderOptions
from lookoutcv.reports.formats.html import html, jpeg
from lookoutcv.reports.parts.content_blocks import Note
from lookoutcv.reports.parts.document import Document, Section
from lookoutcv.reports.views.drift_report import drift_document
from lookoutcv.results.images.image_example import ImageExample
from lookoutcv.results.severity import Severity
from report_to_draw import REPORT

STYLE = (files("lookoutcv.reports") / "templates" / "report.css").read_text("utf-8")


class Outline(HTMLParser):
    """Headings, ids and whether every tag is closed."""

    VOID = ("meta", "img", "wbr")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.headings: list[str] = []
        self.ids: list[str] = []
        self.images: list[dict[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = dict(attrs)
        self.ids += [facts["id"] or ""] if "id" in facts else []
        self.headings += [tag] if tag in ("h1", "h2", "h3") else []
        self.images += [facts] if tag == "img" else []
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def page(document: Document, *, interactive: bool = False) -> str:
    assert html.draw_document is not None
    return html.draw_document(document, RenderOptions(interactive)).decode()


@pytest.fixture(scope="module")
def drawn() -> str:
    return page(drift_document(REPORT))


def test_it_is_sound_html(drawn: str) -> None:
    outline = Outline(drawn)
    assert outline.open == []
    assert outline.headings.count("h1") == 1
    assert outline.headings[:2] == ["h1", "h2"]
    assert len(outline.ids) == len(set(outline.ids))
    assert drawn.startswith('<!DOCTYPE html>\n<html lang="en">')


def test_every_image_has_words(drawn: str) -> None:
    images = Outline(drawn).images
    assert [image["alt"] for image in images] == [
        "cam-02/0100.jpg",
        "cam-02/0001.jpg: darker, noisier",
        "cam-02/a & b <c>.jpg: darker",
    ]


def test_severity_is_a_word_and_a_shape_not_only_a_colour(drawn: str) -> None:
    assert re.search(r'<span class="grade high"><svg.*?</svg>high</span>', drawn)
    assert re.search(r'<div class="verdict high">\s*<svg class="icon"', drawn)


def test_a_note_is_drawn() -> None:
    document = replace(drift_document(REPORT), sections=(Section("x", (Note("mind this", Severity.LOW),)),))
    assert '<p class="note low">mind this</p>' in page(document)


def test_sizes() -> None:
    picture = Image.fromarray(skimage.data.astronaut()).resize((160, 160))
    stored = io.BytesIO()
    picture.save(stored, "JPEG", quality=85)
    text = base64.b64encode(stored.getvalue()).decode()
    wide = REPORT.metrics[0].distribution
    assert wide is not None
    edges, share = [i / 60 for i in range(61)], [1 / 60] * 60
    metric = replace(REPORT.metrics[0], distribution=replace(wide, edges=edges, before=share, after=share), related=[])
    full = replace(
        REPORT,
        metrics=[metric] * 60,
        most_shifted=[ImageExample(f"{i}.jpg", 1.0, ["darker"], text) for i in range(12)],
        typical=[ImageExample(f"{i}.jpg", 1.0, [], text) for i in range(12)],
        skipped=[replace(REPORT.skipped[0], id=f"{i}" * 300) for i in range(1000)],
    )
    whole = page(drift_document(full))
    assert len(whole.encode()) < 3_000_000
    assert len(whole.replace(text, "").encode()) < 400_000


def test_only_jpegs_are_shown() -> None:
    assert jpeg("/9j/4AAQ==") == "data:image/jpeg;base64,/9j/4AAQ=="
    for text in (None, "", "iVBORw0KGgo=", "/9j/\n", "/9j/4AA'x"):
        assert jpeg(text) is None


def test_an_interactive_page_allows_just_its_own_scripts() -> None:
    whole = page(drift_document(REPORT), interactive=True)
    scripts = re.findall(r"<script>(.*?)</script>", whole, flags=re.DOTALL)
    assert len(scripts) == 2
    for script in scripts:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"sha256-{digest}" in whole.replace("&#43;", "+")
    assert 900_000 < len(whole) < 1_400_000


def test_without_charts_there_is_nothing_to_interact_with() -> None:
    bare = replace(REPORT, metrics=[replace(m, distribution=None) for m in REPORT.metrics], multiples=[])
    assert "vegaEmbed" not in page(drift_document(bare), interactive=True)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Source: WCAG 2.1, contrast ratio."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_contrast_meets_wcag_aa(scheme: int) -> None:
    colours = dict(re.findall(r"--([\w-]+): (#\w{6})", re.findall(r":root \{(.*?)\}", STYLE, flags=re.DOTALL)[scheme]))
    levels = ("none", "low", "medium", "high", "insufficient")
    texts = [("ink", "paper"), ("muted", "paper"), ("muted", "panel"), ("link", "paper")]
    texts += [(level, f"{level}-tint") for level in levels] + [("ink", f"{level}-tint") for level in levels]
    shapes = [(f"{level}-shape", "paper") for level in levels if level != "low"] + [("before-line", "paper")]
    assert not {(a, b): contrast(colours[a], colours[b]) for a, b in texts if contrast(colours[a], colours[b]) < 4.5}
    assert not {(a, b): contrast(colours[a], colours[b]) for a, b in shapes if contrast(colours[a], colours[b]) < 3}
