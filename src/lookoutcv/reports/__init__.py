"""Reports: from a result to a page, a text or a file.

A view (`views`) turns a result into a `Document`; a format (`formats`) draws it. A new format is one new file there.
"""

from lookoutcv.reports.formats.base import Options, ReportFormat, registry, report_format
from lookoutcv.reports.rendering import render

__all__ = ["Options", "ReportFormat", "registry", "render", "report_format"]
