"""Whether a server answers at all, found out while MLflow is being imported, which takes seconds itself."""

from __future__ import annotations

import ssl
import threading
import time
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit, urlunsplit
from urllib.request import Request, urlopen

# From the first look to the word that nobody is there, five seconds pass at most.
PATIENCE_SECONDS = 4.0


class Knock:
    """A request to a server, in a thread of its own: to ask for an address can take longer than any timeout.

    Args:
        uri: http:// or https://.
    """

    def __init__(self, uri: str) -> None:
        place = urlsplit(uri)
        # A user and a password are for MLflow; urllib would take them for a part of the host's name.
        self._uri = urlunsplit((place.scheme, place.netloc.rpartition("@")[2], place.path.rstrip("/"), "", ""))
        self._until = time.monotonic() + PATIENCE_SECONDS
        self._reason = f"no answer within {PATIENCE_SECONDS:g} s"
        self._answered = threading.Event()
        self._thread = threading.Thread(target=self._knock, daemon=True)
        self._thread.start()

    def reason(self) -> str:
        """Why nobody is there; "" where somebody answered. Waits for it."""
        self._thread.join(max(0.0, self._until - time.monotonic()))
        return "" if self._answered.is_set() else self._reason

    def _knock(self) -> None:
        try:
            # Any answer is one: whether it is MLflow's, MLflow finds out.
            with urlopen(Request(f"{self._uri}/health"), timeout=PATIENCE_SECONDS):
                self._answered.set()
        except HTTPError:
            self._answered.set()
        except URLError as error:
            # A certificate that MLflow is told to accept is none of our business.
            if isinstance(error.reason, ssl.SSLError):
                self._answered.set()
            elif not isinstance(error.reason, TimeoutError):
                self._reason = str(getattr(error.reason, "strerror", None) or error.reason)
        except TimeoutError:
            pass
        except Exception as error:  # no HTTP, an address that is none ...
            self._reason = str(error) or type(error).__name__
