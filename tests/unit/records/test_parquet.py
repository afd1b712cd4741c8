from pathlib import Path

import pytest

from lookoutcv.errors import NotOurFile, WrongKind
from lookoutcv.measuring.baseline import Baseline
from lookoutcv.records.parquet import open_parquet
from lookoutcv.reports.rendering import render
from lookoutcv.results.drift_report import DriftReport
from lookoutcv.results.findings.side import Side

SIDE = Side("today", images=9, tested=9)
REPORT = DriftReport(None, "insufficient", None, 0.0, 0.01, None, "Too few images.", SIDE, SIDE, [])


def test_a_report_in_the_place_of_a_baseline_is_called_one(tmp_path: Path) -> None:
    render(REPORT, tmp_path / "monday.json")
    with pytest.raises(WrongKind, match="this is a report") as caught:
        Baseline.load(tmp_path / "monday.json")
    assert caught.value.fields["found"] == "report"


@pytest.mark.parametrize("data", [b"", b"{", b'{"format": "other"}', b"\xff\xd8\xff\xe0" + b"0" * 300])
def test_what_is_neither_parquet_nor_a_report_is_not_ours(data: bytes) -> None:
    with pytest.raises(NotOurFile):
        open_parquet(data)
