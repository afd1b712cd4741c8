"""Options behind a target: what is one, what is part of a name, and what is refused."""

from datetime import date
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lookoutcv.errors import ConfigError, SourceNotFound
from lookoutcv.sources import open_source
from lookoutcv.sources.target_options import chosen, day, parted, typed, whole


@pytest.mark.parametrize(
    ("target", "place", "options"),
    [
        ("a.tar", "a.tar", {}),
        ("a.tar?every=3", "a.tar", {"every": "3"}),
        (Path("a.tar?every=3"), "a.tar", {"every": "3"}),
        ("p/%Y%m%d?since=2026-01-01&until=2026-01-31", "p/%Y%m%d", {"since": "2026-01-01", "until": "2026-01-31"}),
        ("frame_??.png", "frame_??.png", {}),
        ("frame_??.png?every=2", "frame_??.png", {"every": "2"}),
        ("what?.csv", "what?.csv", {}),
        ("a?", "a?", {}),
        ("a.csv?path=", "a.csv", {"path": ""}),
        ("a.csv?path=a%26b%3Fc%25+d", "a.csv", {"path": "a&b?c%+d"}),
        ("s3://bucket/a?every=2", "s3://bucket/a", {"every": "2"}),
        ("zip://a.jpg::https://host/a.zip?t=1", "zip://a.jpg::https://host/a.zip?t=1", {}),
        ("HTTPS://host/a.jpg?token=x", "HTTPS://host/a.jpg?token=x", {}),
    ],
)
def test_options_are_what_stands_behind_the_last_question_mark_as_key_and_value(target, place, options):
    assert parted(target) == (place, options)


def test_a_file_by_the_whole_name_wins(tmp_path):
    file = tmp_path / "a.tar?every=3"
    file.write_bytes(b"")
    assert parted(file) == (str(file), {})


def test_an_option_given_twice_is_refused():
    with pytest.raises(ConfigError, match=r"every is given twice for 'a\.mp4'. Give it once"):
        parted("a.mp4?every=3&every=4")


def test_values_are_read_as_each_kind_says():
    known = {"every": whole, "since": day, "split": chosen("train", "val"), "path": str}
    given_ = {"every": "12", "since": "2026-01-31", "split": "val", "path": ""}
    assert typed(given_, known, "x") == {"every": 12, "since": date(2026, 1, 31), "split": "val", "path": ""}


def test_an_unknown_option_names_the_nearest_and_all():
    with pytest.raises(ConfigError) as caught:
        typed({"evry": "3"}, {"every": whole, "last": str}, "film.mp4?evry=3")
    assert str(caught.value) == "'film.mp4' has no option 'evry'. Did you mean 'every'? Options here: every, last."
    assert caught.value.key == "evry"
    with pytest.raises(ConfigError, match="It takes no options"):
        typed({"every": "3"}, {}, "photos")


@pytest.mark.parametrize(
    ("reader", "text", "wanted"),
    [
        (whole, "0", "a whole number of at least 1"),
        (whole, "-1", "a whole number of at least 1"),
        (whole, "1.5", "a whole number of at least 1"),
        (whole, "٣", "a whole number of at least 1"),
        (whole, "", "a whole number of at least 1"),
        (day, "31.1.2026", "a date such as 2026-01-31"),
        (chosen("a", "b"), "c", "one of a, b"),
    ],
)
def test_a_wrong_value_says_what_is_wanted(reader, text, wanted):
    with pytest.raises(ConfigError) as caught:
        typed({"k": text}, {"k": reader}, f"s3://me:secret@host/a?k={text}")
    assert str(caught.value).endswith(f"is not {wanted}. Give k {wanted}.")
    assert "secret" not in str(caught.value)


def test_a_source_without_options_says_so(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"")
    with pytest.raises(ConfigError, match=r"has no option 'colour'. It takes no options"):
        open_source(f"{tmp_path}/a.jpg?colour=3")
    with pytest.raises(ConfigError, match=r"has no option 'label'. Did you mean 'labels'\? Options here: labels"):
        open_source(f"{tmp_path}?label=parent")
    with pytest.raises(SourceNotFound, match="no file or folder"):
        open_source(f"{tmp_path}/nowhere?colour=3")


@given(st.text(), st.dictionaries(st.from_regex(r"[a-z]{1,5}", fullmatch=True), st.text(max_size=9), max_size=3))
def test_any_text_is_parted_without_a_fall(place, options):
    if "://" not in place and "?" not in place:
        query = "&".join(f"{key}={quote(value)}" for key, value in options.items())
        assert parted(f"{place}?{query}" if query else place) == (place, options)
