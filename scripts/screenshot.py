"""Takes the pictures of docs/images from the reports of `lookout demo`. Needs Chromium or Chrome.

python scripts/screenshot.py
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageChops

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MOST_BYTES = 300_000
MARGIN_PX = 24
EXACT_COLOURS = 64
SCALE = 1.25
WIDTH_PX, HEIGHT_PX = 1128, 3000

# What each picture keeps of the page: the sections with these headings, and whether the page's own heading stays.
PICTURES = {
    "report.png": (("Summary", "Key figures", "What changed"), True),
    "evidence.png": (("Before and after", "Images"), False),
}

# Fewer rows, charts and examples than the page has, so that the pictures stay small.
_KEEP = """
<style>
main {{ padding-bottom: 0 !important }}
main > footer, .changes > :nth-child(n+6), .charts > :nth-child(n+7) {{ display: none }}
.gallery > * > * > :nth-child(n+9), .gallery > * + * > * > :nth-child(n+9) {{ display: none }}
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
        page = (folder / "demo" / "tuesday.html").read_text(encoding="utf-8")
        sizes = [_take(browser, page, folder, picture) for picture in PICTURES]
    return int(max(sizes) > MOST_BYTES)


def _take(browser: str, page: str, folder: Path, picture: str) -> int:
    """One picture, trimmed and reduced to a palette; its size in bytes."""
    headings, header = PICTURES[picture]
    keep = _KEEP.format(headings=list(headings), header="block" if header else "none")
    # The page forbids scripts; this copy of it must run one.
    open_page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
    copy, shot = folder / f"{picture}.html", folder / picture
    copy.write_text(open_page.replace("</body>", f"{keep}</body>"), encoding="utf-8")
    command = [browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
    command += [f"--window-size={WIDTH_PX},{HEIGHT_PX}", f"--force-device-scale-factor={SCALE}"]
    subprocess.run([*command, f"--screenshot={shot}", copy.as_uri()], check=True, capture_output=True)
    trimmed = _trimmed(Image.open(shot).convert("RGB"))
    target = IMAGES / picture
    _reduced(trimmed).save(target, optimize=True)
    size = target.stat().st_size
    print(f"{target}: {trimmed.width} x {trimmed.height} px, {size:,} bytes")
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
