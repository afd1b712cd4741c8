"""A folder of images."""

import os
import pickle

import pytest

from lookoutcv.errors import SourceNotFound
from lookoutcv.sources import open_source
from lookoutcv.sources.kinds.folder import FolderSource


def tree(root, *names):
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return root


def ids(source):
    return [ref.id for ref in source]


def test_images_come_in_natural_order_of_their_paths(tmp_path):
    tree(tmp_path, "b/10.jpg", "b/9.jpg", "a.png", "c", "b/sub/1.webp", "10.jpg", "9.jpg")
    source = open_source(tmp_path)
    assert ids(source) == ["9.jpg", "10.jpg", "a.png", "b/9.jpg", "b/10.jpg", "b/sub/1.webp", "c"]
    assert source.count() == 7
    assert source.name == str(tmp_path)
    assert {ref.label for ref in source} == {None}


def test_other_files_are_passed_over_and_unknown_ones_tried(tmp_path):
    tree(tmp_path, "a.jpg", "labels.csv", "README", ".DS_Store", "__MACOSX/a.jpg", "Thumbs.db", ".git/a.jpg", "b.odd")
    assert ids(open_source(tmp_path)) == ["a.jpg", "b.odd"]


def test_a_folder_per_class_gives_labels(tmp_path):
    tree(tmp_path, "cat/1.jpg", "dog/1.jpg", "dog/odd.xyz", "notes.odd", "README", "empty.txt")
    labels = {ref.id: ref.label for ref in open_source(tmp_path)}
    assert labels == {"cat/1.jpg": "cat", "dog/1.jpg": "dog", "dog/odd.xyz": "dog", "notes.odd": None}


def test_a_single_folder_around_the_classes_is_looked_through(tmp_path):
    tree(tmp_path, "pets/cat/1.jpg", "pets/dog/1.jpg")
    assert [ref.label for ref in open_source(tmp_path)] == ["cat", "dog"]


def test_references_travel_and_load_a_path(tmp_path):
    tree(tmp_path, "a b/ü.jpg")
    (ref,) = open_source(str(tmp_path))
    again = pickle.loads(pickle.dumps(ref))
    assert again == ref
    assert os.path.samefile(again.load(), tmp_path / "a b" / "ü.jpg")
    assert len(pickle.dumps(ref)) < 500


@pytest.mark.skipif(os.name != "posix", reason="POSIX links")
def test_links_are_followed_and_circles_end(tmp_path):
    tree(tmp_path, "real/a.jpg")
    (tmp_path / "real" / "up").symlink_to(tmp_path)
    (tmp_path / "again").symlink_to(tmp_path / "real")
    (tmp_path / "b.jpg").symlink_to(tmp_path / "real" / "a.jpg")
    (tmp_path / "dangling.jpg").symlink_to(tmp_path / "gone.jpg")
    assert ids(open_source(tmp_path)) == ["again/a.jpg", "b.jpg", "dangling.jpg"]


@pytest.mark.skipif(os.name != "posix", reason="POSIX file names")
def test_names_that_are_not_unicode_are_read_and_shown(tmp_path):
    path = os.path.join(os.fsencode(tmp_path), b"caf\xe9.jpg")
    try:
        with open(path, "wb") as file:
            file.write(b"x")
    except OSError:
        pytest.skip("this file system takes Unicode names only")
    (ref,) = open_source(tmp_path)
    assert ref.id == "caf\\xe9.jpg"
    with open(pickle.loads(pickle.dumps(ref)).load(), "rb") as file:
        assert file.read() == b"x"


def test_an_empty_folder_holds_nothing(tmp_path):
    assert (ids(open_source(tmp_path)), open_source(tmp_path).count()) == ([], 0)


def test_deep_trees_are_walked_without_recursion(tmp_path):
    deep = tmp_path.joinpath(*["d"] * 200)
    deep.mkdir(parents=True)
    (deep / "a.jpg").write_bytes(b"x")
    assert ids(open_source(tmp_path)) == ["d/" * 200 + "a.jpg"]


def test_no_folder_is_said_plainly(tmp_path):
    with pytest.raises(SourceNotFound, match="there is no folder"):
        FolderSource(str(tmp_path / "gone"))
    with pytest.raises(SourceNotFound, match="Check the path"):
        open_source(tmp_path / "gone")
