"""A secret in every place that holds one, and every verb failing and doing well: nowhere is it printed or written."""

from __future__ import annotations

import http.server
import io
import logging
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import typer
from PIL import Image

import lookoutcv as lo
from lookoutcv.cli.app import app
from lookoutcv.errors import LookoutError
from lookoutcv.secrets import without_secrets
from terminal import Terminal

PASSWORD, SIGNATURE, TOKEN = "hunter2hunter", "sig-nature-sig", "t0ken-t0ken"
KEY, ACCOUNT, SAS, VARIABLE = "aws/Secret+Key", "YWNjb3VudA==", "sas-sas-sas", "of-the-settings"
SECRETS = (PASSWORD, SIGNATURE, TOKEN, KEY, ACCOUNT, SAS, VARIABLE)
QUERY = f"sig={SIGNATURE}&X-Amz-Security-Token={TOKEN}&X-Amz-Credential={TOKEN}"


class _Pictures(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if "refused" in self.path:
            self.send_error(403, f"{TOKEN} is not allowed")
            return
        picture = io.BytesIO()
        pixels = np.random.default_rng(len(self.path)).integers(0, 255, (32, 32, 3), np.uint8)
        Image.fromarray(pixels).save(picture, "png")
        self.send_response(200)
        self.send_header("Content-Length", str(picture.tell()))
        self.end_headers()
        self.wfile.write(picture.getvalue())

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Pictures)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://me:{PASSWORD}@127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "AWS_SECRET_ACCESS_KEY": KEY,
        "AWS_SESSION_TOKEN": TOKEN,
        "AZURE_STORAGE_CONNECTION_STRING": f"AccountName=a;AccountKey={ACCOUNT};EndpointSuffix=core.windows.net",
        "AZURE_STORAGE_SAS_TOKEN": SAS,
        "PLACE": VARIABLE,
        "LOOKOUTCV_MONITOR_SOURCE": f"https://me:{PASSWORD}@127.0.0.1:9/a.png?{QUERY}",
    }.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "lookout.yaml").write_text(
        f"log:\n  directory: s3://me:{PASSWORD}@bucket/logs?{QUERY}\nmeasure:\n  source: https://${{PLACE}}@127.0.0.1:9/a.png\n"
    )
    return tmp_path


def _told(lookout: Terminal, desk: Path) -> str:
    """What was printed, and what all files hold that the test did not write."""
    given = ("lookout.yaml", "pictures.csv", "plugin.py")
    files = [file.read_bytes() for file in desk.rglob("*") if file.is_file() and file.name not in given]
    return lookout.out + lookout.err + b"".join(files).decode(errors="replace")


# Each verb with what makes it fail: a place that does not answer, that refuses, that is not there.
FAILING = {
    "demo": ["{url}"],
    "measure": ["{url}"],
    "baseline": ["{url}", "-o", "b.parquet"],
    "show": ["{url}"],
    "monitor": ["{url}", "-b", "{url}"],
    "compare": ["{url}", "{url}"],
    "index": ["{url}"],
    "predict": ["{url}", "{url}"],
    "explain": ["{url}", "{url}"],
    "evaluate": ["{url}", "{url}"],
    "card": ["{url}"],
    "serve": ["{url}", "--gate", "{url}"],
    "train": ["{url}", "--models", "test_resnet", "--weights", "none"],
    "package": ["{url}", "--data", "{url}"],
    "gate check": ["{url}"],
    "gate data": ["--from", "{url}"],
    "gate add": ["{url}"],
    "gate init": ["--from", "{url}"],
    "gate fit": ["{url}", "--mlflow", "{url}"],
    "gate evaluate": ["composite", "{url}"],
    "runs list": ["{url}"],
    "runs show": ["{url}"],
    "runs compare": ["{url}", "{url}"],
    "plugins": ["{url}"],
    "doctor": ["{url}"],
    "init": ["{url}", "--force"],
    "config check": ["{url}"],
    "config show": ["{url}"],
    "config schema": ["-o", "{url}"],
    "history list": ["--history", "{url}"],
    "history show": ["1", "--history", "{url}"],
    "history events": ["--history", "{url}"],
    "history rollup": ["m", "n", "--history", "{url}"],
    "history prune": ["1d", "--history", "{url}"],
    "keys add": ["a", "--keys", "{url}"],
    "keys list": ["--keys", "{url}"],
    "keys remove": ["a", "--keys", "{url}"],
    "log list": ["--directory", "{log}"],
    "log tail": ["--directory", "{log}"],
    "log show": ["a.jpg", "--directory", "{log}"],
    "log query": ["SELECT '{url}' AS a FROM nothing", "--directory", "{log}"],
    "log plot": ["--directory", "{log}"],
    "log export": ["{url}", "--directory", "{log}"],
    "log import": ["{url}", "--directory", "{log}"],
    "log label": ["{url}", "--directory", "{log}"],
    "log retain": ["--older-than", "1d", "--directory", "{log}"],
    "log compact": ["--directory", "{log}"],
    "log vacuum": ["--directory", "{log}"],
    "log erase": ["--image", "{url}", "--directory", "{log}"],
}


def test_every_verb_is_tried() -> None:
    group = typer.main.get_command(app)
    names = set()
    for name, verb in group.commands.items():  # type: ignore[attr-defined]
        names |= {f"{name} {member}" for member in verb.commands} if hasattr(verb, "commands") else {name}
    assert names == set(FAILING)


@pytest.mark.parametrize("verb", FAILING)
def test_a_verb_that_fails_tells_no_secret(verb: str, lookout: Terminal, desk: Path, host: str) -> None:
    for url in (f"https://me:{PASSWORD}@127.0.0.1:9/a.png?{QUERY}", f"{host}/refused.png?{QUERY}"):
        words = [word.format(url=url, log=f"foo://me:{PASSWORD}@bucket/a?{QUERY}") for word in FAILING[verb]]
        lookout("--debug", *verb.split(), *words)
        told = _told(lookout, desk)
        assert [secret for secret in SECRETS if secret in told] == [], told


def test_verbs_that_do_well_write_no_secret(lookout: Terminal, desk: Path, host: str) -> None:
    lines = [f"{host}/{'a' * i}.png?{QUERY}&n={i},cat" for i in range(1, 30)] + [f"{host}/refused.png?{QUERY},dog"]
    (desk / "pictures.csv").write_text("\n".join(["path,label", *lines]))
    source, url = "pictures.csv?urls=yes", f"{host}/a.png?{QUERY}"
    outputs = [word for form in ("html", "json", "md", "xml") for word in ("-o", f"r.{form}")]
    for code, words in (
        (0, ["measure", url, "--no-cache"]),
        (0, ["measure", source, "-o", "records.parquet", "--json"]),
        (0, ["measure", source, "-o", "records.csv"]),
        (0, ["baseline", source, "-o", "b.parquet"]),
        (0, ["monitor", source, "-b", "b.parquet", *outputs]),
        (0, ["compare", "b.parquet", source, "--json"]),
        (0, ["show", "b.parquet", "--json"]),
        (0, ["config", "show", "--all"]),
        (0, ["config", "show", "--json"]),
        (0, ["config", "check", "--json"]),
        (0, ["doctor", "--json"]),
    ):
        assert lookout("--debug", "--log-format", "json", *words) == code, lookout.err
        told = _told(lookout, desk)
        assert [secret for secret in SECRETS if secret in told] == [], (words, told)


PLUGIN = f"""
import os, threading, warnings, logging

class Client:
    def __repr__(self):
        return f"Client(token={SAS!r}, headers={{{{'Authorization': 'Bearer {SAS}'}}}})"
    def __del__(self):
        raise ValueError(os.environ["AWS_SECRET_ACCESS_KEY"])

def fail():
    raise RuntimeError(f"{{Client()!r}} said no to {{os.environ['AWS_SECRET_ACCESS_KEY']}}")

thread = threading.Thread(target=fail)
thread.start()
thread.join()
warnings.warn(f"https://me:{PASSWORD}@host/a?{QUERY} is old")
logging.getLogger("theirs").warning("GET /a?{QUERY}")
try:
    fail()
except RuntimeError as reason:
    try:
        raise ExceptionGroup("some failed", [OSError("//me:{PASSWORD}@host/a"), reason]) from reason
    except ExceptionGroup as group:
        error = KeyError("AccountKey={ACCOUNT};")
        error.add_note("Authorization: SharedKey {TOKEN}")
        raise error from group
"""


def test_what_python_prints_by_itself_is_masked(desk: Path) -> None:
    (desk / "plugin.py").write_text(PLUGIN)
    command = [sys.executable, "-m", "lookoutcv", "--debug", "--no-config", "--plugin", "plugin.py", "plugins"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    for said in ("KeyError", "ExceptionGroup", "Exception in thread", "is old", "GET /a", "ValueError", "Traceback"):
        assert said in done.stderr
    assert [secret for secret in SECRETS if secret in done.stdout + done.stderr] == [], done.stderr


def test_a_program_that_logs_our_errors_logs_no_secret(desk: Path, host: str) -> None:
    told = io.StringIO()
    logger, handler = logging.getLogger("a.service"), logging.StreamHandler(told)
    logger.addHandler(handler)
    for url in (
        f"{host}/refused.png?{QUERY}",
        f"http://me:{PASSWORD}@127.0.0.1:9/a.png?{QUERY}",
        f"foo://{TOKEN}-and-more@a",
    ):
        with pytest.raises(LookoutError) as caught:
            lo.measure(url)
        logger.error("it failed: %r", caught.value, exc_info=caught.value)
        told.write(repr(caught.value.fields) + "".join(traceback.format_exception(caught.value)))
    logger.removeHandler(handler)
    assert "127.0.0.1" in told.getvalue()
    assert [secret for secret in SECRETS if secret in told.getvalue()] == []


def test_a_cause_without_secrets_stays_what_it_is() -> None:
    error = OSError(2, "gone")
    assert without_secrets(error) is error
    error.__cause__ = ValueError(f"token={TOKEN}")
    assert without_secrets(error) is not error
