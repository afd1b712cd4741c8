"""A YOLO data set."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lookoutcv.errors import BadManifestLine, ConfigError, SourceNotFound, UnreadableImage, UnreadableSource
from lookoutcv.sources import notes_of, open_source
from lookoutcv.sources.marks.marked_boxes import DOUBLE
from lookoutcv.sources.marks.yolo_labels import box_of


def put(folder, *names, data=b"x"):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def described(folder, text="val: images/val\nnames: [cat, dog]\n"):
    (folder / "data.yaml").write_text(text)
    return folder / "data.yaml"


def ids(target):
    return [ref.id for ref in open_source(target)]


@pytest.mark.parametrize("names", ["[cat, dog]", "{0: cat, 1: dog}", "\n  0: cat\n  1: dog"])
def test_classes_are_a_list_or_a_mapping(tmp_path, names):
    put(tmp_path, "images/val/a.jpg")
    put(tmp_path, "labels/val/a.txt", data=b"1 0.5 0.5 0.2 0.4\n0 0 0 1 0 1 0.5 0 0.5\n\n")
    (ref,) = open_source(described(tmp_path, f"val: images/val\nnames: {names}\n"))
    assert ref.objects.labels == ("dog", "cat")
    assert ref.objects.relative
    found = ref.objects.in_pixels(100, 10).boxes.round(3).tolist()
    assert found == [[40, 3, 60, 7], [0, 0, 100, 5]]


def test_the_user_chooses_the_part(tmp_path):
    put(tmp_path, "images/train/b.jpg", "images/val/10.jpg", "images/val/9.jpg")
    target = described(tmp_path, "path: .\ntrain: images/train\nval: images/val\ntest:\nnames: [cat]\n")
    assert ids(target) == ["images/val/9.jpg", "images/val/10.jpg"]
    assert open_source(target).name == f"{target}?split=val"
    assert ids(f"{target}?split=train") == ["images/train/b.jpg"]
    assert ids(f"{target}?split=all") == ["images/train/b.jpg", "images/val/9.jpg", "images/val/10.jpg"]
    with pytest.raises(ConfigError, match="There are: val, train, all"):
        open_source(f"{target}?split=test")


def test_a_part_may_be_several_folders_or_a_list_of_images(tmp_path):
    put(tmp_path, "a/images/1.jpg", "b/images/2.jpg")
    put(tmp_path, "a/labels/1.txt", data=b"0 0.5 0.5 1 1")
    assert ids(described(tmp_path, "val: [a/images, b/images]\nnames: [cat]\n")) == ["a/images/1.jpg", "b/images/2.jpg"]
    (tmp_path / "val.txt").write_text("./b/images/2.jpg\n\na/images/1.jpg\n")
    two, one = open_source(described(tmp_path, "val: val.txt\nnames: [cat]\n"))
    assert (two.id, two.objects) == ("b/images/2.jpg", None)
    assert one.objects.labels == ("cat",)
    (tmp_path / "val.txt").write_text("a/images/1.jpg\n../x.jpg\n")
    with pytest.raises(BadManifestLine, match=r"line 2: .*leads out.*\?root=FOLDER"):
        ids(tmp_path / "data.yaml")


def test_no_label_file_means_nothing_there_where_somebody_looked(tmp_path):
    put(tmp_path, "images/val/a.jpg", "images/val/b.jpg")
    assert [ref.objects for ref in open_source(described(tmp_path))] == [None, None]
    put(tmp_path, "labels/val/a.txt", data=b"")
    assert [ref.objects.labels for ref in open_source(tmp_path / "data.yaml")] == [(), ()]


def test_a_bad_label_file_concerns_its_image(tmp_path):
    put(tmp_path, "images/val/a.jpg", "images/val/b.jpg")
    for text, why in {
        b"0 0.5 0.5 0.2 0.4\n2 0.5 0.5 0.2 0.4": "line 2: class 2 is not in names",
        b"0 320 240 20 40": "line 1: a number outside 0 to 1",
        b"0 0.5 0.5 0.2": "line 1: 3 numbers",
        b"0 0.5 0.5 nan 0.2": "line 1: a number outside",
        b"cat 0.5 0.5 0.2 0.2": "line 1: not numbers",
        b"inf 0.5 0.5 0.2 0.2": "line 1: class inf",
        b"0 0.5 0.5 0.2 0.2\n" * 10_001: "line 10001: more than 10000 objects",
        b"\xff" * 2_000_000: "larger than 1 MiB",
    }.items():
        put(tmp_path, "labels/val/a.txt", data=text)
        a, b = open_source(described(tmp_path))
        with pytest.raises(UnreadableImage) as caught:
            a.load()
        assert why in caught.value.reason
        assert caught.value.reason.startswith("labels/val/a.txt")
        assert b.load()


def test_numbers_of_labels_are_read_by_the_rule_of_all_numbers(tmp_path):
    put(tmp_path, "images/val/a.jpg", "images/val/b.jpg")
    put(tmp_path, "labels/val/a.txt", data=b"0 0,5 0,5 0,25 0,5\n")
    put(tmp_path, "labels/val/b.txt", data=b"0 0.5 0.5 0.2_5 0.5\n")
    a, b = open_source(described(tmp_path))
    assert a.objects.boxes.tolist() == [[0.375, 0.25, 0.625, 0.75]]
    with pytest.raises(UnreadableImage, match="line 1: not numbers"):
        b.load()


def test_poses_have_a_box_first(tmp_path):
    put(tmp_path, "images/val/a.jpg")
    put(tmp_path, "labels/val/a.txt", data=b"0 0.5 0.5 1 1 0.1 0.2 2 0.3 0.4 1")
    (ref,) = open_source(described(tmp_path, "val: images/val\nkpt_shape: [2, 3]\nnames: [cat]\n"))
    assert ref.objects.boxes.tolist() == [[0, 0, 1, 1]]


@pytest.mark.parametrize("path", ["/content/data", "../elsewhere", "gone", "."])
def test_a_path_of_the_machine_that_wrote_it_is_the_folder_of_the_file(tmp_path, path):
    put(tmp_path, "valid/images/a.jpg")
    assert ids(described(tmp_path, f"path: {path}\nval: ../valid/images\nnames: [cat]\n")) == ["valid/images/a.jpg"]


def test_a_file_leads_nowhere_else_unless_the_user_says_so(tmp_path):
    put(tmp_path, "secret/images/a.jpg", "home/x")
    for text in (tmp_path / "secret/images", "../../secret", "/etc"):
        with pytest.raises(UnreadableSource, match=r"leads out.*\?root=FOLDER"):
            open_source(described(tmp_path / "home", f"val: {text}\nnames: [cat]\n"))
    target = described(tmp_path / "home", "path: /content\nval: images\nnames: [cat]\n")
    assert ids(f"{target}?root={tmp_path / 'secret'}") == ["images/a.jpg"]


@pytest.mark.parametrize(
    ("text", "error", "why"),
    [
        ("val: 3\nnames: [cat]\n", ConfigError, "val is not a folder"),
        ("val: images\nnames: cat\n", ConfigError, "neither a list nor a mapping"),
        ("val: images\nnames: {a: cat}\n", ConfigError, "names|invalid literal"),
        ("val: images\nnames: [[cat]]\n", ConfigError, "no text"),
        ("val:\nnames: [cat]\n", ConfigError, "no folder under train, val or test"),
        ("val: gone\nnames: [cat]\n", SourceNotFound, "leads to .*gone"),
        ("val: images\nnames: [cat\n", ConfigError, "not YAML"),
    ],
)
def test_a_wrong_file_says_what_is_wrong(tmp_path, text, error, why):
    put(tmp_path, "images/a.jpg")
    with pytest.raises(error, match=why):
        open_source(described(tmp_path, text))


def test_other_settings_files_are_no_data_sets(tmp_path):
    assert type(open_source(described(tmp_path, "metrics: noise\n"))).__name__ == "FileSource"


@given(st.lists(st.floats(0.1, 0.9), min_size=6, max_size=40))
def test_a_polygon_lies_in_its_box(numbers):
    numbers = numbers[: len(numbers) // 2 * 2]
    left, top, right, bottom = box_of(numbers)
    assert all(left <= x <= right for x in numbers[::2])
    assert all(top <= y <= bottom for y in numbers[1::2])


@given(st.lists(st.floats(), max_size=12), st.booleans())
def test_any_numbers_are_a_box_or_refused(numbers, poses):
    try:
        left, top, right, bottom = box_of(numbers, poses)
    except ValueError:
        return
    assert left <= right
    assert top <= bottom


def test_a_row_that_is_there_twice_is_one_object(tmp_path):
    put(tmp_path, "images/val/a.jpg")
    put(tmp_path, "labels/val/a.txt", data=b"1 0.5 0.5 0.2 0.4\n1 0.5 0.5 0.2 0.4\n0 0.5 0.5 0.2 0.4\n")
    (ref,) = open_source(described(tmp_path))
    assert ref.objects.labels == ("dog", "cat")
    assert ref.objects.left_out == {DOUBLE: 1}


def test_a_list_that_names_an_image_twice_gives_it_once(tmp_path):
    put(tmp_path, "images/a.jpg", "images/b.jpg")
    (tmp_path / "val.txt").write_text("images/a.jpg\nimages/b.jpg\n./images/a.jpg\n")
    source = open_source(described(tmp_path, "val: val.txt\nnames: [cat]\n"))
    assert ([ref.id for ref in source], source.count()) == (["images/a.jpg", "images/b.jpg"], 2)
    assert source.notes == (f"{tmp_path}/data.yaml names images a second time: 1 of the names are not used.",)


@pytest.mark.parametrize("names", ["[no, yes]", "{0: no, 1: yes}", "\n  - no\n  - yes"])
def test_yes_and_no_are_names(tmp_path, names):
    put(tmp_path, "images/val/a.jpg")
    put(tmp_path, "labels/val/a.TXT", data=b"1 0.5 0.5 0.2 0.4\n0 0.5 0.5 0.2 0.4\n")
    (ref,) = open_source(described(tmp_path, f"val: images/val\nnc: 2\nnames: {names}\n"))
    assert ref.objects.labels == ("yes", "no")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("nc: 2\n", "names is missing"),
        ("nc: 3\nnames: [cat, dog]\n", "nc is 3, and names has 2 classes"),
    ],
)
def test_names_are_as_many_as_it_declares(tmp_path, text, why):
    put(tmp_path, "images/val/a.jpg")
    with pytest.raises(ConfigError, match=why):
        open_source(described(tmp_path, f"val: images/val\n{text}"))


def test_label_files_without_an_image_are_counted_and_named(tmp_path):
    """As a data set is left when pictures are deleted; names of classes beside the labels are no label file."""
    for part in ("train", "val"):
        for folder in ("images", "labels"):
            (tmp_path / folder / part).mkdir(parents=True)
        (tmp_path / "images" / part / "bär.jpg").write_bytes(b"")
        for name in ("ba\u0308r", "gone", f"gone-{part}", "classes"):
            (tmp_path / "labels" / part / f"{name}.txt").write_text("0 0.5 0.5 0.5 0.5\n")
    data = tmp_path / "data.yaml"
    data.write_text("train: images/train\nval: images/val\nnames: [dog]\n")
    assert notes_of(open_source(data)) == (
        "2 label files have no image of their name, the first is labels/val/gone-val.txt.",
    )
    (note,) = notes_of(open_source(f"{data}?split=all"))
    assert note.startswith("4 label files have no image of their name, the first is ")
