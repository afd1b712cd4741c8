"""Every source kind the registry finds keeps the same promises."""

import io
import json
import os
import pickle
from collections.abc import Mapping

import numpy as np
import pytest

import lookoutcv as lo
from lookoutcv.errors import ConfigError, NoImages, SourceError
from lookoutcv.images import read
from lookoutcv.predictions import TrueObjects
from lookoutcv.sources import open_source, registry
from tiny_sources import ODD, PICTURES, TARGETS

# These have records in the place of images: see unit/sources/kinds/test_log.py.
RECORDED = {"log"}
# What can hold any images: made of others than PICTURES for the promises about names, gaps and emptiness.
HOLDERS = {name: TARGETS[name] for name in ("folder", "zip", "tar", "manifest", "imagefolder", "coco", "yolo", "voc")}
# What says where images are, and could say something else.
LISTS = {"manifest", "imagefolder", "coco"}
LABELLED, BOXED = {"folder", "zip", "tar", "manifest", "storage"}, {"imagefolder", "coco", "yolo", "voc"}


def test_every_kind_is_covered():
    shipped = {kind.name for kind in registry if registry.origin(kind.name).startswith("lookoutcv.")}
    assert shipped == set(TARGETS) | RECORDED
    assert len({kind.order for kind in registry}) == len(list(registry))


@pytest.fixture(params=sorted(TARGETS))
def case(request, tmp_path):
    return registry.get(request.param), TARGETS[request.param](tmp_path)


@pytest.fixture(params=sorted(HOLDERS))
def holder(request):
    return HOLDERS[request.param]


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
        assert ref.objects is None or isinstance(ref.objects, TrueObjects)


OPEN = open


class OneByteAtATime(io.FileIO):
    """A disk that gives one byte for every request, as one over the network may give few."""

    def read(self, size=-1, /):
        return super().read(min(size, 1))

    def readinto(self, buffer, /):
        return super().readinto(memoryview(buffer)[:1])


def _slow_open(path, mode="r", buffering=-1, encoding=None, errors=None, newline=None, **how):  # noqa: PLR0917 - as open
    if set(mode) & set("wax+"):
        return OPEN(path, mode, buffering, encoding, errors, newline, **how)
    raw = OneByteAtATime(path, "rb", **how)
    if buffering == 0:
        return raw
    held = io.BufferedReader(raw)
    return held if "b" in mode else io.TextIOWrapper(held, encoding, errors, newline)


def test_every_byte_is_read_from_a_disk_that_gives_one_at_a_time(case, monkeypatch):
    kind, target = case
    expected = [(ref.id, ref.label, ref.objects, ref.load()) for ref in kind.open(target)]
    for module in ("builtins", "io"):
        monkeypatch.setattr(f"{module}.open", _slow_open)
    assert repr([(ref.id, ref.label, ref.objects, ref.load()) for ref in kind.open(target)]) == repr(expected)
    assert [read(ref.load()).width for ref in kind.open(target)] == [8] * len(expected)


def test_labels_are_those_of_the_source(case):
    kind, target = case
    labels = [ref.label for ref in kind.open(target)]
    assert labels == (["cat"] * 3 + ["dog"] * 3 if kind.name in LABELLED else [None] * len(labels))


def test_boxes_are_the_same_whatever_the_form(case):
    kind, target = case
    for ref in kind.open(target):
        assert (ref.objects is not None) == (kind.name in BOXED)
        if ref.objects is not None:
            found = ref.objects.in_pixels(8, 6)
            assert found.labels == ("thing",)
            np.testing.assert_allclose(found.boxes, [[1, 2, 5, 5]], atol=1e-4)


def test_two_iterations_at_once_do_not_disturb_each_other(case):
    kind, target = case
    source = kind.open(target)
    assert [a.id == b.id for a, b in zip(source, source, strict=True)] == [True] * len(list(source))


def test_names_of_any_script_are_read(holder, tmp_path):
    refs = list(open_source(holder(tmp_path, ODD)))
    assert sorted(ref.id.rpartition("/")[2] for ref in refs) == ["a.jpg", "ü 日本 1.jpg"]
    assert [read(ref.load()).width for ref in refs] == [8, 8]


def test_a_broken_image_is_counted_and_skipped(holder, tmp_path):
    records = lo.measure(holder(tmp_path, {**PICTURES, "cat/1.jpg": b"\xff\xd8\xff"}), workers=1, cache=False)
    assert (records.count, records.skipped_count) == (5, 1)
    assert records.skipped[0].id.endswith("cat/1.jpg")


@pytest.mark.parametrize("name", sorted(LISTS))
def test_an_image_that_is_gone_is_counted_and_skipped(name, tmp_path):
    target = TARGETS[name](tmp_path)
    for gone in tmp_path.rglob("1.jpg"):
        gone.unlink()
    records = lo.measure(target, workers=1, cache=False)
    assert (records.count, records.skipped_count, records.skipped[0].reason) == (4, 2, "the file is gone")


def test_an_empty_one_holds_no_images(holder, tmp_path):
    with pytest.raises(NoImages):
        lo.measure(holder(tmp_path, {}), workers=1, cache=False)


@pytest.mark.parametrize("name", sorted(LISTS))
@pytest.mark.parametrize("hostile", ["../secret.jpg", "cat/../../secret.jpg", "/etc/passwd", "..\\secret.jpg", "C:\\a"])
def test_a_list_leads_nowhere_else(name, hostile, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "secret.jpg").write_bytes(PICTURES["cat/1.jpg"])
    target = TARGETS[name](home)
    file = next(one for one in home.rglob("*") if one.suffix in (".csv", ".jsonl", ".json"))
    within = hostile if name == "manifest" else json.dumps(hostile)[1:-1]
    file.write_text(file.read_text(encoding="utf-8").replace("cat/1.jpg", within), encoding="utf-8")
    with pytest.raises(SourceError, match=r"leads out|another machine|URL"):
        open_source(target)


@pytest.mark.parametrize("name", ["zip", "tar"])
@pytest.mark.parametrize("hostile", ["../a.jpg", "/a.jpg", "x/../../a.jpg", "C:/a.jpg", "..\\a.jpg"])
def test_an_archive_leads_nowhere_else(name, hostile, tmp_path):
    with pytest.raises(SourceError, match="leads outside"):
        open_source(TARGETS[name](tmp_path, {hostile: b"x"}))


@pytest.mark.parametrize("name", sorted(HOLDERS.keys() - {"folder", "zip"}))  # these have no options
def test_unknown_options_are_told(name, tmp_path):
    with pytest.raises(ConfigError, match="no option 'splt'"):
        open_source(f"{HOLDERS[name](tmp_path)}?splt=val")
