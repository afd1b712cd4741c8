"""A history on SQLite: what is told it comes back, and what cannot be kept is refused."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

import lookoutcv as lo
from lookoutcv.errors import UsageError
from lookoutcv.history.history import History

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with lo.open_history(tmp_path / "history.db") as opened:
        yield opened


def test_a_report_comes_back_to_the_byte(history: History) -> None:
    text = b'{ "severity":"high",\n "b": 1.10 , "name": "\xc3\xa4" }'
    id = history.add_report(text, model="pets", window_start=NOON, window_end=NOON + HOUR, html=b"<p>x")
    assert history.report(id) == text
    assert history.report_html(id) == b"<p>x"
    [told] = history.reports()
    assert (told.id, told.model, told.severity, told.size, told.has_html) == (id, "pets", "high", len(text), True)
    assert (told.window_start, told.window_end) == (NOON, NOON + HOUR)
    assert told.added.tzinfo is UTC


def test_a_report_may_be_a_mapping_and_need_no_page(history: History) -> None:
    id = history.add_report({"severity": "none"}, model="pets", window_start=NOON, window_end=NOON)
    assert history.report(id) == b'{"severity": "none"}'
    assert history.report_html(id) is None
    assert history.report(id + 1) is None


def test_reports_are_found_by_model_severity_and_window_newest_first_a_page_at_a_time(history: History) -> None:
    ids = [
        history.add_report(
            {"severity": severity}, model=model, window_start=NOON + at * HOUR, window_end=NOON + (at + 1) * HOUR
        )
        for at, (model, severity) in enumerate([("a", "high"), ("b", "high"), ("a", "none"), ("a", "high")])
    ]

    def found(**asked: Any) -> list[int]:
        return [ids.index(report.id) for report in history.reports(**asked)]

    assert found() == [3, 2, 1, 0]
    assert found(model="a") == [3, 2, 0]
    assert found(model="a", severity="high") == [3, 0]
    assert found(since=NOON + 2.5 * HOUR) == [3, 2]
    assert found(until=NOON + HOUR) == [0]
    assert found(limit=2) == [3, 2]
    assert found(limit=2, before=ids[2]) == [1, 0]


def test_an_event_keeps_its_fields_and_no_secret(history: History) -> None:
    id = history.add_event(
        "started", model="pets", message="reads https://ann:geheim99@example.com/x", fields={"images": 3}
    )
    [event] = history.events(kind="started", model="pets")
    assert (event.id, event.kind, event.model, event.fields) == (id, "started", "pets", {"images": 3})
    assert "geheim99" not in event.message
    assert history.events(kind="stopped") == []
    assert history.events(since=event.at) == [event]
    assert history.events(until=event.at) == []


def test_a_job_is_queued_taken_once_heard_of_and_done(history: History) -> None:
    first, second = history.add_job("monitor", {"path": "x"}), history.add_job("monitor", {})
    taken = history.take_job("ann")
    assert taken is not None
    assert (taken.id, taken.state, taken.worker, taken.request) == (first, "running", "ann", {"path": "x"})
    other = history.take_job("bob")
    assert other is not None
    assert other.id == second
    assert history.take_job("ann") is None
    assert history.update_job(first, progress=0.5, message="half") == "running"
    assert history.update_job(first, state="done", result={"id": 3}) == "done"
    assert history.update_job(second, state="failed", error="no images") == "failed"
    done = history.job(first)
    assert done is not None
    assert (done.progress, done.message, done.result) == (0.5, "half", {"id": 3})
    assert done.finished is not None
    assert [job.id for job in history.jobs(state="failed")] == [second]
    assert [job.id for job in history.jobs(kind="monitor")] == [second, first]


def test_a_cancelled_job_stays_so_whatever_its_worker_says(history: History) -> None:
    id = history.add_job("monitor", {})
    history.take_job("ann")
    assert history.cancel_job(id) == "cancelled"
    assert history.update_job(id, state="done") == "cancelled"
    assert history.cancel_job(history.add_job("monitor", {})) == "cancelled"
    assert history.take_job("ann") is None


def test_a_job_whose_worker_is_silent_fails_with_the_reason_and_others_go_on(history: History) -> None:
    lost = history.add_job("monitor", {})
    history.take_job("ann")
    queued = history.add_job("monitor", {})
    assert history.fail_lost_jobs(timedelta(minutes=5)) == 0
    assert history.fail_lost_jobs(timedelta(0)) == 1
    job, waiting = history.job(lost), history.job(queued)
    assert job is not None
    assert waiting is not None
    assert (job.state, waiting.state) == ("failed", "queued")
    assert "has not been heard of" in (job.error or "")
    assert history.update_job(lost, progress=1) == "failed"


def test_points_are_summed_by_hours_and_days_of_utc(history: History) -> None:
    here = timezone(timedelta(hours=2))
    history.add_points("pets", "score", [(NOON, 1), (NOON + HOUR / 2, 3.5), (NOON.astimezone(here) + HOUR, -1)])
    hours = history.rollup("pets", "score")
    assert [(r.start, r.count, r.sum, r.mean, r.min, r.max) for r in hours] == [
        (NOON, 2, 4.5, 2.25, 1, 3.5),
        (NOON + HOUR, 1, -1, -1, -1, -1),
    ]
    [day] = history.rollup("pets", "score", by="day")
    assert (day.start, day.count, day.sum) == (NOON - 12 * HOUR, 3, 3.5)
    assert history.rollup("pets", "score", since=NOON + HOUR * 1.5) == hours[1:]
    assert history.rollup("pets", "score", until=NOON + HOUR) == hours[:1]
    assert history.rollup("other", "score") == []


def test_old_points_are_pruned_and_what_they_came_to_stays(history: History) -> None:
    now = datetime.now(UTC)
    history.add_points("pets", "score", [(now - timedelta(days=3), 1), (now, 2)])
    before = history.rollup("pets", "score", by="day")
    assert history.prune(timedelta(days=1)) == 1
    assert history.prune(timedelta(days=1)) == 0
    assert history.rollup("pets", "score", by="day") == before


def test_numbers_near_the_largest_come_to_infinity_and_back(history: History) -> None:
    history.add_points("pets", "score", [(NOON, 1.7e308), (NOON, 1.7e308)])
    [hour] = history.rollup("pets", "score")
    assert (hour.sum, hour.mean) == (float("inf"), 1.7e308)
    history.add_points("pets", "score", [(NOON, -1.7e308), (NOON, -1.7e308), (NOON, 5e-324)])
    [hour] = history.rollup("pets", "score")
    assert hour.sum == 5e-324


@pytest.mark.parametrize(
    "call",
    [
        lambda h: h.add_event(""),
        lambda h: h.add_event("x" * 201),
        lambda h: h.add_event("a\0b"),
        lambda h: h.add_event("\ud800"),
        lambda h: h.add_event("a", message="x" * ((1 << 20) + 1)),
        lambda h: h.add_event("a", fields={"x": float("nan")}),
        lambda h: h.add_event("a", fields={"x": {1}}),
        lambda h: h.events(limit=0),
        lambda h: h.events(limit=True),
        lambda h: h.events(before=1 << 64),
        lambda h: h.events(since=datetime(2026, 1, 1)),
        lambda h: h.report(1 << 64),
        lambda h: h.report("1; DROP TABLE history_reports"),
        lambda h: h.add_report("[1]", model="m", window_start=NOON, window_end=NOON),
        lambda h: h.add_report("{", model="m", window_start=NOON, window_end=NOON),
        lambda h: h.add_report("\ud800", model="m", window_start=NOON, window_end=NOON),
        lambda h: h.add_report("[" * 200_000, model="m", window_start=NOON, window_end=NOON),
        lambda h: h.add_report({}, model="m", window_start=NOON + HOUR, window_end=NOON),
        lambda h: h.add_report(b" " * ((64 << 20) + 1), model="m", window_start=NOON, window_end=NOON),
        lambda h: h.add_report({}, model="m", window_start=NOON, window_end=NOON, html=b" " * ((64 << 20) + 1)),
        lambda h: h.update_job(7),
        lambda h: h.cancel_job(-1),
        lambda h: h.update_job(1, state="queued"),
        lambda h: h.update_job(1, progress=1.1),
        lambda h: h.update_job(1, progress="half"),
        lambda h: h.jobs(state="lost"),
        lambda h: h.fail_lost_jobs(timedelta(-1)),
        lambda h: h.add_points("m", "x", [(NOON, float("nan"))]),
        lambda h: h.add_points("m", "x", [(NOON, 10**400)]),
        lambda h: h.add_points("m", "x", [(NOON, True)]),
        lambda h: h.rollup("m", "x", by="week"),
        lambda h: h.prune(3),
    ],
)
def test_what_cannot_be_kept_is_refused_and_nothing_of_it_stays(history: History, call: Any) -> None:
    with pytest.raises(UsageError):
        call(history)
    assert history.events() == []
    assert history.reports() == []


def test_what_looks_like_sql_is_kept_as_text(history: History) -> None:
    nasty = "'; DROP TABLE history_events; --"
    history.add_event(nasty, model=nasty, message=nasty, fields={nasty: nasty})
    [event] = history.events(kind=nasty, model=nasty)
    assert (event.message, event.fields) == (nasty, {nasty: nasty})


def test_points_of_which_one_is_wrong_are_none(history: History) -> None:
    with pytest.raises(UsageError):
        history.add_points("m", "x", [(NOON, 1), (NOON, float("inf"))])
    assert history.rollup("m", "x") == []
    assert history.add_points("m", "x", []) == 0


def test_it_is_the_same_after_it_is_opened_again_and_writes_ahead(tmp_path: Path) -> None:
    place = tmp_path / "history.db"
    with lo.open_history(place) as history:
        history.add_event("a")
    with lo.open_history(f"sqlite:///{place}") as history:
        assert len(history.events()) == 1
    with sqlite3.connect(place) as beside:
        assert beside.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    beside.close()
    assert "history.db" in repr(history)
