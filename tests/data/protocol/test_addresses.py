"""S-15: a feed reaches public addresses and the networks it declares, however an address is spelt, and nothing else."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.loaders.addresses import AddressRefusedError, FetchError, check_url, is_allowed
from data.loaders.fetch_options import FetchOptions
from data.loaders.fetching import Client
from tests.fault_server import FaultServer, Reply

PUBLIC = "93.184.216.34"


def options(url="https://data.example/x", **more):
    return FetchOptions(**{"url": url, "name": "x.json", "content_types": ("application/json",), **more})


def fixed(*addresses):
    return lambda _host, _port: list(addresses)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "gopher://127.0.0.1:70/_x", "ftp://data.example/x", "dict://127.0.0.1:11211/stat",
        "data:application/json,{}", "jar:http://data.example!/x", "http://data.example/x", "//data.example/x", "x",
        "HTTPS://", "https:///x", "https://user:word@data.example/x", "https://data.example\\@127.0.0.1/x",
        "https://data.example/\r\nHost: x", "https://data.example:22/x", "https://data.example:99999/x",
        "https://①②⑦.⓪.⓪.①/x", "https://ⓛocalhost/x", "https://数据.example/x", "https://data.example%00.evil/x",
        "https://-x.example/", "https://exa mple/", "https://[::1/x", "https://[fe80::1%25eth0]/x",
    ],
)  # fmt: skip
def test_s_15_other_schemes_and_addresses_with_two_readings_are_refused(url):
    with pytest.raises(AddressRefusedError):
        check_url(url, options(), fixed(PUBLIC))


LOOPBACK_SPELLINGS = [
    "127.0.0.1", "127.1", "127.0.1", "0", "0.0.0.0", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1",
    "017700000001", "127.0.0.1.", "localhost", "localhost.", "LOCALHOST", "[::1]", "[::]", "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
]  # fmt: skip


@pytest.mark.parametrize("host", LOOPBACK_SPELLINGS)
def test_s_15_no_spelling_of_loopback_reaches_a_server_there(host, tmp_path):
    with FaultServer("0.0.0.0") as canary:
        canary.scripts["/x"] = [Reply(b"{}")]
        url = f"http://{host}:{canary.port}/x"
        asked = options(url, schemes=("http",), ports=(canary.port,), tries=1, connect_s=1)
        with pytest.raises(FetchError):
            Client(asked).get(url, tmp_path / "x.json")
        assert canary.requests == []


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254", "fd00:ec2::254", "100.100.100.200", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1",
        "0.0.0.0", "127.0.0.53", "224.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.2.1", "240.0.0.1",
        "::", "::1", "fe80::1", "fc00::1", "ff02::1", "::ffff:169.254.169.254", "::ffff:10.0.0.1", "::10.0.0.1",
        "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1", "2001:0:0:0:0:0:5601:5601", "2001:db8::1",
    ],
)  # fmt: skip
def test_s_15_a_name_that_resolves_to_what_is_not_public_is_refused(address):
    with pytest.raises(AddressRefusedError, match=r"is not public"):
        check_url("https://data.example/x", options(), fixed(address))


def test_s_15_one_bad_address_among_good_ones_is_enough():
    with pytest.raises(AddressRefusedError, match=r"10\.0\.0\.1"):
        check_url("https://data.example/x", options(), fixed(PUBLIC, "10.0.0.1"))


def test_s_15_a_public_address_and_a_declared_network_work():
    assert str(check_url("https://data.example/x", options(), fixed(PUBLIC)).address) == PUBLIC
    inner = options(allowed_networks=("10.20.0.0/16", "fd12::/16"))
    assert check_url("https://data.example/x", inner, fixed("10.20.3.4", "fd12::9")).host == "data.example"
    assert check_url("https://data.example/x", inner, fixed("::ffff:10.20.3.4")).address == ip_address("::ffff:a14:304")
    with pytest.raises(AddressRefusedError):
        check_url("https://data.example/x", inner, fixed("10.21.0.1"))


@given(st.ip_addresses(v=4))
def test_s_15_an_ipv4_address_hidden_in_ipv6_counts_as_itself(address):
    networks = [ip_network("10.20.0.0/16")]
    for hidden in (f"::ffff:{address}", f"64:ff9b::{address}"):
        assert is_allowed(ip_address(hidden), networks) == is_allowed(address, networks)


def test_s_15_a_name_that_changes_its_address_reaches_only_the_address_checked(tmp_path):
    """Rebinding: the second look-up would lead to the canary; there is no second look-up in a hop."""
    answers = iter([["127.0.0.9"], ["127.0.0.1"], ["127.0.0.1"]])
    with FaultServer() as canary:
        canary.scripts["/x"] = [Reply(b"{}")]
        url = f"http://rebinding.example:{canary.port}/x"
        declared = options(url, schemes=("http",), allowed_networks=("127.0.0.9/32",), tries=1, connect_s=1)
        with pytest.raises(FetchError):
            Client(declared, resolver=lambda *_: next(answers)).get(url, tmp_path / "x.json")
        assert canary.requests == []
        assert next(answers) == ["127.0.0.1"]  # it was asked once


def test_s_15_a_redirect_is_resolved_and_checked_anew(tmp_path):
    answers = iter([["127.0.0.1"], ["169.254.169.254"]])
    with FaultServer() as server:
        url = f"http://data.example:{server.port}/x"
        server.scripts["/x"] = [Reply.redirect("/latest/meta-data")]
        declared = options(url, schemes=("http",), allowed_networks=("127.0.0.0/8",), tries=1)
        with pytest.raises(FetchError, match=r"169\.254\.169\.254, which is not public"):
            Client(declared, resolver=lambda *_: next(answers)).get(url, tmp_path / "x.json")


def test_s_15_a_proxy_of_the_environment_is_not_used(monkeypatch, tmp_path):
    with FaultServer() as server, FaultServer() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "https_proxy"):
            monkeypatch.setenv(name, proxy.address)
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        server.scripts["/x"] = [Reply(b'{"a": 1}')]
        url = f"{server.address}/x"
        declared = options(url, schemes=("http",), allowed_networks=("127.0.0.0/8",))
        Client(declared).get(url, tmp_path / "x.json")
        assert (len(server.requests), proxy.requests) == (1, [])


@pytest.mark.parametrize("header", ["Host", "Authorization", "cookie", "Accept-Encoding"])
def test_a_declaration_cannot_set_headers_that_are_ours(header):
    with pytest.raises(ValueError, match=r"cannot be declared"):
        options(headers={header: "x"})


def test_a_placeholder_without_a_window_is_a_mistake():
    with pytest.raises(ValueError, match=r"first"):
        options("https://data.example/x?from={first}")


@pytest.mark.parametrize("host", ["127.1", "0x7f000001", "2130706433", "0177.0.0.1", "017700000001", "127.0.0.1."])
def test_s_15_a_spelling_with_two_readings_is_refused_even_where_its_address_is_declared(host):
    declared = options(allowed_networks=("127.0.0.0/8",))
    with pytest.raises(AddressRefusedError, match=r"is not a host name"):
        check_url(f"https://{host}/x", declared, fixed("127.0.0.1"))
