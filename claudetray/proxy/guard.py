"""Who may speak to this server: programs on this computer, and its own pages. Never a page from elsewhere.

A web page can make a browser send requests to loopback, under a name that it has pointed here (DNS rebinding) or
without reading the answer (a simple POST). What browsers say of themselves gives both away.
Source: Fetch Standard, "HTTP extensions"; Fetch Metadata, "Sec-Fetch-Site".
"""

import re
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from multidict import MultiMapping

from claudetray.core.exchange import Refusal

AUTHORITY = re.compile(r"(?:\[([0-9a-fA-F:]+)\]|([0-9a-zA-Z.]+))(?::([0-9]{1,5}))?")
OWN_SITE = frozenset({"same-origin", "none"})  # none: typed into the address bar


def refusal(headers: MultiMapping[str], own_port: int) -> Refusal | None:
    """Why this request may not pass, or None: it may.

    Shape: `headers` finds a name in any case, as often as it was sent; `own_port` is where the request came in.
    """
    if any(not loopback(host) for host in headers.getall("Host", [""])):
        return _refused("This address answers only as 127.0.0.1, [::1] or localhost: use one of them in the URL.")
    if any(not _own(origin, own_port) for origin in headers.getall("Origin", [])):
        return _refused("Web pages may not call Claude through claudetray: call it from a program.")
    if not OWN_SITE.issuperset(headers.getall("Sec-Fetch-Site", [])):
        return _refused("Other web sites may not reach claudetray: open it from the address bar or from a program.")
    return None


def _refused(message: str) -> Refusal:
    return Refusal(status=403, kind="permission_error", message=message, headers={})


@lru_cache(maxsize=64)
def loopback(authority: str) -> bool:
    """Does this `host` or `host:port` name this very computer?"""
    return _parted(authority) is not None


def _own(origin: str, own_port: int) -> bool:
    scheme, mark, authority = origin.partition("://")
    parted = _parted(authority)
    return scheme == "http" and mark != "" and parted is not None and (parted or 80) == own_port


def _parted(authority: str) -> int | None:
    """The port of a loopback authority, 0 where it has none; None where it is not loopback at all."""
    parts = AUTHORITY.fullmatch(authority)
    if parts is None:
        return None
    six, name, port = parts.groups()
    try:
        here = name.lower() == "localhost" if six is None else IPv6Address(six).is_loopback
        here = here or (six is None and IPv4Address(name).is_loopback)
    except AddressValueError:
        return None
    return int(port or 0) if here else None
