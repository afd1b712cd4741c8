"""Annotations as other people's tools export them: the boxes are right, and what is not read is named."""

import csv
import json

import pytest
from PIL import Image

import lookoutcv as lo
from lookoutcv.errors import BadManifestLine, NoImages, SourceNotFound
from lookoutcv.sources import notes_of, open_source

SIZE = (64, 48)


def put(folder, name, content=None):
    """A file; a drawn picture where there is no content."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if content is None:
        Image.new("RGB", SIZE).save(path)
    elif isinstance(content, list) and content and isinstance(content[0], tuple):
        with open(path, "w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(content)
    else:
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def read(target):
    """Of each image that is there: label, boxes, labels and the declared size."""
    refs = list(open_source(target))
    assert all((ref.load() and True) for ref in refs)
    return [
        (ref.id, ref.label, ref.objects and (ref.objects.boxes.tolist(), list(ref.objects.labels), ref.objects.size))
        for ref in refs
    ]


def coco(**image):
    return {
        "images": [{"id": 7, "width": 64, "height": 48, "file_name": "a.jpg", **image}],
        "categories": [{"id": 0, "name": "cat", "supercategory": None}],
        "annotations": [{"id": 1, "image_id": 7, "category_id": 0, "bbox": [1, 2, 3, 4], "segmentation": []}],
    }


CAT = ([[1, 2, 4, 6]], ["cat"], SIZE)


def test_roboflow_tables_of_boxes(tmp_path):
    put(tmp_path, "a.jpg")
    names = ("filename", "width", "height", "class", "xmin", "ymin", "xmax", "ymax")
    rows = [names, ("a.jpg", 64, 48, "cat", 1, 2, 4, 6), ("a.jpg", 64, 48, "dog", 3, 4, 30, 40)]
    boxes = ([[1, 2, 4, 6], [3, 4, 30, 40]], ["cat", "dog"], SIZE)
    assert read(put(tmp_path, "_annotations.csv", rows)) == [("a.jpg", None, boxes)]


def test_roboflow_tables_of_classes_are_not_read_and_it_is_said(tmp_path):
    for name in ("a.jpg", "b.jpg"):
        put(tmp_path, name)
    table = put(tmp_path, "_classes.csv", "filename, cat, dog\na.jpg, 1, 0\nb.jpg, 0, 1\n")
    assert notes_of(open_source(table)) == (
        "No column is a label; cat, dog hold 0 and 1 and are tags. Write the class in a column label.",
    )


@pytest.mark.parametrize("place", ["data/a.jpg", "a.jpg", "images/a.jpg"])
def test_fiftyone_keeps_images_in_data(place, tmp_path):
    put(tmp_path, place)
    assert read(put(tmp_path, "labels.json", coco())) == [("a.jpg", None, CAT)]


def test_cvat_keeps_images_below_the_name_of_the_part(tmp_path):
    put(tmp_path, "images/default/a.jpg")
    assert read(put(tmp_path, "annotations/instances_default.json", coco())) == [("a.jpg", None, CAT)]


LABELME = {"shapes": [], "imagePath": "a.jpg"}
BESIDE = "1 text, XML or JSON files in "
NOT_READ = {
    "CVAT": ("annotations.xml. CVAT", {"images/a.jpg": None, "annotations.xml": "<annotations><image/></annotations>"}),
    "CVAT's YOLO 1.1": (
        BESIDE,
        {"obj_train_data/a.jpg": None, "obj_train_data/a.txt": "0 .5 .5 .1 .1", "obj.names": "a"},
    ),
    "LabelMe": (BESIDE, {"a.jpg": None, "a.json": LABELME}),
    "Supervisely": (BESIDE, {"ds/img/a.jpg": None, "ds/ann/a.jpg.json": {"objects": []}, "meta.json": {"classes": []}}),
    "Label Studio's YOLO": (
        BESIDE,
        {"images/a.jpg": None, "labels/a.txt": "", "classes.txt": "cat", "notes.json": {"categories": []}},
    ),
}


@pytest.mark.parametrize(("said", "files"), NOT_READ.values(), ids=NOT_READ)
def test_what_lies_beside_images_and_is_not_read_is_named(said, files, tmp_path):
    for name, content in files.items():
        put(tmp_path, name, content)
    (note,) = notes_of(open_source(tmp_path))
    assert said in note
    assert "COCO" in note


def test_label_studio(tmp_path):
    put(tmp_path, "images/a.jpg")
    choices = [("annotation_id", "choice", "id", "image"), (1, "cat", 1, "images/a.jpg")]
    assert read(put(tmp_path, "choices.csv", choices)) == [("images/a.jpg", "cat", None)]
    regions = json.dumps([{"x": 10, "y": 10, "width": 20, "height": 20, "rectanglelabels": ["cat"]}])
    boxes = put(tmp_path, "boxes.csv", [("image", "id", "label"), ("images/a.jpg", 1, regions)])
    with pytest.raises(BadManifestLine, match="line 2: its label is JSON: export it as COCO"):
        open_source(boxes)
    tasks = put(tmp_path, "export.json", [{"id": 1, "data": {"image": "/data/upload/a.jpg"}, "annotations": []}])
    with pytest.raises(SourceNotFound, match="as Label Studio and others export it"):
        open_source(tasks)


def test_open_images_names_images_without_a_suffix(tmp_path):
    put(tmp_path, "000a.jpg")
    names = ("ImageID", "Source", "LabelName", "Confidence", "XMin", "XMax", "YMin", "YMax")
    rows = [names, ("000a", "x", "/m/01", 1, 0.25, 0.5, 0.125, 0.75)]
    table = put(tmp_path, "boxes.csv", rows)
    assert read(table) == [("000a.jpg", None, ([[0.25, 0.125, 0.5, 0.75]], ["/m/01"], None))]
    assert "taken as shares" in notes_of(open_source(table))[0]


def test_a_competition_keeps_boxes_in_one_cell_and_images_in_a_folder(tmp_path):
    put(tmp_path, "train/w1.jpg")
    rows = [("image_id", "width", "height", "bbox", "label"), ("w1", 64, 48, "[10.0, 5.0, 6.0, 7.0]", "ear")]
    table = put(tmp_path, "train.csv", rows)
    assert read(f"{table}?root={tmp_path}/train") == [("w1.jpg", None, ([[10, 5, 16, 12]], ["ear"], SIZE))]


def test_regions_of_vggs_annotator_are_not_read_and_it_is_said(tmp_path):
    put(tmp_path, "a.jpg")
    shape = json.dumps({"name": "rect", "x": 1, "y": 2, "width": 3, "height": 4})
    table = put(tmp_path, "via.csv", [("filename", "region_shape_attributes"), ("a.jpg", shape)])
    assert notes_of(open_source(table)) == (
        "Columns that look like boxes or masks in a form that is not read are tags: region_shape_attributes.",
    )


def test_a_table_without_a_header_says_so(tmp_path):
    put(tmp_path, "a.jpg")
    with pytest.raises(BadManifestLine, match="Its first line is an image already: write names above it"):
        open_source(put(tmp_path, "retina.csv", "a.jpg,1,2,3,4,cat\n"))


def test_a_table_whose_images_lie_in_another_folder_says_what_to_type(tmp_path):
    put(tmp_path, "images/a.png")
    table = put(tmp_path, "train.csv", "image_id,label\na,0\nb,1\n")
    with pytest.raises(NoImages, match=r"2 x the file is gone.*train\.csv\?root=FOLDER"):
        lo.measure(table)
    assert len(lo.measure(f"{table}?root={tmp_path / 'images'}")) == 1


def test_a_first_line_that_names_no_columns_is_told(tmp_path):
    # keras-retinanet's and other lists: path, box, class, without a header.
    table = put(tmp_path, "train.csv", "a.png,10,10,50,60,cat\na.png,1,1,5,6,cat\n")
    with pytest.raises(BadManifestLine, match="The first line must name the columns, as path,label does"):
        lo.measure(table)
