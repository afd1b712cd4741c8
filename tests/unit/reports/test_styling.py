import base64
import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from lookoutcv.errors import UsageError
from lookoutcv.reports.rendering import render
from lookoutcv.reports.styling import load_styling
from lookoutcv.results.drift_report import DriftReport
from report_to_draw import FILE, REPORT


def drawn(template: Path | None = None, **options: object) -> str:
    page = render(REPORT, format="html", template=template, **options)  # type: ignore[call-overload]
    assert isinstance(page, str)
    return page


def write(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def picture(path: Path, size: tuple[int, int] = (1200, 300)) -> Path:
    facts = PngImagePlugin.PngInfo()
    facts.add_text("Author", "a secret name")
    Image.fromarray(np.full((size[1], size[0], 3), (200, 30, 30), np.uint8)).save(path, pnginfo=facts)
    return path


def test_a_logo_is_shown_small_and_brings_nothing_else(tmp_path: Path) -> None:
    page = drawn(logo=picture(tmp_path / "logo.png"))
    (data,) = [one for one in page.split('"') if one.startswith("data:image/png;base64,")]
    content = base64.b64decode(data.partition(",")[2])
    with Image.open(io.BytesIO(content)) as image:
        assert image.size == (384, 96)
    assert b"secret" not in content
    assert 'alt="Logo"' in page
    assert drawn(logo=(tmp_path / "logo.png").read_bytes()) == page


@pytest.mark.parametrize("content", [b"", b"<svg onload='alert(1)'/>", b"\x89PNG\r\n\x1a\n", b"GIF89a" + b"\0" * 20])
def test_what_is_no_picture_is_no_logo(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "logo.png").write_bytes(content)
    with pytest.raises(UsageError, match=r"logo: no picture.*Give a PNG"):
        load_styling(logo=tmp_path / "logo.png")


def test_a_logo_has_limits(tmp_path: Path) -> None:
    (tmp_path / "large.png").write_bytes(b"\x89PNG" + bytes(1 << 20))
    with pytest.raises(UsageError, match="larger than 1 MB"):
        load_styling(logo=tmp_path / "large.png")
    with pytest.raises(UsageError, match="pixels are too many"):
        load_styling(logo=picture(tmp_path / "wide.png", (8000, 4000)))
    with pytest.raises(UsageError, match="logo: "):
        load_styling(logo=tmp_path / "nowhere.png")


def test_a_file_extends_our_page(tmp_path: Path) -> None:
    top = '{% block top %}<p class="firm">Acme & Sons: {{ document.title }}</p>{% endblock %}'
    text = '{% extends "report.html.j2" %}' + top
    page = drawn(write(tmp_path / "acme.html.j2", text))
    assert '<p class="firm">Acme & Sons: Drift report</p>' in page
    assert "What changed?" in page


def test_a_folder_replaces_files_by_name(tmp_path: Path) -> None:
    write(tmp_path / "report.css", "h1 { color: teal }")
    page = drawn(tmp_path)
    assert "h1 { color: teal }" in page
    assert "--paper:" not in page
    write(
        tmp_path / "report.html.j2",
        '<meta http-equiv="Content-Security-Policy" content="{{ policy }}">{{ document.date }}',
    )
    assert drawn(tmp_path).endswith("21 Nov 2026, 07:31 UTC")


def test_text_from_data_stays_text(tmp_path: Path) -> None:
    text = '{% extends "report.html.j2" %}{% block top %}{{ document.subject[0][1] }}{% endblock %}'
    window = "<script>alert(1)</script>"
    hostile = DriftReport.from_dict({**json.loads(json.dumps(raw())), "window": {**raw()["window"], "name": window}})
    page = render(hostile, format="html", template=write(tmp_path / "a.j2", text))
    assert isinstance(page, str)
    assert "<script" not in page


def raw() -> dict[str, dict[str, object]]:
    data = json.loads(FILE.read_text("utf-8"))
    assert isinstance(data, dict)
    return data


CSP = '<meta http-equiv="Content-Security-Policy" content="{{ policy }}">'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{% if %}", "line 1"),
        (CSP + "{{ nothing_of_this_name }}", "nothing_of_this_name"),
        (CSP + "{{ document.__class__.__mro__ }}", "unsafe"),
        (CSP + "{{ ''.__class__.__base__.__subclasses__() }}", "unsafe"),
        (CSP + "{{ document.title | safe }}", "No filter named 'safe'"),
        (CSP + "{{ 1 / 0 }}", "division by zero"),
        (CSP + "{% for i in range(10 ** 9) %}{% endfor %}", "Range too big"),
        (CSP + '{% include "../../../../etc/passwd" %}', "passwd"),
        ("<p>{{ document.title }}</p>", "content security policy"),
    ],
)
def test_a_template_that_cannot_be_used_says_why(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(UsageError, match="template: ") as caught:
        drawn(write(tmp_path / "own.html.j2", text))
    assert says in str(caught.value)


def test_a_template_must_be_there_and_be_text(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not there"):
        load_styling(tmp_path / "nowhere")
    (tmp_path / "bytes.j2").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="cannot be read"):
        load_styling(tmp_path / "bytes.j2")
    write(tmp_path / "huge.j2", "x" * (1 << 20) + "y")
    with pytest.raises(UsageError, match="larger than 1 MB"):
        load_styling(tmp_path / "huge.j2")


def test_other_forms_take_no_notice(tmp_path: Path) -> None:
    with_logo = render(REPORT, format="json", logo=picture(tmp_path / "logo.png"))
    assert with_logo == render(REPORT, format="json")
