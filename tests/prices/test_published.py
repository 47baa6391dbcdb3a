from claudetray.core.rates import PriceTable
from claudetray.prices import published
from tests.answers import AT


def test_what_the_library_lacks_is_there() -> None:
    own = PriceTable("own", published.PRICES)
    for model in ("claude-mythos-5", "claude-mythos-5-1", "claude-3-haiku-20240307"):
        assert own.price(model, AT) is not None


def test_a_correction_holds_on_its_days_alone() -> None:
    own = PriceTable("own", published.PRICES)
    assert [own.price(model, AT) for model in ("claude-sonnet-5-5", "claude-opus-4-8")] == [None, None]
    assert own.price("claude-sonnet-4-5", AT) is not None
