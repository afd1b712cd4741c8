"""Which view is of which result."""

from __future__ import annotations

from lookoutcv.reports.parts.document import Document
from lookoutcv.reports.views.drift_report import drift_brief, drift_document
from lookoutcv.results.drift_report import DriftReport

Drawable = DriftReport
DRAWABLE: tuple[type[Drawable], ...] = (DriftReport,)


def document_of(result: Drawable) -> Document:
    """Everything that a result holds."""
    return drift_document(result)


def brief_of(result: Drawable) -> Document:
    """What of a result fits on a screen."""
    return drift_brief(result)
