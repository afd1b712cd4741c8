"""Read back any file that LookOutCV wrote."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, get_args

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.calls.missing_path import not_found
from lookoutcv.errors import FileFormatError, NotOurFile
from lookoutcv.files.baseline_form import is_json_baseline
from lookoutcv.files.parquet import is_parquet
from lookoutcv.results.detection_evaluation import DetectionEvaluation
from lookoutcv.results.drift_report import DriftReport
from lookoutcv.results.evaluation import Evaluation
from lookoutcv.results.explanation_sheet import ExplanationSheet
from lookoutcv.results.gate_evaluation import GateEvaluation
from lookoutcv.results.training_run import TrainingRun

if TYPE_CHECKING:
    from lookoutcv.measuring.baseline import Baseline
    from lookoutcv.measuring.records import Records
    from lookoutcv.models import Package

# A report with all its thumbnails is under 3 MB.
_MOST_BYTES = 64_000_000
_BASELINE = "lookoutcv.baseline"
# What a package says of itself; without importing what reads it.
_MANIFEST = "package.json"
Loaded: TypeAlias = DriftReport | Evaluation | DetectionEvaluation | TrainingRun | ExplanationSheet | GateEvaluation
_KINDS: dict[str, type[Loaded]] = {kind.FORMAT: kind for kind in get_args(Loaded)}


@only_known_keywords()
def load(
    path: str | os.PathLike[str],
) -> Baseline | Records | Loaded | Package:
    """Anything of ours: a baseline, records, a report, an evaluation, a run, explanations, a package; it says what.

    Args:
        path: What `Baseline.save`, `measure -o FILE.parquet` or `render(report, "FILE.json")` wrote, or
            `lookout evaluate -o FILE.json`, `lookout explain -o FILE.json` or `lookout gate evaluate -o FILE.json`; the
            `run.json` of a training run, or its folder; or a package, a folder or a ZIP.
    Raises:
        SourceNotFound: There is no such file.
        FileFormatError: It is not ours, is damaged, or is of a newer format.
        SourceError: It is a ZIP that cannot be trusted.
    """
    name = os.fspath(path)
    if (packed := _package(name)) is not None:
        return packed
    if os.path.isdir(name) and os.path.isfile(os.path.join(name, TrainingRun.FILE)):
        name = os.path.join(name, TrainingRun.FILE)
    if not os.path.isfile(name):
        if os.path.isdir(name):
            raise NotOurFile(
                f"{name} is a folder that holds no run and no package",
                "Give a file, or the folder of one of these.",
                path=name,
            )
        raise not_found(name)
    if is_parquet(name):
        return _table(name)
    return _baseline(name) if is_json_baseline(name) else _result(name)


def _package(name: str) -> Package | None:
    """The package at a place; None where there is something else, and for a run, which has one below it."""
    folder = (os.path.dirname(name) or ".") if os.path.basename(name) == _MANIFEST else name
    held = os.path.isfile(os.path.join(folder, _MANIFEST))
    if not held and os.path.isfile(os.path.join(folder, TrainingRun.FILE)):
        return None
    if not os.path.isdir(folder) and not (os.path.isfile(folder) and zipfile.is_zipfile(folder)):
        return None
    from lookoutcv.models import package_at  # noqa: PLC0415 - as below

    found = package_at(folder)
    # Of another program's package.json it is no matter what lies below.
    return None if found is not None and folder != name and not found.path.samefile(folder) else found


def _baseline(name: str) -> Baseline:
    from lookoutcv.measuring.baseline import Baseline  # noqa: PLC0415 - as below

    return Baseline.load(name)


def _table(name: str) -> Baseline | Records:
    # A report is shown in a fraction of the time that these take to import.
    import pyarrow as pa  # noqa: PLC0415

    from lookoutcv.measuring.baseline import baseline_of  # noqa: PLC0415
    from lookoutcv.measuring.records import Records  # noqa: PLC0415
    from lookoutcv.records.codec import decode  # noqa: PLC0415
    from lookoutcv.records.model_identity import model_from_metadata  # noqa: PLC0415

    if (baseline := baseline_of(name)) is not None:
        return baseline
    try:
        with pa.memory_map(name) as data:
            table, metadata = decode(data.read_buffer())
            return Records(name, table, table.num_rows, model=model_from_metadata(metadata))
    except FileFormatError as error:
        raise error.about(name) from None


def _result(name: str) -> Baseline | Loaded:
    not_ours = NotOurFile(
        f"{name} is not a baseline, a record file, a report, an evaluation, a training run or a package",
        "Give a file that `lookout baseline`, `lookout measure -o x.parquet`, `lookout monitor -o x.json`, "
        "`lookout evaluate -o x.json`, `lookout train` or `lookout package` wrote.",
        path=name,
    )
    try:
        if os.path.getsize(name) > _MOST_BYTES:
            raise not_ours
        value = json.loads(Path(name).read_bytes())
    except (OSError, ValueError, RecursionError):
        raise not_ours from None
    if isinstance(value, dict) and value.get("format") == _BASELINE:  # its keys are in another order
        return _baseline(name)
    kind = _KINDS.get(str(value.get("format"))) if isinstance(value, dict) else None
    if kind is None:
        raise not_ours
    try:
        return kind.from_dict(value)
    except FileFormatError as error:
        raise error.about(name) from None
