"""A report in a notebook: the page in a frame of its own, so that its styles and the notebook's leave each other be."""

from __future__ import annotations

from html import escape

from lookoutcv.reports.formats.html import html
from lookoutcv.reports.parts.display_text import visible
from lookoutcv.reports.sections.headline import headline
from lookoutcv.results.drift_report import DriftReport

_HEIGHT_PX = 720


def frame(report: DriftReport) -> str:
    """The page of a report as a sandboxed frame.

    Args:
        report: What to show.
    Returns:
        HTML that holds everything and runs nothing. What shows no frames shows the headline instead.
    Example:
        >>> from lookoutcv.results.drift_report import Side
        >>> side = Side("today", images=9, tested=9)
        >>> few = DriftReport(None, "insufficient", None, 0.0, 0.01, None, "Too few images.", side, side, [])
        >>> frame(few)[:7]
        '<iframe'
    """
    title = escape(visible(headline(report)))
    return (
        f'<iframe title="{title}" sandbox="" loading="lazy" srcdoc="{escape(html(report).decode())}" '
        f'style="width:100%;height:{_HEIGHT_PX}px;border:0;resize:vertical;overflow:auto;color-scheme:normal">'
        f"{title}</iframe>"
    )
