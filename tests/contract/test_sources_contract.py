"""Every source kind the registry finds keeps the same promises."""

import os
import pickle
import zipfile
from collections.abc import Mapping

import numpy as np
import pytest

from lookoutcv.images import read, thumbnail
from lookoutcv.sources import open_source, registry

PICTURES = {
    f"{label}/{i}.jpg": thumbnail(np.full((6, 8, 3), 20 * i + shade, np.uint8))
    for shade, label in enumerate(("cat", "dog"))
    for i in (1, 2, 10)
}


def folder(path):
    for name, data in PICTURES.items():
        (path / name).parent.mkdir(exist_ok=True)
        (path / name).write_bytes(data)
    return path


def archive(path):
    with zipfile.ZipFile(path / "a.zip", "w") as file:
        for name, data in PICTURES.items():
            file.writestr(name, data)
    return path / "a.zip"


def single(path):
    (path / "1.jpg").write_bytes(PICTURES["cat/1.jpg"])
    return path / "1.jpg"


def dated(path):
    (path / "20260131").mkdir()
    for name, data in PICTURES.items():
        (path / "20260131" / name.replace("/", "_")).write_bytes(data)
    return f"{path}/%Y%m%d?from=2026-01-01"


def numbered(path):
    for i, data in enumerate(PICTURES.values()):
        (path / f"frame_{i:04d}.jpg").write_bytes(data)
    return f"{path}/frame_%04d.jpg?every=2"


def film(path):
    import cv2

    writer = cv2.VideoWriter(str(path / "a.avi"), cv2.VideoWriter_fourcc(*"MJPG"), 5, (8, 6))
    for level in range(0, 200, 20):
        writer.write(np.full((6, 8, 3), level, np.uint8))
    writer.release()
    return f"{path}/a.avi?every=3"


# A new kind says here what it opens; one that needs something this machine lacks is left out by name.
TARGETS = {
    "folder": folder,
    "zip": archive,
    "file": single,
    "sequence": lambda path: list(PICTURES.values()),
    "dated": dated,
    "frames": numbered,
    "video": film,
}


def test_every_kind_is_covered():
    shipped = {kind.name for kind in registry if registry.origin(kind.name).startswith("lookoutcv.")}
    assert shipped == set(TARGETS)
    assert len({kind.order for kind in registry}) == len(list(registry))


@pytest.fixture(params=sorted(TARGETS))
def case(request, tmp_path):
    return registry.get(request.param), TARGETS[request.param](tmp_path)


def test_the_kind_is_chosen_for_its_target_and_says_what_it_is(case):
    kind, target = case
    assert kind.opens(target)
    assert kind.summary
    assert type(open_source(target)) is type(kind.open(target))
    for other in (None, 3, "", "no/such/place", os.devnull + "/x"):
        assert not kind.opens(other) or kind.name == "sequence"


def test_listing_again_gives_the_same_images_in_the_same_order(case):
    kind, target = case
    source = kind.open(target)
    first, second = list(source), list(source)
    assert [r.id for r in first] == [r.id for r in second] == [r.id for r in kind.open(target)]
    assert len({r.id for r in first}) == len(first) > 0
    assert source.count() in (None, len(first))
    assert source.name
    for one, two in zip(first, second, strict=True):
        assert read(one.load()).content_hash == read(two.load()).content_hash


def test_references_are_small_travel_and_say_what_the_source_knows(case):
    kind, target = case
    for ref in kind.open(target):
        travelled = pickle.loads(pickle.dumps(ref))
        assert (travelled.id, travelled.label, travelled.time, dict(travelled.tags)) == (
            ref.id,
            ref.label,
            ref.time,
            dict(ref.tags),
        )
        assert read(travelled.load()).pixels.shape == (6, 8, 3)
        assert len(pickle.dumps(ref)) < 2000
        assert isinstance(ref.id, str)
        assert ref.id.encode()
        assert "\\" not in ref.id
        assert isinstance(ref.tags, Mapping)
        assert ref.time is None or ref.time.utcoffset() is not None


def test_a_folder_per_class_is_labelled_wherever_it_lies(case):
    kind, target = case
    labels = [ref.label for ref in kind.open(target)]
    assert labels == (["cat"] * 3 + ["dog"] * 3 if kind.name in {"folder", "zip"} else [None] * len(labels))


def test_two_iterations_at_once_do_not_disturb_each_other(case):
    kind, target = case
    source = kind.open(target)
    assert [a.id == b.id for a, b in zip(source, source, strict=True)] == [True] * len(list(source))
