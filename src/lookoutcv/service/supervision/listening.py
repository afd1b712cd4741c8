"""The socket that a service listens on."""

from __future__ import annotations

import errno
import socket

from lookoutcv.calls.option_names import option
from lookoutcv.errors import ConfigError

_BACKLOG = 2048


def listening_socket(host: str, port: int) -> socket.socket:
    """A socket that listens.

    Args:
        host: An address or a name of this machine.
        port: 0 for a free one.
    Raises:
        ConfigError: That cannot be had.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
    except (OSError, OverflowError, UnicodeError) as reason:
        raise _refused(host, port, reason) from None
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(_BACKLOG)
    except (OSError, OverflowError) as reason:
        listening.close()
        raise _refused(host, port, reason) from None
    listening.setblocking(False)
    return listening


def _refused(host: str, port: int, reason: Exception) -> ConfigError:
    taken = isinstance(reason, OSError) and reason.errno == errno.EADDRINUSE
    why = "another program listens there" if taken else getattr(reason, "strerror", None) or str(reason)
    another = f"Give another {option('port' if taken else 'host')}"
    remedy = f"{another}, such as {port + 1}, or 0 for a free one." if taken else f"{another}."
    return ConfigError(f"{host}:{port} cannot be listened on: {why}", remedy, key="port" if taken else "host")
