from __future__ import annotations

import unicodedata

from lookoutcv.reports.parts.display_text import counted, shortened, visible


def test_what_cannot_be_seen_is_spelled_out() -> None:
    assert visible("a\nb\t\x7f\x85") == "a\\nb\\t\\x7f\\x85"
    assert visible("\u202e\u2066\u200f\ufeff\u00ad") == "\\u202e\\u2066\\u200f\\ufeff\\xad"
    assert visible("\ud800") == "\\ud800"
    assert visible("\u2028\U000e0001") == "\\u2028\\U000e0001"


def test_every_script_is_left_alone() -> None:
    for text in ("", "plain", "Ärger", "صورة", "שלום", "图像", "👩\u200d🔬", "می\u200cخواهم"):
        assert visible(text) == text


def test_no_control_character_passes() -> None:
    everything = visible("".join(map(chr, range(0x3000))))
    assert not {c for c in everything if unicodedata.category(c) in ("Cc", "Zl", "Zp", "Cs")}


def test_the_middle_is_left_out() -> None:
    assert shortened("x" * 72) == "x" * 72
    long = shortened("a" * 50 + "b" * 50)
    assert len(long) == 72
    assert long.startswith("a")
    assert long.endswith("b")


def test_counts() -> None:
    assert counted(0, "image") == "0 images"
    assert counted(1, "copy", "copies") == "1 copy"
