"""Everything that reads what others made, each with whole files of its kind and the call that reads them.

Plugins are taken from the registries: a new kind of source is damaged by its line in `tiny_sources`, which the contract
asks for, and any kind or model format is given every file here that it says is its own.
"""

from __future__ import annotations

import io
import itertools
import json
import os
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

import lookoutcv as lo
from lookoutcv.images import Limits, read
from lookoutcv.models import Card, package_at
from lookoutcv.models.cards.card import card_path
from lookoutcv.models.cards.label_file import read_labels
from lookoutcv.models.formats.base import registry as model_formats
from lookoutcv.monitoring.policies import policy_of
from lookoutcv.sources import registry as sources
from tiny_models import (
    linear_weights,
    onnx_classifier,
    onnx_weights_elsewhere,
    tflite_mean,
    tflite_metadata,
    torchscript_mean,
)
from tiny_packages import hand_packed, zipped
from tiny_sources import PICTURES, TARGETS, put

LIMITS = Limits(max_bytes=10_000_000, max_pixels=2_000_000)
_MOST_IMAGES = 20
_BOUNDED: dict[str, Any] = {
    "workers": 1,
    "cache": False,
    "max_bytes": LIMITS.max_bytes,
    "max_pixels": LIMITS.max_pixels,
}


@dataclass(frozen=True)
class Reader:
    """Something that reads files.

    Args:
        name: What it is called.
        make: Fills a folder with whole files, and gives what is to be read.
        read: Reads it as a user's call would.
    """

    name: str
    make: Callable[[Path], Any]
    read: Callable[[Any], None]


def every_reader() -> list[Reader]:
    """All of them."""
    return [
        *_sources(),
        *_images(),
        *_models(),
        *_tables_of_predictions(),
        *_settings(),
        *_own_files(),
        *_servers(),
        *_logs(),
    ]


# Sources.


def read_source(target: Any) -> None:
    """By every kind that says it reads the target."""
    for kind in sources:
        if kind.opens(target):
            # Another kind may be the right one.
            with suppress(lo.LookoutError):
                _read_as(kind.open(target))
    lo.measure(target, metrics="geometry", **_BOUNDED)


def _read_as(source: Any) -> None:
    if hasattr(source, "records"):
        _drain(source.records())
        return
    source.count()
    for ref in itertools.islice(source, _MOST_IMAGES):
        _read_ref(ref)


def _read_ref(ref: Any) -> None:
    assert isinstance(ref.id, str)
    ref.id.encode()
    if ref.objects is not None:
        ref.objects.in_pixels(8, 6)
    try:
        found = (
            ref.load(LIMITS) if hasattr(type(ref), "__slots__") and "limits" in _parameters(ref.load) else ref.load()
        )
        read(found, limits=LIMITS)
    except lo.LookoutError:
        pass


def _parameters(function: Any) -> tuple[str, ...]:
    return tuple(function.__code__.co_varnames[: function.__code__.co_argcount])


def _drain(batches: Iterator[Any]) -> None:
    for _ in itertools.islice(batches, _MOST_IMAGES):
        pass


def _sources() -> Iterator[Reader]:
    for name, make in TARGETS.items():
        if name not in ("sequence", "storage"):  # objects in memory; a folder under another name
            yield Reader(f"source {name}", make, read_source)
    yield from (Reader(f"source {make.__name__.strip('_')}", make, read_source) for make in (_plain_tar, _split_voc))
    for ending in ("tsv", "jsonl", "parquet"):
        yield Reader(f"source list.{ending}", _list(ending), read_source)
    for ending, code in (("mp4", "mp4v"), ("mkv", "mp4v"), ("mov", "mp4v")):
        yield Reader(f"source film.{ending}", _film(ending, code), read_source)


def _plain_tar(path: Path) -> Path:
    import tarfile

    with tarfile.open(path / "a.tar", "w", format=tarfile.PAX_FORMAT) as file:
        for name, data in PICTURES.items():
            facts = tarfile.TarInfo(name)
            facts.size, facts.pax_headers = len(data), {"comment": "é"}
            file.addfile(facts, io.BytesIO(data))
    return path / "a.tar"


def _split_voc(path: Path) -> str:
    TARGETS["voc"](path)
    (path / "ImageSets" / "Main").mkdir(parents=True)
    names = [name.removesuffix(".jpg") for name in PICTURES]
    (path / "ImageSets" / "Main" / "val.txt").write_text("\n".join(names))
    (path / "ImageSets" / "Main" / "cat_val.txt").write_text("\n".join(f"{name}  1" for name in names))
    return f"{path}?split=val"


def _list(ending: str) -> Callable[[Path], Path]:
    def make(path: Path) -> Path:
        put(path, PICTURES)
        rows = [
            {
                "path": name,
                "label": name[:3],
                "time": "2026-03-01T10:00:00Z",
                "objects": [{"box": [1, 2, 3, 4], "label": "x"}],
            }
            for name in PICTURES
        ]
        file = path / f"list.{ending}"
        flat = [{**row, "objects": json.dumps(row["objects"])} for row in rows]
        if ending == "parquet":
            pq.write_table(pa.Table.from_pylist(flat), file)
        elif ending in ("txt", "lst"):
            file.write_text("\n".join(PICTURES))
        elif ending == "tsv":
            file.write_text(
                "\n".join("\t".join(map(str, cells)) for cells in [rows[0].keys(), *(r.values() for r in flat)])
            )
        else:
            file.write_text("\n".join(map(json.dumps, rows)) if ending == "jsonl" else json.dumps(rows))
        return file

    return make


def _film(ending: str, code: str) -> Callable[[Path], str]:
    def make(path: Path) -> str:
        import cv2

        file = path / f"a.{ending}"
        writer = cv2.VideoWriter(str(file), cv2.VideoWriter_fourcc(*code), 5, (64, 48))  # type: ignore[attr-defined]
        for level in range(0, 200, 20):
            writer.write(np.full((48, 64, 3), level, np.uint8))
        writer.release()
        return f"{file}?every=3"

    return make


# Images.


def images() -> dict[str, bytes]:
    """Small files of every format that is read, in its variants."""
    random = np.random.default_rng(0)
    smooth = np.linspace(0, 200, 61 * 47).reshape(47, 61)[..., None] + random.integers(0, 50, (47, 61, 3))
    colour = Image.fromarray(smooth.astype(np.uint8))
    exif = Image.Exif()
    exif.update({0x010F: "ACME", 0x0110: "One", 0x0112: 6, 0x0132: "2026:01:02 03:04:05"})
    grey, alpha, palette = colour.convert("L"), colour.convert("RGBA"), colour.quantize(32)
    deep = Image.fromarray((smooth[..., 0] * 256).astype(np.uint16))
    frames: dict[str, Any] = {"save_all": True, "append_images": [colour.rotate(90), colour.rotate(180)]}
    pages = [palette.rotate(90), palette.rotate(180)]
    found = {
        "jpeg": _saved(colour, "JPEG", exif=exif, xmp=_XMP),
        "jpeg progressive": _saved(colour, "JPEG", progressive=True, quality=90, subsampling=0),
        "jpeg restart": _saved(colour, "JPEG", restart_marker_blocks=2),
        "jpeg grey": _saved(grey, "JPEG"),
        "jpeg cmyk": _saved(colour.convert("CMYK"), "JPEG"),
        "png": _saved(colour, "PNG", exif=exif),
        "png alpha": _saved(alpha, "PNG"),
        "png palette": _saved(palette, "PNG", transparency=3),
        "png 16": _saved(deep, "PNG"),
        "png 1": _saved(grey.convert("1"), "PNG"),
        "webp": _saved(colour, "WEBP", exif=exif, xmp=_XMP),
        "webp lossless": _saved(alpha, "WEBP", lossless=True),
        "webp animation": _saved(colour, "WEBP", **frames),
        "tiff": _saved(colour, "TIFF", exif=exif),
        "tiff lzw": _saved(colour, "TIFF", compression="tiff_lzw"),
        "tiff deflate": _saved(colour, "TIFF", compression="tiff_adobe_deflate"),
        "tiff jpeg": _saved(colour, "TIFF", compression="jpeg"),
        "tiff fax": _saved(grey.convert("1"), "TIFF", compression="group4"),
        "tiff 16": _saved(deep, "TIFF"),
        "tiff pages": _saved(colour, "TIFF", **frames),
        "gif": _saved(palette, "GIF"),
        "gif animation": _saved(palette, "GIF", save_all=True, append_images=pages),
        "bmp": _saved(colour, "BMP"),
        "bmp palette": _saved(palette, "BMP"),
        "avif": _saved(colour, "AVIF", exif=exif),
    }
    try:
        import pi_heif  # noqa: F401
    except ImportError:
        return found
    return {**found, "heic": _HEIC.read_bytes()}


_XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></x:xmpmeta>'
_HEIC = Path(__file__).parent / "unit/images/formats/pictures/turned.heic"


def _saved(image: Image.Image, format: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def _read_image(path: Path) -> None:
    pixels = read(path.read_bytes(), limits=LIMITS).pixels
    assert pixels.dtype == np.uint8
    assert pixels.ndim == 3
    assert pixels.size <= LIMITS.max_pixels * 3


def _images() -> Iterator[Reader]:
    for name, data in images().items():
        yield Reader(f"image {name}", _file("image", lambda path, data=data: path.write_bytes(data)), _read_image)


def _file(name: str, write: Callable[[Path], Any]) -> Callable[[Path], Path]:
    def make(path: Path) -> Path:
        write(path / name)
        return path / name

    return make


# Models and what stands beside them.


def read_model(path: Path) -> None:
    """By every format that says it is its own, and opened as `--model` does: in a process of its own."""
    head = path.read_bytes()[:64]
    for format in model_formats:
        if format.recognises(path, head):
            format.examine(path)
    lo.open_model(path).predict([np.zeros((6, 8, 3), np.uint8)])


_CARD = """\
labels: [red, green, blue]
task: classification
input:
  size: [4, 4]
  scale: 0.1
  colour: RGB
head: logits
"""


def _models() -> Iterator[Reader]:
    yield Reader("model onnx", _file("net.onnx", onnx_classifier), read_model)
    yield Reader("model onnx with weights elsewhere", _file("net.onnx", _weights_elsewhere), read_model)
    yield Reader("model tflite", _file("net.tflite", _described_tflite), read_model)
    yield Reader("model torchscript", _file("net.pt", _torchscript), read_model)
    yield Reader("model package", lambda path: hand_packed(path / "package"), _read_package)
    yield Reader("model package zip", lambda path: zipped(hand_packed(path / "made"), path / "net.zip"), _read_package)
    yield Reader("card yaml", _file("card.yaml", lambda path: path.write_text(_CARD)), lambda path: void(Card.of(path)))
    values = {"labels": ["a", "b"], "input": {"size": [4, 4], "scale": 0.1}, "head": {"yolo": {"classes": 2}}}
    yield Reader(
        "card json",
        _file("card.json", lambda path: path.write_text(json.dumps(values))),
        lambda path: void(Card.of(path)),
    )
    for name, text in {
        "labels.txt": "cat\ndog\n",
        "labels.csv": "0,cat\n1,dog\n",
        "labels.json": '{"0": "cat", "1": "dog"}',
        "labels.yaml": "names:\n  0: cat\n  1: dog\n",
    }.items():
        yield Reader(
            name, _file(name, lambda path, text=text: path.write_text(text)), lambda path: void(read_labels(path))
        )


def _read_package(path: Path) -> None:
    package = package_at(path)
    if package is not None:
        package.verify()
    lo.open_model(path).predict([np.zeros((6, 8, 3), np.uint8)])


def void(_: Any) -> None:
    """Nothing: what is read is not looked at."""


def _weights_elsewhere(path: Path) -> None:
    onnx_weights_elsewhere(path, "weights.bin")
    path.with_name("weights.bin").write_bytes(linear_weights().tobytes())


def _described_tflite(path: Path) -> None:
    tflite_mean(path, metadata=tflite_metadata([127.5], [127.5]))


def _torchscript(path: Path) -> None:
    torchscript_mean(path)
    card_path(path).write_text(_CARD)


# Predictions made elsewhere.


def _tables_of_predictions() -> Iterator[Reader]:
    names = list(PICTURES)
    boxes = [{"path": name, "objects": [{"bbox": [1, 2, 4, 3], "label": "cat", "score": 0.5}]} for name in names]
    classes = [{"path": name, "label": "cat", "confidence": 0.9, "scores": {"cat": 0.9, "dog": 0.1}} for name in names]
    cells = "\n".join(["path,label,confidence,x1,y1,x2,y2", *(f"{name},cat,0.9,1,2,4,5" for name in names)])
    results = [{"image_id": i, "category_id": 7, "bbox": [1, 2, 4, 3], "score": 0.5} for i in range(len(names))]
    files: dict[str, Callable[[Path], Any]] = {
        "boxes.jsonl": lambda path: path.write_text("\n".join(map(json.dumps, boxes))),
        "classes.json": lambda path: path.write_text(json.dumps(classes)),
        "cells.csv": lambda path: path.write_text(cells),
        "boxes.parquet": lambda path: pq.write_table(pa.Table.from_pylist(boxes), path),
        "classes.parquet": lambda path: pq.write_table(pa.Table.from_pylist(classes), path),
    }
    for name, write in files.items():
        yield Reader(f"predictions {name}", _with_pictures(name, write), _read_predictions)
    yield Reader(
        "predictions of COCO",
        lambda path: (
            TARGETS["coco"](path),
            _file("results.json", lambda one: one.write_text(json.dumps(results)))(path),
        )[1],
        lambda path: void(
            lo.measure(
                path.parent / "images",
                predictions=path,
                annotations=path.with_name("instances.json"),
                workers=1,
                cache=False,
                metrics="geometry",
            )
        ),
    )


def _with_pictures(name: str, write: Callable[[Path], Any]) -> Callable[[Path], Path]:
    def make(path: Path) -> Path:
        put(path / "images", PICTURES)
        return _file(name, write)(path)

    return make


def _read_predictions(path: Path) -> None:
    lo.measure(path.parent / "images", predictions=path, workers=1, cache=False, metrics="geometry")


# Settings.


_SETTINGS = """\
measure:
  workers: 2
  cache: off
monitor:
  baseline: baseline.parquet
  fail_on: high
log:
  directory: ${HOME}/logs
"""
_POLICY = "rule: calibrated\nalpha: 0.01\n"


def _settings() -> Iterator[Reader]:
    yield Reader(
        "lookout.yaml",
        _file("lookout.yaml", lambda path: path.write_text(_SETTINGS)),
        lambda path: void(lo.load_config(path)),
    )
    yield Reader(
        "policy", _file("policy.yaml", lambda path: path.write_text(_POLICY)), lambda path: void(policy_of(path))
    )


# What we wrote, and somebody changed.


def _own_files() -> Iterator[Reader]:
    yield Reader("baseline.parquet", _made("baseline.parquet"), use_file)
    yield Reader("baseline.json", _made("baseline.json"), use_file)
    yield Reader("records.parquet", _made("records.parquet"), use_file)
    yield Reader("report.json", _made("report.json"), use_file)


_whole: dict[str, bytes] = {}


def _made(name: str) -> Callable[[Path], Path]:
    def make(path: Path) -> Path:
        if not _whole:
            put(path / "images", PICTURES)
            options: dict[str, Any] = {"workers": 1, "cache": False}
            baseline = lo.baseline(path / "images", **options)
            baseline.save(path / "baseline.parquet")
            baseline.save(path / "baseline.json")
            lo.measure(path / "images", output=path / "records.parquet", **options)
            lo.render(lo.monitor(path / "images", baseline=baseline, **options), path / "report.json")
            _whole.update({file.name: file.read_bytes() for file in path.iterdir() if file.is_file()})
            for file in path.iterdir():
                if file.is_file():
                    file.unlink()
        (path / name).write_bytes(_whole[name])
        return path / name

    return make


def use_file(path: Path) -> None:
    """Load it, and do with it what a person does."""
    found = lo.load(path)
    if isinstance(found, lo.DriftReport):
        for format in ("terminal", "html", "json"):
            lo.render(found, format=format)
    elif isinstance(found, lo.Baseline):
        lo.compare(found, found, workers=1)


# What a server answers: the bytes that it sends, from the first line on.


def _servers() -> Iterator[Reader]:
    picture = next(iter(PICTURES.values()))
    yield Reader(
        "answer with an image",
        _file("answer", lambda path: path.write_bytes(_answer("image/jpeg", picture))),
        lambda path: _asked(path, "http://127.0.0.1:{port}/a.jpg"),
    )
    try:
        import s3fs  # noqa: F401
    except ImportError:
        return
    listing = (
        '<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        "<Name>b</Name><Prefix>x/</Prefix><KeyCount>1</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated>"
        "<Contents><Key>x/a.jpg</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><Size>{size}</Size>"
        "</Contents></ListBucketResult>"
    )
    yield Reader(
        "answer with a listing",
        _file(
            "answer",
            lambda path: path.write_bytes(_answer("application/xml", listing.format(size=len(picture)).encode())),
        ),
        lambda path: _asked(path, "s3://b/x/"),
    )


def _answer(kind: str, data: bytes) -> bytes:
    lines = ("HTTP/1.1 200 OK", f"Content-Type: {kind}", f"Content-Length: {len(data)}", "Connection: close", "", "")
    return "\r\n".join(lines).encode() + data


_NO_SUCH = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def _asked(answer: Path, url: str) -> None:
    """Read a URL of a server that sends a file's bytes whatever it is asked for."""
    data = answer.read_bytes()
    picture = _answer("image/jpeg", next(iter(PICTURES.values())))

    class Handler(socketserver.StreamRequestHandler):
        timeout = 5

        def handle(self) -> None:
            with suppress(OSError):
                asked = self.rfile.readline(65_536)
                while self.rfile.readline(65_536).strip():
                    pass
                is_object = url.startswith("s3:") and b"list-type" not in asked
                self.wfile.write(_NO_SUCH if asked.startswith(b"HEAD") else picture if is_object else data)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        port = server.server_address[1]
        os.environ.update(
            AWS_ENDPOINT_URL=f"http://127.0.0.1:{port}",
            AWS_ACCESS_KEY_ID="a",
            AWS_SECRET_ACCESS_KEY="b",
            AWS_DEFAULT_REGION="us-east-1",
            AWS_MAX_ATTEMPTS="1",
        )
        try:
            lo.measure(url.format(port=port), metrics="geometry", **_BOUNDED)
        finally:
            server.shutdown()
            thread.join()


# The log.


def _logs() -> Iterator[Reader]:
    try:
        import deltalake  # noqa: F401
    except ImportError:
        return
    yield Reader("log", _log, _read_log)
    yield Reader("query of the log", _query, _ask_log)
    yield Reader("log's labels", _labels, lambda path: void(lo.open_log(path.parent / "log").label(path, dry_run=True)))
    yield Reader(
        "log of another program", _plain_log, lambda path: void(lo.open_log(path.parent / "log").import_(path))
    )


def _log(path: Path) -> Path:
    with lo.ClassificationLogger("cats", enabled_metrics=[], directory=path / "log") as log:
        for i in range(5):
            log.log_prediction(None, "cat", 0.9, f"{i}.jpg")
    return path / "log"


def _read_log(path: Path) -> None:
    log = lo.open_log(path)
    log.list()
    log.read()
    log.tail(n=3)
    log.plot("confidence", by="day")


_SQL = """\
SELECT label, count(*) AS n, avg(confidence) FROM log WHERE id LIKE '%.jpg' AND confidence > 0.5 OR id IN ('a', 'b')
GROUP BY label ORDER BY n DESC LIMIT 3 -- a comment
"""


def _query(path: Path) -> Path:
    _log(path)
    return _file("query.sql", lambda file: file.write_text(_SQL))(path)


def _ask_log(path: Path) -> None:
    lo.open_log(path.parent / "log").query(path.read_text(encoding="utf-8", errors="replace"), limit=5)


def _labels(path: Path) -> Path:
    _log(path)
    return _file("labels.csv", lambda file: file.write_text("id,label\n0.jpg,cat\n1.jpg,dog\n"))(path)


def _plain_log(path: Path) -> Path:
    rows = [
        {"timestamp": "2026-01-01T00:00:00", "image_name": f"{i}.jpg", "pred_class": "a", "confidence": 0.5}
        for i in range(4)
    ]
    return _file("cats_logs_12.parquet", lambda file: pq.write_table(pa.Table.from_pylist(rows), file))(path)
