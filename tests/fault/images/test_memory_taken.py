"""The memory that hostile inputs really take, measured in a process of its own: small files, large claims."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lookoutcv.images.memory_budget import BYTES_PER_PIXEL

pytestmark = pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="the peak of memory, by Linux")

_SIDE_PX = 3500
_SLACK_BYTES = 24 << 20
# Reads images one after the other, and prints the peak above where it was before each.
_PROGRAM = """
import json, sys
import numpy as np
import lookoutcv as lo
from PIL import AvifImagePlugin, BmpImagePlugin, GifImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin

def told(name):
    return next(int(line.split()[1]) * 1024 for line in open("/proc/self/status") if line.startswith(name))

lo.measure(np.zeros((64, 64, 3), np.uint8))
peaks = {}
for path in sys.argv[1:]:
    open("/proc/self/clear_refs", "w").write("5")
    before = told("VmRSS")
    lo.measure(path, cache=False)
    peaks[path] = told("VmHWM") - before
print(json.dumps(peaks))
"""


def peaks(paths: list[Path]) -> dict[str, int]:
    command = [sys.executable, "-c", _PROGRAM, *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return {Path(path).name: peak for path, peak in json.loads(done.stdout).items()}


def test_no_kind_of_image_takes_more_than_is_counted_for_it(tmp_path: Path) -> None:
    # Other pictures than those from which the numbers are: a smooth one, where those were in blocks.
    rows, columns = np.mgrid[:_SIDE_PX, :_SIDE_PX].astype(np.uint32)
    pixels = np.stack([rows // 14, columns // 14, (rows + columns) // 28], axis=2).astype(np.uint8)
    image = Image.fromarray(pixels)
    alpha = image.convert("RGBA")
    image.save(tmp_path / "jpeg", "JPEG", subsampling=0)
    image.save(tmp_path / "progressive", "JPEG", progressive=True, subsampling=0)
    image.convert("CMYK").save(tmp_path / "cmyk", "JPEG")
    alpha.save(tmp_path / "png", "PNG", compress_level=1)
    alpha.save(tmp_path / "webp", "WebP", save_all=True, append_images=[alpha.rotate(90)], quality=1, method=0)
    palette = image.convert("P")
    palette.save(tmp_path / "gif", "GIF", save_all=True, append_images=[palette.rotate(90)])
    alpha.save(tmp_path / "bmp", "BMP")
    image.convert("CMYK").save(tmp_path / "tiff", "TIFF")
    alpha.save(tmp_path / "avif", "AVIF", speed=10)
    taken = peaks(sorted(tmp_path.iterdir()))
    over = {
        kind: f"{taken[kind] / _SIDE_PX**2:.1f} bytes a pixel"
        for kind in set(BYTES_PER_PIXEL) - {"heic"}
        if taken[kind] > BYTES_PER_PIXEL[kind] * _SIDE_PX**2 + _SLACK_BYTES
    }
    assert not over


_DEEP = "[" * 20_000 + "]" * 20_000
_DEEP_OBJECTS = '{"a":' * 20_000 + "1" + "}" * 20_000
_COCO = '{"images": [{"id": 1, "file_name": "a.png", "x": %s}], "annotations": [], "categories": []}'
_MULTIPLIED = "\n".join(
    ["a0: &a0 [x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)), "names: *a9"]
)


@pytest.mark.parametrize(
    ("name", "text", "arguments"),
    [
        ("coco.json", _COCO % _DEEP, ("measure", "coco.json")),
        ("coco.json", _COCO % _DEEP_OBJECTS, ("measure", "coco.json")),
        (
            "list.json",
            f'[{{"id": "a.png", "x": {_DEEP}}}]',
            ("measure", "images", "--predictions", "list.json"),
        ),
        ("list.jsonl", f'{{"path": "a.png", "x": {_DEEP}}}', ("measure", "list.jsonl")),
        ("list.csv", f'path,objects\na.png,"{_DEEP}"', ("measure", "list.csv")),
        ("report.json", f'{{"format": "lookoutcv.report", "x": {_DEEP}}}', ("show", "report.json")),
        ("data.yaml", f"names: {_DEEP}\ntrain: images", ("measure", "data.yaml")),
        ("data.yaml", f"{_MULTIPLIED}\ntrain: images", ("measure", "data.yaml")),
        ("settings.yaml", f"measure: {_DEEP}", ("--config", "settings.yaml", "measure", "a.png")),
        ("settings.yaml", _MULTIPLIED, ("--config", "settings.yaml", "measure", "a.png")),
    ],
)
def test_texts_nested_deep_are_refused_in_a_line_and_take_little(
    name: str, text: str, arguments: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "images").mkdir()
    for place in ("a.png", "images/a.png"):
        Image.new("RGB", (32, 32)).save(tmp_path / place)
    (tmp_path / name).write_text(text)
    limit = "import re, resource, sys; resource.setrlimit(resource.RLIMIT_DATA, (1 << 29, 1 << 29)); "
    # Not `ru_maxrss`: that is of the process which started this one where it was larger.
    told = "print('PEAK', *re.findall(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read()), file=sys.stderr)"
    program = f"{limit}from lookoutcv.cli.main import main; code = main(sys.argv[1:]); {told}; sys.exit(code)"
    command = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, timeout=120)
    *said, peak = done.stderr.strip().splitlines()
    assert done.returncode in (1, 2), done
    assert said[-1].startswith("lookout: "), said
    assert "should not happen" not in done.stderr
    assert int(peak.removeprefix("PEAK ")) < 300_000
