import re

from claudetray.demo.claude_api import MODEL
from tests.api.service import Service

# Source: Prometheus, text exposition format 0.0.4.
_LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"'
SAMPLE = re.compile(rf"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{{((?:{_LABEL})(?:,{_LABEL})*)\}})? (-?[0-9.]+)")
COMMENT = re.compile(r"# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)")


def samples(service: Service) -> dict[tuple[str, str], float]:
    """Each number by its name and its labels. Every line is to be one of the format's."""
    answer = service.client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.text.endswith("\n")
    found: dict[tuple[str, str], float] = {}
    kinds: dict[str, str] = {}
    for line in answer.text.removesuffix("\n").split("\n"):
        if comment := COMMENT.fullmatch(line):
            if comment[1] == "TYPE":
                assert comment[2] not in kinds, "each metric stands together"
                kinds[comment[2]] = comment[3]
            continue
        sample = SAMPLE.fullmatch(line)
        assert sample is not None, line
        assert sample[1] in kinds
        assert (kinds[sample[1]] == "counter") == sample[1].endswith("_total")
        place = (sample[1], sample[2] or "")
        assert place not in found
        found[place] = float(sample[3])
    return found


def test_before_anything_happened_it_can_be_read_too(service: Service) -> None:
    found = samples(service)
    assert found["claudetray_health", 'health="unknown"'] == 1
    assert found["claudetray_calls_under_way", ""] == 0
    assert not any(name == "claudetray_balance" for name, _ in found)


def test_calls_costs_tokens_and_the_balance(service: Service) -> None:
    service.call()
    service.enter("model-of-nobody")
    service.enter("claude-opus-5", simulated=True)
    service.json("POST", "/api/balance", json={"amount": "12.50"})
    found = samples(service)
    [record] = service.items("/api/usage", origin="proxy")
    assert found["claudetray_calls_total", f'model="{MODEL}"'] == 1
    assert found["claudetray_cost_usd_total", f'model="{MODEL}"'] == record["cost_pico_usd"] / 10**12
    assert found["claudetray_tokens_total", f'model="{MODEL}",kind="input"'] == record["input_tokens"]
    assert found["claudetray_calls_unpriced_total", 'model="model-of-nobody"'] == 1
    assert found["claudetray_balance", 'currency="USD"'] == 12.5
    assert not any("claude-opus-5" in labels for _, labels in found)


def test_a_model_of_any_name_cannot_break_a_line(service: Service) -> None:
    names = ['a"b', "a\\", 'x"} 1', "ü\u2028"]
    for name in names:
        service.enter(name)
    found = samples(service)
    for name in names:
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        assert found["claudetray_calls_total", f'model="{escaped}"'] == 1
