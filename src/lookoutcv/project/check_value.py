"""Single values of settings: whether what they name is there, can be read or written, and is known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lookoutcv.files.atomic import check_writable
from lookoutcv.files.endings import check_ending
from lookoutcv.files.remote import is_url
from lookoutcv.settings.key import Key


def check_value(section: str, key: Key, value: Any) -> None:
    """Refuse a value that is of the right type and yet cannot work.

    Args:
        section, key: Which setting.
        value: One value, or a list where the key has many.
    Raises:
        LookoutError: It cannot work.
    """
    for item in value if isinstance(value, list) else [value]:
        if key.name in _WORDS:
            _WORDS[key.name](item)
        elif (section, key.name) in _FORMS:
            _FORMS[section, key.name](item)
            check_writable(item)
        elif key.place and key.name not in (*_OF_A_MODEL, *_NOT_THERE_YET):
            _source(item)
        elif key.kind == "path" and not key.place and isinstance(item, str) and not key.can_be_off:
            check_writable(item)


def _metrics(value: str) -> None:
    from lookoutcv.metric_selection import select_metrics  # noqa: PLC0415

    select_metrics(value)


def _policy(value: str) -> None:
    from lookoutcv.monitoring.policies import policy_of  # noqa: PLC0415

    policy_of(value)


def _baseline(value: str) -> None:
    from lookoutcv.measuring.baseline import Baseline  # noqa: PLC0415

    Baseline.load(value)


def _batch_by(value: str) -> None:
    from lookoutcv.records.group_keys import division  # noqa: PLC0415

    division(value)


def _group_by(value: str) -> None:
    from lookoutcv.records.group_keys import division  # noqa: PLC0415

    division(value, "group_by")


def _source(value: str) -> None:
    from lookoutcv.files.parquet import is_parquet  # noqa: PLC0415
    from lookoutcv.sources import RecordSource, open_source  # noqa: PLC0415

    if not is_url(value) and not is_parquet(value):
        source = open_source(value)
        if not isinstance(source, RecordSource):
            next(iter(source), None)


def _report(value: str) -> None:
    from lookoutcv.reports.rendering import format_of  # noqa: PLC0415

    format_of(value)


def _index(value: str) -> None:
    from lookoutcv.reports.index_page import index_format_of  # noqa: PLC0415

    index_format_of(value)


def _records(value: str) -> None:
    from lookoutcv.measuring.record_file import form_of_records  # noqa: PLC0415

    form_of_records(value)


def _baseline_form(value: str) -> None:
    from lookoutcv.files.baseline_form import form_of  # noqa: PLC0415

    form_of(value)


def _predictions(value: str) -> None:
    from lookoutcv.inference.prediction_file import form_of_predictions  # noqa: PLC0415

    form_of_predictions(value)


def _json(value: str) -> None:
    check_ending(value, "an evaluation", [".json"])


def _template(value: str) -> None:
    from lookoutcv.reports.styling import load_styling  # noqa: PLC0415

    load_styling(template=value)


def _logo(value: str) -> None:
    from lookoutcv.reports.styling import load_styling  # noqa: PLC0415

    load_styling(logo=value)


def _redact(value: str) -> None:
    from lookoutcv.measuring.redaction import redaction  # noqa: PLC0415

    if not value.startswith("class:"):  # a model's classes are known once it is asked
        redaction(value)


# Which endings of an output's name are known.
_FORMS: dict[tuple[str, str], Callable[[str], None]] = {
    **{(section, "output"): _report for section in ("report", "monitor", "compare")},
    ("index", "output"): _index,
    ("measure", "output"): _records,
    ("baseline", "output"): _baseline_form,
    ("predict", "output"): _predictions,
    ("evaluate", "output"): _json,
}
_WORDS: dict[str, Callable[[str], None]] = {
    "metrics": _metrics,
    "policy": _policy,
    "baseline": _baseline,
    "batch_by": _batch_by,
    "group_by": _group_by,
    "template": _template,
    "logo": _logo,
    "redact": _redact,
}
_OF_A_MODEL = ("model", "file", "card", "set", "plugins", "predictions", "annotations")
# A log begins with its first prediction.
_NOT_THERE_YET = ("directory",)
