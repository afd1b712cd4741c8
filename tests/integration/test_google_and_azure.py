"""Buckets of Google and containers of Azure through their real clients: every key is listed and read as it is."""

from __future__ import annotations

import base64
import http.server
import json
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

import numpy as np
import pytest

from lookoutcv.errors import ImageError, SourceError, SourceNotFound
from lookoutcv.images import read, thumbnail
from lookoutcv.sources import open_source

SECRET = "a-secret-that-is-never-shown"
PICTURE = thumbnail(np.zeros((24, 32, 3), np.uint8))
# Keys that some system writes, and that no folder could hold so.
ODD = ["cat/1.jpg", "cat//1.jpg", "/cat/1.jpg", "dog\\a\\1.jpg", "./1.jpg", "../1.jpg", "a?versionid=3.jpg", "a b.jpg"]
ODD += ["b#12", "c%41.jpg", "%5C.jpg", "+.jpg", "é 好.jpg", "d&e=f.jpg", "g::memory:/h.jpg", "<i>.jpg", "x.jpg/"]


class Store(http.server.ThreadingHTTPServer):
    """Objects in memory, told as Google's JSON API and Azure's XML do, a few of them a page."""

    held: dict[str, bytes]
    asked: list[str]
    refuses: tuple[int, str, int] | None  # status, code, how often
    page = 3

    def refusal(self) -> tuple[int, str] | None:
        if self.refuses is None or not self.refuses[2]:
            return None
        status, code, left = self.refuses
        self.refuses = status, code, left - 1
        return status, code

    def below(self, query: dict[str, list[str]], token: str) -> tuple[list[tuple[str, int | None]], str]:
        """Entries of one page, sizes of objects and None of prefixes, and the token of the next."""
        prefix, after = query.get("prefix", [""])[0], int(query.get(token, ["0"])[0])
        found: dict[str, int | None] = {}
        for key in sorted(self.held):
            if key.startswith(prefix):
                rest, slash, _ = key[len(prefix) :].partition("/")
                found[prefix + rest + slash] = None if slash else len(self.held[key])
        entries = list(found.items())[after : after + self.page]
        return entries, str(after + self.page) if after + self.page < len(found) else ""


class Speaks(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Store

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        refused = self.server.refusal()
        place = urlsplit(self.path)
        query = parse_qs(place.query, keep_blank_values=True)
        if refused is not None:
            self.refuse(*refused)
        else:
            self.answer(place.path, query)

    def do_HEAD(self) -> None:
        self.do_GET()

    def answer(self, path: str, query: dict[str, list[str]]) -> None:
        raise NotImplementedError

    def refuse(self, status: int, code: str) -> None:
        raise NotImplementedError

    def give(self, data: bytes) -> None:
        asked = self.headers.get("x-ms-range") or self.headers.get("Range")
        if asked is None:
            return self.send(200, data)
        start, _, end = asked.removeprefix("bytes=").partition("-")
        if int(start) >= len(data):
            return self.refuse(416, "InvalidRange")
        piece = data[int(start) : int(end) + 1]
        where = f"bytes {start}-{int(start) + len(piece) - 1}/{len(data)}"
        return self.send(206, piece, {"Content-Range": where})

    def send(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"x-ms-blob-type": "BlockBlob", "Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


class Google(Speaks):
    def answer(self, path: str, query: dict[str, list[str]]) -> None:
        parts = path.removeprefix("/download").removeprefix("/storage/v1/").split("/")
        if parts[:2] != ["b", "photos"]:
            return self.refuse(404, "notFound")
        if len(parts) == 3:
            entries, more = self.server.below(query, "pageToken")
            told: dict[str, Any] = {
                "prefixes": [name for name, size in entries if size is None],
                "items": [{"name": name, "size": str(size)} for name, size in entries if size is not None],
            }
            return self.send(200, json.dumps(told | ({"nextPageToken": more} if more else {})).encode())
        assert len(parts) == 4, path  # a key is one part, its slashes escaped
        data = self.server.held.get(unquote(parts[3]))
        if data is None:
            return self.refuse(404, "notFound")
        if "alt" in query:
            return self.give(data)
        return self.send(200, json.dumps({"name": unquote(parts[3]), "size": str(len(data))}).encode())

    def refuse(self, status: int, code: str) -> None:
        told = {"error": {"code": status, "message": SECRET, "errors": [{"reason": code}]}}
        self.send(status, json.dumps(told).encode())


class Azure(Speaks):
    def answer(self, path: str, query: dict[str, list[str]]) -> None:
        _, _, container, *rest = path.split("/")
        if container != "photos":
            return self.refuse(404, "ContainerNotFound")
        if query.get("comp") == ["list"]:
            return self.send(200, self.listed(query), {"Content-Type": "application/xml"})
        data = self.server.held.get(unquote("/".join(rest)))
        if data is None:
            return self.refuse(404, "BlobNotFound")
        if self.command == "HEAD":
            return self.send(200, data)
        return self.give(data)

    def listed(self, query: dict[str, list[str]]) -> bytes:
        entries, more = self.server.below(query, "marker")
        told = "".join(
            f"<BlobPrefix><Name>{escape(name)}</Name></BlobPrefix>"
            if size is None
            else f"<Blob><Name>{escape(name)}</Name><Properties><Content-Length>{size}</Content-Length>"
            "<BlobType>BlockBlob</BlobType></Properties></Blob>"
            for name, size in entries
        )
        return (
            "<?xml version='1.0' encoding='utf-8'?><EnumerationResults ContainerName='photos'><Delimiter>/</Delimiter>"
            f"<Blobs>{told}</Blobs><NextMarker>{more}</NextMarker></EnumerationResults>"
        ).encode()

    def refuse(self, status: int, code: str) -> None:
        words = f"<?xml version='1.0' encoding='utf-8'?><Error><Code>{code}</Code><Message>{SECRET}</Message></Error>"
        self.send(status, words.encode(), {"x-ms-error-code": code, "Content-Type": "application/xml"})


@pytest.fixture(params=["gs", "az"])
def scheme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def store(scheme: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    server = Store(("127.0.0.1", 0), Google if scheme == "gs" else Azure)
    server.held, server.asked, server.refuses = {}, [], None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    here = f"http://127.0.0.1:{server.server_port}"
    if scheme == "gs":
        monkeypatch.setenv("GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT", "false")  # it asks what no emulator answers
        system = pytest.importorskip("gcsfs", reason="the package gcsfs is not installed").GCSFileSystem
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", here)
        monkeypatch.setitem(pytest.importorskip("fsspec.config").conf, "gs", {"token": "anon"})
    else:
        system = pytest.importorskip("adlfs", reason="the package adlfs is not installed").AzureBlobFileSystem
        key = base64.b64encode(SECRET.encode()).decode()
        told = f"DefaultEndpointsProtocol=http;AccountName=me;AccountKey={key};BlobEndpoint={here}/me;"
        monkeypatch.setenv("AZURE_STORAGE_CONNECTION_STRING", told)
    system.clear_instance_cache()
    yield server
    system.clear_instance_cache()
    server.shutdown()
    server.server_close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clients' own pauses between attempts, which are of seconds, are passed over."""
    import asyncio

    sleep = asyncio.sleep
    monkeypatch.setattr("asyncio.sleep", lambda seconds, *more: sleep(min(seconds, 0.001), *more))


def test_every_object_is_read_whatever_its_key(store: Store, scheme: str) -> None:
    # Azure holds no names with these segments: they are parts of a path, and gone before anything is asked for.
    keys = [key for key in ODD if scheme == "gs" or not key.startswith(".")]
    for above in ("odd/", "odd//", ""):
        store.held = {above + key: thumbnail(np.full((24, 32, 3), 9 * n, np.uint8)) for n, key in enumerate(keys)}
        listed = {ref.id: ref.load() for ref in open_source(f"{scheme}://photos")}
        assert listed == store.held
        source = open_source(f"{scheme}://photos/{above}".removesuffix("/"))
        assert source.count() == len(keys)


def test_one_object_by_its_url(store: Store, scheme: str) -> None:
    for key in ("a/b c#1 %41+é.jpg", "a//b\\c.jpg"):
        store.held = {key: PICTURE, "a/empty.jpg": b""}
        assert read(f"{scheme}://photos/{key}").pixels.shape == (24, 32, 3)
    with pytest.raises(ImageError, match="empty"):
        read(f"{scheme}://photos/a/empty.jpg")


def test_only_what_lies_below_the_prefix_is_asked_for(store: Store, scheme: str) -> None:
    store.held = dict.fromkeys(["day/1.jpg", "day//2.jpg", "day2/3.jpg", "days.jpg", "else/4.jpg"], PICTURE)
    store.held |= {f"day/many/{n}.jpg": PICTURE for n in range(7)}
    wanted = {"/2.jpg", "1.jpg", *(f"many/{n}.jpg" for n in range(7))}
    assert {ref.id for ref in open_source(f"{scheme}://photos/day")} == wanted
    lists = [parse_qs(urlsplit(path).query) for path in store.asked if "delimiter" in path]
    assert {query["prefix"][0] for query in lists} == {"day/", "day//", "day/many/"}
    pages = {
        query.get("pageToken", query.get("marker", ["first"]))[0] for query in lists if "day/many/" in query["prefix"]
    }
    assert pages == {"first", "3", "6"}
    assert [ref.id for ref in open_source(f"{scheme}://photos/day//")] == ["2.jpg"]


def test_what_is_not_there_is_told(store: Store, scheme: str) -> None:
    store.held = {"day/1.jpg": PICTURE}
    with pytest.raises(SourceNotFound, match=f"there is nothing at {scheme}://photos/night"):
        open_source(f"{scheme}://photos/night")
    with pytest.raises(SourceNotFound, match=f"there is no bucket 'elsewhere' at {scheme}://elsewhere/day"):
        open_source(f"{scheme}://elsewhere/day")
    (ref,) = open_source(f"{scheme}://photos/day")
    store.held.clear()
    with pytest.raises(ImageError, match="the file is gone"):
        ref.load()


TROUBLE = [
    (500, "InternalError", "the server has trouble of its own. Wait some minutes"),
    (503, "ServiceUnavailable", "the server has trouble of its own. Wait some minutes"),
    (429, "TooManyRequests", "the server asks to slow down. Wait some minutes and run it again, with one worker"),
    (503, "ServerBusy", "the server (asks to slow down|has trouble of its own). Wait some minutes"),
    (502, "BadGateway", "the server has trouble of its own. Wait some minutes"),
]


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(("status", "code", "said"), TROUBLE)
def test_a_server_in_trouble_is_asked_again_and_then_told(
    store: Store, scheme: str, status: int, code: str, said: str
) -> None:
    store.held = {"day/1.jpg": PICTURE}
    store.refuses = status, code, 2
    (ref,) = open_source(f"{scheme}://photos/day")
    store.refuses = status, code, 2
    assert ref.load() == PICTURE
    store.refuses = status, code, 10**6
    for call, error in ((ref.load, ImageError), (lambda: open_source(f"{scheme}://photos/day"), SourceError)):
        with pytest.raises(error, match=said) as caught:
            call()
        assert SECRET not in str(caught.value) + repr(caught.value.fields)
