"""Which files count, in which order."""

import pytest

from lookoutcv.sources.file_names import (
    is_candidate,
    is_hidden,
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


def test_names_that_are_not_unicode_become_so():
    assert printable(b"caf\xe9.jpg".decode("utf-8", "surrogateescape")) == "caf\\xe9.jpg"
    printable("日本\udcff").encode()
