"""What may be known of a provider without asking it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """`address` is where it answers; `billing_page` is where a person buys credit."""

    id: str
    name: str
    address: str
    billing_page: str
