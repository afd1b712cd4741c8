"""What can be said of drawn reports: where they go, what they look like, and the exit code that drift gives."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from lookoutcv.settings.declaration import ForceSetting, JsonSetting, Setting, settings_class


class FailOn(StrEnum):
    """The severities a pipeline can stop at."""

    low = "low"
    medium = "medium"
    high = "high"


@settings_class
class ReportSettings:
    """A report on drift."""

    output: Annotated[
        list[Path] | None,
        Setting(
            "Write the report; the suffix (.html, .pdf, .json, .md, .xml, .txt) names the format; may be repeated.",
            short="-o",
            output=True,
        ),
    ] = None
    html: Annotated[Path | None, Setting("Write the report as one HTML page too.", output=True)] = None
    force: ForceSetting = False
    fail_on: Annotated[FailOn | None, Setting("Exit with 3 at drift of this severity or worse.")] = None
    interactive: Annotated[bool, Setting("Charts one can point at; adds about 1 MB to the page.")] = False
    template: Annotated[
        Path | None, Setting("Jinja templates for the HTML page in place of ours.", metavar="DIR|FILE")
    ] = None
    logo: Annotated[Path | None, Setting("A picture for the top of the HTML page.")] = None
    as_json: JsonSetting = False


@settings_class
class IndexSettings:
    """One page over several reports."""

    reports: Annotated[
        list[Path], Setting("Report files (JSON), or folders with reports.", positional=True, metavar="REPORT...")
    ]
    output: Annotated[
        Path, Setting("Write it here; the suffix (.html, .pdf, .md, .txt) names the form.", short="-o", output=True)
    ] = Path("index.html")
    force: ForceSetting = False
    title: Annotated[str, Setting("Of the page.")] = "Drift reports"
    pages: Annotated[bool, Setting("Write the page of each report that has none, beside its JSON.")] = False
    thumbnails: Annotated[bool, Setting("Keep small pictures in those pages.", negatable=True)] = True
