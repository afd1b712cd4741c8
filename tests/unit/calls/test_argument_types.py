"""A value of another type than an argument declares is refused, with what to give."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest

import lookoutcv as lo
from lookoutcv.calls.argument_types import fits, in_words, resolved
from lookoutcv.errors import ConfigError, UnknownArgument


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        (3, float),
        (np.float32(3), float),
        (np.int64(3), int),
        (np.True_, bool),
        (Path("a"), str | PathLike[str]),
        ("a", Sequence[str] | str),
        (np.array(["a"]), Sequence[str]),
        (("a", "b"), list[str]),
        ({"a": 1}.keys(), Iterable[str]),
        ((one for one in "ab"), Sequence[str]),
        ([3, 4], tuple[int, int]),
        (None, int | None),
        (len, Callable[[str], int]),
        ({}, Mapping[str, str]),
        ("c", Literal["a", "b"]),  # which there are is said where it is used
        (object(), Any),
    ],
)
def test_what_means_the_same_fits(value: Any, hint: Any) -> None:
    assert fits(value, hint)


@pytest.mark.parametrize(
    ("value", "hint", "words"),
    [
        (True, int, "a whole number"),
        (3.5, int, "a whole number"),
        ("3", float, "a number"),
        (1, bool, "True or False"),
        (3, str | PathLike[str] | None, "a path"),
        (b"a", str, "text"),
        ("cat", Sequence[str], "a list of texts"),
        (["cat", 3], Sequence[str], "a list of texts"),
        ({"a": 1}, Sequence[int], "a list of whole numbers"),
        ([3], tuple[int, int], "a list of 2"),
        ([("a", 1)], Mapping[str, int], "a dictionary"),
        (3, Literal["a", "b"], "'a' or 'b'"),
        (3, Callable[[], None], "a function"),
        (3, str | int | bool | None, None),
        (3, lo.Policy | str | PathLike[str], "a Policy or a path"),
        (3, lo.ImageRetention | str | bytes, "an ImageRetention, text or bytes"),
        (None, str, "text"),
    ],
)
def test_what_does_not_fit_is_told_what_would(value: Any, hint: Any, words: str | None) -> None:
    assert fits(value, hint) is (words is None)
    assert words is None or in_words(hint) == words


def test_a_name_for_type_checkers_alone_leaves_the_value_open() -> None:
    assert fits(object(), resolved("NotImported | None", {}))
    assert resolved("os.PathLike[str]", {}) is Any


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (
            lambda: lo.monitor("day", baseline=3),
            "monitor(): baseline=3 is an int. Give baseline as a Baseline or a path.",
        ),
        (lambda: lo.monitor("day", baseline="b", policy=3), "policy=3 is an int. Give policy as a path or a Policy."),
        (lambda: lo.measure("day", metrics=3), "metrics are 3. Give names, families or Metric objects."),
        (lambda: lo.render("x"), "report='x' is a str. Give report as a DriftReport, an Evaluation"),
        (lambda: lo.load(3), "load(): path=3 is an int. Give path as a path."),
        (lambda: lo.Policy(alpha="0.05"), "Policy(): alpha='0.05' is a str. Give alpha as a number."),
        (lambda: lo.Card(labels=3), "labels=3 is an int. Give labels as a list of texts or text."),
    ],
)
def test_the_sentence_names_function_argument_and_remedy(call: Callable[[], Any], said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        call()
    assert said in str(caught.value)
    assert caught.value.key in said


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: lo.baseline(batch_by=3), "baseline() is not told source. Give source=..."),
        (lambda: lo.monitor("day", "b.parquet"), "Give it by its name: baseline='b.parquet'."),
        (lambda: lo.compare("a"), "compare() is not told b."),
        (lo.baseline, "baseline() is not told source."),
        (lambda: lo.baseline("val", source="val"), "baseline() is told source twice. Give source once."),
        (lo.ClassificationLogger, "ClassificationLogger() is not told model_name."),
    ],
)
def test_too_few_and_too_many_values_are_said(call: Callable[[], Any], said: str) -> None:
    with pytest.raises(UnknownArgument) as caught:
        call()
    assert said in str(caught.value)


def test_an_error_of_types_from_within_stays_what_it_is() -> None:
    def broken(image: Any) -> Any:
        return image + None

    with pytest.raises(TypeError) as caught:
        lo.Metric("a.b", broken, "1", (0, 1), None, "ours", "up", "down").measure(3)
    assert not isinstance(caught.value, UnknownArgument)


def test_an_array_is_not_gone_through_to_see_what_it_is() -> None:
    class Counted(np.ndarray):
        rows = 0

        def __iter__(self):
            Counted.rows += 1
            return super().__iter__()

    picture = np.zeros((4, 4, 3), np.uint8).view(Counted)
    assert fits(picture, np.ndarray[Any, np.dtype[np.uint8]])
    assert fits([picture], Sequence[np.ndarray[Any, np.dtype[np.uint8]]])
    assert not fits("cat", np.ndarray[Any, np.dtype[np.uint8]])
    assert Counted.rows == 0
