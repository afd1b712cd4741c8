"""The prediction log as an object: everything that `lookout log` does, verb by verb, on one log.

It lies above the rooms that read, change, draw and write out a log; each method is a call of one of them.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, Unpack

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.log.defaults import ERASE_WAIT_SECONDS, GRACE, QUERY_BYTES, QUERY_SECONDS, TAIL_ROWS, VACUUM_AFTER
from lookoutcv.log.location import DIRECTORY
from lookoutcv.log.table.arguments import checked_mapping, checked_path
from lookoutcv.log.table.log_filter import Filters, LogFilter, log_filter
from lookoutcv.progress import Progress
from lookoutcv.settings.time_range import SpanLike

if TYPE_CHECKING:
    import pyarrow as pa

    from lookoutcv.log.reading.follow import Follower
    from lookoutcv.log.reading.overview import LogOverview
    from lookoutcv.log.reading.read import As
    from lookoutcv.log.table.log_table import LogTable
    from lookoutcv.log.upkeep.compact import Compacted
    from lookoutcv.log.upkeep.erase import Erased
    from lookoutcv.log.upkeep.import_logs import Imported
    from lookoutcv.log.upkeep.label import Labelled
    from lookoutcv.log.upkeep.retain import Retained
    from lookoutcv.log.upkeep.vacuum import Vacuumed

_Row: TypeAlias = dict[str, Any]
_Rows: TypeAlias = list[_Row]


@only_known_keywords()
def open_log(
    directory: str | os.PathLike[str] = DIRECTORY,
    *,
    spool: str | os.PathLike[str] | None = None,
    storage_options: Mapping[str, str] | None = None,
) -> PredictionLog:
    """The prediction log at a place. Nothing is read before a method is called, and each sees the log as it is then.

    Args:
        directory: A local folder, or a URL such as "s3://bucket/logs".
        spool: As given to the loggers; by default where it is by default.
        storage_options: For the object store, beside the environment.
    Raises:
        ConfigError: That is no place.
    Example:
        >>> import tempfile
        >>> import lookoutcv as lo
        >>> folder = tempfile.mkdtemp()
        >>> with lo.ClassificationLogger("pets", enabled_metrics=[], directory=folder) as logger:
        ...     _ = logger.log_prediction(None, "cat", 0.75, "a.jpg")
        >>> log = lo.open_log(folder)
        >>> log.read(model="pets", last="1d", columns=["id", "prediction"]).to_pylist()
        [{'id': 'a.jpg', 'prediction': 'cat'}]
        >>> log.query("SELECT model, count(*) AS n FROM log GROUP BY model").to_pylist()
        [{'model': 'pets', 'n': 1}]
    """
    return PredictionLog(directory, spool=spool, storage_options=storage_options)


@only_known_keywords()
class PredictionLog:
    """A prediction log; made by `lo.open_log`.

    Rows are chosen in one way everywhere: by keywords (`model`, `version`, `last`, `since`, `until`, `tags`; see
    `LogFilter`), by a `LogFilter` as `which`, or by one narrowed by keywords. Where there is no log at the place, every
    method but `import_` raises `SourceNotFound`; a filter that means nothing raises `ConfigError`.

    Args:
        directory, spool, storage_options: As for `lo.open_log`.
    """

    def __init__(
        self,
        directory: str | os.PathLike[str] = DIRECTORY,
        *,
        spool: str | os.PathLike[str] | None = None,
        storage_options: Mapping[str, str] | None = None,
    ) -> None:
        self.directory = checked_path(directory, "directory")
        self.spool = None if spool is None else checked_path(spool, "spool")
        self.storage_options = dict(checked_mapping(storage_options, "storage_options"))

    def __repr__(self) -> str:
        return f"PredictionLog({self.directory!r})"

    def _table(self) -> LogTable:
        from lookoutcv.log.table.log_table import open_table

        return open_table(self.directory, self.storage_options)

    # Reading.

    @only_known_keywords(Filters)
    def list(self, which: LogFilter | None = None, **filters: Unpack[Filters]) -> LogOverview:
        """What is in the log: models, versions, rows, days, bytes, the last row, what waits in the spool."""
        from lookoutcv.log.reading.overview import overview

        return overview(self._table(), log_filter(which, filters), self.spool)

    @only_known_keywords(Filters)
    def read(
        self,
        which: LogFilter | None = None,
        *,
        columns: Sequence[str] | None = None,
        as_: As = "arrow",
        **filters: Unpack[Filters],
    ) -> Any:
        """Rows.

        Args:
            which, filters: Which.
            columns: Only these; all by default.
            as_: "arrow": a `pyarrow.Table`. "polars", "pandas": a data frame; in pandas integers are of its types
                with gaps (Int64, UInt64 ...). These hold all rows in memory; "batches", a `pyarrow.RecordBatchReader`,
                holds one batch, and "lazy", a `polars.LazyFrame`, what a query needs.
        Raises:
            ConfigError: There is no such column or form.
            MissingExtra: deltalake, polars or pandas is not installed.
        """
        from lookoutcv.log.reading.read import read

        return read(self._table(), log_filter(which, filters), columns=columns, as_=as_)

    @only_known_keywords(Filters)
    def tail(self, which: LogFilter | None = None, *, n: int = TAIL_ROWS, **filters: Unpack[Filters]) -> pa.Table:
        """The last rows by time, the oldest of them first.

        Args:
            which, filters: Of these rows.
            n: How many at most.
        Raises:
            ConfigError: What is no number of rows.
        """
        from lookoutcv.log.reading.tail import tail

        return tail(self._table(), log_filter(which, filters), n)

    @only_known_keywords(Filters)
    def follow(self, which: LogFilter | None = None, **filters: Unpack[Filters]) -> Follower:
        """Follow the log from now on: `last(n)` gives the last rows there are, and each `new()` those committed since.

        Args:
            which, filters: Which rows.
        """
        from lookoutcv.log.reading.follow import Follower

        return Follower(self._table(), log_filter(which, filters))

    @only_known_keywords(Filters)
    def show(self, id: str, which: LogFilter | None = None, **filters: Unpack[Filters]) -> _Rows:
        """The rows of one image, the newest first, at most 100: every column that has a value.

        Args:
            id: Its name, as it was logged: compared letter by letter, no pattern.
            which, filters: Of these rows.
        Returns:
            One mapping a row. `retained_image` is where its image lies, the log's directory included.
        Raises:
            SourceNotFound: There is no such row.
        """
        from lookoutcv.log.reading.tail import show

        return show(id, self._table(), log_filter(which, filters))

    @only_known_keywords(Filters)
    def query(
        self,
        sql: str,
        which: LogFilter | None = None,
        *,
        output: str | os.PathLike[str] | None = None,
        force: bool = False,
        raw: bool = False,
        limit: int | None = None,
        timeout: float = QUERY_SECONDS,
        max_bytes: int = QUERY_BYTES,
        as_: As = "arrow",
        **filters: Unpack[Filters],
    ) -> Any:
        """Ask the log in SQL, as polars understands it; only a SELECT over the table `log` is run.

        Args:
            sql: The query. Columns with a dot in their name stand in double quotes: "tag.camera".
            which, filters: The rows that the table `log` holds.
            output: Write the rows to this .parquet, .csv or .jsonl file as they come, instead of returning them.
            force: Replace a file that lies there and has other columns, too.
            raw: Of CSV: texts as they are, whatever a spreadsheet makes of them.
            limit: Return so many rows at most.
            timeout: Seconds; a query that takes longer is ended.
            max_bytes: A query that holds more memory is ended (Linux), and one whose rows would take more here.
            as_: "arrow", "polars" or "pandas".
        Returns:
            The rows; the path, where there is an `output`.
        Raises:
            ConfigError: It is no such query, it is wrong, or it does not end within its bounds.
            OutputUnwritable: The file cannot be written there.
        """
        from lookoutcv.log.reading.query import query

        return query(
            sql,
            self._table(),
            log_filter(which, filters),
            output=output,
            force=force,
            raw=raw,
            limit=limit,
            timeout=timeout,
            max_bytes=max_bytes,
            as_=as_,
        )

    @only_known_keywords(Filters)
    def plot(
        self,
        what: str | Sequence[str] = (),
        which: LogFilter | None = None,
        *,
        by: str = "day",
        output: str | os.PathLike[str] | None = None,
        force: bool = False,
        **filters: Unpack[Filters],
    ) -> Path | str:
        """Draw the log over time: the median and the middle 80% of columns, shares of classes, numbers of rows.

        Args:
            what: Metrics and other numeric columns, "confidence", "classes", "rows"; empty for the usual ones.
            which, filters: Which rows.
            by: "hour" or "day" (UTC): a point for each. "version", "class", "label", "camera" or a tag: a line for each
                of its six most frequent values.
            output: The file to write; its suffix names the format (.html, .pdf, .md, .txt). None to have text returned.
            force: Replace a file that lies there and is no report, too.
        Returns:
            The path; without one, the text.
        Raises:
            NoImages: No row is meant.
            ConfigError: There is no such column or tag.
            UsageError, OutputUnwritable: The file cannot be written, or not so.
        """
        from lookoutcv.reports.log_plot import plot

        return plot(what, self._table(), log_filter(which, filters), by=by, output=output, force=force)

    @only_known_keywords(Filters)
    def export(
        self,
        output: str | os.PathLike[str],
        which: LogFilter | None = None,
        *,
        force: bool = False,
        raw: bool = False,
        **filters: Unpack[Filters],
    ) -> int:
        """Write the records of one model, a batch at a time; the file appears, complete, at the end.

        Args:
            output: Ends in .parquet (a record file, which `baseline` and `compare` read), .csv, .json or .jsonl.
            which, filters: Which rows; the model may be left out where the log has one only.
            force: Replace a file that lies there and holds no records, too.
            raw: Of CSV: texts as they are, whatever a spreadsheet makes of them.
        Returns:
            How many records were written.
        Raises:
            SourceNotFound: There is no such model in the log.
            NoImages: There is no such row.
            ConfigError, OutputUnwritable: The file cannot be written there, or not so.
        """
        from lookoutcv.measuring.log_export import export

        return export(output, self._table(), log_filter(which, filters), force=force, raw=raw)

    # Changing; all of it is safe beside running writers.

    @only_known_keywords(Filters)
    def label(
        self,
        file: str | os.PathLike[str],
        which: LogFilter | None = None,
        *,
        dry_run: bool = False,
        **filters: Unpack[Filters],
    ) -> Labelled:
        """Put labels on rows of the log: what was on the images, known since. Then the true accuracy is told.

        A row is found by the name under which its image was logged, letter by letter; where several rows have it, all
        of them get the label. Harmless when it is done again: each day of a model is one commit, made again where
        another came first, and a day whose rows have their labels is left alone.

        Args:
            file: A .csv, .tsv, .jsonl or .parquet file with a line an image: its name (`id`, `image_name`, `path` ...)
                and its `label` (or `true_class`, `ground_truth` ...). 1,000,000 lines at most.
            which, filters: Only these rows; tags cannot choose them.
            dry_run: Only say what would be done.
        Raises:
            SourceNotFound: There is no such model in the log, or no such file.
            BadManifestLine, UnreadableSource: The file cannot be read, or names an image twice with different labels.
            ConfigError: It has no column of images or of labels.
        Example:
            >>> log.label("truth.csv", model="pets").rows  # doctest: +SKIP
            2
        """
        from lookoutcv.log.upkeep.label import label

        return label(file, self._table(), log_filter(which, filters), dry_run=dry_run)

    @only_known_keywords()
    def import_(
        self,
        sources: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
        *,
        model: str | None = None,
        progress: Progress | None = None,
    ) -> Imported:
        """Bring plain Parquet logs into the log, each file once; where there is none yet, it is made.

        Args:
            sources: Files, or folders, which are searched for `<model>_logs_<pid>.parquet` with everything below them.
            model: Its name; by default that in the file's name, else in its column `model_name`.
            progress: Called as `progress(files_done, files)`.
        Returns:
            What was brought in. A file that is in the log already is left out: it is known by its bytes. A file that
            grew since then is another file; import logs whose writers have ended.
        Raises:
            SourceNotFound: There is no such file or folder, or nothing in it.
            UsageError: A file does not say which model it is of.
            MissingExtra: deltalake is not installed.
        """
        from lookoutcv.log.upkeep.import_logs import import_logs

        return import_logs(
            sources, self.directory, model=model, storage_options=self.storage_options, progress=progress
        )

    @only_known_keywords()
    def retain(
        self,
        *,
        older_than: SpanLike | None = None,
        max_size: int | str | None = None,
        keep_flagged: bool = False,
        model: str | None = None,
        grace: SpanLike = GRACE,
        dry_run: bool = False,
    ) -> Retained:
        """Remove old rows with their pictures.

        Args:
            older_than: Rows of before then: "90d".
            max_size: The oldest days until rows and pictures hold no more than this: "50GB". The latest day stays.
            keep_flagged: Flagged rows and their pictures stay whatever their age.
            model: Only rows of this model.
            grace: Old files are freed so long after the change, by the next `retain` or `vacuum`: a query that runs may
                still read them. "0" frees them at once.
            dry_run: Only say what would go.
        Raises:
            ConfigError: Nothing is asked for, or no size or span.
            UnreadableSource: The log cannot be changed.
        """
        from lookoutcv.log.upkeep.retain import retain

        return retain(
            self._table(),
            older_than=older_than,
            max_size=max_size,
            keep_flagged=keep_flagged,
            model=model,
            grace=grace,
            dry_run=dry_run,
        )

    @only_known_keywords()
    def compact(self, *, model: str | None = None, dry_run: bool = False) -> Compacted:
        """Join the small files of each day, so that reading is fast; rows stay as they are.

        Args:
            model: Only of this model.
            dry_run: Only say what would be joined.
        Raises:
            UnreadableSource: The log cannot be changed.
        """
        from lookoutcv.log.upkeep.compact import compact

        return compact(self._table(), model=model, dry_run=dry_run)

    @only_known_keywords()
    def vacuum(self, *, older_than: SpanLike = VACUUM_AFTER, dry_run: bool = False) -> Vacuumed:
        """Free files that `retain`, `compact` and `erase` replaced; rows are not touched.

        Args:
            older_than: Replaced so long ago: a query that began before still reads them. From 7 days on, files that a
                dead writer left behind go too.
            dry_run: Only say what would go.
        Raises:
            ConfigError: What is no stretch of time.
        """
        from lookoutcv.log.upkeep.vacuum import vacuum

        return vacuum(self._table(), older_than=older_than, dry_run=dry_run)

    @only_known_keywords()
    def erase(
        self,
        images: str | Iterable[str],
        *,
        model: str | None = None,
        wait: float = ERASE_WAIT_SECONDS,
        dry_run: bool = False,
    ) -> Erased:
        """Remove all rows and pictures of some images for good: old files of the table that hold them go at once too.

        Delta Lake keeps the files that it replaced, for queries that run and for looking back. Those that hold one of
        these images are removed without the usual week's wait: a query that began before may fail, and the states of
        the table that they belonged to cannot be read any more. Others stay.

        Args:
            images: Names, as they were logged: compared letter by letter, no patterns. 1,000 at most.
            model: Only rows of this model.
            wait: Seconds to wait for running writers to commit such rows that they hold in this machine's spool.
            dry_run: Only say what would go.
        Raises:
            ConfigError: No image is named, or too many are.
            UnreadableSource: The log cannot be changed.
        """
        from lookoutcv.log.upkeep.erase import erase

        return erase(images, self._table(), model=model, wait=wait, spool=self.spool, dry_run=dry_run)
