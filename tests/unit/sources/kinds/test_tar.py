"""A TAR archive of images."""

import gc
import io
import os
import pickle
import tarfile

import numpy as np
import pytest

import lookoutcv as lo
from lookoutcv.errors import ImageTooLarge, UnreadableImage, UnreadableSource, UnsafeArchive
from lookoutcv.images import Limits, thumbnail
from lookoutcv.sources import open_source


def archive(path, names, data=b"x", mode="w"):
    with tarfile.open(path, mode) as file:
        for name in names:
            facts = tarfile.TarInfo(name)
            facts.size = len(data)
            file.addfile(facts, io.BytesIO(data))
    return path


@pytest.mark.parametrize(("suffix", "mode"), [("tar", "w"), ("tar.gz", "w:gz"), ("tbz2", "w:bz2"), ("tar.xz", "w:xz")])
def test_order_labels_and_what_is_passed_over_are_those_of_a_folder(tmp_path, suffix, mode):
    names = ["./top/dog/10.jpg", "top/dog/9.jpg", "top/cat/1.jpg", "top/README", "__MACOSX/top/cat/._1.jpg"]
    source = open_source(archive(tmp_path / f"pets.{suffix}", names, mode=mode))
    refs = list(source)
    assert [(ref.id, ref.label) for ref in refs] == [
        ("top/cat/1.jpg", "cat"),
        ("top/dog/9.jpg", "dog"),
        ("top/dog/10.jpg", "dog"),
    ]
    assert source.name == str(tmp_path / f"pets.{suffix}")
    assert [pickle.loads(pickle.dumps(ref)).load() for ref in refs] == [b"x"] * 3


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_an_archive_is_told_by_its_bytes(tmp_path, mode):
    (ref,) = open_source(archive(tmp_path / "pets.data", ["a.jpg"], mode=mode))
    assert ref.load() == b"x"


def test_the_temporary_file_goes_with_the_last_who_holds_it(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    source = open_source(archive(tmp_path / "a.tgz", ["a.jpg", "b.jpg"], mode="w:gz"))
    first, _ = source
    travelled = pickle.loads(pickle.dumps(first))
    del source, _
    gc.collect()
    assert first.load() == travelled.load() == b"x"
    del first
    gc.collect()
    assert os.listdir(tmp_path / "tmp") == []
    with pytest.raises(UnreadableImage, match="gone"):
        travelled.load()


@pytest.mark.skipif(os.name != "posix", reason="files are held on POSIX only")
def test_what_a_killed_process_left_is_deleted_and_what_is_in_use_is_not(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    names = ("lookoutcv-abcd_123.unpacked", "lookoutcv-x.unpacked", "other.unpacked")
    left, *strange = (tmp_path / "tmp" / name for name in names)
    source = open_source(archive(tmp_path / "a.tgz", ["a.jpg"], mode="w:gz"))
    (in_use,) = (tmp_path / "tmp").iterdir()
    left.write_bytes(b"")
    for path in strange:
        path.write_bytes(b"")
    for path in (in_use, left, *strange):
        os.utime(path, (1, 1))
    again = open_source(tmp_path / "a.tgz")
    assert in_use.exists()
    assert all(path.exists() for path in strange)
    assert not left.exists()
    assert source.count() == again.count() == 1


def test_processes_read_one_temporary_file(tmp_path):
    names = [f"{label}/{i}.jpg" for label in "ab" for i in range(60)]
    path = archive(tmp_path / "a.tgz", names, thumbnail(np.full((8, 8, 3), 90, np.uint8)), "w:gz")
    records = lo.measure(path, workers=2, cache=False, metrics=["exposure.brightness"])
    assert (records.count, records.skipped_count) == (120, 0)


def test_of_a_doubled_name_the_last_counts(tmp_path):
    path = archive(tmp_path / "a.tar", ["a.jpg"], b"old")
    archive(path, ["a.jpg"], b"new", "a")
    (ref,) = open_source(path)
    assert ref.load() == b"new"


def test_a_link_inside_is_passed_over_and_one_that_leads_out_refused(tmp_path):
    def linked(name, target):
        path = archive(tmp_path / name, ["d/a.jpg"])
        with tarfile.open(path, "a") as file:
            facts = tarfile.TarInfo("d/b.jpg")
            facts.type, facts.linkname = tarfile.SYMTYPE, target
            file.addfile(facts)
        return path

    assert [ref.id for ref in open_source(linked("in.tar", "a.jpg"))] == ["d/a.jpg"]
    for number, target in enumerate(("/etc/passwd", "../../a.jpg")):
        with pytest.raises(UnsafeArchive, match="link that leads outside"):
            open_source(linked(f"{number}.tar", target))


def test_an_archive_that_changed_is_noticed(tmp_path):
    path = archive(tmp_path / "a.tar", ["a.jpg"], b"first")
    (ref,) = open_source(path)
    archive(path, ["a.jpg"], b"other one")
    os.utime(path, ns=(1, 1))
    with pytest.raises(UnreadableImage) as caught:
        ref.load()
    assert (caught.value.id, caught.value.reason) == ("a.jpg", "the archive has changed")


def test_a_large_member_is_an_image_error(tmp_path):
    (ref,) = open_source(archive(tmp_path / "a.tar", ["a.jpg"], b"xx"))
    with pytest.raises(ImageTooLarge, match=r"a\.jpg is larger than"):
        ref.load(Limits(max_bytes=1))


def test_what_is_no_archive_is_said_plainly(tmp_path):
    (tmp_path / "a.tar").write_bytes(b"no archive at all" * 100)
    with pytest.raises(UnreadableSource, match="not a TAR archive"):
        open_source(tmp_path / "a.tar")
