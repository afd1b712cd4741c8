"""A small data set for each kind of source, made where it is needed: what a person would have, in a few kilobytes."""

import io
import json
import tarfile
import zipfile

import numpy as np

from lookoutcv.images import thumbnail

PICTURES = {
    f"{label}/{i}.jpg": thumbnail(np.full((6, 8, 3), 20 * i + shade, np.uint8))
    for shade, label in enumerate(("cat", "dog"))
    for i in (1, 2, 10)
}
ODD = {"dåg/ü 日本 1.jpg": PICTURES["dog/1.jpg"], "cat/a.jpg": PICTURES["cat/1.jpg"]}
BOX = [1, 2, 4, 3]  # x, y, width, height


def put(path, pictures):
    for name, data in pictures.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(data)
    return path


def folder(path, pictures=PICTURES):
    return put(path, pictures)


def archive(path, pictures=PICTURES):
    with zipfile.ZipFile(path / "a.zip", "w") as file:
        for name, data in pictures.items():
            file.writestr(name, data)
    return path / "a.zip"


def tarred(path, pictures=PICTURES):
    with tarfile.open(path / "a.tar.gz", "w:gz") as file:
        for name, data in pictures.items():
            facts = tarfile.TarInfo(name)
            facts.size = len(data)
            file.addfile(facts, io.BytesIO(data))
    return path / "a.tar.gz"


def single(path):
    (path / "1.jpg").write_bytes(PICTURES["cat/1.jpg"])
    return path / "1.jpg"


def dated(path):
    (path / "20260131").mkdir()
    for name, data in PICTURES.items():
        (path / "20260131" / name.replace("/", "_")).write_bytes(data)
    return f"{path}/%Y%m%d?since=2026-01-01"


def numbered(path):
    for i, data in enumerate(PICTURES.values()):
        (path / f"frame_{i:04d}.jpg").write_bytes(data)
    return f"{path}/frame_%04d.jpg?every=2"


def film(path):
    import cv2

    writer = cv2.VideoWriter(str(path / "a.avi"), cv2.VideoWriter_fourcc(*"MJPG"), 5, (8, 6))
    for level in range(0, 200, 20):
        writer.write(np.full((6, 8, 3), level, np.uint8))
    writer.release()
    return f"{path}/a.avi?every=3"


def films(path):
    film(path)
    return f"{path}/*.avi?every=3"


def manifest(path, pictures=PICTURES):
    put(path, pictures)
    lines = ["path,label,time,camera", *(f"{name},{name.split('/')[0]},2026-03-01,north" for name in pictures)]
    (path / "list.csv").write_text("\n".join(lines), encoding="utf-8")
    return path / "list.csv"


def imagefolder(path, pictures=PICTURES):
    put(path, pictures)
    rows = [{"file_name": name, "objects": {"bbox": [BOX], "categories": ["thing"]}} for name in pictures]
    (path / "metadata.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


def coco(path, pictures=PICTURES):
    put(path / "images", pictures)
    data = {
        "images": [{"id": i, "file_name": name} for i, name in enumerate(pictures)],
        "annotations": [{"id": i, "image_id": i, "category_id": 7, "bbox": BOX} for i in range(len(pictures))],
        "categories": [{"id": 7, "name": "thing"}],
    }
    (path / "instances.json").write_text(json.dumps(data))
    return path / "instances.json"


def yolo(path, pictures=PICTURES):
    put(path / "images" / "val", pictures)
    put(path / "labels" / "val", {name.replace(".jpg", ".txt"): b"0 0.375 0.583333 0.5 0.5" for name in pictures})
    (path / "images" / "val").mkdir(parents=True, exist_ok=True)
    (path / "data.yaml").write_text("path: .\nval: images/val\nnames: [thing]\n")
    return path / "data.yaml"


VOC_XML = b"""<annotation><object><name>thing</name><bndbox><xmin>2</xmin><ymin>3</ymin><xmax>5</xmax><ymax>5</ymax>
</bndbox></object></annotation>"""


def voc(path, pictures=PICTURES):
    (path / "JPEGImages").mkdir()
    (path / "Annotations").mkdir()
    put(path / "JPEGImages", pictures)
    put(path / "Annotations", {name.replace(".jpg", ".xml"): VOC_XML for name in pictures})
    return path


def stored(path):
    return folder(path).as_uri()


# A new kind says here what it opens: the contract is checked on it, and its files are damaged and read.
TARGETS = {
    "folder": folder,
    "zip": archive,
    "tar": tarred,
    "file": single,
    "sequence": lambda path: list(PICTURES.values()),
    "manifest": manifest,
    "imagefolder": imagefolder,
    "coco": coco,
    "yolo": yolo,
    "voc": voc,
    "dated": dated,
    "frames": numbered,
    "storage": stored,
    "video": film,
    "videos": films,
}
