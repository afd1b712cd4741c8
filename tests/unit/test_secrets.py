"""What must not be shown is not: texts from the environment, and the secrets of URLs."""

from __future__ import annotations

import pytest

from lookoutcv.errors import UsageError
from lookoutcv.secrets import hide, masked


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("s3://me:pw@bucket/a b", "s3://bucket/a b"),
        ("'https://me:pw@host/a.jpg?sig=pw#pw' is gone", "'https://host/a.jpg' is gone"),
        ("simplecache::https://me:pw@host/a", "simplecache::https://host/a"),
        (
            "https://${TOKEN}@host/a, https://${USER}:${PW}@host/b",
            "https://${TOKEN}@host/a, https://${USER}:${PW}@host/b",
        ),
        ("https://me:${PW}@host", "https://host"),
        ('{"source": "https://h/a?b=\\"pw"}', '{"source": "https://h/a\\"pw"}'),
        ("production/%Y%m%d?last=1d at 10:00", "production/%Y%m%d?last=1d at 10:00"),
    ],
)
def test_a_url_is_shown_without_its_secrets(text: str, shown: str) -> None:
    assert masked(text) == shown


def test_a_hidden_text_is_shown_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lookoutcv.secrets._hidden", {})
    hide("hunter2", "${PW}")
    hide("hunter2-and-more", "${LONG}")
    hide("a", "${SHORT}")
    assert masked("a hunter2, hunter2-and-more") == "a ${PW}, ${LONG}"
    assert str(UsageError("hunter2 is wrong", "Say hunter2.")) == "${PW} is wrong. Say ${PW}."
