"""Times as other programs write them: the one that is meant, against pandas where it reads them, or a refusal."""

from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest

from lookoutcv.records.times import time_of

NOON = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
SECONDS = int(NOON.timestamp())


@pytest.mark.parametrize(
    "value",
    [
        20260301123000,
        "20260301123000",
        20260301123000.0,
        "202603011230",
        "20260301123000000",
        "20260301_123000",
        "20260301T123000Z",
        "2026:03:01 12:30:00",
        "2026/03/01 12:30",
        "2026-03-01T14:30+02:00",
        "2026-03-01 12:30:00 UTC",
        "2026-03-01T12:30:00.000 Z",
        np.datetime64("2026-03-01T12:30"),
        pd.Timestamp("2026-03-01 12:30"),
        *(kind(SECONDS * per) for per in (1, 10**3, 10**6, 10**9) for kind in (int, str)),
        float(SECONDS),
        f"{SECONDS}.0",
    ],
)
def test_one_moment_in_every_form(value):
    assert time_of(value) == NOON


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("year", [1974, 2001, 2026, 2199])
def test_units_are_those_of_pandas(unit, year):
    expected = pd.Timestamp(year, 7, 3, 4, 5, 6, tz="UTC")
    number = expected.value // {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}[unit]
    assert time_of(number) == expected.to_pydatetime() == pd.to_datetime(number, unit=unit, utc=True)


@pytest.mark.parametrize("serial", [32874, 46082.5, "46082.520833333", "46082,25", 73050.25])
def test_days_of_excel_are_those_of_pandas(serial):
    expected = pd.to_datetime(float(str(serial).replace(",", ".")), unit="D", origin="1899-12-30", utc=True)
    assert abs((time_of(serial) - expected).total_seconds()) < 0.01


def test_fractions_are_kept():
    assert time_of(f"{SECONDS}.25").microsecond == 250_000
    assert time_of(SECONDS * 1000 + 123).microsecond == 123_000
    assert time_of(SECONDS * 10**9 + 123_456_789).microsecond == 123_456
    assert time_of("20260301123000250").microsecond == 250_000
    assert time_of(20260102) == datetime(2026, 1, 2, tzinfo=UTC) == time_of(date(2026, 1, 2))


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (12.5, "no date, no Unix time"),
        (0, "no date"),
        ("20260230", "no date"),
        (-5, "outside the years 1970 to 2261"),
        ("1965-05-04", "outside"),
        ("2612-01-10", "outside"),
        (99999999999999, "outside"),
        (1e300, "outside"),
        ("1.77E+12", "not a time such as"),  # a spreadsheet cut its digits off
        ("2026030112", "not a time such as"),  # noon, or a second of the year 2034
        ("03/01/2026", "not a time such as"),  # March or January
        (True, "not a time"),
        (float("inf"), "not a time"),
    ],
)
def test_what_no_photograph_has_is_refused(value, why):
    with pytest.raises(ValueError, match=why):
        time_of(value)


@pytest.mark.parametrize("nothing", [None, float("nan"), "", "  ", pd.NaT])
def test_none_is_none(nothing):
    assert time_of(nothing) is None
