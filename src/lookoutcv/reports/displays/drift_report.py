"""A drift report in a notebook: its page in a frame, so that its styles and the notebook's leave each other be."""

from __future__ import annotations

from html import escape

from lookoutcv.reports.displays.base import display
from lookoutcv.reports.formats.html import html
from lookoutcv.reports.parts.display_text import visible
from lookoutcv.reports.sections.headline import headline
from lookoutcv.results.drift_report import DriftReport

_HEIGHT_PX = 720


@display("DriftReport")
def drift_report(report: DriftReport) -> str:
    """The page of a drift report in a sandboxed frame; what shows no frames shows the headline instead."""
    title = escape(visible(headline(report)))
    return (
        f'<iframe title="{title}" sandbox="" loading="lazy" srcdoc="{escape(html(report).decode())}" '
        f'style="width:100%;height:{_HEIGHT_PX}px;border:0;resize:vertical;overflow:auto;color-scheme:normal">'
        f"{title}</iframe>"
    )
