from lookoutcv.reports.parts.date_words import day_and_time


def test_times() -> None:
    assert day_and_time("2026-01-05T00:00:00+00:00") == "5 Jan 2026, 00:00 UTC"
    assert day_and_time("2026-01-05T00:00:00+02:00") == "5 Jan 2026, 00:00 UTC+02:00"
    assert day_and_time("2026-01-05T09:30:00") == "5 Jan 2026, 09:30 UTC"
    assert day_and_time("<b>") == "<b>"
