"""Remote files are read within a bound, and secrets stay out of messages."""

import fsspec
import pytest

from lookoutcv.errors import MissingExtra, UnreadableSource
from lookoutcv.files import fetch, is_url, shown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://host/a.jpg", True),
        ("s3://bucket/key", True),
        ("simplecache::s3://bucket/key", True),
        ("/a/b.jpg", False),
        ("C:/a.jpg", False),
        ("c://a.jpg", False),
        ("a: b://c", False),
        ("", False),
    ],
)
def test_urls_are_told_from_paths(text, expected):
    assert is_url(text) is expected


def test_no_more_than_one_byte_over_the_bound_is_read():
    with fsspec.open("memory://remote/a", "wb") as file:
        file.write(b"x" * 100)
    assert len(fetch("memory://remote/a", 10)) == 11
    assert len(fetch("memory://remote/a", 1000)) == 100


def test_a_missing_package_is_named_with_its_install_line(monkeypatch):
    def missing(url):
        raise ImportError("Install s3fs to access S3")

    monkeypatch.setattr(fsspec.core, "url_to_fs", missing)
    with pytest.raises(MissingExtra, match=r'pip install "lookoutcv\[s3\]"') as caught:
        fetch("s3://bucket/key", 1)
    assert caught.value.fields == {"package": "s3fs", "extra": "s3"}
    with pytest.raises(MissingExtra, match=r"lookoutcv\[http\]"):
        fetch("simplecache::https://host/a", 1)
    with pytest.raises(MissingExtra, match=r"fsspec\[gcs\]"):
        fetch("gs://bucket/key", 1)


def test_what_cannot_be_read_is_explained_without_secrets(monkeypatch):
    with pytest.raises(UnreadableSource, match="unknown protocol"):
        fetch("nosuch://host/a", 1)
    with pytest.raises(UnreadableSource, match="the file is gone"):
        fetch("memory://remote/gone", 1)

    class Broken:
        def open(self, path, mode):
            raise ConnectionError("https://host/a?token=secret")

    monkeypatch.setattr(fsspec.core, "url_to_fs", lambda url: (Broken(), url))
    with pytest.raises(UnreadableSource, match="not reachable") as caught:
        fetch("https://user:secret@host/a?token=secret", 1)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("url", ["https://u:p@host/a?q=p#p", "https://[broken/a?p"])
def test_shown_keeps_no_secret(url):
    assert "p" not in shown(url).removeprefix("https")


def test_a_server_that_is_not_there_is_not_a_file_that_is_gone():
    pytest.importorskip("aiohttp")
    with pytest.raises(UnreadableSource, match="not reachable"):
        fetch("http://127.0.0.1:9/a.jpg", 1)
