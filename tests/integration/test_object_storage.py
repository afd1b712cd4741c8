"""Object storage and the web: an S3 server (moto) and an HTTP server on loopback, through the real clients."""

import http.server
import os
import pickle
import socket
import subprocess
import sys
import threading

import numpy as np
import pytest

import lookoutcv as lo
from lookoutcv.errors import ConfigError, ImageError, SourceError, SourceNotFound, UnreadableSource
from lookoutcv.files import storage
from lookoutcv.images import read, thumbnail
from lookoutcv.sources import open_source
from lookoutcv.sources.kinds.file import FileSource
from lookoutcv.sources.kinds.storage import StorageSource

PICTURE = thumbnail(np.zeros((6, 8, 3), np.uint8))
SECRET = "a-secret-that-is-never-shown"


@pytest.fixture(scope="module")
def endpoint():
    pytest.importorskip("s3fs")
    server = pytest.importorskip("moto.server").ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(endpoint, monkeypatch):
    """An empty bucket, reached as a user would: by environment variables alone."""
    import fsspec

    said = {"AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": SECRET}
    for name, value in {**said, "AWS_DEFAULT_REGION": "us-east-1"}.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    system = fsspec.filesystem("s3", use_listings_cache=False)
    system.mkdir("photos")
    yield system
    while held := system.call_s3("list_objects_v2", Bucket="photos").get("Contents"):
        for entry in held:
            system.call_s3("delete_object", Bucket="photos", Key=entry["Key"])
    system.rmdir("photos")
    type(system).clear_instance_cache()


def put(bucket, *keys, data=PICTURE):
    for key in keys:
        bucket.pipe(f"photos/{key}", data)


def ids(target):
    return [ref.id for ref in open_source(target)]


def test_a_prefix_is_read_as_a_folder(bucket):
    put(bucket, "day/cat/1.jpg", "day/cat/10.jpg", "day/cat/2.jpg", "day/dog/1.jpg", "other/1.jpg")
    put(bucket, "day/labels.csv", "day/.hidden/1.jpg", "day/cat/Thumbs.db", data=b"text")
    source = open_source("s3://photos/day")
    assert isinstance(source, StorageSource)
    refs = list(source)
    assert [r.id for r in refs] == ["cat/1.jpg", "cat/2.jpg", "cat/10.jpg", "dog/1.jpg"]
    assert [r.label for r in refs] == ["cat"] * 3 + ["dog"]
    assert (source.count(), source.name) == (4, "s3://photos/day")
    travelled = pickle.loads(pickle.dumps(refs[2]))
    assert len(pickle.dumps(refs[2])) < 500
    assert read(travelled.load()).pixels.shape == (6, 8, 3)
    assert len(ids("s3://photos")) == len(ids("s3://photos/")) == 5


def test_more_objects_than_one_answer_of_the_server_holds(bucket, monkeypatch):
    monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "7")
    put(bucket, *(f"many/{i}.jpg" for i in range(20)))
    assert ids("s3://photos/many") == [f"{i}.jpg" for i in range(20)]


def test_one_object_is_one_image(bucket):
    put(bucket, "one.jpg", "without-a-suffix")
    assert lo.measure("s3://photos/one.jpg", metrics="exposure")["exposure.brightness"] == 0
    assert isinstance(open_source("s3://photos/without-a-suffix"), FileSource)
    put(bucket, "v1.2/a.jpg", "set.jpg/a.jpg")
    assert ids("s3://photos/v1.2") == ids("s3://photos/set.jpg/") == ["a.jpg"]


HOSTILE = ["a::memory:/secret.jpg", "what?.jpg", "b#c.jpg", "d%41.jpg", "é 好.jpg", "[x]*.jpg", "<b>.jpg"]


def test_keys_are_names_and_nothing_else(bucket):
    put(bucket, *(f"odd/{key}" for key in HOSTILE))
    refs = list(open_source("s3://photos/odd"))
    assert {ref.id for ref in refs} == {*HOSTILE}
    for ref in refs:
        assert read(ref.load()).pixels.shape == (6, 8, 3)


# Keys that some system writes, and that no folder could hold so.
ODD = ["cat\\1.jpg", "cat/1.jpg", "cat//1.jpg", "/cat/1.jpg", "dog\\a\\1.jpg", "./1.jpg", "../1.jpg", "x.jpg/"]
ODD += ["a?versionId=3.jpg", "b\t.jpg", " c.jpg", "d .jpg", "%5C.jpg", "+.jpg", "n\\.hidden.jpg", "\\\\host\\1.jpg"]


@pytest.mark.parametrize("above", ["odd/", "odd//", ""])
def test_every_object_is_read_whatever_its_key(bucket, above):
    """The server's own list and bytes are the truth."""
    levels = {}
    for level, key in enumerate(ODD):
        data = thumbnail(np.full((24, 32, 3), 10 * level, np.uint8))
        bucket.call_s3("put_object", Bucket="photos", Key=above + key, Body=data)
        levels[key] = data
    url = f"s3://photos/{above}".removesuffix("/")
    listed = {ref.id: ref for ref in open_source("s3://photos")}
    assert {id: ref.load() for id, ref in listed.items()} == {
        above + key: data for key, data in levels.items() if not key.endswith(".hidden.jpg")
    }
    assert open_source(url).count() == len(ODD) - 1
    told = lo.measure(url, metrics="exposure")
    assert len(told) == len(ODD) - 1


def test_backslashes_and_doubled_slashes_part_classes(bucket):
    put(bucket, "win/cat\\1.jpg", "win/cat\\2.jpg", "win/dog\\1.jpg", "two/cat//1.jpg", "two//dog/1.jpg")
    assert [(ref.id, ref.label) for ref in open_source("s3://photos/win")] == [
        ("cat\\1.jpg", "cat"),
        ("cat\\2.jpg", "cat"),
        ("dog\\1.jpg", "dog"),
    ]
    assert {ref.id: ref.label for ref in open_source("s3://photos/two")} == {"cat//1.jpg": "cat", "/dog/1.jpg": "dog"}


def test_slashes_at_the_end_are_of_the_prefix(bucket):
    for key in ("a/1.jpg", "a//2.jpg", "a///3.jpg", "a//b/4.jpg", "c/5.jpg"):
        bucket.call_s3("put_object", Bucket="photos", Key=key, Body=PICTURE)
    assert ids("s3://photos/a") == ids("s3://photos/a/") == ["//3.jpg", "/2.jpg", "/b/4.jpg", "1.jpg"]
    assert ids("s3://photos/a//") == ["/3.jpg", "2.jpg", "b/4.jpg"]
    assert ids("s3://photos/a///") == ["3.jpg"]
    assert [len(ref.load()) for ref in open_source("s3://photos/a//")] == [len(PICTURE)] * 3
    with pytest.raises(SourceNotFound, match="there is nothing at s3://photos/c//"):
        open_source("s3://photos/c//")


def test_a_key_of_more_levels_than_functions_may_be_nested():
    import fsspec

    memory, key = fsspec.filesystem("memory"), "a/" * 1_100 + "1.jpg"
    try:
        memory.pipe(f"/deep/{key}", PICTURE)
        assert ids("memory://deep") == [key]
    finally:
        memory.store.clear()
        memory.pseudo_dirs[:] = [""]


def test_a_folder_that_is_an_object_with_bytes_is_told(bucket):
    bucket.call_s3("put_object", Bucket="photos", Key="day/", Body=b"")
    bucket.call_s3("put_object", Bucket="photos", Key="day/sub/", Body=b"not an image")
    put(bucket, "day/1.jpg")
    assert ids("s3://photos/day") == ["1.jpg", "sub/"]


def test_what_is_gone_or_not_there_is_said(bucket):
    put(bucket, "day/1.jpg", "day/2.jpg")
    refs = list(open_source("s3://photos/day"))
    bucket.rm("photos/day/1.jpg")
    with pytest.raises(ImageError, match="the file is gone"):
        refs[0].load()
    with pytest.raises(SourceNotFound, match="there is nothing at s3://"):
        open_source("s3://photos/nothing")
    for url in ("s3://no-such-bucket-here/a", "s3://no-such-bucket-here"):
        with pytest.raises(SourceNotFound, match="there is no bucket 'no-such-bucket-here' at s3://"):
            open_source(url)
    with pytest.raises(ImageError, match="there is no such bucket"):
        read("s3://no-such-bucket-here/a.jpg")
    with pytest.raises(SourceNotFound, match="names no bucket"):
        open_source("s3://")
    with pytest.raises(ConfigError, match="has no option 'every'"):
        open_source("s3://photos/day?every=3")


def test_a_server_that_is_not_there_or_refuses_is_told_without_secrets(bucket, monkeypatch):
    put(bucket, "day/1.jpg")
    (ref,) = open_source("s3://photos/day")

    def refusing(self):
        raise PermissionError(SECRET)

    monkeypatch.setattr(storage.Place, "_system", refusing)
    with pytest.raises(UnreadableSource, match="s3://photos/day cannot be read: no permission") as caught:
        open_source("s3://photos/day")
    with pytest.raises(ImageError, match="no permission") as also:
        ref.load()
    monkeypatch.undo()
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{unused.getsockname()[1]}")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
        monkeypatch.setattr("s3fs.S3FileSystem.retries", 1)
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
        type(bucket).clear_instance_cache()
        with pytest.raises(UnreadableSource, match="not reachable") as gone:
            open_source("s3://photos/day")
    for one in (caught, also, gone):
        assert SECRET not in str(one.value)
        assert SECRET not in repr(one.value.fields)


def test_the_verbs_take_a_prefix_with_processes_too(bucket, tmp_path):
    for i in range(100):
        data = thumbnail(np.full((24, 32, 3), i, np.uint8))
        (tmp_path / f"{i}.jpg").write_bytes(data)
        put(bucket, f"val/{i}.jpg", data=data)
    command = [sys.executable, "-m", "lookoutcv", "baseline", "s3://photos/val", "-o", str(tmp_path / "b.parquet")]
    command += ["--metrics", "exposure", "--workers", "2", "--no-cache"]
    said = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, env=dict(os.environ))
    assert said.returncode == 0, said.stderr
    assert "100 images" in said.stdout
    assert SECRET not in said.stdout + said.stderr
    assert "Skipped" not in said.stdout


def test_memory_and_local_file_systems_by_url(tmp_path):
    import fsspec

    memory = fsspec.filesystem("memory")
    try:
        for key in ("/shelf/b/1.jpg", "/shelf/a/1.jpg"):
            memory.pipe(key, PICTURE)
            (tmp_path / key[1:]).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / key[1:]).write_bytes(PICTURE)
        assert ids("memory://shelf") == ids((tmp_path / "shelf").as_uri()) == ["a/1.jpg", "b/1.jpg"]
        refs = [pickle.loads(pickle.dumps(ref)) for ref in open_source("memory://shelf")]
    finally:
        memory.rm("/shelf", recursive=True)
    assert [read(ref.load()).width for ref in refs] == [8, 8]  # they carry their bytes: memory is one process's


# The web: one image, no listing.


ASKED = []


class Shop(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        ASKED.append(self.path)
        path = self.path.partition("?")[0]
        flaky = path == "/flaky.jpg" and ASKED.count(self.path) <= 2
        status = {"/gone.jpg": 404, "/shut.jpg": 403}.get(path, 503 if flaky else 200)
        self.send_response(status)
        body = PICTURE if status == 200 else b"no"
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_HEAD(self):
        self.do_GET()

    def log_message(self, *args):
        pass


@pytest.fixture
def shop(monkeypatch):
    pytest.importorskip("aiohttp")
    monkeypatch.setattr("lookoutcv.files.remote._PAUSES_SECONDS", (0.01, 0.01))
    ASKED.clear()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_an_image_on_the_web(shop):
    assert read(f"{shop}/a.jpg").pixels.shape == (6, 8, 3)
    assert lo.measure(f"{shop}/a.jpg?size=2", metrics="exposure")["exposure.brightness"] == 0
    assert any(path == "/a.jpg?size=2" for path in ASKED)


def test_a_server_in_trouble_is_asked_again_one_that_refuses_is_not(shop):
    assert read(f"{shop}/flaky.jpg").width == 8
    with pytest.raises(ImageError, match="the file is gone"):
        read(f"{shop}/gone.jpg")
    ASKED.clear()
    with pytest.raises(ImageError, match="no permission") as caught:
        read(f"{shop}/shut.jpg?token={SECRET}")
    assert SECRET not in str(caught.value)


def test_a_folder_of_the_web_is_not_listed(shop):
    with pytest.raises((SourceError, ImageError)):
        lo.measure(f"{shop}/gone.jpg")
    assert not isinstance(open_source(f"{shop}/photos/"), StorageSource)
