"""Errors say what is wrong and what to do, carry fields, and cross process boundaries."""

from __future__ import annotations

import pickle

import pytest

from lookoutcv import errors


def kinds(base: type[errors.LookoutError]) -> list[type[errors.LookoutError]]:
    return [base, *(deeper for kind in base.__subclasses__() for deeper in kinds(kind))]


def test_message_ends_with_the_remedy() -> None:
    error = errors.ConfigError("the seed is -1", "Give a number of at least 0.", key="seed")
    assert str(error) == "the seed is -1. Give a number of at least 0."
    assert error.key == "seed"  # type: ignore[attr-defined]


def test_without_a_remedy_there_is_only_the_problem() -> None:
    assert str(errors.DataError("it is damaged")) == "it is damaged."


@pytest.mark.parametrize(
    "error",
    [
        errors.UnknownPlugin("metric", "blurr", ["blur"]),
        errors.UnreadableImage("a.jpg is cut off", "Copy it again.", id="a.jpg", reason="truncated"),
        errors.NewerFormat("too new", "Update.", path="x", found=2, supported=1),
    ],
)
def test_errors_survive_pickling(error: errors.LookoutError) -> None:
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert str(copy) == str(error)
    assert copy.fields == error.fields
    assert all(getattr(copy, name) == value for name, value in error.fields.items())


def test_about_keeps_kind_and_fields() -> None:
    error = errors.UnreadableImage("it is truncated", id="a", reason="truncated").about("a.jpg")
    assert isinstance(error, errors.UnreadableImage)
    assert str(error) == "a.jpg: it is truncated."
    assert error.reason == "truncated"


@pytest.mark.parametrize("kind", kinds(errors.LookoutError))
def test_every_error_has_an_exit_code(kind: type[errors.LookoutError]) -> None:
    assert kind.exit_code == (2 if issubclass(kind, errors.UsageError) else 1)


def test_a_missing_extra_is_an_import_error() -> None:
    assert issubclass(errors.MissingExtra, ImportError)


def test_the_nearest_name_is_offered() -> None:
    assert "Did you mean 'blur'?" in str(errors.UnknownPlugin("metric", "blurr", ["blur"]))
    assert "Did you mean" not in str(errors.UnknownPlugin("metric", "xyz"))


def test_names_that_nobody_reads_to_their_end_are_cut_and_stay_whole_for_programs() -> None:
    name = "folder/" + "a" * 4000 + "/last.jpg"
    error = errors.SourceNotFound(f"there is no file {name!r}", "Check the path.", source=name)
    assert len(str(error)) < 400
    assert str(error).endswith("a/last.jpg'. Check the path.")
    assert error.fields["source"] == name
    assert name in error.problem
