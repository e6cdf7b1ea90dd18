"""One POST into the Internet: never into our own network, over TLS that is checked, bounded in time."""

import datetime
import ipaddress
import socket
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from routing import transport


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "192.168.0.1",
        "172.16.0.1",
        "169.254.169.254",
        "0.0.0.0",
        "100.64.0.1",
        "224.0.0.1",
        "::1",
        "fe80::1",
        "fc00::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "ff02::1",
        "::",
        "::127.0.0.1",
        "::ffff:0:127.0.0.1",
        "64:ff9b:1::7f00:1",
        "fec0::1",
        "2001:db8::1",
    ],
)
def test_no_address_of_an_inner_network_counts_as_public(address):
    assert not transport.is_public(ip_address(address))


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34"])
def test_addresses_of_the_internet_count_as_public(address):
    assert transport.is_public(ip_address(address))


class Drip(BaseHTTPRequestHandler):
    """A client's server that answers a byte at a time, for ever."""

    def do_POST(self):
        self.send_response(200)
        while not self.server.stop.wait(0.1):
            self.wfile.write(b"X-Slow: 1\r\n")
            self.wfile.flush()

    def handle_one_request(self):
        try:
            super().handle_one_request()
        except ConnectionError:
            self.close_connection = True

    def log_message(self, *args):
        """Keep quiet."""


def test_an_answer_that_drips_is_cut_off():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Drip)
    server.stop = threading.Event()
    threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    with pytest.raises(transport.Unreachable):
        transport.post(f"http://127.0.0.1:{server.server_port}/", b"{}", {}, allow_private=True, timeout=0.5)
    server.stop.set()
    server.shutdown()
    server.server_close()


NOW = datetime.datetime.now(datetime.UTC)
DAY = datetime.timedelta(days=1)


def certificate(name, key, issuer, issuer_key, *, ends=DAY, authority=False, address=None):
    """Return a certificate of this name, signed by its issuer."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    named = [x509.IPAddress(ipaddress.ip_address(address))] if address else [x509.DNSName(name)]
    made = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer or subject)
    made = made.public_key(key.public_key()).serial_number(x509.random_serial_number())
    made = made.not_valid_before(NOW - 3 * DAY).not_valid_after(NOW + ends)
    made = made.add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    made = made.add_extension(x509.SubjectAlternativeName(named), critical=False)
    return made.sign(issuer_key, hashes.SHA256())


@pytest.fixture
def own_authority(tmp_path, monkeypatch):
    """An authority of one's own, which this process trusts as SSL_CERT_FILE says; makes TLS servers."""
    key = ec.generate_private_key(ec.SECP256R1())
    root = certificate("Test CA", key, None, key, authority=True)
    (tmp_path / "ca.pem").write_bytes(root.public_bytes(serialization.Encoding.PEM))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    servers = []

    def serve(name, **fields):
        own = ec.generate_private_key(ec.SECP256R1())
        cert = certificate(name, own, root.subject, key, **fields)
        private = own.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        (tmp_path / "server.pem").write_bytes(private + cert.public_bytes(serialization.Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tmp_path / "server.pem")
        server = ThreadingHTTPServer(("127.0.0.1", 0), Ok)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        servers.append(server)
        return server.server_port

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


class Ok(BaseHTTPRequestHandler):
    """A client's server that takes everything."""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *args):
        """Keep quiet."""


def call(port, host="localhost", scheme="https"):
    return transport.post(f"{scheme}://{host}:{port}/", b"{}", {}, allow_private=True, timeout=5)


def test_a_server_that_proves_its_name_is_called(own_authority):
    assert call(own_authority("localhost")).status == 204
    assert call(own_authority("an address", address="127.0.0.1"), host="127.0.0.1").status == 204


@pytest.mark.parametrize(
    ("name", "fields", "why"),
    [
        ("other.example", {}, "Hostname mismatch"),
        ("localhost", {"ends": -DAY}, "certificate has expired"),
    ],
)
def test_a_certificate_of_another_name_or_time_is_refused(own_authority, name, fields, why):
    with pytest.raises(transport.Unreachable, match=why):
        call(own_authority(name, **fields))


def test_a_certificate_that_nobody_vouches_for_is_refused(own_authority, monkeypatch):
    port = own_authority("localhost")
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(transport.Unreachable, match="CERTIFICATE_VERIFY_FAILED"):
        call(port)


def test_a_name_that_changes_between_look_and_call_gains_nothing(monkeypatch):
    """The name is looked up once; the first answer is public, what a second would say is our own network."""
    answers, called = iter(["93.184.216.34", "127.0.0.1"]), []
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, port, **more: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))],
    )
    monkeypatch.setattr(
        socket, "create_connection", lambda address, timeout: called.append(address) or refuse()
    )
    with pytest.raises(transport.Unreachable):
        transport.post("http://rebinding.example/", b"{}", {})
    assert called == [("93.184.216.34", 80)]


def refuse():
    raise ConnectionRefusedError


@pytest.mark.parametrize(
    "host",
    ["[::1]", "[::ffff:127.0.0.1]", "[::7f00:1]", "2130706433", "0x7f.1", "127.1", "0", "[fe80::1%25lo]"],
)
def test_no_way_to_write_our_own_address_is_called(host):
    with pytest.raises(transport.Unreachable):
        transport.post(f"http://{host}:9/", b"{}", {}, timeout=2)


@pytest.mark.parametrize("host", ["a" * 300, "a" * 250 + ":" + "0" * 40 + "443"])
def test_a_host_that_is_longer_than_names_can_be_is_no_address(host):
    assert not transport.callable_url(f"https://{host}/in")
