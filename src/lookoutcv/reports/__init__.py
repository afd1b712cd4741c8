"""Reports: from a result to a page, a text or a file.

A view (`views`) turns a result into a `Document`; a format (`formats`) draws it. A new format is one new file there.
"""

from lookoutcv.reports.formats.base import Options, ReportFormat, document_format, registry, report_format
from lookoutcv.reports.index_page import index
from lookoutcv.reports.rendering import render

__all__ = ["Options", "ReportFormat", "document_format", "index", "registry", "render", "report_format"]
