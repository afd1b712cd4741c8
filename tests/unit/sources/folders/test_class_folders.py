"""Which folder is a label."""

import pytest

from lookoutcv.sources.folders.class_folders import class_root, label_of


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
        ({"train", "test"}, None),
        ({"set/images", "set/labels"}, None),
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
