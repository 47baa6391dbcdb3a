import pytest
from multidict import CIMultiDict

from claudetray.proxy import guard

PORT = 8377
OWN = "127.0.0.1:8377"


def passes(**headers: str) -> bool:
    named = CIMultiDict({name.replace("_", "-"): value for name, value in headers.items()})
    return guard.refusal(named, PORT) is None


@pytest.mark.parametrize(
    "host", ["127.0.0.1", OWN, "127.8.9.10", "[::1]", "[::1]:8377", "localhost", "LocalHost:8377", "localhost:1"]
)
def test_this_computer_may_be_called_by_its_names(host: str) -> None:
    assert passes(Host=host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "evil.example:8377",
        "localhost.evil.example",
        "evil.localhost",
        "127.0.0.1.evil.example",
        "127.0.0.1@evil.example",
        "127.0.0.1:8377.evil.example",
        "0.0.0.0",
        "192.168.1.2",
        "10.0.0.1:8377",
        "[::1]evil.example",
        "[::1",
        "::1",
        "[127.0.0.1]",
        "[localhost]",
        "[::2]:8377",
        "127.1",
        "0x7f000001",
        "127.0.0.1:",
        "127.0.0.1:٣",
        "127.0.0.1:-1",
        "127.0.0.1, evil.example",
        "127.0.0.1 ",
    ],
)
def test_another_name_is_refused(host: str) -> None:
    assert not passes(Host=host)


def test_a_request_without_a_host_is_refused() -> None:
    assert not passes()


@pytest.mark.parametrize("origin", ["http://127.0.0.1:8377", "http://localhost:8377", "http://[::1]:8377"])
def test_its_own_pages_may_call(origin: str) -> None:
    assert passes(Host=OWN, Origin=origin, Sec_Fetch_Site="same-origin")


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "",
        "https://evil.example",
        "http://evil.example:8377",
        "http://127.0.0.1",
        "http://127.0.0.1:3000",
        "https://127.0.0.1:8377",
        "http://127.0.0.1:8377.evil.example",
        "http://127.0.0.1:8377/",
        "127.0.0.1:8377",
        "chrome-extension://abcdef",
        "file://",
    ],
)
def test_a_page_from_elsewhere_is_refused(origin: str) -> None:
    assert not passes(Host=OWN, Origin=origin)


def test_at_port_80_an_origin_has_no_port() -> None:
    assert guard.refusal(CIMultiDict(Host="localhost", Origin="http://localhost"), 80) is None


@pytest.mark.parametrize(("site", "may"), [("same-origin", True), ("none", True), ("same-site", False)])
def test_only_its_own_site_may_fetch(site: str, may: bool) -> None:
    assert passes(Host=OWN, Sec_Fetch_Site=site) is may
    assert not passes(Host=OWN, Sec_Fetch_Site="cross-site")
    assert not passes(Host=OWN, Sec_Fetch_Site="something-new")


def test_node_says_how_it_fetches_but_not_from_where_and_passes() -> None:
    assert passes(Host=OWN, Sec_Fetch_Mode="cors", Accept_Language="*")


def test_a_refusal_is_a_403_with_a_sentence() -> None:
    refusal = guard.refusal(CIMultiDict(Host="evil.example"), PORT)
    assert refusal is not None
    assert (refusal.status, refusal.kind) == (403, "permission_error")
    assert "127.0.0.1" in refusal.message
    assert dict(refusal.headers) == {}
