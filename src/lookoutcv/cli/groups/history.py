"""`lookout history`: what a service did, listed, shown, summed by hour and day, and kept small."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from lookoutcv.cli.configured import ConfiguredCommand
from lookoutcv.cli.parameters import verb

if TYPE_CHECKING:
    from lookoutcv.history.history import History
    from lookoutcv.history.history_settings import (
        HistoryEventsSettings,
        HistoryListSettings,
        HistoryPlaceSettings,
        HistoryPruneSettings,
        HistoryRollupSettings,
        HistoryRowSettings,
        HistoryShowSettings,
    )


@verb("history list")
def list_(settings: HistoryListSettings, rows: HistoryRowSettings) -> None:
    """Print reports; what it can be told is declared in `history.history_settings`."""
    from lookoutcv.cli.printing.tables import plain, print_json, print_table

    with _opened(rows.history) as history:
        found = history.reports(severity=settings.severity, **_meant(rows))
    if settings.as_json:
        print_json([_with_times(asdict(report)) for report in found])
        return
    print_table(
        ("id", "model", "severity", "from", "to", "bytes"),
        [
            (
                str(one.id),
                plain(one.model),
                plain(one.severity),
                _minute(one.window_start),
                _minute(one.window_end),
                f"{one.size:,}",
            )
            for one in found
        ],
    )


@verb("history show")
def show(settings: HistoryShowSettings, place: HistoryPlaceSettings) -> None:
    """Print a report's JSON as it was recorded."""
    from lookoutcv.errors import UsageError

    with _opened(place.history) as history:
        report = history.report(settings.id)
    if report is None:
        raise UsageError(
            f"there is no report {settings.id} in this history", "`lookout history list` lists those there are."
        )
    typer.echo(report.decode())


@verb("history events")
def events(settings: HistoryEventsSettings, rows: HistoryRowSettings) -> None:
    """Print events; what it can be told is declared in `history.history_settings`."""
    from lookoutcv.cli.printing.tables import plain, print_json, print_table

    with _opened(rows.history) as history:
        found = history.events(kind=settings.kind, **_meant(rows))
    if settings.as_json:
        print_json([_with_times(asdict(event)) for event in found])
        return
    print_table(
        ("id", "time", "kind", "model", "message"),
        [(str(one.id), _minute(one.at), plain(one.kind), plain(one.model), plain(one.message)) for one in found],
    )


@verb("history rollup")
def rollup(settings: HistoryRollupSettings, place: HistoryPlaceSettings) -> None:
    """Print sums; what it can be told is declared in `history.history_settings`."""
    from lookoutcv.cli.printing.tables import print_json, print_table

    since, until = _stretch(settings.since, settings.until)
    with _opened(place.history) as history:
        found = history.rollup(settings.model, settings.name, by=settings.by, since=since, until=until)
    if settings.as_json:
        print_json([_with_times(asdict(one)) for one in found])
        return
    print_table(
        (settings.by, "count", "sum", "mean", "min", "max"),
        [
            (_minute(one.start), f"{one.count:,}", *(f"{value:.6g}" for value in (one.sum, one.mean, one.min, one.max)))
            for one in found
        ],
    )


@verb("history prune")
def prune(settings: HistoryPruneSettings, place: HistoryPlaceSettings) -> None:
    """Delete old numbers and say how many."""
    from lookoutcv.cli.printing.tables import print_json
    from lookoutcv.settings.time_range import span

    with _opened(place.history) as history:
        gone = history.prune(span(settings.older_than, "older_than"))
    if settings.as_json:
        print_json({"deleted": gone})
    else:
        typer.echo(f"{gone:,} numbers deleted; what they came to by hour and day stays.")


def _opened(place: str) -> History:
    """What is only read is not begun: a misspelt name would make an empty file."""
    import lookoutcv as lo
    from lookoutcv.errors import SourceNotFound

    if "://" not in place and not Path(place).exists():
        raise SourceNotFound(f"there is no history {place}", "Name it with --history.", source=place)
    return lo.open_history(place)


def _meant(rows: HistoryRowSettings) -> dict[str, Any]:
    since, until = _stretch(rows.since, rows.until)
    return {"model": rows.recorded, "since": since, "until": until, "limit": rows.limit, "before": rows.before}


def _stretch(since: str | None, until: str | None) -> tuple[datetime | None, datetime | None]:
    from lookoutcv.clock import utc
    from lookoutcv.settings.time_range import moment

    now = utc()
    return (
        None if since is None else moment(since, now, "since"),
        None if until is None else moment(until, now, "until", end=True),
    )


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


def _with_times(values: dict[str, Any]) -> dict[str, Any]:
    """Times as ISO text; a sum beyond the largest float is none."""
    texts = {key: value.isoformat() if isinstance(value, datetime) else value for key, value in values.items()}
    return {key: None if value in (float("inf"), float("-inf")) else value for key, value in texts.items()}


group = typer.Typer(name="history", help="What a service did: its reports, events and numbers.", no_args_is_help=True)
group.command("list", cls=ConfiguredCommand)(list_)
group.command("show", cls=ConfiguredCommand)(show)
group.command("events", cls=ConfiguredCommand)(events)
group.command("rollup", cls=ConfiguredCommand)(rollup)
group.command("prune", cls=ConfiguredCommand)(prune)
