"""Takes the pictures of docs/images from the reports of `lookout demo` and of a week. Needs Chromium or Chrome.

python scripts/screenshot.py
"""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import typst
from PIL import Image, ImageChops

import lookoutcv as lo
from lookoutcv.corruptions.blur import defocus
from lookoutcv.corruptions.light import darken
from lookoutcv.demo.photographs import Pixels, photograph

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MOST_BYTES = 200_000
MARGIN_PX = 24
EXACT_COLOURS = 64
SCALE = 1.25
WIDTH_PX, HEIGHT_PX = 1128, 3000
PAPER_PPI = 230


@dataclass(frozen=True)
class Shot:
    """What a picture keeps of a page: the sections with these headings, and whether the page's own heading stays."""

    page: str
    sections: tuple[str, ...]
    header: bool = True


PICTURES = {
    "report.png": Shot("demo/tuesday.html", ("Summary", "What changed")),
    "evidence.png": Shot("demo/tuesday.html", ("Before and after", "Images"), header=False),
    "index.png": Shot("week/index.html", ("Drift", "What moved most", "Every report")),
}
# The week of index.png: a lamp that goes out slowly, and then the focus too. 80 images a day.
WEEK = (None, None, None, None, (1, 0), (2, 0), (2, 1))

# Fewer rows, charts and examples than the page has, so that the pictures stay small.
_KEEP = """
<style>
main {{ padding-bottom: 0 !important }}
main > footer, .changes > :nth-child(n+5), .charts > :nth-child(n+4) {{ display: none }}
.gallery > * > * > :nth-child(n+9), .gallery:has(> * + *) > * > * > :nth-child(n+5) {{ display: none }}
main > header {{ display: {header} }}
</style>
<script>
for (const section of document.querySelectorAll("main > section"))
  if (!{headings}.includes(section.querySelector("h2")?.textContent)) section.remove();
</script>
"""


def main() -> int:
    """Make every picture; the exit code says whether all of them are small enough."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        print(f"No browser found; install one of {', '.join(BROWSERS)}.", file=sys.stderr)
        return 1
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # From inside the folder, so that the reports show short names.
        subprocess.run([sys.executable, "-m", "lookoutcv", "demo", "--out", "demo"], cwd=folder, check=True)
        _week(folder)
        sizes = [_take(browser, folder, picture) for picture in PICTURES]
        sizes.append(_paper(folder))
    return int(max(sizes) > MOST_BYTES)


def _week(folder: Path) -> None:
    """Seven reports and their index."""
    base = lo.load(folder / "demo" / "baseline.parquet")
    (folder / "week").mkdir()
    with contextlib.chdir(folder):
        for number, steps in enumerate(WEEK):
            day = f"2026-03-{2 + number:02}"
            fault = None if steps is None else partial(_worn, steps)
            photograph(Path("production") / day.replace("-", ""), 80, seed=60 + number, fault=fault)
            report = lo.monitor(f"production/%Y%m%d?since={day}&until={day}", baseline=base, cache=False)
            lo.render(report, f"week/{day}.json")
        lo.index("week", "week/index.html")


def _worn(steps: tuple[int, int], pixels: Pixels) -> Pixels:
    dark = darken(pixels, steps[0])
    return defocus(dark, steps[1]) if steps[1] else dark


def _paper(folder: Path) -> int:
    """The first two pages of the report as PDF, side by side."""
    lo.render(lo.load(folder / "demo" / "tuesday.json"), folder / "tuesday.pdf")
    pages = ", ".join(f'box(fill: white, image("tuesday.pdf", page: {page}, width: 400pt))' for page in (1, 2))
    desk = '#set page(width: auto, height: auto, margin: 12pt, fill: rgb("#d9dde3"))'
    sheet = f"{desk}\n#grid(columns: 2, gutter: 12pt, {pages})"
    (folder / "paper.typ").write_text(sheet, encoding="utf-8")
    (folder / "paper.png").write_bytes(typst.compile(str(folder / "paper.typ"), format="png", ppi=PAPER_PPI))
    large = Image.open(folder / "paper.png").convert("RGB")
    # Made large and reduced: small type is drawn better so.
    half = large.resize((large.width // 2, large.height // 2), Image.Resampling.LANCZOS)
    return _kept(half, "pdf.png")


def _take(browser: str, folder: Path, picture: str) -> int:
    """One picture, trimmed and reduced to a palette; its size in bytes."""
    shown = PICTURES[picture]
    page = (folder / shown.page).read_text(encoding="utf-8")
    keep = _KEEP.format(headings=list(shown.sections), header="block" if shown.header else "none")
    # The page forbids scripts; this copy of it must run one.
    open_page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
    copy, shot = folder / f"{picture}.html", folder / picture
    copy.write_text(open_page.replace("</body>", f"{keep}</body>"), encoding="utf-8")
    command = [browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
    command += [f"--window-size={WIDTH_PX},{HEIGHT_PX}", f"--force-device-scale-factor={SCALE}"]
    subprocess.run([*command, f"--screenshot={shot}", copy.as_uri()], check=True, capture_output=True)
    return _kept(_trimmed(Image.open(shot).convert("RGB")), picture)


def _kept(picture: Image.Image, name: str) -> int:
    target = IMAGES / name
    _reduced(picture).save(target, optimize=True)
    size = target.stat().st_size
    print(f"{target}: {picture.width} x {picture.height} px, {size:,} bytes")
    return size


def _trimmed(picture: Image.Image) -> Image.Image:
    """Without the empty margin below, and with an equal one on the other sides."""
    empty = Image.new("RGB", picture.size, picture.getpixel((0, 0)))
    box = ImageChops.difference(picture, empty).getbbox() or (0, 0, *picture.size)
    left, top, right, bottom = box
    sides = (max(left - MARGIN_PX, 0), max(top - MARGIN_PX, 0), right + MARGIN_PX, bottom + MARGIN_PX)
    return picture.crop((sides[0], sides[1], min(sides[2], picture.width), min(sides[3], picture.height)))


def _reduced(picture: Image.Image) -> Image.Image:
    """In 256 colours. The most frequent ones are kept as they are: a chart's pale areas must stay distinct."""
    colours, counts = np.unique(np.asarray(picture).reshape(-1, 3), axis=0, return_counts=True)
    exact = colours[np.argsort(-counts, kind="stable")][:EXACT_COLOURS].ravel().tolist()
    others = 256 - EXACT_COLOURS
    mixed = picture.quantize(others, method=Image.Quantize.MEDIANCUT).getpalette() or []
    palette = Image.new("P", (1, 1))
    palette.putpalette((exact + mixed)[: 3 * 256])
    return picture.quantize(palette=palette, dither=Image.Dither.NONE)


if __name__ == "__main__":
    sys.exit(main())
