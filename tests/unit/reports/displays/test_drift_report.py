from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

from report_to_draw import REPORT


class Frames(HTMLParser):
    """The frames of a page and the tags beside them."""

    def __init__(self) -> None:
        super().__init__()
        self.frames: list[dict[str, str | None]] = []
        self.others: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "iframe":
            self.frames.append(dict(attrs))
        else:
            self.others.append(tag)


def shown(report: object) -> Frames:
    found = Frames()
    found.feed(report._repr_html_())  # type: ignore[attr-defined]
    return found


def test_a_notebook_shows_the_page_in_a_frame_that_runs_nothing() -> None:
    found = shown(REPORT)
    assert found.others == []
    (frame,) = found.frames
    assert frame["sandbox"] == ""
    assert "Drift detected: high severity" in (frame["srcdoc"] or "")
    assert (frame["srcdoc"] or "").lstrip().lower().startswith("<!doctype html>")


def test_names_from_data_do_not_end_the_frame() -> None:
    hostile = '"></iframe><script>alert(1)</script>'
    found = shown(replace(REPORT, window=replace(REPORT.window, name=hostile), summary=hostile))
    assert found.others == []
    assert "<script>" not in (found.frames[0]["srcdoc"] or "")
