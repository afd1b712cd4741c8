"""Which folder is a label, and what is said of the others."""

import pytest

from lookoutcv.sources.folders.class_folders import ClassFolders

PARTS = "The folders 'train', 'val' are taken for parts of a data set"
IN_PARTS = f"{PARTS}, those in them, 'a', 'b', for classes."
SAY_SO = "put ?labels=parent behind the name of the source."


@pytest.mark.parametrize(
    ("parents", "roots"),
    [
        ({"cat", "dog"}, {""}),
        ({"top/cat", "top/dog"}, {"top"}),
        ({"a/b/cat", "a/b/dog"}, {"a/b"}),
        ({"cat"}, set()),
        ({"", "cat", "dog"}, set()),
        ({""}, set()),
        ({"cat", "dog/old"}, set()),
        ({"train", "test"}, set()),
        ({"set/images", "set/labels"}, set()),
        (set(), set()),
        # Parts, cameras and days that hold classes.
        ({"train/cat", "train/dog", "test/cat", "test/dog"}, {"train", "test"}),
        ({"set/train/cat", "set/train/dog", "set/val/dog"}, {"set/train", "set/val"}),
        ({"cam1/ok", "cam1/nok", "cam2/ok"}, {"cam1", "cam2"}),
        ({"2026-03-01/ok", "2026-03-01/nok", "2026-03-02/ok"}, {"2026-03-01", "2026-03-02"}),
        # Images of a part that nobody sorted.
        ({"train/cat", "train/dog", "test"}, {"train"}),
        ({"train/cat", "train/dog", "val/dog", "test/unknown"}, {"train", "val"}),
        # Not these.
        ({"train/cat", "test/cat"}, set()),
        ({"train/images", "train/labels", "val/images", "val/labels"}, set()),
        ({"cam1/2026-03-01", "cam1/2026-03-02", "cam2/2026-03-01"}, set()),
        ({"train/cat", "train/dog", "val/fish", "val/bird"}, set()),
        ({"hall/ok", "hall/nok", "yard/ok", "yard/nok"}, set()),
        ({"images/train", "images/val", "labels/train"}, set()),
        ({"images/cat", "images/dog", "masks/cat", "masks/dog"}, set()),
    ],
)
def test_a_folder_per_class(parents, roots):
    assert ClassFolders.of(parents).roots == roots


@pytest.mark.parametrize(
    ("parents", "notes"),
    [
        ({"cat", "dog"}, ()),
        ({"train", "val"}, (f"{PARTS}, not for classes: no labels. Give one of them by itself.",)),
        (
            {f"{part}/{name}" for part in ("train", "val") for name in "ab"},
            (IN_PARTS,),
        ),
        (
            {"train/a", "train/b", "test"},
            (
                "The folders 'test', 'train' are taken for parts of a data set, those in them, 'a', 'b', for classes. "
                "Images in 'test' have no labels.",
            ),
        ),
        (
            {"hall/ok", "hall/nok", "yard/ok"},
            (
                "The folders 'nok', 'ok' lie in several others and are not taken for classes: no labels. If they are, "
                + SAY_SO,
            ),
        ),
        (
            {"cam1", "cam2"},
            (
                "The folders 'cam1', 'cam2' are taken for cameras, not for classes: no labels. If they are classes, "
                + SAY_SO,
            ),
        ),
    ],
)
def test_what_is_said(parents, notes):
    assert ClassFolders.of(parents).notes == notes


@pytest.mark.parametrize(
    ("reading", "labels"),
    [
        ("auto", [None, "a", "b", None]),
        ("parent", [None, "a", "b", "x"]),
        ("top", [None, "train", "val", "test"]),
        ("none", [None] * 4),
    ],
)
def test_labels(reading, labels):
    tree = ClassFolders.of({"train/a", "train/b", "val/a", "val/b", "test/x"}, reading)
    assert [tree.label(id) for id in ("1.jpg", "train/a/1.jpg", "val/b/1.jpg", "test/x/1.jpg")] == labels
