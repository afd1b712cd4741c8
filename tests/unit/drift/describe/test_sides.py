from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from lookoutcv.drift.describe.sides import describe_side
from lookoutcv.profiles.profile import Profile


def test_the_fifty_most_frequent_values_are_kept_in_order() -> None:
    labels = {f"class {i:02}": i for i in range(60)} | {"first of equals": 59}
    found = describe_side(replace(Profile(), counts={"label": labels}), "x")
    assert len(found.labels) == 50
    assert list(found.labels)[:3] == ["class 59", "first of equals", "class 58"]
    assert found.cameras == {}


def test_times_are_written_in_utc() -> None:
    noon = datetime(2026, 5, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    found = describe_side(Profile(first_time=noon, last_time=noon.astimezone(UTC)), "x")
    assert found.first_time == found.last_time == "2026-05-01T10:00:00+00:00"
