"""Says a text outside. No database here, no address or secret in any problem that it tells of."""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from smtplib import SMTPException
from time import monotonic
from urllib.parse import urlsplit

from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from apps.kernel import clock
from apps.notices.conf import conf
from apps.notices.core.networks import is_public
from apps.notices.core.robots import message, refusal
from apps.notices.errors import UnusableAddress
from apps.notices.states import Channel

MOST_ANSWER_BYTES = 65_536


@dataclass(frozen=True)
class Parcel:
    """What goes to one receiver in one message."""

    channel: str
    address: str
    secret: str
    subject: str
    text: str


def send(parcel: Parcel) -> str:
    """Sends it; why it did not go, empty when it did."""
    try:
        if parcel.channel == Channel.EMAIL:
            EmailMessage(subject=parcel.subject, body=parcel.text, to=[parcel.address]).send()
            return ""
        address, body = message(parcel.channel, parcel.address, parcel.secret, parcel.text, clock.now().timestamp())
        headers = {"Content-Type": "application/json; charset=utf-8"}
        private, seconds = conf.PRIVATE_ADDRESSES, conf.TIMEOUT_SECONDS
        return refusal(*post(address, body, headers, private=private, seconds=seconds, most_bytes=MOST_ANSWER_BYTES))
    except UnusableAddress as refused:
        return str(refused)
    except (OSError, SMTPException, http.client.HTTPException) as fault:
        return str(getattr(fault, "strerror", "") or type(fault).__name__)[:300]


def require_usable(address: str, *, private: bool | None = None) -> None:
    """Refuses with UnusableAddress what is no address in the open network; names are looked up when it is used.

    `private` allows private networks, this machine and http; None: as the setting of notices says.
    """
    private = conf.PRIVATE_ADDRESSES if private is None else private
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as wrong:
        raise UnusableAddress(problem=_("it is not written as one")) from wrong
    if parts.scheme != "https" and not (private and parts.scheme == "http"):
        raise UnusableAddress(problem=_("it has to begin with https://"))
    if not parts.hostname or parts.username or port == 0 or any(character.isspace() for character in address):
        raise UnusableAddress(problem=_("it is not written as one"))
    try:
        found = ipaddress.ip_address(parts.hostname)
    except ValueError:
        return  # a name
    _require_public(found, private)


def _require_public(found: "ipaddress.IPv4Address | ipaddress.IPv6Address", private: bool) -> None:
    if not private and not is_public(found):
        raise UnusableAddress(problem=_("it lies in a private network"))


def post(
    address: str, body: bytes, headers: dict[str, str], *, private: bool, seconds: float, most_bytes: int
) -> tuple[int, bytes]:
    """The status of the answer and so many bytes of it. Speaks to the very address that was checked, so that a name cannot mean
    another one a moment later, and follows nothing. Raises UnusableAddress, OSError and HTTPException; after so many seconds
    in all it is over, however slowly somebody answers.
    """
    ends = monotonic() + seconds
    require_usable(address, private=private)
    parts = urlsplit(address)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for *_rest, place in found:
        _require_public(ipaddress.ip_address(str(place[0]).partition("%")[0]), private)
    speaks = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = speaks(host, port, timeout=seconds)
    with _ending(ends) as spoken:
        link: socket.socket = socket.create_connection((str(found[0][4][0]), port), timeout=_left(ends))
        spoken.append(link)
        _left(ends)  # who was over before could not be cut off
        if parts.scheme == "https":
            context = ssl.create_default_context()
            secured = context.wrap_socket(link, server_hostname=host, do_handshake_on_connect=False)
            spoken.append(secured)
            secured.do_handshake()
        connection.sock = spoken[-1]
        path = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read(most_bytes)


def _left(ends: float) -> float:
    left = ends - monotonic()
    if left <= 0:
        raise TimeoutError
    return left


@contextmanager
def _ending(ends: float) -> Iterator[list[socket.socket]]:
    """Whatever is spoken over these sockets is cut off at that moment, and they are closed behind it.

    A timeout of a socket counts from byte to byte: who sends one now and then would hold the line for ever.
    """
    spoken: list[socket.socket] = []
    over = threading.Event()

    def cut() -> None:
        over.set()
        for each in spoken:
            with suppress(OSError):
                socket.socket.shutdown(each, socket.SHUT_RDWR)

    timer = threading.Timer(_left(ends), cut)
    timer.daemon = True
    timer.start()
    try:
        yield spoken
    except (OSError, http.client.HTTPException) as fault:
        if over.is_set():
            raise TimeoutError from fault
        raise
    else:
        if over.is_set():  # what was cut off may look like an answer that has ended
            raise TimeoutError
    finally:
        timer.cancel()
        for each in spoken:
            each.close()
