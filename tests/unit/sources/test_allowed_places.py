"""Paths of another machine: their ends are found below the folder that the user names, and nowhere else."""

import json

import pytest

from lookoutcv.errors import BadManifestLine, UnreadableSource
from lookoutcv.sources import notes_of, open_source

ELSEWHERE = ["/content/foo-1/{}", "C:\\data\\foo\\{}", "\\\\server\\share\\{}", "../../foo/{}", "/{}"]


def put(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")


def places(target):
    return [(ref.id, ref.load()) for ref in open_source(target)]


@pytest.mark.parametrize("path", ELSEWHERE)
def test_a_table(path, tmp_path):
    put(tmp_path / "d", "a/1.jpg", "a/2.jpg", "b/1.jpg")
    names = ("a/1.jpg", "a/2.jpg", "b/1.jpg", "b/gone.jpg")
    (tmp_path / "l.csv").write_text("path\n" + "".join(path.format(name) + "\n" for name in names))
    target = f"{tmp_path}/l.csv?root={tmp_path}/d"
    assert places(target) == [(name, f"{tmp_path}/d/{name}") for name in names]
    (note,) = notes_of(open_source(target))
    assert note.endswith(f"{path.format('a/1.jpg')!r} as 'a/1.jpg'.")
    with pytest.raises(BadManifestLine, match=r"line 2: .*\?root=FOLDER"):
        open_source(tmp_path / "d" / ".." / "l.csv")


@pytest.mark.parametrize("path", ELSEWHERE)
def test_coco(path, tmp_path):
    put(tmp_path / "d", "a/1.jpg")
    images = [{"id": 1, "file_name": path.format("a/1.jpg")}]
    (tmp_path / "c.json").write_text(json.dumps({"images": images, "annotations": [], "categories": []}))
    target = f"{tmp_path}/c.json?images={tmp_path}/d"
    assert places(target) == [("a/1.jpg", f"{tmp_path}/d/a/1.jpg")]
    assert notes_of(open_source(target))[-1].endswith(" as 'a/1.jpg'.")
    with pytest.raises(BadManifestLine, match=r"\?images=FOLDER"):
        open_source(tmp_path / "c.json")


@pytest.mark.parametrize("path", ELSEWHERE[:2])
def test_yolo(path, tmp_path):
    put(tmp_path / "d", "images/val/1.jpg")
    (tmp_path / "d/labels/val").mkdir(parents=True)
    (tmp_path / "d/labels/val/1.txt").write_text("0 0.5 0.5 0.5 0.5\n")
    (tmp_path / "d/val.txt").write_text(path.format("images/val/1.jpg") + "\n")
    for part in (path.format("images/val"), "val.txt", path.format("val.txt")):
        (tmp_path / "data.yaml").write_text(f"val: {part}\nnames: [dog]\n")
        (ref,) = open_source(f"{tmp_path}/data.yaml?root={tmp_path}/d")
        assert (ref.id, ref.objects.labels) == ("images/val/1.jpg", ("dog",))
    (tmp_path / "data.yaml").write_text(f"val: {path.format('images/val')}\nnames: [dog]\n")
    with pytest.raises(UnreadableSource, match=r"\?root=FOLDER"):
        open_source(tmp_path / "data.yaml")


def test_a_root_that_does_not_help_is_not_asked_for_again(tmp_path):
    put(tmp_path, "d/other.jpg")
    (tmp_path / "l.csv").write_text("path\n/home/u/a/1.jpg\n")
    with pytest.raises(BadManifestLine, match=r"no end of '/home/u/a/1.jpg' is there below .* instead of") as failed:
        open_source(f"{tmp_path}/l.csv?root={tmp_path}/d")
    assert "?root" not in str(failed.value)


def test_an_end_stays_below_the_root(tmp_path):
    put(tmp_path, "secret.jpg", "d/1.jpg")
    (tmp_path / "l.csv").write_text("path\n/1.jpg\n../secret.jpg\n")
    with pytest.raises(BadManifestLine, match="line 3: no end of"):
        open_source(f"{tmp_path}/l.csv?root={tmp_path}/d")
