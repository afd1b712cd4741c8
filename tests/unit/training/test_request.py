"""What a run is asked for is checked before anything is read."""

from __future__ import annotations

import pytest

from lookoutcv.errors import ConfigError
from lookoutcv.training.request import (
    budget_seconds,
    checked_folds,
    folder_for,
    named_models,
    one_of,
    whole_number,
)
from lookoutcv.training.training_settings import DEFAULT_MODELS


def test_names_come_in_lists_and_with_commas() -> None:
    assert named_models(["a,b", " c "]) == ("a", "b", "c")
    assert named_models(None) == DEFAULT_MODELS
    assert len(DEFAULT_MODELS) == 4


@pytest.mark.parametrize(("models", "problem"), [("a,a", "a is named twice"), ("", "no backbone"), ([], "no backbone")])
def test_none_and_one_twice_are_refused(models: object, problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        named_models(models)  # type: ignore[arg-type]


@pytest.mark.parametrize("budget", ["ten minutes", "10", "0m", "-5m", ""])
def test_a_budget_is_a_stretch_of_time(budget: str) -> None:
    with pytest.raises(ConfigError, match=r"budget is .*stretch of time\. Give budget as 90s, 10m or 2h"):
        budget_seconds(budget)


@pytest.mark.parametrize("value", [7, 4097, 64.0, "64"])
def test_a_number_out_of_range_says_which_are_in_it(value: object) -> None:
    with pytest.raises(ConfigError, match=r"image_size is .*as a whole number from 8 to 4096"):
        whole_number(value, 8, 4096, "image_size")  # type: ignore[arg-type]


def test_the_nearest_choice_is_named() -> None:
    with pytest.raises(ConfigError, match="Did you mean strong"):
        one_of("stong", ["none", "light", "strong"], "augment")


@pytest.mark.parametrize(
    ("data", "folder"),
    [
        ("data/clothing", "runs/clothing"),
        ("data/clothing/", "runs/clothing"),
        ("a.zip", "runs/a"),
        ("s3://bucket/set?labels=parent", "runs/set"),
        ("../..", "runs/run"),
        ([object()], "runs/run"),
        ("données.zip", "runs/données"),
    ],
)
def test_a_run_is_called_as_its_data(data: object, folder: str) -> None:
    assert folder_for(data, None).as_posix() == folder
    assert folder_for(data, "x/y").as_posix() == "x/y"


def test_folds_keep_to_no_budget_and_need_one_that_teaches() -> None:
    assert checked_folds(3) == 3
    with pytest.raises(ConfigError, match="folds is 2: one fold is held back"):
        checked_folds(2)
    with pytest.raises(ConfigError, match=r"for as long as it takes.*Give one of them"):
        checked_folds(5, "10m")
