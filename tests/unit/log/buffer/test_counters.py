"""What a logger says of its troubles: once, on one line, and without secrets."""

from __future__ import annotations

import logging

import pytest

from lookoutcv.log.buffer.counters import Counts


def test_a_trouble_is_said_once_and_without_secrets(caplog: pytest.LogCaptureFixture) -> None:
    counters = Counts()
    with caplog.at_level(logging.WARNING, "lookoutcv.log"):
        for _ in range(3):
            counters.note_problem(
                "commit", "\x1b[31mGeneric S3 error\x1b[0m\n at s3://me:pw@b/a?sig=xyz, AccountKey=abc;"
            )
        counters.note_failed_call(ValueError("Authorization: Bearer abc"))
    told = [record.getMessage() for record in caplog.records]
    assert told == [
        "Generic S3 error at s3://b/a AccountKey=***;",
        "a prediction could not be logged (ValueError: Authorization: ***",
    ]
    assert counters.problem == "; ".join(told)
    counters.note_recovery("commit")
    counters.note_recovery("call")
    assert counters.problem is None
