"""A misspelt path is answered with the one that is there."""

from __future__ import annotations

from pathlib import Path

import pytest

import lookoutcv as lo
from lookoutcv.calls.missing_path import nearest_path, not_found, path_remedy
from lookoutcv.errors import LookoutError


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "photos" / "monday").mkdir(parents=True)
    (tmp_path / "photos" / "list.csv").write_text("path\n")
    (tmp_path / "odd\x1b[31mname").mkdir()
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("fotos", "photos"),
        ("Photos", "photos"),
        ("photos/munday", "photos/monday"),
        ("fotos/monday", "photos/monday"),
        ("fotos?labels=top", "photos?labels=top"),
        ("photos/lists.csv", "photos/list.csv"),
        ("fotos/munday", None),
        ("elsewhere", None),
        ("photos", None),
        ("odd\x1b[31mnam", None),
        ("", None),
    ],
)
def test_the_nearest_path_is_one_that_is_there(typed: str, meant: str | None) -> None:
    found = nearest_path(typed)
    assert found == (None if meant is None else str(Path(meant)))


def test_a_folder_that_cannot_be_listed_gives_no_guess(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_: object) -> None:
        raise PermissionError

    monkeypatch.setattr("os.scandir", refused)
    assert path_remedy("fotos") == "Check the path."


def test_the_error_names_what_was_typed() -> None:
    error = not_found(Path("fotos"), "folder")
    assert (error.problem, error.remedy) == ("there is no folder 'fotos'", "Did you mean 'photos'?")


@pytest.mark.parametrize(
    ("call", "typed"),
    [
        (lo.measure, "fotos"),
        (lo.measure, "photos/lists.csv"),
        (lo.measure, "fotos/*.jpg"),
        (lo.measure, "fotos/%Y-%m-%d"),
        (lo.load, "photos/lists.csv"),
        (lo.open_model, "photos/lists.csv"),
        (lo.Baseline.load, "photos/lists.csv"),
        (lambda typed: lo.monitor("photos", model=typed), "photos/lists.csv"),
    ],
)
def test_whoever_reads_a_path_says_so(call: object, typed: str) -> None:
    with pytest.raises(LookoutError, match=r"Did you mean 'photos") as refused:
        call(typed)  # type: ignore[operator]
    assert typed.partition("/*")[0].partition("/%")[0] in str(refused.value)
