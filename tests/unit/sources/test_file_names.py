"""Which files count, in which order, and which folder is a label."""

import pytest

from lookoutcv.sources.file_names import (
    class_root,
    is_candidate,
    is_hidden,
    label_of,
    looks_like_image,
    natural_key,
    printable,
)


def test_numbers_sort_as_numbers():
    names = ["img10.jpg", "img2.jpg", "img02.jpg", "2", "10", "a", "B", "img"]
    assert sorted(names, key=natural_key) == ["2", "10", "B", "a", "img", "img02.jpg", "img2.jpg", "img10.jpg"]


def test_digits_of_other_scripts_sort_without_error():
    assert sorted(["٣", "²", "1", "①x"], key=natural_key)[0] in {"1", "²", "①x", "٣"}


@pytest.mark.parametrize("name", ["a.jpg", "A.JPEG", "a.heic", "a", "ab12cd", "a.weird", "a.svg", "2024.01.02"])
def test_files_that_are_tried(name):
    assert is_candidate(name)


@pytest.mark.parametrize(
    "name", ["a.txt", "labels.CSV", "coco.json", "model.onnx", "b.zip", "README", "LICENSE", "x.mp4"]
)
def test_files_that_are_passed_over(name):
    assert not is_candidate(name)


@pytest.mark.parametrize("name", [".DS_Store", "Thumbs.db", "__MACOSX", ".git", "._a.jpg"])
def test_hidden_and_system_names(name):
    assert is_hidden(name)


def test_unknown_suffixes_do_not_decide_about_classes():
    assert [looks_like_image(n) for n in ("a.jpg", "a", "a.weird", "README")] == [True, True, False, False]


@pytest.mark.parametrize(
    ("parents", "root"),
    [
        ({"cat", "dog"}, ""),
        ({"top/cat", "top/dog"}, "top"),
        ({"a/b/cat", "a/b/dog"}, "a/b"),
        ({"cat"}, None),
        ({"", "cat", "dog"}, None),
        ({""}, None),
        ({"cat", "dog/old"}, None),
        ({"train/cat", "test/cat"}, None),
        (set(), None),
    ],
)
def test_a_folder_per_class(parents, root):
    assert class_root(parents) == root


def test_labels():
    assert label_of("cat/1.jpg", "") == "cat"
    assert label_of("1.jpg", "") is None
    assert label_of("cat/old/1.jpg", "") is None
    assert label_of("top/cat/1.jpg", "top") == "cat"
    assert label_of("cat/1.jpg", None) is None


def test_names_that_are_not_unicode_become_so():
    assert printable(b"caf\xe9.jpg".decode("utf-8", "surrogateescape")) == "caf\\xe9.jpg"
    printable("日本\udcff").encode()
