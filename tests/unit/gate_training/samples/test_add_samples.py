"""Images of the user's own among samples: each once, as they are, and none goes missing without a word."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

import lookoutcv as lo
from lookoutcv.errors import DataError, OutputUnwritable, SourceError


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lo.gate_data(tmp_path_factory.mktemp("drawn"), count=6).folder


@pytest.fixture
def incoming(drawn: Path, tmp_path: Path) -> Path:
    for kind in ("sharp", "blurred"):
        shutil.copytree(drawn / "raw" / "cv" / kind, tmp_path / "incoming" / kind)
    return tmp_path / "incoming"


def listed(folder: Path) -> list[dict[str, str]]:
    with (folder / "processed" / "cv" / "labels.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_images_are_added_as_they_are_and_once(incoming: Path, tmp_path: Path) -> None:
    added = lo.add_samples(incoming, tmp_path / "kept")
    assert (added.sharp, added.blurred, added.known, added.total) == (3, 3, 0, 6)
    originals = {path.read_bytes() for path in incoming.rglob("*.png")}
    rows = listed(tmp_path / "kept")
    assert {(tmp_path / "kept" / row["path"]).read_bytes() for row in rows} == originals
    assert {row["path"].split("/")[1] for row in rows if row["label"] == "1"} == {"sharp"}

    shutil.rmtree(incoming / "sharp")
    (incoming / "sharp").mkdir()
    shutil.copy(next((incoming / "blurred").iterdir()), incoming / "blurred" / "again.png")
    added = lo.add_samples(incoming, tmp_path / "kept")
    assert (added.sharp, added.blurred, added.known, added.total) == (0, 0, 4, 6)
    assert listed(tmp_path / "kept") == rows


def test_one_that_was_removed_comes_again_and_is_listed_once(incoming: Path, tmp_path: Path) -> None:
    lo.add_samples(incoming, tmp_path / "kept")
    row = listed(tmp_path / "kept")[0]
    (tmp_path / "kept" / row["path"]).unlink()
    added = lo.add_samples(incoming, tmp_path / "kept")
    assert (added.sharp + added.blurred, added.known, added.total) == (1, 5, 6)
    assert (tmp_path / "kept" / row["path"]).is_file()
    paths = [one["path"] for one in listed(tmp_path / "kept")]
    assert len(set(paths)) == len(paths) == 6


def test_what_cannot_be_added_is_named(incoming: Path, tmp_path: Path) -> None:
    (incoming / "sharp" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n cut")
    shutil.copy(next((incoming / "blurred").iterdir()), incoming / "sharp" / "contrary.png")
    added = lo.add_samples(incoming, tmp_path / "kept")
    assert (added.sharp, added.blurred, added.refused_count) == (3, 3, 2)
    refused = {one.id: one.reason for one in added.refused}
    assert set(refused) == {"sharp/broken.png", "sharp/contrary.png"}
    assert refused["sharp/contrary.png"] == "the same image is there already, as a blurred one"


def test_new_samples_replace_none_that_were_added(incoming: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    lo.gate_data(folder, count=8)
    lo.add_samples(incoming, folder)
    assert lo.gate_data(folder, count=4).added == 6
    paths = [row["path"] for row in listed(folder)]
    assert len(paths) == 10
    assert all((folder / path).is_file() for path in paths)
    assert len(list((folder / "raw").rglob("*.png"))) == 4
    assert lo.fit_gate(folder, variant="threshold").gate.state.sharp == 5


def test_what_the_source_says_of_an_image_goes_along(drawn: Path, tmp_path: Path) -> None:
    lo.add_samples(drawn, tmp_path / "kept")
    assert {(row["kind"], row["strength"]) for row in listed(tmp_path / "kept") if row["label"] == "0"} == {
        ("gaussian", "3")
    }
    # Of one scene no image is on both sides: the name of the scene is told on.
    assert {row["scene"] for row in listed(tmp_path / "kept")} == {row["scene"] for row in listed(drawn)}


def test_nothing_yet_is_no_error(tmp_path: Path) -> None:
    for kind in ("sharp", "blurred"):
        (tmp_path / "incoming" / kind).mkdir(parents=True)
        (tmp_path / "incoming" / kind / ".gitignore").write_text("*")
    assert lo.add_samples(tmp_path / "incoming", tmp_path / "kept").total == 0
    assert lo.add_samples(tmp_path / "kept", tmp_path / "data").total == 0


def test_images_that_nothing_labels_are_refused(incoming: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"nothing says of the 3 images .* whether they are sharp"):
        lo.add_samples(incoming / "sharp", tmp_path / "kept")
    with pytest.raises(SourceError):
        lo.add_samples(tmp_path / "nothing", tmp_path / "kept")


def test_the_folder_is_not_one_that_is_read(incoming: Path) -> None:
    with pytest.raises(OutputUnwritable, match="which is read"):
        lo.add_samples(incoming, incoming / "kept")
