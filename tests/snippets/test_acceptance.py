from claudetray.snippets.acceptance import is_credits, split_cookies


def test_cookies_are_split_verbatim() -> None:
    assert split_cookies('a=b=c; d="e f"; ; g;h=') == [("a", "b=c"), ("d", '"e f"'), ("h", "")]


def test_the_credits_address_is_known_whatever_follows_it() -> None:
    assert is_credits("https://x/api/organizations/o/prepaid/credits?x=1#y")
    assert not is_credits("https://x/prepaid/credits/history")
