"""The sample ZIPs hold what is said of them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from lookoutcv.demo.sample_zips import make_sample_zips
from lookoutcv.errors import OutputUnwritable
from lookoutcv.sources import open_source
from lookoutcv.sources.decoded_images import SkippedImages, decoded_images


def test_they_are_labelled_images_that_can_be_read(tmp_path: Path) -> None:
    zips = make_sample_zips(tmp_path / "new")
    counts = {}
    for path in (zips.shapes, zips.pictures):
        source = open_source(str(path))
        skipped = SkippedImages()
        images = list(decoded_images(((ref.id, ref) for ref in source), skipped=skipped))  # type: ignore[union-attr]
        assert skipped.count == 0
        assert {one.image.pixels.shape for one in images} == {(64, 64, 3)}
        counts[path.name] = Counter(one.ref.label for one in images)
    assert counts["shapes.zip"] == dict.fromkeys(("circle", "square", "star", "triangle"), 60)
    assert len(counts["pictures.zip"]) == 10
    assert set(counts["pictures.zip"].values()) == {20}


def test_the_same_bytes_every_time(tmp_path: Path) -> None:
    first = make_sample_zips(tmp_path / "a").shapes.read_bytes()
    assert make_sample_zips(tmp_path / "b").shapes.read_bytes() == first


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputUnwritable, match="Choose another folder"):
        make_sample_zips(tmp_path / "file")
