"""Speaking to addresses outside: over TLS that is verified, never longer than allowed, whatever the other end does."""

import datetime
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from apps.notices.core.networks import is_public
from apps.notices.dispatch import post

ANSWER = b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok"


@contextmanager
def listening(speak) -> Iterator[int]:
    """The port of a server that lets `speak` have one connection."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        link, _address = server.accept()
        with link:
            speak(link)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield server.getsockname()[1]
    thread.join(30)
    server.close()


def posted(address, seconds=20.0):
    return post(address, b"{}", {"x-trial": "1"}, private=True, seconds=seconds, most_bytes=10)


@pytest.fixture
def certificate(tmp_path):
    """A certificate of this machine that signs itself, with its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "receiver")])
    built = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(17)
        .not_valid_before(now).not_valid_after(now + datetime.timedelta(days=36_500))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    )  # fmt: skip
    plain = serialization.NoEncryption()
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    path = tmp_path / "receiver.pem"
    path.write_bytes(built.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM) + secret)
    return path


def over_tls(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def speak(link: socket.socket) -> None:
        try:
            with context.wrap_socket(link, server_side=True) as secured:
                heard = b""
                while not heard.endswith(b"{}") and (more := secured.recv(65_536)):
                    heard += more
                secured.sendall(ANSWER)
        except OSError:
            pass  # the other end did not believe the certificate

    return speak


def test_a_certificate_that_is_trusted_is_spoken_to(certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    with listening(over_tls(certificate)) as port:
        assert posted(f"https://127.0.0.1:{port}/") == (201, b"ok")


def test_a_certificate_that_nobody_trusts_is_refused(certificate):
    with listening(over_tls(certificate)) as port, pytest.raises(ssl.SSLCertVerificationError):
        posted(f"https://127.0.0.1:{port}/")


def test_who_answers_byte_by_byte_for_ever_is_cut_off():
    over = threading.Event()

    def drip(link: socket.socket) -> None:
        try:
            link.sendall(b"HTTP/1.1 200 OK\r\n")
            while not over.wait(0.05):
                link.sendall(b"x")  # never the end of a line, and never a pause that is long enough
        except OSError:
            return

    with listening(drip) as port, pytest.raises(TimeoutError):
        posted(f"http://127.0.0.1:{port}/", seconds=1)
    over.set()


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1", True),
        ("64:ff9b::808:808", True),
        ("10.0.0.1", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("64:ff9b::a00:1", False),
        ("2002:a00:1::", False),
    ],
)
def test_what_is_public_is_so_whatever_it_is_wrapped_in(address, public):
    assert is_public(ip_address(address)) is public
