"""H-10: certificates. Expired, of another host or self-signed is refused; an authority of one's own can be declared."""

from __future__ import annotations

import shutil
import ssl
import subprocess

import pytest

from data.loaders.addresses import FetchError
from data.loaders.fetch_options import FetchOptions
from data.loaders.fetching import Client
from tests.fault_server import FaultServer, Reply

OPENSSL = shutil.which("openssl")
EC = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
AUTHORITY = ["-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign"]
pytestmark = pytest.mark.skipif(OPENSSL is None, reason="NOT TESTED: certificates are made with openssl")


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """An authority, and certificates for data.example: good, expired, of another host, self-signed."""
    folder = tmp_path_factory.mktemp("certificates")

    def openssl(*arguments):
        subprocess.run([OPENSSL, *map(str, arguments)], cwd=folder, check=True, capture_output=True)

    for name, subject in (("authority", "/CN=Test authority"), ("selfsigned", "/CN=data.example")):
        more = AUTHORITY if name == "authority" else ["-addext", "subjectAltName=DNS:data.example"]
        openssl(
            "req", "-x509", *EC, "-keyout", f"{name}.key", "-out", f"{name}.pem", "-days", 2, "-subj", subject, *more
        )
    for name, host, days in (
        ("good", "data.example", 2),
        ("expired", "data.example", -1),
        ("other", "other.example", 2),
    ):
        (folder / "extensions").write_text(f"subjectAltName=DNS:{host}", encoding="utf-8")
        openssl("req", *EC, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={host}")
        signing = ["-CA", "authority.pem", "-CAkey", "authority.key", "-CAcreateserial", "-extfile", "extensions"]
        openssl("x509", "-req", "-in", f"{name}.csr", *signing, "-days", days, "-out", f"{name}.pem")
    return folder


@pytest.fixture
def ask(certificates, tmp_path):
    def of(name, bundle=True):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificates / f"{name}.pem", certificates / f"{name}.key")
        with FaultServer(tls=context) as server:
            server.scripts["/x"] = [Reply(b'{"a": 1}')]
            url = f"https://data.example:{server.port}/x"
            options = FetchOptions(
                url=url,
                name="x.json",
                content_types=("application/json",),
                allowed_networks=("127.0.0.0/8",),
                ca_bundle=certificates / "authority.pem" if bundle else None,
                backoff_s=0.01,
            )
            try:
                client = Client(options, resolver=lambda *_: ["127.0.0.1"], sleep=lambda _s: None)
                return client.get(url, tmp_path / "x.json").path.read_bytes(), server.requests
            finally:
                assert len(server.requests) <= 1

    return of


def test_h_10_a_certificate_of_the_declared_authority_is_taken_and_the_name_is_sent(ask):
    body, requests = ask("good")
    assert body == b'{"a": 1}'
    assert requests[0].headers["host"].startswith("data.example:")


@pytest.mark.parametrize(
    ("name", "bundle", "reason"),
    [
        ("expired", True, "expired"),
        ("other", True, "Hostname mismatch"),
        ("selfsigned", True, "self-signed"),
        ("good", False, "unable to get local issuer"),
    ],
)
def test_h_10_other_certificates_are_refused_at_once(ask, name, bundle, reason):
    with pytest.raises(FetchError, match=rf"the certificate is not valid: .*{reason}"):
        ask(name, bundle)
