"""A COCO annotation file."""

import json
import tracemalloc
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools import mask as coco_mask

from lookoutcv.errors import BadManifestLine, LookoutError, SourceNotFound, UnreadableSource, WrongKind
from lookoutcv.sources import open_source
from lookoutcv.sources.marks.marked_boxes import DOUBLE

CATS = [{"id": 7, "name": "cat"}, {"id": 3, "name": "dog"}]


def written(folder, images, annotations=(), categories=CATS, name="a.json", **more):
    folder.mkdir(parents=True, exist_ok=True)
    data = {**more, "annotations": list(annotations), "images": images, "categories": categories}
    (folder / name).write_text(json.dumps(data))
    return folder / name


def put(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")


A, B = {"id": 5, "file_name": "a.jpg"}, {"id": "x", "file_name": "b.jpg"}


def box(image, kind=7, corner=(1, 2, 3, 4), **more):
    return {"image_id": image, "category_id": kind, "bbox": list(corner), **more}


def test_boxes_find_their_image_whatever_the_order(tmp_path):
    marks = [box("x"), box(5, 3), box(5, 7, (0, 0, 1, 1)), box(99)]
    a, b = open_source(written(tmp_path, [A, B], marks))
    assert (a.id, a.objects.labels, a.objects.boxes.tolist()) == ("a.jpg", ("dog", "cat"), [[1, 2, 4, 6], [0, 0, 1, 1]])
    assert (b.objects.labels, b.objects.boxes.tolist()) == (("cat",), [[1, 2, 4, 6]])


def test_crowds_are_marked_as_such_and_outlines_become_boxes(tmp_path):
    outline = {"image_id": 5, "category_id": 7, "segmentation": [[1, 2, 5, 2, 5, 9], [0, 3, 1, 3, 1, 4]]}
    nothing = {"image_id": 5, "category_id": 7, "segmentation": {"counts": [2], "size": [1, 2]}}
    (a,) = open_source(written(tmp_path, [A], [box(5, iscrowd=1), outline, nothing]))
    assert a.objects.boxes.tolist() == [[1, 2, 4, 6], [0, 2, 5, 9]]
    assert (a.objects.crowd, a.objects.labels[0]) == ((True, False), a.objects.labels[1])


@pytest.mark.parametrize(("flag", "crowd"), [("0", False), ("1", True), (0.0, False), (True, True), ("false", False)])
def test_a_flag_of_a_crowd_may_be_text(tmp_path, flag, crowd):
    (a,) = open_source(written(tmp_path, [A], [box(5, iscrowd=flag)]))
    assert a.objects.crowd == ((True,) if crowd else ())


def test_without_categories_nobody_looked_for_objects(tmp_path):
    (a,) = open_source(written(tmp_path, [A], [{"image_id": 5, "caption": "a cat"}], []))
    assert a.objects is None


@pytest.mark.parametrize(
    ("file", "place"),
    [
        ("a.json", "a.jpg"),
        ("a.json", "images/a.jpg"),
        ("annotations/instances_val2017.json", "val2017/a.jpg"),
        ("annotations/instances_val2017.json", "images/val2017/a.jpg"),
        ("annotations/person.json", "images/a.jpg"),
        ("annotations/person.json", "a.jpg"),
        ("instances_val.json", "images/val/a.jpg"),
    ],
)
def test_the_folder_of_the_images_is_found(tmp_path, file, place):
    put(tmp_path, place)
    path = tmp_path / file
    (ref,) = open_source(written(path.parent, [A], name=path.name))
    with open(ref.load(), "rb") as found:
        assert found.read() == b"x"


def test_the_user_may_name_the_folder_of_the_images(tmp_path):
    put(tmp_path, "else/a.jpg")
    path = written(tmp_path / "home", [{"id": 1, "file_name": str(tmp_path / "else/a.jpg")}])
    with pytest.raises(BadManifestLine, match=r"images, entry 1: .*leads out.*\?images=FOLDER"):
        open_source(path)
    (ref,) = open_source(f"{path}?images={tmp_path / 'else'}")
    assert ref.id == "a.jpg"


def test_a_folder_as_roboflow_writes_it(tmp_path):
    put(tmp_path, "a.jpg")
    written(tmp_path, [A], [box(5)], name="_annotations.coco.json")
    (ref,) = open_source(tmp_path)
    assert ref.objects.labels == ("cat",)


@pytest.mark.parametrize(
    ("images", "marks", "kinds", "why"),
    [
        ([A, A], [], CATS, "images, entry 2: the id 5 is there a second time"),
        ([A, {"id": 6, "file_name": "./a.jpg"}], [], CATS, "entry 2: 'a.jpg' is there a second time"),
        ([A, {"id": 6}], [], CATS, "entry 2: no file_name"),
        ([A, 3], [], CATS, "entry 2: not a JSON object"),
        ([A], [box(5), box(5, 4)], CATS, "annotations, entry 2: category 4"),
        ([A], [box(5, corner=(1, 2, 3))], CATS, "entry 1: a box is not four numbers"),
        ([A], [box(5, corner=(1, 2, -3, 4))], CATS, "negative size"),
        ([A], [], [{"id": 1}], "categories, entry 1"),
    ],
)
def test_a_bad_entry_is_named(tmp_path, images, marks, kinds, why):
    with pytest.raises(BadManifestLine, match=why):
        list(open_source(written(tmp_path, images, marks, kinds)))


@pytest.mark.parametrize("text", ['{"images": [{"id": 1', '{"images": 3 4}', "", "nonsense", '{"images": [' + "[" * 99])
def test_what_is_no_json_is_said_plainly(tmp_path, text):
    (tmp_path / "a.json").write_text(text)
    with pytest.raises((UnreadableSource, SourceNotFound, BadManifestLine)):
        open_source(tmp_path / "a.json")


def test_other_json_is_said_plainly(tmp_path):
    (tmp_path / "a.json").write_text('{"settings": 3}')
    with pytest.raises(SourceNotFound, match="no COCO annotation file"):
        open_source(tmp_path / "a.json")
    (tmp_path / "a.json").write_text('[{"id": "a.jpg"}]')
    with pytest.raises(SourceNotFound, match="as Label Studio and others export it"):
        open_source(tmp_path / "a.json")
    (tmp_path / "a.json").write_text('[{"id": "a.jpg", "content_hash": "0"}]')
    with pytest.raises(WrongKind, match=r"records\.parquet"):
        open_source(tmp_path / "a.json")


def test_outlines_stay_out_of_memory(tmp_path):
    outline = [[float(i) for i in range(400)]]
    images = [{"id": i, "file_name": f"{i}.jpg"} for i in range(200)]
    path = written(tmp_path, images, [box(i % 200, segmentation=outline) for i in range(600)])
    open_source(path)  # what is imported on first use is not the file's
    tracemalloc.start()
    source = open_source(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert source.count() == 200
    assert peak < path.stat().st_size / 3


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "file_name", "bbox"]), inner),
    max_leaves=8,
)


@settings(max_examples=50)
@given(st.fixed_dictionaries({"images": JSON}, optional={"annotations": JSON, "categories": JSON}))
def test_any_json_is_a_source_or_refused(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("coco") / "a.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    with suppress(LookoutError):
        assert all(ref.id for ref in open_source(path))


def test_ids_are_one_whether_text_or_numbers(tmp_path):
    marks = [box("5"), box(5.0, "3"), box(5, 7.0, (0, 0, 1, 1))]
    (a,) = open_source(written(tmp_path, [A], marks))
    assert a.objects.labels == ("cat", "dog", "cat")
    with pytest.raises(BadManifestLine, match="the id 5 is there a second time"):
        open_source(written(tmp_path, [A, {"id": "5", "file_name": "b.jpg"}]))


MASK = {"size": [48, 64], "counts": [48 * 3 + 2, 5, 43, 5, 48 * 59 - 7]}


def test_an_object_without_a_box_has_that_of_its_mask(tmp_path):
    text = coco_mask.frPyObjects(MASK, 48, 64)["counts"].decode()
    forms = [MASK, {**MASK, "counts": text}, [[3, 2, 5, 2, 5, 7]], [3, 2, 5, 2, 5, 7]]
    nowhere = ({}, {"bbox": None}, {"bbox": []}, {"bbox": [None] * 4}, {"bbox": [0, 0, 0, 0]})
    for form in forms:
        for no_box in nowhere:
            mark = {"image_id": 5, "category_id": 7, "segmentation": form, **no_box}
            (a,) = open_source(written(tmp_path, [{**A, "width": 64, "height": 48}], [mark]))
            assert (a.objects.boxes.tolist(), a.objects.size) == ([[3, 2, 5, 7]], (64, 48))


def test_what_is_not_used_is_counted_and_named(tmp_path):
    empty = {"image_id": 5, "category_id": 7, "segmentation": {"size": [2, 2], "counts": [4]}}
    marks = [box(5), box(99), {"image_id": "x", "category_id": 7, "bbox": None}, box(98), empty, box(5)]
    path = written(tmp_path, [A, B], marks)
    source = open_source(path)
    assert source.notes == (
        f"Left out of {path}: 2 annotations of images that the file does not list, the first is entry 2.",
        f"Left out of {path}: 2 annotations that have neither a box nor an outline, the first is entry 3.",
    )
    a, b = source
    assert (a.objects.left_out, len(a.objects.labels), b.objects.labels) == ({DOUBLE: 1}, 1, ())


def test_nobody_looked_where_annotations_are_missing(tmp_path):
    for text, looked in (("", False), (', "annotations": null', False), (', "annotations": []', True)):
        whole = f'{{"images": [{json.dumps(A)}], "categories": {json.dumps(CATS)}{text}}}'
        (tmp_path / "a.json").write_text(whole)
        (a,) = open_source(tmp_path / "a.json")
        assert (a.objects is not None) == looked
    (a,) = open_source(written(tmp_path, [A], [{"image_id": 5, "category_id": 7}]))
    assert a.objects is None
    captions = open_source(written(tmp_path, [A], [{"image_id": 5, "caption": "a cat"}], []))
    assert captions.notes == (f"{tmp_path}/a.json has 1 annotations and no categories: they are not read.",)


@pytest.mark.parametrize(
    ("mask", "why"),
    [
        ({"counts": [1]}, "without its size"),
        ({"size": [48, 64], "counts": [48 * 64 + 1]}, "do not fit its size"),
        ({"size": [48, 64], "counts": [-1, 3]}, "do not fit its size"),
        ({"size": [48, 64], "counts": "\u20ac"}, "no such text"),
        ({"size": [48, 64], "counts": "oooooooooo"}, "no such text"),
        ({"size": [48, 64], "counts": "o"}, "cut off"),
        ({"size": [64, 48], "counts": [1]}, "48 x 64 px in an image of 64 x 48"),
    ],
)
def test_masks_that_are_none_are_named(tmp_path, mask, why):
    mark = {"image_id": 5, "category_id": 7, "segmentation": mask}
    with pytest.raises(BadManifestLine, match=f"annotations, entry 1: .*{why}"):
        open_source(written(tmp_path, [{**A, "width": 64, "height": 48}], [mark]))
