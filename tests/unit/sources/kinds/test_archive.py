"""A ZIP archive of images."""

import pickle
import zipfile

import pytest

from lookoutcv.errors import ImageTooLarge, UnreadableImage, UnsafeArchive
from lookoutcv.images import Limits
from lookoutcv.sources import open_source


def archive(path, names, data=b"x"):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name in names:
            file.writestr(name, data)
    return path


def test_order_labels_and_what_is_passed_over_are_those_of_a_folder(tmp_path):
    names = ["top/dog/10.jpg", "top/dog/9.jpg", "top/cat/1.jpg", "top/README", "__MACOSX/top/cat/._1.jpg", "top/in.zip"]
    source = open_source(archive(tmp_path / "pets.zip", names))
    assert [(ref.id, ref.label) for ref in source] == [
        ("top/cat/1.jpg", "cat"),
        ("top/dog/9.jpg", "dog"),
        ("top/dog/10.jpg", "dog"),
    ]
    assert source.count() == 3
    assert source.name == str(tmp_path / "pets.zip")


def test_an_archive_is_told_by_its_bytes(tmp_path):
    path = archive(tmp_path / "pets.data", ["a.jpg"])
    (ref,) = open_source(path)
    assert pickle.loads(pickle.dumps(ref)).load() == b"x"


def test_an_unsafe_archive_is_refused_on_opening(tmp_path):
    with pytest.raises(UnsafeArchive):
        open_source(archive(tmp_path / "a.zip", ["../a.jpg"]))


def test_a_member_that_cannot_be_read_is_an_image_error(tmp_path):
    path = archive(tmp_path / "a.zip", ["a.jpg"], b"xx")
    (ref,) = open_source(path)
    with pytest.raises(ImageTooLarge, match=r"a\.jpg is larger than"):
        ref.load(Limits(max_bytes=1))
    path.unlink()
    with pytest.raises(UnreadableImage) as caught:
        ref.load()
    assert (caught.value.id, caught.value.reason) == ("a.jpg", "the archive is gone")
