"""What must not be shown is not: texts from the environment, and the secrets of URLs."""

from __future__ import annotations

import pickle

import pytest

from lookoutcv.errors import UsageError
from lookoutcv.secrets import hide, hide_options, hide_secrets_of, masked


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


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("password=abc, user=me", "password=***, user=me"),
        (
            "BasicAuth(login='me', password='a b', encoding='latin1')",
            "BasicAuth(login='me', password='***', encoding='latin1')",
        ),
        ('{"aws_secret_access_key": "a\'b", "region": "eu"}', '{"aws_secret_access_key": "***", "region": "eu"}'),
        ("AccountName=a;AccountKey=bc==;EndpointSuffix=x", "AccountName=a;AccountKey=***;EndpointSuffix=x"),
        ("GET /a?sv=1&sig=b%2Fc&se=2 HTTP/1.1", "GET /a?sv=1&sig=***&se=2 HTTP/1.1"),
        (
            "/a?X-Amz-Credential=A%2F1&X-Amz-Date=2&X-Amz-Signature=c",
            "/a?X-Amz-Credential=***&X-Amz-Date=2&X-Amz-Signature=***",
        ),
        ("/v1?key=abc&n=1", "/v1?key=***&n=1"),
        ("Authorization: AWS4-HMAC-SHA256 Credential=A/1, Signature=b\nHost: c", "Authorization: ***\nHost: c"),
        ("{'Proxy-Authorization': 'Basic bWU6cHc='}", "{'Proxy-Authorization': '***'}"),
        ("sent Bearer abc.def-123", "sent Bearer ***"),
        ("X-Auth-Token: abc", "X-Auth-Token: ***"),
        ("eyJhbGciOiJI.eyJzdWIiOiIx.c2ln is old", "*** is old"),
        ("cannot reach //me:pw@host/a", "cannot reach //host/a"),
        # What only sounds like one.
        ("the token has expired. Set new keys", "the token has expired. Set new keys"),
        ("Basic authentication is off", "Basic authentication is off"),
        ("the key 'monitor.policy'; key=3; tokens: 5", "the key 'monitor.policy'; key=3; tokens: 5"),
        ("C:\\a\\b.jpg, a//b.jpg, 12:30 me@host", "C:\\a\\b.jpg, a//b.jpg, 12:30 me@host"),
        ("?root=FOLDER names it, ?urls=yes allows URLs", "?root=FOLDER names it, ?urls=yes allows URLs"),
    ],
)
def test_what_stands_where_secrets_stand_is_masked(text: str, shown: str) -> None:
    assert masked(text) == shown
    assert masked(shown) == shown


def test_what_variables_of_a_secrets_name_hold_is_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_SERVICE_TOKEN", "abc/def+1")
    monkeypatch.setenv("HTTPS_PROXY", "http://me:hunter2hunter@proxy:3128")
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", "/var/run/a-token")
    monkeypatch.setenv("TOKENIZERS_PARALLELISM", "1")
    told = masked("abc/def+1 or hunter2hunter, from /var/run/a-token, 1")
    assert told == "${MY_SERVICE_TOKEN} or ***, from /var/run/a-token, 1"


def test_the_secrets_of_a_url_are_masked_without_it_too() -> None:
    hide_secrets_of("https://me:p%40ssw0rd@host/a?sig=ab%2Fcdef&n=1234567")
    assert masked("p%40ssw0rd p@ssw0rd ab%2Fcdef ab/cdef 1234567") == "*** *** *** *** 1234567"
    hide_options({"secret": "of-options", "region": "eu-central-1"})
    assert masked("of-options in eu-central-1") == "*** in eu-central-1"


def test_an_error_holds_no_secret() -> None:
    error = UsageError(
        "https://me:pw@host is wrong", "Drop token=abc.", source="s3://me:pw@b", ids=("s3://me:pw@b",), n=1
    )
    again = pickle.loads(pickle.dumps(error))
    for one in (error, again, error.about("a")):
        assert "pw" not in repr(one) + repr(vars(one))
        assert "abc" not in repr(one)
        assert one.fields["n"] == 1


def test_a_hidden_text_is_shown_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lookoutcv.secrets._hidden", {})
    hide("hunter2", "${PW}")
    hide("hunter2-and-more", "${LONG}")
    hide("a", "${SHORT}")
    assert masked("a hunter2, hunter2-and-more") == "a ${PW}, ${LONG}"
    assert str(UsageError("hunter2 is wrong", "Say hunter2.")) == "${PW} is wrong. Say ${PW}."


@pytest.mark.parametrize("text", ["token" * 100_000, "a" * 500_000 + " ://", "authorization" * 40_000])
def test_a_text_of_half_a_million_letters_comes_to_an_end(text: str) -> None:
    # Searched from each letter to the end, it takes half an hour.
    assert masked(f"{text} {'a' * 80}token=abcdefgh") == f"{text} {'a' * 80}token=***"
