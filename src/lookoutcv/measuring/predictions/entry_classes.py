"""Which of an entry's columns says what was predicted: never the one that says what is true."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from lookoutcv.column_aliases import BARE_CLASSES, CONFIDENCES, PREDICTED
from lookoutcv.measuring.predictions.read_entries import Entry
from lookoutcv.number_text import number_of
from lookoutcv.predictions.label_names import refuse_json, spelled
from lookoutcv.sources.marks.coco_annotations import as_key

# A name that says "predicted" and is not in the list: but for what else people write down of a prediction.
_PREDICTED_LIKE = re.compile(
    r"(.*_)?(pred|preds|predicted|prediction|yhat|y_hat|inferred|inference|infer|guess|estimate|estimated|classification"
    r"|answer|output|result|hypothesis)(_.*)?"
)
_MODELS = r"(hat|model|ai|cnn|net|network|classifier|auto)"
_MODELS_CLASS = re.compile(
    rf"(label|class|category)_{_MODELS}|{_MODELS}_(label|class|category|output|result|answer)"
    r"|(detected|classified|estimated|assigned)_(label|class|category)"
)
_OF_A_PREDICTION = re.compile(
    r"(.*_)?(conf|confidences?|scores?|prob|probs|probability|probabilities|logits?|time|times|timestamp|at|date|ms|s"
    r"|id|ids|index|idx|count|type|version|model|by|entropy|rank|correct|right|path|file|url|box|bbox|mask|[xywh][12]?)(_.*)?"
)
# Beside them a whole number is the place of the class that the other names.
_COMPARED = ("label", "class", "class_name", "category_name", "class_label")


class AnswerColumns:
    """Which columns of a file hold the answers, over all of its entries: a table keeps its columns."""

    def __init__(self) -> None:
        self._predicted, self._bare = False, 0

    def text(self, entry: Entry, id: str) -> str | None:
        """The class that was predicted, as the entry says it; None where it says none.

        Args:
            entry: By key.
            id: Of the image.
        Raises:
            BadPredictions: Two columns may be the answer, or it is JSON.
        """
        answer = self._text(entry, id)
        try:
            refuse_json(answer or "")
        except ValueError as reason:
            raise entry.bad(str(reason), "Give every prediction in a column `prediction`.") from None
        return answer

    def _text(self, entry: Entry, id: str) -> str | None:
        self._predicted |= any(name in PREDICTED for name in entry.columns)
        if self._predicted:
            if self._bare:
                raise entry.bad(
                    f"a column says what was predicted; line {self._bare} has none, but one that may be the truth",
                    "Give every prediction in a column `prediction`.",
                )
            return _first(entry, PREDICTED)
        found = _first(entry, BARE_CLASSES)
        if found is None or _is_number(found):
            name = entry.values.get("name")
            found = name if isinstance(name, str) and name not in ("", id) and _not_a_file(name) else found
        if found is not None:
            self._bare = self._bare or entry.number
            _check_ambiguous(entry)
        return found


def _first(entry: Entry, names: Iterable[str]) -> str | None:
    """The first that is a name, else the first number: beside a name a number is its place."""
    values = (entry.values.get(name) for name in names)
    found = [value for value in values if value not in (None, "") and not isinstance(value, list | dict)]
    texts = [as_key(value) for value in found]
    return next((text for text in texts if not _is_number(text)), texts[0] if texts else None)


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[+-]?\d+(\.0*)?", text) is not None


def _not_a_file(name: str) -> bool:
    return re.search(r"\.\w{2,5}$", name) is None


def _says_a_class(value: Any) -> bool:
    """Whether a value can be a class: a word, or a whole number; a score is none."""
    return not isinstance(value, list | Mapping) and (_is_number(as_key(value)) or not _is_real(value))


def _is_real(value: Any) -> bool:
    try:
        number_of(value)
    except ValueError:
        return False
    return True


def _check_ambiguous(entry: Entry) -> None:
    like = [
        name
        for name in entry.columns
        if name in entry.values
        and (
            _MODELS_CLASS.fullmatch(name) or (_PREDICTED_LIKE.fullmatch(name) and not _OF_A_PREDICTION.fullmatch(name))
        )
        and name not in CONFIDENCES
        and _says_a_class(entry.values[name])
    ]
    given = {name: as_key(entry.values[name]) for name in _COMPARED if entry.values.get(name) not in (None, "")}
    words = {spelled(text) for text in given.values() if not _is_number(text)}
    bare = [name for name in BARE_CLASSES if entry.values.get(name) not in (None, "")]
    names = [*bare[:1], *like] if like else list(given) if len(words) > 1 else []
    if names:
        raise entry.bad(
            f"{' and '.join(map(repr, names[:4]))} may be what was predicted, and one of them the truth",
            "Call the column of predictions `prediction`.",
        )
