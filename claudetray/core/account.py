"""An account: one configured connection to a provider."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One organization at one host of a provider. `id` is the store's; `name` is for people."""

    id: int
    provider: str
    host: str
    organization: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """One organization that a session can see; `api` tells whether it can hold API credit."""

    uuid: str
    name: str
    api: bool
