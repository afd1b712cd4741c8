"""Text in whatever encoding it was saved: the same words come out, and no byte order mark among them."""

import codecs

import pytest

from lookoutcv.files.json_stream import open_json
from lookoutcv.plain_text import composed, encoding_of, open_text, spellings, text_of

TEXT = "path;label\nbär/1.jpg;käfer\nb/2.jpg;owl\n"
FORMS = {
    "utf-8": TEXT.encode(),
    "utf-8 with a mark": TEXT.encode("utf-8-sig"),
    "utf-16": TEXT.encode("utf-16"),
    "utf-16-le with a mark": codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
    "utf-16-be with a mark": codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
    "utf-16-le": TEXT.encode("utf-16-le"),
    "utf-16-be": TEXT.encode("utf-16-be"),
    "utf-32": TEXT.encode("utf-32"),
    "cp1252": TEXT.encode("cp1252"),
}


@pytest.mark.parametrize("form", FORMS)
def test_the_same_text_in_every_encoding(form, tmp_path):
    assert text_of(FORMS[form]) == TEXT
    (tmp_path / "a").write_bytes(FORMS[form])
    if form != "cp1252":  # opened, its lines are mended one by one
        with open_text(str(tmp_path / "a")) as file:
            assert file.read() == TEXT
        with open_json(str(tmp_path / "a")) as stream:
            assert b"".join(iter(lambda: stream.read(7), b"")).decode() == TEXT


def test_bytes_that_no_encoding_has_stay_as_they_are():
    assert text_of(b"a\x81\n") == "a\udc81\n"
    assert encoding_of(b"") == "utf-8"
    assert text_of("日本".encode()) == "日本"


def test_spellings_of_one_name():
    assert "e\u0301" in spellings("\xe9")
    assert "\xe9" in spellings("e\u0301")
    assert composed("e\u0301") == "\xe9"
    assert not list(spellings("e.jpg"))
