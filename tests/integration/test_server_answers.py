"""What S3 answers where it refuses, through the real client: the cause is told and what to do."""

import http.server
import threading

import pytest

from lookoutcv.errors import ImageError, SourceError
from lookoutcv.images import read
from lookoutcv.sources import open_source

SECRET = "a-secret-that-is-never-shown"
ANSWERS = {
    "expired": (400, "ExpiredToken", "the token has expired. Sign in again"),
    "invalid-token": (400, "InvalidToken", "the session token is not valid. Sign in again"),
    "elsewhere": (301, "PermanentRedirect", r"in another region \(eu-west-9\). Set AWS_DEFAULT_REGION=eu-west-9"),
    "malformed": (400, "AuthorizationHeaderMalformed", r"in another region \(eu-west-9\). Set AWS_DEFAULT_REGION"),
    "slow": (503, "SlowDown", "the server asks to slow down. Wait some minutes and run it again, with one worker"),
    "trouble": (500, "InternalError", "the server has trouble of its own. Wait some minutes and run it again"),
    "no-key": (403, "InvalidAccessKeyId", "the access key is not known there. Check AWS_ACCESS_KEY_ID"),
    "signature": (403, "SignatureDoesNotMatch", "the secret key does not fit the access key"),
    "clock": (403, "RequestTimeTooSkewed", "the clock of this machine is wrong. Set it"),
    "denied": (403, "AccessDenied", "no permission. Check the credentials"),
    "archived": (403, "InvalidObjectState", "it is archived and not at hand. Restore it there first"),
    "unheard-of": (400, "SomethingNew", "the server answered SomethingNew. Check the URL"),
    "no-such": (404, "NoSuchBucket", "there is no (such )?bucket.* Check its name"),
}


class Refusing(http.server.BaseHTTPRequestHandler):
    """As S3 does: the name of the bucket says how, and to HEAD there are no words."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        status, code, _ = ANSWERS[self.path.split("/")[1].partition("?")[0]]
        region = "<Region>eu-west-9</Region>" if status in (301, 400) else ""
        words = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>{SECRET}</Message>{region}</Error>".encode()
        words = b"" if self.command == "HEAD" else words
        self.send_response(status)
        self.send_header("Content-Length", str(len(words)))
        if region:
            self.send_header("x-amz-bucket-region", "eu-west-9")
        self.end_headers()
        self.wfile.write(words)

    def do_HEAD(self):
        self.do_GET()

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def server():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def client(server, monkeypatch):
    s3fs = pytest.importorskip("s3fs")
    said = {"AWS_ENDPOINT_URL": server, "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": SECRET}
    for name, value in {**said, "AWS_DEFAULT_REGION": "us-east-1", "AWS_MAX_ATTEMPTS": "1"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("s3fs.S3FileSystem.retries", 1)
    s3fs.S3FileSystem.clear_instance_cache()
    yield
    s3fs.S3FileSystem.clear_instance_cache()


@pytest.mark.parametrize("bucket", ANSWERS)
@pytest.mark.parametrize("prefix", ["", "/day"])
def test_a_list_that_is_refused(bucket, prefix):
    with pytest.raises(SourceError, match=ANSWERS[bucket][2]) as caught:
        open_source(f"s3://{bucket}{prefix}")
    assert SECRET not in str(caught.value) + repr(caught.value.fields)


@pytest.mark.parametrize("bucket", ANSWERS)
def test_a_file_that_is_refused(bucket):
    with pytest.raises(ImageError, match=ANSWERS[bucket][2]) as caught:
        read(f"s3://{bucket}/day/1.jpg")
    assert SECRET not in str(caught.value) + repr(caught.value.fields)
