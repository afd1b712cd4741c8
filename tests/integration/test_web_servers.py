"""The ways in which web servers send a file, through the real client: every byte is read, or what is missing told."""

import gzip
import http.server
import io
import threading
import warnings

import numpy as np
import pytest
from PIL import Image

import lookoutcv as lo
from lookoutcv.errors import ImageError
from lookoutcv.images import read


def _noise() -> tuple[np.ndarray, bytes]:
    pixels = np.random.default_rng(0).integers(0, 256, (300, 400, 3), np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return pixels, out.getvalue()


PIXELS, PICTURE = _noise()
GOOD = [
    "plain",
    "closing",
    "chunked",
    "drops",
    "byte-by-byte",
    "gzip",
    "gzip-chunked",
    "gzip-forced-length",
    "no-head",
    "other-length",
]

REFUSED = {
    "slow-down": (429, {"Content-Length": "0"}),
    "round": (302, {"Content-Length": "0", "Location": "/round.png"}),
}


class Sender(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_HEAD(self):
        way = self._way()
        if way == "no-head":
            self._headers(405, {"Content-Length": "0"})
        else:
            self._headers(200, {"Content-Length": "10" if way == "other-length" else str(len(PICTURE))})

    def do_GET(self):
        way = self._way()
        if way in REFUSED:
            self._headers(*REFUSED[way])
            return
        data = gzip.compress(PICTURE) if "gzip" in way else PICTURE
        if way == "gzip-other-size":  # what it unpacks to, as its last four bytes tell, is something else
            data = data[:-4] + b"\0\0\0\0"
        headers = {"Content-Encoding": "gzip"} if "gzip" in way else {}
        if way in ("closing", "cut-closing"):
            self._headers(200, {"Connection": "close"})
            self.wfile.write(data)
            self.close_connection = True
        elif "chunked" in way or way in ("drops", "byte-by-byte"):
            self._headers(200, {**headers, "Transfer-Encoding": "chunked"})
            size = {"drops": 97, "byte-by-byte": 1}.get(way, 5000)
            # The last ten thousand bytes are enough to see that one is not the end.
            start = max(0, len(data) - 10_000) if way == "byte-by-byte" else 0
            self._chunks(data[:start], 5000, ends=False)
            whole = "cut" not in way
            self._chunks(data[start:] if whole else data[: len(data) // 2], size, ends=whole)
        else:
            stated = {"stated-longer": len(data) + 1000, "stated-shorter": len(data) - 1000}.get(way, len(data))
            self._headers(200, {**headers, "Content-Length": str(stated)})
            self.wfile.write(data[: len(data) // 2] if way == "cut" else data)
            self.close_connection = way.startswith(("cut", "stated"))

    def _chunks(self, data, size, ends):
        for start in range(0, len(data), size):
            piece = data[start : start + size]
            self.wfile.write(b"%x\r\n" % len(piece) + piece + b"\r\n")
        if ends:
            self.wfile.write(b"0\r\n\r\n")
        self.close_connection = not ends

    def _way(self):
        return self.path.rpartition("/")[2].partition(".")[0].rstrip("0123456789")

    def _headers(self, status, headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def server():
    pytest.importorskip("aiohttp")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Sender)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr("lookoutcv.files.remote._PAUSES_SECONDS", (0.01,))


@pytest.mark.parametrize("way", GOOD)
def test_every_byte_is_read(server, way):
    image = read(f"{server}/{way}.png")
    assert image.stored_bytes == len(PICTURE)
    assert np.array_equal(image.pixels, PIXELS)


def test_a_table_of_urls_skips_none(server, tmp_path):
    table = tmp_path / "a.csv"
    table.write_text("path\n" + "".join(f"{server}/{way}{i}.png\n" for way in GOOD for i in range(2)))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        measured = lo.measure(f"{table}?urls=yes", metrics="exposure")
    assert len(measured) == 2 * len(GOOD)


@pytest.mark.parametrize(
    ("way", "said"),
    [
        ("cut", "the server ended in the middle of the file. Run it again"),
        ("cut-chunked", "the server ended in the middle of the file. Run it again"),
        ("stated-longer", "the server ended in the middle of the file. Run it again"),
        ("stated-shorter", "truncated. Copy or download it again"),
        ("gzip-other-size", "the server ended in the middle of the file. Run it again"),
        ("slow-down", "the server asks to slow down. Wait some minutes"),
        ("round", "it leads round in a circle. Check the URL"),
    ],
)
def test_what_is_missing_is_told(server, way, said):
    with pytest.raises(ImageError, match=said):
        read(f"{server}/{way}.png")
