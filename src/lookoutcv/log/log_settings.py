"""What can be said of the prediction log: where it is, which rows are meant, and what each verb does with them."""

from pathlib import Path
from typing import Annotated

from lookoutcv.log.defaults import ERASE_WAIT_SECONDS, GRACE, QUERY_SECONDS, TAIL_ROWS, VACUUM_AFTER
from lookoutcv.log.location import DIRECTORY
from lookoutcv.settings.declaration import ForceSetting, JsonSetting, RawSetting, Setting, settings_class

DryRunSetting = Annotated[bool, Setting("Only say what would go.")]


@settings_class
class LogPlaceSettings:
    """Where the log is."""

    directory: Annotated[
        str, Setting("The log: a folder, or a URL such as s3://bucket/logs.", short="-d", place=True)
    ] = DIRECTORY


@settings_class
class LogModelSettings(LogPlaceSettings):
    """Where the log is, and the rows of which model."""

    # Not called `model`: that is the file of a model, which has settings of its own.
    logged: Annotated[str | None, Setting("Only rows of this model.", name="model", metavar="NAME")] = None


@settings_class
class LogTimeSettings(LogModelSettings):
    """Rows of a model and of a time; see `LogFilter`."""

    version: Annotated[str | None, Setting("Only rows of this version of the model.")] = None
    last: Annotated[str | None, Setting("Only the last stretch of time: 30m, 12h, 7d, 2w.", metavar="SPAN")] = None
    since: Annotated[
        str | None,
        Setting("From then on: a date (UTC), 2026-05-04T12:00Z, yesterday, 3d (ago).", metavar="MOMENT"),
    ] = None
    until: Annotated[str | None, Setting("Before then; a date is included.", metavar="MOMENT")] = None


@settings_class
class LogRowSettings(LogTimeSettings):
    """Rows of a model, of a time, and with tags."""

    tag: Annotated[list[str] | None, Setting("Only rows with this tag; may be repeated.", metavar="NAME=VALUE")] = None


@settings_class
class ListSettings:
    """What is in the log."""

    as_json: JsonSetting = False


@settings_class
class TailSettings:
    """The last rows, and those that come."""

    n: Annotated[int, Setting("How many rows.", short="-n", minimum=1)] = TAIL_ROWS
    follow: Annotated[bool, Setting("Go on with rows as they are committed.", short="-f")] = False
    as_json: JsonSetting = False


@settings_class
class ShowRowSettings:
    """One image's row."""

    id: Annotated[str, Setting("The name under which the image was logged.", positional=True, metavar="ID")]
    as_json: JsonSetting = False


@settings_class
class QuerySettings:
    """A question in SQL."""

    sql: Annotated[str, Setting("One SELECT over the table log.", positional=True, metavar="SQL")]
    output: Annotated[
        Path | None, Setting("Write all rows to this .parquet, .csv or .jsonl file.", short="-o", output=True)
    ] = None
    force: ForceSetting = False
    raw: RawSetting = False
    limit: Annotated[int, Setting("Print so many rows at most.", minimum=1)] = 100
    timeout: Annotated[float, Setting("End the query after so many seconds.", minimum=0.1)] = QUERY_SECONDS
    as_json: JsonSetting = False
    as_csv: Annotated[bool, Setting("Print CSV instead of a table.", name="csv")] = False


@settings_class
class ExportSettings:
    """Records written to a file."""

    output: Annotated[Path, Setting("Ends in .parquet, .csv, .json or .jsonl.", short="-o", output=True)]
    force: ForceSetting = False
    raw: RawSetting = False


@settings_class
class PlotSettings:
    """Rows drawn over time."""

    what: Annotated[
        list[str] | None,
        Setting(
            "Metrics, confidence, classes, rows; unless given, all of these.", positional=True, metavar="[COLUMN]..."
        ),
    ] = None
    by: Annotated[
        str,
        Setting(
            "A point for each hour or day, or a line for each value of a tag, version or prediction.",
            metavar="hour|day|TAG",
        ),
    ] = "day"
    output: Annotated[
        list[Path] | None,
        Setting("Write it; the suffix (.html, .pdf, .md, .txt) names the format.", short="-o", output=True),
    ] = None
    force: ForceSetting = False


@settings_class
class LabelSettings:
    """Labels that are known since."""

    file: Annotated[
        Path,
        Setting("Lines of an image's name and its label: .csv, .jsonl or .parquet.", positional=True, metavar="FILE"),
    ]
    dry_run: Annotated[bool, Setting("Only say what would be labelled.")] = False
    as_json: JsonSetting = False


@settings_class
class ImportSettings:
    """Plain Parquet logs brought in."""

    files: Annotated[
        list[Path],
        Setting("Parquet logs, or folders with <model>_logs_<pid>.parquet.", positional=True, metavar="FILE..."),
    ]
    named: Annotated[
        str | None,
        Setting("The model's name; unless given, that in the file's name.", name="model", metavar="NAME"),
    ] = None
    as_json: JsonSetting = False


@settings_class
class RetainSettings:
    """Old rows removed."""

    older_than: Annotated[
        str | None, Setting("Remove rows and pictures older than this: 90d, 12w.", metavar="SPAN")
    ] = None
    max_size: Annotated[str | None, Setting("Remove the oldest days until the rest fits: 50GB.", metavar="SIZE")] = None
    keep_flagged: Annotated[bool, Setting("Flagged rows and their pictures stay.")] = False
    grace: Annotated[
        str, Setting("Free replaced files so long after, by the next run; 0 for at once.", metavar="SPAN")
    ] = GRACE
    dry_run: DryRunSetting = False
    as_json: JsonSetting = False


@settings_class
class CompactSettings:
    """Small files joined."""

    dry_run: DryRunSetting = False
    as_json: JsonSetting = False


@settings_class
class VacuumSettings:
    """Replaced files freed."""

    older_than: Annotated[str, Setting("Only files replaced so long ago; 0 for all.", metavar="SPAN")] = VACUUM_AFTER
    dry_run: DryRunSetting = False
    as_json: JsonSetting = False


@settings_class
class EraseSettings:
    """An image removed for good."""

    image: Annotated[
        list[str] | None, Setting("The name under which it was logged; may be repeated.", metavar="ID")
    ] = None
    wait: Annotated[
        float, Setting("Seconds to wait for running writers to commit such rows that they hold.", minimum=0)
    ] = ERASE_WAIT_SECONDS
    dry_run: DryRunSetting = False
    as_json: JsonSetting = False
