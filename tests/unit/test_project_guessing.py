"""What a folder seems to hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from lookoutcv.project.guessing import Guess, guess

SUFFIXES = (".onnx", ".pt")


def folder(root: Path, *files: str) -> Path:
    for name in files:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return root


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ([], Guess()),
        (["val/a.jpg", "today/b.PNG"], Guess("val", "today")),
        (["train/cat/a.jpg", "validation/cat/a.jpg", "production/a.jpg"], Guess("validation", "production")),
        (["data/val/a.jpg", "data/new/a.jpg"], Guess("data/val", "data/new")),
        (["val.zip", "incoming/a.webp"], Guess("val.zip", "incoming")),
        (["val/readme.txt", "test/a.jpg"], Guess("test")),
        (["validation/a.jpg", "test/a.jpg"], Guess("validation", "test")),
        (["net.onnx"], Guess(model="net.onnx")),
        (["a.pt", "models/net.onnx", "models/net.card.yaml"], Guess(model="models/net.onnx")),
        ([".hidden/a.jpg", "val/.thumbs/a.jpg"], Guess()),
    ],
)
def test_names_say_what_a_folder_is(tmp_path: Path, files: list[str], expected: Guess) -> None:
    assert guess(folder(tmp_path, *files), SUFFIXES, patterns=True) == expected


@pytest.mark.parametrize(
    ("days", "pattern"),
    [
        (("20261119", "20261120"), "%Y%m%d"),
        (("2026-11-19", "2026-11-20", "notes"), "%Y-%m-%d"),
        (("2026_11_20",), "%Y_%m_%d"),
    ],
)
def test_folders_with_dates_become_a_pattern(tmp_path: Path, days: tuple[str, ...], pattern: str) -> None:
    files = [f"{above}/{day}/a.jpg" for above in ("production", "reference") for day in days]
    folder(tmp_path, *files)
    found = guess(tmp_path, SUFFIXES, patterns=True)
    assert found == Guess(f"reference/{pattern}", f"production/{pattern}?last=1d", batch_by="day")
    # Where no source reads patterns: the newest.
    newest = max(day for day in days if day != "notes")
    assert guess(tmp_path, SUFFIXES, patterns=False) == Guess("reference", f"production/{newest}")


def test_a_folder_is_looked_at_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from lookoutcv.project import guessing

    monkeypatch.setattr(guessing, "_MOST_ENTRIES", 5)
    folder(tmp_path, *(f"val/{number}/{deep}.txt" for number in range(9) for deep in range(9)))
    (tmp_path / "val" / "0" / "round").symlink_to(tmp_path / "val")
    assert guess(tmp_path, SUFFIXES, patterns=True) == Guess()


def test_a_missing_folder_holds_nothing(tmp_path: Path) -> None:
    assert guess(tmp_path / "none", SUFFIXES, patterns=True) == Guess()
