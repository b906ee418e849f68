"""Getting out: every kind of socket."""

import socket

from target import AIM


def tcp():
    with socket.create_connection(("127.0.0.1", AIM["tcp"]), timeout=2) as s:
        s.sendall(b"hello")
    return "connected"


def udp():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.sendto(b"hello", ("127.0.0.1", AIM["udp"]))
    return "sent"


def tcp_server():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        s.listen()
        return f"listening on {s.getsockname()}"


def unix_socket():
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(AIM["unix"])
        s.sendall(b"hello")
    return "connected"


def unix_datagram_by_pair():
    """A pair needs no socket() call, and a datagram one can send to any address."""
    one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with one, other:
        one.sendmsg([b"hello"], [], 0, AIM["unix_datagram"])
    return "sent"


def abstract_socket():
    with socket.socket(socket.AF_UNIX) as s:
        s.connect("\0" + AIM["abstract"])
        s.sendall(b"hello")
    return "connected"


def netlink():
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as s:
        s.bind((0, 0))
    return "netlink socket"


def dns():
    """Resolving a name would already tell the world."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.connect(("127.0.0.1", AIM["udp"]))
        s.send(b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x04leak\x03com\x00\x00\x01\x00\x01")
    return "asked"
