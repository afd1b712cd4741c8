"""What belongs together by content, looks, name, film, camera and column; and what is too much to be kept together."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image

from drawn_classes import draw_classes, drawn
from lookoutcv.sources.listed_image import ListedRef
from lookoutcv.training.data.check_data import check_data
from lookoutcv.training.data.division import Sample
from lookoutcv.training.data.kinship.near_copies import Looks, near_copies
from lookoutcv.training.data.kinship.related_names import film_of, original_of
from lookoutcv.training.data.labelled_samples import read_samples
from lookoutcv.training.data.sample_groups import Groups, grouped


def together(groups: Groups) -> set[frozenset[str]]:
    sets: dict[int, set[str]] = {}
    for id, number in groups.of.items():
        sets.setdefault(number, set()).add(id)
    return {frozenset(one) for one in sets.values() if len(one) > 1}


def records_of(facts: dict[str, dict[str, Any]]) -> pa.Table:
    rows = [{"content_hash": None, "time": None, "camera": None, **row, "id": id} for id, row in facts.items()]
    return pa.Table.from_pylist(rows)


def grouped_by(facts: dict[str, dict[str, Any]], tags: dict[str, dict[str, str]] | None = None) -> Groups:
    samples = [Sample(id, "cat", ListedRef(id, id, tags=(tags or {}).get(id, {}))) for id in facts]
    return grouped(samples, records_of(facts))


def photographs(hashes: Any, content: Any) -> Looks:
    return Looks(hashes, content, np.zeros(len(hashes), bool), np.zeros((len(hashes), 6)))


def test_copies_altered_copies_and_objects_of_one_image_belong_together(tmp_path: Path) -> None:
    data = draw_classes(tmp_path, ("cat", "dog"), 12)
    first = data / "cat" / "000.png"
    (data / "cat" / "again.png").write_bytes(first.read_bytes())
    Image.open(first).save(data / "dog" / "as.jpg", quality=92)  # nearly the same, under another label
    Image.open(data / "cat" / "001.png").rotate(180).save(data / "cat" / "001_flip.png")
    samples = read_samples(data, {"workers": 1})
    groups = grouped(samples.samples, samples.records)
    assert together(groups) == {
        frozenset(("cat/000.png", "cat/again.png", "dog/as.jpg")),
        frozenset(("cat/001.png", "cat/001_flip.png")),
    }
    assert groups.count == 24
    (told,) = groups.how
    assert told.startswith("Never parted are equal images (2), images that look alike (")
    assert "altered copies by their names (2)" in told


def test_objects_of_one_image_belong_together() -> None:
    ref = ListedRef("a.png", "a.png")
    samples = [Sample("a.png", "cat", ref), Sample("a.png#2", "dog", ref), Sample("b.png", "cat", ListedRef("b", "b"))]
    groups = grouped(samples, records_of({"a.png": {}, "b": {}}))
    assert together(groups) == {frozenset(("a.png", "a.png#2"))}


def test_one_camera_in_one_minute() -> None:
    def at(*moment: int) -> datetime:
        return datetime(2026, 3, 1, *moment, tzinfo=UTC)

    groups = grouped_by(
        {
            "1": {"camera": "X", "time": at(10, 0, 1)},
            "2": {"camera": "X", "time": at(10, 0, 59)},
            "3": {"camera": "X", "time": at(10, 1, 0)},
            "4": {"camera": "Y", "time": at(10, 0, 2)},
            "5": {"camera": None, "time": at(10, 0, 2)},
            "6": {"camera": "X", "time": at(0, 0)},  # a date alone
            "7": {"camera": "X", "time": at(0, 0)},
            "8": {"camera": None, "time": at(10, 0, 3)},
        },
        {"8": {"Camera": "Y"}},
    )
    assert together(groups) == {frozenset("12"), frozenset("48")}
    assert groups.how == ("Never parted are photographs of one camera in one minute (4).",)


def test_a_column_says_what_belongs_together() -> None:
    ids = "123456789"
    groups = grouped_by(
        {id: {} for id in ids}, {"1": {"Patient_ID": "a"}, "2": {"Patient_ID": "a"}, "3": {"clip": "a"}}
    )
    assert together(groups) == {frozenset("12")}
    assert groups.how == ("Never parted are images of one patient (2).",)


def test_more_than_a_third_is_parted_all_the_same_and_told() -> None:
    ids = [f"clip1_frame_{number}.jpg" for number in range(20)] + [f"{number}.jpg" for number in range(20)]
    groups = grouped_by({id: {} for id in ids})
    assert not together(groups)
    assert groups.how[0].startswith("20 samples are frames of one film, more than a third of all: they are parted")


def test_images_that_all_look_alike_are_no_copies() -> None:
    base = 0x0123456789ABCDEF
    rng = np.random.default_rng(0)
    others = rng.integers(1, 2**63, 60, dtype=np.uint64)
    alike = np.array([base] * 3 + [base ^ (1 << bit) for bit in range(40)], np.uint64)
    content = np.arange(1, 104, dtype=np.uint64)
    groups, untold = near_copies(photographs(np.concatenate((alike, others)), content))
    assert [group.tolist() for group in groups] == [[0, 1, 2]]
    assert untold == 0
    groups, untold = near_copies(photographs(np.concatenate((np.full(43, base, np.uint64), others)), content))
    assert (groups, untold) == ([], 43)


@pytest.mark.parametrize(
    ("stem", "original"),
    [
        ("cat1", "cat1"),
        ("cat1_aug1", "cat1"),
        ("cat1-flipped", "cat1"),
        ("cat1_hflip_rot90", "cat1"),
        ("cat1_jpg.rf.0a1b2c3d4e5f60718293a4b5c6d7e8f9", "cat1_jpg"),
        ("cats_original_cat1.jpg_0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9", "cat1.jpg"),
        ("aug_2_cat1", "cat1"),
        ("cat1_bright", "cat1_bright"),
        ("known_bright_2", "known"),
        ("known_noise_flip", "known"),
        ("aug_0_1234", "aug_0_1234"),
        ("rot", "rot"),
        ("IMG_1234", "IMG_1234"),
        ("parrot_3", "parrot_3"),
    ],
)
def test_names_of_altered_copies(stem: str, original: str) -> None:
    assert original_of(stem, {"known", stem}) == original


@pytest.mark.parametrize(
    ("id", "film"),
    [
        ("cat/clip3_frame_0012.jpg", "cat/clip3"),
        ("cat/frame_0012.jpg", None),
        ("cat/north gate/frame0012.jpg", "cat/north gate"),
        ("video 7/cat/12.jpg", "video 7"),
        ("clip 3/1.jpg", None),  # the label
        ("cat/movie12_00034.png", "cat/movie12"),
        ("cat/IMG_0034.png", None),
    ],
)
def test_names_of_films(id: str, film: str | None) -> None:
    assert film_of(id, "clip 3" if id.startswith("clip 3") else "cat") == film


def test_drawn_pictures_are_not_taken_for_copies(tmp_path: Path) -> None:
    samples = read_samples(draw_classes(tmp_path, each=40), {"workers": 1})
    assert not together(grouped(samples.samples, samples.records))
    assert drawn(0, 1).shape == (48, 48, 3)


def test_drawings_in_one_place_are_copies_only_in_one_colour(tmp_path: Path) -> None:
    """All squares in one place have one perceptual hash; a copy of one, smaller and compressed, is one all the same."""
    for label, colour in (("red", (200, 40, 40)), ("blue", (40, 60, 190)), ("green", (30, 150, 60))):
        pixels = np.full((64, 64, 3), 235, np.uint8)
        pixels[12:44, 20:40] = colour
        (tmp_path / label).mkdir()
        Image.fromarray(pixels).save(tmp_path / label / "1.png")
    pixels[30:50, 44:60] = 90  # another drawing
    Image.fromarray(pixels).save(tmp_path / "green" / "2.png")
    Image.open(tmp_path / "red" / "1.png").resize((48, 48)).save(tmp_path / "blue" / "wrong.jpg", quality=60)
    samples = read_samples(tmp_path, {"workers": 1})
    hashes = samples.records.column("identity.phash").to_pylist()
    assert sum((one ^ hashes[0]).bit_count() <= 4 for one in hashes) >= 4
    assert together(grouped(samples.samples, samples.records)) == {frozenset(("red/1.png", "blue/wrong.jpg"))}
    (leak,) = check_data(samples).leaks
    assert leak.labels == ["blue", "red"]
