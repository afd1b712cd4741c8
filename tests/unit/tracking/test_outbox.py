"""What is told to a server that goes away: kept, sent when it is back, counted where it never arrives."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lookoutcv.tracking import outbox as module
from lookoutcv.tracking.outbox import Outbox


class RefusedError(Exception):
    """As MLflow raises it."""

    def __init__(self, code: str) -> None:
        super().__init__(f"the server says {code}\nand more")
        self.error_code = code


class Server:
    """Takes what is sent while it is up."""

    def __init__(self) -> None:
        self.up, self.got, self.tries = True, list[str](), 0

    def takes(self, name: str) -> Callable[[], None]:
        def send() -> None:
            self.tries += 1
            if not self.up:
                raise ConnectionError("https://me:hunter2@host is gone")
            self.got.append(name)

        return send


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def outbox(clock: Clock) -> Outbox:
    return Outbox(clock)


def test_what_is_sent_while_the_server_is_away_arrives_in_order_when_it_is_back(
    server: Server, clock: Clock, outbox: Outbox
) -> None:
    outbox.put("points", server.takes("1"))
    server.up = False
    outbox.put("points", server.takes("2"))
    server.up = True
    outbox.put("points", server.takes("3"))
    assert server.got == ["1"], "it is not asked again at once"
    clock.now = 60
    outbox.put("points", server.takes("4"))
    assert server.got == ["1", "2", "3", "4"]
    outbox.close()
    assert outbox.lost == {}


def test_a_server_that_is_away_is_asked_once_a_minute(server: Server, clock: Clock, outbox: Outbox) -> None:
    server.up = False
    for second in range(120):
        clock.now = second
        outbox.put("points", server.takes("a"))
    assert server.tries == 2


def test_what_never_arrives_is_counted_with_the_reason_and_no_secret(server: Server, outbox: Outbox) -> None:
    server.up = False
    outbox.put("points", server.takes("1"), count=6)
    outbox.put("files", server.takes("2"), parcel=True)
    outbox.put("points", server.takes("3"), count=6)
    outbox.try_again()
    outbox.close()
    assert outbox.lost == {"points": 12, "files": 1}
    assert outbox.reason == "https://host is gone"


def test_the_last_try_is_made_whenever_the_one_before_was(server: Server, outbox: Outbox) -> None:
    server.up = False
    outbox.put("points", server.takes("1"))
    server.up = True
    outbox.try_again()
    assert server.got == ["1"]


def test_what_the_server_refuses_is_counted_and_holds_nothing_up(server: Server, outbox: Outbox) -> None:
    def refuse() -> None:
        raise RefusedError("INVALID_PARAMETER_VALUE")

    outbox.put("parameters", refuse, count=3)
    outbox.put("points", server.takes("1"))
    assert server.got == ["1"]
    assert outbox.lost == {"parameters": 3}
    assert outbox.reason == "the server says INVALID_PARAMETER_VALUE"


def test_points_do_not_wait_for_files_whose_store_is_away(server: Server, outbox: Outbox) -> None:
    files = Server()
    files.up = False
    outbox.put("files", files.takes("report"), parcel=True)
    outbox.put("points", server.takes("1"))
    assert server.got == ["1"]
    files.up = True
    outbox.try_again()
    assert files.got == ["report"]


def test_files_wait_for_the_run_that_they_belong_to(server: Server, outbox: Outbox) -> None:
    server.up = False
    outbox.put("runs", server.takes("run"))
    server.up = True
    outbox.put("files", server.takes("file"), parcel=True)
    assert server.got == []
    outbox.try_again()
    assert server.got == ["run", "file"]


def test_ctrl_c_in_the_middle_of_sending_loses_nothing(server: Server, outbox: Outbox) -> None:
    def interrupted() -> None:
        if not server.tries:
            server.tries += 1
            raise KeyboardInterrupt
        server.got.append("1")

    with pytest.raises(KeyboardInterrupt):
        outbox.put("points", interrupted)
    outbox.try_again()
    assert server.got == ["1"]


def test_a_queue_without_end_is_bounded(monkeypatch: pytest.MonkeyPatch, server: Server, outbox: Outbox) -> None:
    monkeypatch.setattr(module, "_MOST_LETTERS", 3)
    server.up = False
    for _ in range(5):
        outbox.put("points", server.takes("a"), count=2)
    assert outbox.lost == {"points": 4}
    outbox.close()
    assert outbox.lost == {"points": 10}
