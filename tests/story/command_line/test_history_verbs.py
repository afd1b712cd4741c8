"""`lookout history` tells what a program recorded."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import lookoutcv as lo
from lookoutcv.cli.main import main

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
def place(tmp_path: Path) -> str:
    place = tmp_path / "history.db"
    with lo.open_history(place) as history:
        history.add_report({"severity": "high"}, model="pets", window_start=NOON, window_end=NOON + timedelta(hours=1))
        history.add_event("started", message="by\x1b[31m hand")
        history.add_points("pets", "score", [(NOON, 1), (NOON, 4), (NOON, 1.7e308), (NOON, 1.7e308)])
    return str(place)


def told(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["history", *words]) == 0
    return capsys.readouterr().out


def test_reports_are_listed_and_shown(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "2026-05-04 12:00" in told(capsys, "list", "--history", place)
    [report] = json.loads(told(capsys, "list", "--history", place, "--severity", "high", "--json"))
    assert (report["id"], report["window_start"]) == (1, "2026-05-04T12:00:00+00:00")
    assert json.loads(told(capsys, "list", "--history", place, "--until", "2026-05-03", "--json")) == []
    assert told(capsys, "show", "1", "--history", place) == '{"severity": "high"}\n'
    assert main(["history", "show", "7", "--history", place]) == 2


def test_events_are_listed_without_what_a_terminal_would_obey(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = told(capsys, "events", "--history", place)
    assert "started" in text
    assert "\x1b[31m" not in text
    [event] = json.loads(told(capsys, "events", "--history", place, "--json"))
    assert event["kind"] == "started"


def test_numbers_are_summed_and_pruned(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    [day] = json.loads(told(capsys, "rollup", "pets", "score", "--by", "day", "--history", place, "--json"))
    assert (day["count"], day["sum"], day["min"]) == (4, None, 1)
    assert "12:00" in told(capsys, "rollup", "pets", "score", "--history", place)
    assert main(["history", "rollup", "pets", "score", "--by", "week", "--history", place]) == 2
    capsys.readouterr()
    assert json.loads(told(capsys, "prune", "1d", "--history", place, "--json")) == {"deleted": 4}
    assert "0 numbers" in told(capsys, "prune", "1d", "--history", place)


def test_a_name_that_is_not_there_is_told_and_not_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / "misspelt.db"
    assert main(["history", "list", "--history", str(place)]) == 1
    assert "there is no history" in capsys.readouterr().err
    assert not place.exists()
