"""Folders and files with dates in their names."""

import pickle
from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lookoutcv import clock
from lookoutcv.errors import ConfigError, SourceNotFound
from lookoutcv.images import thumbnail
from lookoutcv.sources import open_source
from lookoutcv.sources.dates_in_names import NamePattern, following, has_date, moment, period
from lookoutcv.sources.kinds.dated import DatedSource

PICTURE = thumbnail(np.zeros((6, 8, 3), np.uint8))
NOW = datetime(2026, 1, 21, 9, 30)


@pytest.fixture(autouse=True)
def _now(monkeypatch):
    monkeypatch.setattr(clock, "local", lambda: NOW)


def tree(root, *names):
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(PICTURE)
    return root


def ids(target):
    return [ref.id for ref in open_source(target)]


@pytest.fixture
def days(tmp_path):
    return tree(tmp_path, "20260118/1.jpg", "20260120/2.jpg", "20260120/10.jpg", "20260121/1.jpg", "old/20260117.jpg")


def test_each_folder_that_fits_is_read_and_its_date_is_the_time(days):
    refs = list(open_source(f"{days}/%Y%m%d"))
    assert [r.id for r in refs] == ["20260118/1.jpg", "20260120/2.jpg", "20260120/10.jpg", "20260121/1.jpg"]
    assert refs[0].time == datetime(2026, 1, 18, tzinfo=UTC)
    assert pickle.loads(pickle.dumps(refs[0])) == refs[0]


def test_missing_days_are_named_and_no_error(days):
    source = open_source(f"{days}/%Y%m%d")
    assert source.name == f"{days}/%Y%m%d (2026-01-18 to 2026-01-21, without 2026-01-19)"
    assert source.count() == 4
    wide = open_source(f"{days}/%Y%m%d?since=2026-01-01&until=2026-12-31")
    assert wide.name.endswith("without 2026-01-01, 2026-01-02, 2026-01-03 and 15 more days)")
    assert open_source(f"{days}/%Y%m%d?since=2026-01-20").name.endswith("(2026-01-20 to 2026-01-21)")


def test_an_empty_folder_is_a_missing_day(days):
    (days / "20260119").mkdir()
    assert open_source(f"{days}/%Y%m%d").missing == (date(2026, 1, 19),)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("last=1d", ["20260120"]),
        ("last=3d", ["20260118", "20260120"]),
        ("last=1w", ["20260118", "20260120"]),
        ("since=today", ["20260121"]),
        ("since=yesterday&until=yesterday", ["20260120"]),
        ("since=2026-01-18&until=2026-01-20", ["20260118", "20260120"]),
        ("until=2026-01-18", ["20260118"]),
    ],
)
def test_options_choose_days(days, options, expected):
    found = ids(f"{days}/%Y%m%d?{options}")
    assert sorted({id.partition("/")[0] for id in found}) == expected


def test_nothing_of_the_time_asked_for_says_what_there_is(days):
    with pytest.raises(SourceNotFound, match=r"is of the time until=2025-12-31\. There are images from"):
        open_source(f"{days}/%Y%m%d?until=2025-12-31")
    with pytest.raises(SourceNotFound, match="nothing fits"):
        open_source(f"{days}/day-%Y%m%d")
    with pytest.raises(SourceNotFound, match="there is no folder"):
        open_source(f"{days}/nowhere/%Y%m%d")
    for folder in ("20260120", "20260118"):
        for file in (days / folder).iterdir():
            file.unlink()
    with pytest.raises(SourceNotFound, match="for today's images give since=today"):
        open_source(f"{days}/%Y%m%d?last=2d")


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ("lst=1d", "Did you mean 'last'"),
        ("last=0d", "Give last as 1d, 2w or 12h"),
        ("last=soon", "Give last as 1d, 2w or 12h"),
        ("last=1d&until=today", "Give one of them"),
        ("since=31.1.2026", "a date such as 2026-01-31"),
        ("since=2026-02-01&until=2026-01-01", "Give the earlier date as since"),
    ],
)
def test_wrong_options_are_refused(days, options, problem):
    with pytest.raises(ConfigError, match=problem):
        open_source(f"{days}/%Y%m%d?{options}")


def test_an_unknown_directive_is_refused(days):
    with pytest.raises(ConfigError, match="%Q in '%Y%Q' is not read from names"):
        open_source(f"{days}/%Y%Q")


def test_dates_over_several_levels_with_hours_wildcards_and_classes(tmp_path):
    tree(tmp_path, "a/2026/01/20/07/cat/1.jpg", "a/2026/01/20/07/dog/1.jpg", "b/2026/01/20/08/1.jpg", "b/2025/x/1.jpg")
    refs = list(open_source(f"{tmp_path}/*/%Y/%m/%d/%H"))
    assert [(r.id, r.label) for r in refs] == [
        ("a/2026/01/20/07/cat/1.jpg", "cat"),
        ("a/2026/01/20/07/dog/1.jpg", "dog"),
        ("b/2026/01/20/08/1.jpg", None),
    ]
    assert refs[2].time == datetime(2026, 1, 20, 8, tzinfo=UTC)
    assert len(ids(f"{tmp_path}/*/%Y/%m/%d/%H?since=2026-01-20")) == 3


def test_hours_that_are_over(tmp_path):
    tree(tmp_path, "2026012107/1.jpg", "2026012108/1.jpg", "2026012109/1.jpg")
    assert ids(f"{tmp_path}/%Y%m%d%H?last=1h") == ["2026012108/1.jpg"]


def test_files_with_dates_in_their_names_come_in_order_of_time(tmp_path):
    tree(tmp_path, "cam_02-01-2026.jpg", "cam_01-02-2026.jpg", "cam_30-02-2026.jpg", "x.jpg", "a 01-01-2026.txt")
    assert ids(f"{tmp_path}/*%d-%m-%Y.*") == ["cam_02-01-2026.jpg", "cam_01-02-2026.jpg"]


def test_two_parts_that_disagree_do_not_fit(tmp_path):
    tree(tmp_path, "2026/20260101/1.jpg", "2025/20260101/1.jpg")
    assert ids(f"{tmp_path}/%Y/%Y%m%d") == ["2026/20260101/1.jpg"]


def test_months_have_no_missing_days(tmp_path):
    tree(tmp_path, "2026-01/1.jpg", "2025-06/1.jpg")
    source = open_source(f"{tmp_path}/%Y-%m?since=2025-06-15")
    assert (source.missing, source.count()) == ((), 2)


def test_a_folder_by_the_very_name_wins(tmp_path):
    tree(tmp_path, "%Y%m%d/1.jpg")
    assert not isinstance(open_source(f"{tmp_path}/%Y%m%d"), DatedSource)


@given(st.datetimes(datetime(1970, 1, 1), datetime(2068, 12, 31)), st.sampled_from(["%Y%m%d", "%y-%j", "%d.%m.%Y"]))
def test_what_strftime_writes_is_read_back(when, pattern):
    found = NamePattern("*" + pattern + "?").read(f"a-{when:{pattern}}-")
    assert found is not None
    start = moment(found)
    assert start <= when < following(start, found)
    assert start.strftime(pattern) == when.strftime(pattern)


@given(st.text(alphabet="%Ymd*?[]!a-^\\{}", max_size=12), st.text(max_size=8))
def test_any_pattern_reads_any_name_or_is_refused(pattern, name):
    try:
        found = NamePattern(pattern).read(name)
    except ConfigError:
        return
    assert found is None or set(found) <= {"Y", "m", "d"}
    assert has_date(pattern) in (True, False)


def test_a_period_far_back_has_an_open_start():
    assert period({"last": "999999w"}, NOW).start is None
