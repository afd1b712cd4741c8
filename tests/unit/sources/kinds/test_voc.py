"""A folder in the form of Pascal VOC."""

import os
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lookoutcv.errors import BadManifestLine, ConfigError, UnreadableImage
from lookoutcv.sources import notes_of, open_source
from lookoutcv.sources.kinds.voc import objects_in, tree_of

ONE = "<object><name>{}</name>{}<bndbox><xmax>5</xmax><xmin>2</xmin><ymin>3</ymin><ymax>5.0</ymax></bndbox></object>"


def home(folder, *stems, parts=()):
    for name in ("JPEGImages", "Annotations", "ImageSets/Main"):
        (folder / name).mkdir(parents=True)
    for stem in stems:
        (folder / "JPEGImages" / f"{stem}.jpg").write_bytes(b"x")
        (folder / "Annotations" / f"{stem}.xml").write_text(f"<annotation>{ONE.format('dog', '')}</annotation>")
    for part, text in dict(parts).items():
        (folder / "ImageSets" / "Main" / f"{part}.txt").write_text(text)
    return folder


def test_boxes_are_corners_from_zero_and_difficult_ones_do_not_count():
    difficult = ONE.format("cat", "<difficult>1</difficult>")
    easy = ONE.format(" dog ", "<difficult>0</difficult><part><name>head</name></part>")
    found = objects_in(f"<?xml version='1.0'?><annotation>{difficult}{easy}</annotation>".encode())
    assert (found.labels, found.boxes.tolist()) == (("cat", "dog"), [[1, 2, 5, 5], [1, 2, 5, 5]])
    assert (found.crowd, found.relative) == ((True, False), False)
    plain = objects_in(f"<annotation>{easy}</annotation>".encode())
    assert plain.crowd == ()


def test_the_user_chooses_the_part(tmp_path):
    root = home(tmp_path / "v", "10", "9", parts={"val": "10\n\n", "cat_val": "10  1\n9 -1\n", "gone": "x\n"}.items())
    assert [ref.id for ref in open_source(root)] == ["JPEGImages/9.jpg", "JPEGImages/10.jpg"]
    assert [ref.id for ref in open_source(f"{root}?split=val")] == ["JPEGImages/10.jpg"]
    assert open_source(f"{root}?split=val").count() == 1
    assert open_source(f"{root}?split=val").name == f"{root}?split=val"
    assert [ref.id for ref in open_source(f"{root}?split=gone")] == ["JPEGImages/x.jpg"]
    with pytest.raises(ConfigError, match=r"no part 'train'. There are: gone, val\."):
        open_source(f"{root}?split=train")


def test_a_list_names_images_and_no_paths(tmp_path):
    root = home(tmp_path / "v", "1", parts={"val": "1\n../../secret\n"}.items())
    with pytest.raises(BadManifestLine, match=r"line 2: .*not the name of an image"):
        open_source(f"{root}?split=val")
    for hostile in ("../val", "/etc/hosts"):
        with pytest.raises(ConfigError, match="no part"):
            open_source(f"{root}?split={hostile}")


def test_the_years_of_a_devkit_come_one_after_another(tmp_path):
    home(tmp_path / "VOC2012", "1")
    home(tmp_path / "VOC2007", "1")
    assert [ref.id for ref in open_source(tmp_path)] == ["VOC2007/JPEGImages/1.jpg", "VOC2012/JPEGImages/1.jpg"]


def test_an_image_without_a_file_was_looked_at_by_nobody(tmp_path):
    root = home(tmp_path / "v", "1", "2")
    (root / "Annotations" / "1.xml").unlink()
    assert [ref.objects and ref.objects.labels for ref in open_source(root)] == [None, ("dog",)]


def test_a_bad_file_concerns_its_image(tmp_path):
    root = home(tmp_path / "v", "1", "2")
    (root / "Annotations" / "1.xml").write_text("<annotation><object>")
    one, two = open_source(root)
    with pytest.raises(UnreadableImage) as caught:
        one.load()
    assert caught.value.reason == "Annotations/1.xml: not XML, or cut off"
    assert two.load()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes")
def test_a_pipe_or_a_flood_in_place_of_a_file_holds_nothing_up(tmp_path):
    root = home(tmp_path / "v", "1", "2", "3")
    for stem in "12":
        (root / "Annotations" / f"{stem}.xml").unlink()
    os.mkfifo(root / "Annotations" / "1.xml")
    (root / "Annotations" / "2.xml").write_bytes(b" " * 2_000_000)
    reasons = [ref.trouble for ref in open_source(root)]
    assert reasons == ["Annotations/1.xml: not a regular file", "Annotations/2.xml: larger than 1 MiB", ""]


LAUGHS = b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "%s">]><annotation><object><name>&b;</name></object></annotation>'


@pytest.mark.parametrize(
    ("xml", "why"),
    [
        (LAUGHS % (b"&a;" * 1000), "document type"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><annotation/>', "document type"),
        (b"<a>" * 1000 + b"</a>" * 1000, "too deep"),
        (b"<annotation>&b;</annotation>", "not XML"),
        (b"", "not XML"),
        (b"\xff\xfe\x00", "not XML"),
        (b'<?xml version="1.0" encoding="no-such"?><annotation/>', "not XML"),
        (b"<annotation><object><name>a</name></object></annotation>", "without a box"),
        (ONE.format("", "").join(("<a>", "</a>")).encode(), "without a label"),
        (ONE.format("a", "").replace("5<", "nan<").join(("<a>", "</a>")).encode(), "beyond reason"),
        (ONE.format("a", "").replace("5<", "0<").join(("<a>", "</a>")).encode(), "negative size"),
    ],
)
def test_hostile_files_are_refused_at_once(xml, why):
    begun = time.process_time()
    with pytest.raises(ValueError, match=why):
        objects_in(xml)
    assert time.process_time() - begun < 5  # of minutes that expansion would take


def test_corners_are_read_by_the_rule_of_all_numbers():
    sides = "<xmin>1,5</xmin><ymin>2</ymin><xmax>9,25</xmax><ymax>5</ymax>"
    xml = f"<annotation><object><name>dog</name><bndbox>{sides}</bndbox></object></annotation>"
    assert objects_in(xml.encode()).boxes.tolist() == [[0.5, 1.0, 9.25, 5.0]]
    with pytest.raises(ValueError, match="without a box"):
        objects_in(xml.replace("9,25", "9_25").encode())


@given(st.binary(max_size=200) | st.text(alphabet="<>/&;!?[]\"'abc= ", max_size=100).map(str.encode))
def test_any_bytes_are_elements_or_refused(data):
    try:
        tree_of(data)
    except ValueError:
        return
    assert b"<" in data


def test_files_that_count_from_zero_are_read_so():
    zero = (
        "<object><name>a</name><bndbox><xmin>{}</xmin><ymin>{}</ymin><xmax>64</xmax><ymax>48</ymax></bndbox></object>"
    )
    found = objects_in(f"<annotation>{zero.format(0, 0)}{zero.format(10, 20)}</annotation>".encode())
    assert found.boxes.tolist() == [[0, 0, 64, 48], [10, 20, 64, 48]]
    assert objects_in(f"<annotation>{zero.format(1, 1)}</annotation>".encode()).boxes.tolist() == [[0, 0, 64, 48]]


@pytest.mark.parametrize("suffix", [".PNG", ".JPEG", ".Jpg", ".tiff"])
def test_suffixes_in_upper_case_are_found_from_a_list(tmp_path, suffix):
    root = home(tmp_path / "v", "1", parts={"val": f"1\n1{suffix.lower()}\n"}.items())
    (root / "JPEGImages" / "1.jpg").rename(root / "JPEGImages" / f"1{suffix}")
    (root / "Annotations" / "1.xml").rename(root / "Annotations" / "1.XML")
    source = open_source(f"{root}?split=val")
    (ref,) = source
    assert (ref.id, ref.objects.labels, source.count()) == (f"JPEGImages/1{suffix}", ("dog",), 1)
    assert [one.objects.labels for one in open_source(root)] == [("dog",)]


def test_names_with_spaces_and_flags_are_whole_names(tmp_path):
    text = "my photo 1\nother -1\nsheet 0 1\nmy photo 1\n"
    root = home(tmp_path / "v", "my photo 1", "other", "sheet 0", "lone", parts={"val": text}.items())
    source = open_source(f"{root}?split=val")
    assert [ref.id[11:-4] for ref in source] == ["my photo 1", "other", "sheet 0"]
    assert all(ref.objects.labels == ("dog",) for ref in source)
    assert source.notes == (f"{root}/ImageSets/Main/val.txt names images a second time: 1 of its lines are not used.",)


def test_annotations_without_an_image_are_named(tmp_path):
    root = home(tmp_path / "v", "1", "2")
    (root / "JPEGImages" / "2.jpg").unlink()
    assert open_source(root).notes == ("1 file in Annotations has no image of its name: 2.xml.",)


def test_the_size_in_the_file_is_that_of_the_boxes():
    size = "<size><width>{}</width><height>48</height></size>"
    for width, known in (("64", (64, 48)), ("0", None), ("", None), ("x", None)):
        assert objects_in(f"<annotation>{size.format(width)}</annotation>".encode()).size == known


@pytest.mark.parametrize(
    ("images", "marks"),
    [("images", "annotations"), ("images", "Annotations"), ("JPEGImages", "annotations"), ("img", "annotations/xmls")],
)
def test_other_names_of_the_two_folders_are_read_and_said(images, marks, tmp_path):
    root = home(tmp_path / "v", "1", "2")
    (root / marks).parent.mkdir(exist_ok=True)
    (root / "Annotations").rename(root / "moved")
    (root / marks).parent.mkdir(exist_ok=True)
    (root / "moved").rename(root / marks)
    (root / "JPEGImages").rename(root / images)
    source = open_source(root)
    assert [(ref.id, ref.objects.labels) for ref in source] == [(f"{images}/{n}.jpg", ("dog",)) for n in (1, 2)]
    assert notes_of(source) == (f"{root} is read as Pascal VOC: images in {images}, boxes in {marks}.",)


def test_folders_called_so_without_xml_files_are_no_voc(tmp_path):
    root = home(tmp_path / "v", "1")
    (root / "Annotations" / "1.xml").rename(root / "1.xml")
    (root / "JPEGImages").rename(root / "images")
    (root / "Annotations").rename(root / "annotations")
    (root / "annotations" / "instances.json").write_text('{"images": [], "annotations": []}')
    source = open_source(root)
    assert [(ref.id, ref.objects) for ref in source] == [("images/1.jpg", None)]
    assert "annotations/instances.json" in notes_of(source)[0]
