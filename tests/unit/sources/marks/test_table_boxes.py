"""Boxes in tables, in any of the usual forms."""

import json

import numpy as np
import pytest
from PIL import Image

import lookoutcv as lo
from lookoutcv.errors import BadManifestLine
from lookoutcv.sources import open_source

FORMS = {
    "x1,y1,x2,y2": "10,20,40,60",
    "xmin,xmax,ymin,ymax": "10,40,20,60",
    "left,top,right,bottom": "10,20,40,60",
    "x,y,width,height": "10,20,30,40",
    "X,Y,W,H": "10,20,30,40",
    "bbox_x,bbox_y,bbox_width,bbox_height": "10,20,30,40",
    "cx,cy,w,h": "25,40,30,40",
    "x_center,y_center,width,height": "25,40,30,40",
    "bbox": '"[10, 20, 30, 40]"',
    "box": "10 20 30 40",
}
NOTHING = {name: '""' if "," not in name else ",,," for name in FORMS}


def table(folder, *lines, name="t.csv"):
    (folder / name).write_text("\n".join(lines) + "\n")
    return folder / name


@pytest.mark.parametrize("columns", FORMS)
def test_any_usual_form_is_a_box(tmp_path, columns):
    box, none = FORMS[columns], NOTHING[columns]
    a, b = open_source(
        table(tmp_path, f"path,{columns},label", f"a.jpg,{box},cat", f"a.jpg,{box},dog", f"b.jpg,{none},")
    )
    assert (a.objects.boxes.tolist(), a.objects.labels) == ([[10, 20, 40, 60]] * 2, ("cat", "dog"))
    assert (b.objects.labels, a.tags, a.objects.relative) == ((), {}, False)


def test_a_cell_of_json_lines_may_be_a_list_or_an_object(tmp_path):
    boxes = [[10, 20, 30, 40], {"xmin": 10, "ymin": 20, "xmax": 40, "ymax": 60}]
    lines = [json.dumps({"path": f"{n}.jpg", "bbox": box, "label": "cat"}) for n, box in enumerate(boxes)]
    assert [ref.objects.boxes.tolist() for ref in open_source(table(tmp_path, *lines, name="t.jsonl"))] == [
        [[10, 20, 40, 60]]
    ] * 2


@pytest.mark.parametrize("cell", ["1 2 3", "[a, b, c, d]", "1 2 -3 4"])
def test_what_is_no_box_is_named_with_its_line(tmp_path, cell):
    with pytest.raises(BadManifestLine, match=r"line 2.*(four numbers|negative size)"):
        open_source(table(tmp_path, "path,bbox,label", f'a.jpg,"{cell}",cat'))


def test_sizes_without_a_label_are_tags_and_said(tmp_path):
    source = open_source(table(tmp_path, "path,x,y,width,height", "a.jpg,1,2,3,4"))
    (ref,) = source
    assert (ref.objects, ref.tags["width"]) == (None, "3")
    assert source.notes[-1].startswith("No column says what is in the boxes: x, y, width, height are tags.")


SHARES = {
    "xmin,ymin,xmax,ymax": ("0.1,0.2,0.5,1", "0,0,1,1"),
    "x,y,w,h": ("0.1,0.2,0.4,0.8", "0,0,1,1"),
}


@pytest.mark.parametrize("columns", SHARES)
def test_boxes_within_0_to_1_are_shares_of_the_sides(tmp_path, columns):
    for name in ("a.png", "b.png"):
        Image.fromarray(np.zeros((50, 200, 3), np.uint8)).save(tmp_path / name)
    part, whole = SHARES[columns]
    path = table(tmp_path, f"path,{columns},class", f"a.png,{part},cat", f"b.png,{whole},cat")
    records = lo.measure(path, metrics=["noise"], workers=1)
    true = [[row[0][side] for side in ("x1", "y1", "x2", "y2")] for row in records.table["true_objects"].to_pylist()]
    assert np.allclose(true, [[20, 10, 100, 50], [0, 0, 200, 50]])
    assert any("shares of the images' sides" in note for note in records.notes)


def test_pixels_stay_pixels(tmp_path):
    for last in ("3,4,50,60", "0,0,1,1"):
        path = table(tmp_path, "path,x1,y1,x2,y2,class", "a.png,0,0,1,1,cat", f"b.png,{last},cat")
        assert not any(ref.objects.relative for ref in open_source(path))


def test_shares_in_a_cell_of_objects(tmp_path):
    cell = json.dumps([{"box": [0.25, 0, 1, 0.5], "label": "cat"}])
    path = table(tmp_path, json.dumps({"path": "a.png", "objects": cell}), name="t.jsonl")
    (ref,) = open_source(path)
    assert ref.objects.in_pixels(200, 100).boxes.tolist() == [[50, 0, 200, 50]]
