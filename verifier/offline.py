"""Turns the network off for the rest of the process."""

import sys

# Whatever could reach another machine, or start a program that could (the names of CPython's table of audit events).
REFUSED_EVENTS: tuple[str, ...] = (
    "socket.",
    "urllib.Request",
    "http.client.",
    "ftplib.",
    "smtplib.",
    "subprocess.",
    "os.system",
    "os.exec",
)
REFUSED_EVENTS += ("os.posix_spawn", "os.spawn", "os.fork", "pty.spawn")


class NetworkIsOff(Exception):
    """Something asked for the network."""


def turn_network_off() -> None:
    """Refuse sockets and child processes from now on; an audit hook cannot be taken off again.

    It sees what Python does. Whoever wants to be certain of the C libraries too pulls the plug.
    """
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    if event.startswith(REFUSED_EVENTS):
        raise NetworkIsOff(f"the network is off: {event}")
