"""What can be said of a history on the command line: where it is, and what of it is meant."""

from typing import Annotated

from lookoutcv.settings.declaration import JsonSetting, Setting, settings_class

DEFAULT_PLACE = "lookout_history.db"
LIMIT = 20


@settings_class
class HistoryPlaceSettings:
    """Where the history is."""

    history: Annotated[
        str,
        Setting(
            "The history: a file of SQLite, or a URL such as postgresql+pg8000://USER@HOST/NAME.",
            name="place",
            flag="history",
            metavar="FILE|URL",
            place=True,
        ),
    ] = DEFAULT_PLACE


@settings_class
class HistoryRowSettings(HistoryPlaceSettings):
    """Where the history is, and what of which model and time is meant."""

    # Not called `model`: that is the file of a model, which has settings of its own.
    recorded: Annotated[str | None, Setting("Only of this model.", name="model", metavar="NAME")] = None
    since: Annotated[
        str | None,
        Setting("From then on: a date (UTC), 2026-05-04T12:00Z, yesterday, 3d (ago).", metavar="MOMENT"),
    ] = None
    until: Annotated[str | None, Setting("Before then; a date is included.", metavar="MOMENT")] = None
    limit: Annotated[int, Setting("Print so many at most, the last ones.", minimum=1)] = LIMIT
    before: Annotated[int | None, Setting("Only those before this id: the page that follows.", minimum=1)] = None


@settings_class
class HistoryListSettings:
    """The reports of a history."""

    severity: Annotated[str | None, Setting("Only reports of this severity.", metavar="SEVERITY")] = None
    as_json: JsonSetting = False


@settings_class
class HistoryShowSettings:
    """One report of a history."""

    id: Annotated[int, Setting("The id that a list gives it.", positional=True, metavar="ID", minimum=1)]


@settings_class
class HistoryEventsSettings:
    """The events of a history."""

    kind: Annotated[str | None, Setting("Only events of this kind.", metavar="KIND")] = None
    as_json: JsonSetting = False


@settings_class
class HistoryRollupSettings:
    """What numbers come to by hour or day."""

    model: Annotated[str, Setting("The model that they are of.", positional=True, metavar="MODEL")]
    name: Annotated[str, Setting("What they are called.", positional=True, metavar="NAME")]
    by: Annotated[str, Setting("For each hour or day (UTC): hour, day.", metavar="hour|day")] = "hour"
    since: Annotated[
        str | None,
        Setting("From then on: a date (UTC), 2026-05-04T12:00Z, yesterday, 3d (ago).", metavar="MOMENT"),
    ] = None
    until: Annotated[str | None, Setting("Before then; a date is included.", metavar="MOMENT")] = None
    as_json: JsonSetting = False


@settings_class
class HistoryPruneSettings:
    """Old numbers deleted."""

    older_than: Annotated[
        str, Setting("Delete single numbers older than this: 90d, 12w.", metavar="SPAN", positional=True)
    ]
    as_json: JsonSetting = False
