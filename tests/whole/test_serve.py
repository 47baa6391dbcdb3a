"""`claudetray serve` as its users meet it: SDKs, signals, kills, secrets; a stand-in of the API behind it."""

import asyncio
import gzip
import json
import signal
import socket
import sqlite3
import stat
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from decimal import Decimal
from typing import Any

import anthropic
import brotli
import httpx
import pytest
import zstandard

from claudetray.demo.claude_api import KEY, MODEL, TEXT, Coding, Gate, Mood
from claudetray.demo.world import World
from tests.whole.desktop import Desktop, until
from tests.whole.serving import Serve, Serves, serves

ASKED: dict[str, Any] = {"model": MODEL, "max_tokens": 64, "messages": [{"role": "user", "content": "Hello"}]}
STREAMED = {**ASKED, "stream": True}
HEADERS = {"x-api-key": KEY, "anthropic-version": "2023-06-01"}
INPUT, OUTPUT = 2_000_000, 10_000_000  # pico-dollars a token, of MODEL
GIVEN = ("sk-ant-api03-planted-in-a-header", "sk-ant-oat01-planted-as-bearer", "sk-ant-api03-planted-in-the-vault")


@pytest.fixture
def start(bare: Desktop, stand_ins: World) -> Iterator[Serves]:
    bare.environ["CLAUDETRAY_UPSTREAM"] = stand_ins.url
    with serves(bare) as start:
        yield start


@pytest.fixture
def serve(start: Serves) -> Serve:
    return start()


@pytest.fixture
def claude(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> Iterator[anthropic.Anthropic]:
    """The official SDK, of which nothing is changed but where it finds the API."""
    monkeypatch.setenv("ANTHROPIC_BASE_URL", serve.url)
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    monkeypatch.setenv("NO_PROXY", "*")
    with anthropic.Anthropic(max_retries=0) as client:
        yield client


def posted(serve: Serve, body: dict[str, Any] = ASKED, **more: Any) -> httpx.Response:
    headers = more.pop("headers", HEADERS)
    return httpx.post(f"{serve.url}/v1/messages", json=body, headers=headers, trust_env=False, timeout=30, **more)


def cost(usage: Any, batch: bool = False) -> int:
    whole: int = usage["input_tokens"] * INPUT + usage["output_tokens"] * OUTPUT
    return whole // 2 if batch else whole


def test_it_says_when_it_is_ready_and_leaves_nothing_open(start: Serves, bare: Desktop) -> None:
    serve = start()
    port = int(serve.url.rpartition(":")[2])
    assert serve.ready == {"event": "ready", "url": f"http://127.0.0.1:{port}", "pid": serve.process.pid}
    files = {file.name: stat.S_IMODE(file.stat().st_mode) for file in serve.home.rglob("*") if file.is_file()}
    assert files["api-token"] == 0o600
    assert set(files.values()) == {0o600}
    assert stat.S_IMODE(serve.home.stat().st_mode) == 0o700
    said = json.loads((serve.home / "serve.json").read_text())
    assert (said["url"], said["pid"]) == (serve.url, serve.process.pid)
    assert serve.json("GET", "/api/health")["pid"] == serve.process.pid
    assert serve.terminate() == (0, "", "")
    assert not (serve.home / "serve.json").exists()
    assert not list(serve.home.glob("*.journal"))
    again = start()  # the lock is free
    assert again.token == serve.token
    assert again.terminate() == (0, "", "")


def test_the_official_sdk_works_unchanged_and_each_call_is_on_record(
    serve: Serve, claude: anthropic.Anthropic, stand_ins: World
) -> None:
    message = claude.messages.create(**ASKED)
    assert message.content[0].to_dict()["text"] == TEXT
    with claude.messages.stream(**ASKED) as stream:
        assert "".join(stream.text_stream) == TEXT
        streamed = stream.get_final_message()
    counted = claude.messages.count_tokens(model=MODEL, messages=ASKED["messages"])
    assert counted.input_tokens == message.usage.input_tokens
    assert claude.models.retrieve(MODEL).id == MODEL
    record, second, count, model = serve.records()
    for row, answer in ((record, message), (second, streamed)):
        usage = answer.usage.to_dict()
        assert (row["state"], row["status"], row["message_id"]) == ("complete", 200, answer.id)
        assert (row["input_tokens"], row["output_tokens"]) == (usage["input_tokens"], usage["output_tokens"])
        assert row["cost_pico_usd"] == cost(usage)
        assert Decimal(row["cost"]["amount"]) == Decimal(cost(usage)) / 10**12
        assert row["client"].startswith("Anthropic/Python")
    assert record["request_id"] == message._request_id
    assert (record["streaming"], second["streaming"]) == (False, True)
    assert second["ttft_ms"] is not None
    assert (count["path"], count["cost_pico_usd"]) == ("/v1/messages/count_tokens", 0)
    assert (model["path"], model["cost_pico_usd"]) == (f"/v1/models/{MODEL}", 0)
    assert len(stand_ins.claude.seen) == 4


def test_what_the_sdk_makes_of_errors_is_what_it_would_make_of_them_directly(
    serve: Serve, claude: anthropic.Anthropic, stand_ins: World
) -> None:
    expected: tuple[tuple[Mood, type[anthropic.APIStatusError], int, str], ...] = (
        (Mood.NO_CREDIT, anthropic.BadRequestError, 400, "credit balance is too low"),
        (Mood.UNAUTHORIZED, anthropic.AuthenticationError, 401, "x-api-key"),
        (Mood.RATE_LIMITED, anthropic.RateLimitError, 429, "rate limit"),
        (Mood.OVERLOADED, anthropic.APIStatusError, 529, "Overloaded"),
    )
    for mood, error, status, words in expected:
        stand_ins.claude.moods = [mood]
        with pytest.raises(error, match=words) as raised:
            claude.messages.create(**ASKED)
        assert raised.value.status_code == status
    stand_ins.claude.moods = [Mood.RATE_LIMITED]
    with pytest.raises(anthropic.RateLimitError) as limited:
        claude.messages.create(**ASKED)
    assert limited.value.response.headers["retry-after"] == "7"
    stand_ins.claude.moods = [Mood.ERROR_AFTER_200]
    with pytest.raises(anthropic.APIStatusError, match="Overloaded"), claude.messages.stream(**ASKED) as stream:
        stream.until_done()
    rows = serve.records()
    assert [row["status"] for row in rows] == [400, 401, 429, 529, 429, 200]
    assert {row["state"] for row in rows} == {"failed"}
    assert [row["cost_pico_usd"] for row in rows[:5]] == [0] * 5
    assert rows[2]["headers"]["retry-after"] == "7"
    assert (rows[5]["error"]["kind"], rows[5]["estimated"]) == ("overloaded_error", True)
    assert rows[5]["cost_pico_usd"] >= rows[5]["input_tokens"] * INPUT > 0


def test_an_error_that_passes_is_tried_again_and_both_are_on_record(serve: Serve, stand_ins: World) -> None:
    stand_ins.claude.retry_after = "0"
    stand_ins.claude.moods = [Mood.RATE_LIMITED]
    with anthropic.Anthropic(base_url=serve.url, api_key=KEY, max_retries=1) as claude:
        claude.messages.create(**ASKED)
    assert [row["status"] for row in serve.records()] == [429, 200]


def test_the_results_of_a_batch_are_priced_at_half_as_they_pass(
    serve: Serve, claude: anthropic.Anthropic, stand_ins: World
) -> None:
    stand_ins.claude.public_url = serve.url
    batch = claude.messages.batches.create(requests=[{"custom_id": name, "params": ASKED} for name in ("a", "b")])  # type: ignore[typeddict-item]
    for _ in range(2):  # fetched again they are the same calls
        results = {one.custom_id: one.result for one in claude.messages.batches.results(batch.id)}
        assert results.keys() == {"a", "b"}
    rows = [row for row in serve.records() if row["key"].startswith("batch:")]
    assert {row["key"] for row in rows} == {f"batch:{batch.id}:a", f"batch:{batch.id}:b"}
    for row in rows:
        assert row["usage"]["service_tier"] == "batch"
        assert row["cost_pico_usd"] == cost(row["usage"], batch=True) > 0


def test_a_token_of_a_subscription_passes_and_is_marked(serve: Serve, stand_ins: World) -> None:
    with anthropic.Anthropic(base_url=serve.url, auth_token="sk-ant-oat01-of-nobody", max_retries=0) as claude:
        claude.messages.create(**ASKED)
    assert stand_ins.claude.seen[0][2]["authorization"] == "Bearer sk-ant-oat01-of-nobody"
    assert "api_equivalent" in serve.records()[0]["flags"]


def streams(stack: ExitStack, serve: Serve, count: int) -> list[Iterator[bytes]]:
    """So many streams, each after its first event."""
    found = []
    for _ in range(count):
        client = stack.enter_context(httpx.Client(trust_env=False, timeout=30))
        answer = stack.enter_context(client.stream("POST", f"{serve.url}/v1/messages", json=STREAMED, headers=HEADERS))
        assert answer.status_code == 200
        pieces = answer.iter_bytes()
        assert b"message_start" in next(pieces)
        found.append(pieces)
    return found


def test_killed_in_the_middle_of_streams_every_call_is_there(start: Serves, stand_ins: World) -> None:
    serve = start()
    for _ in range(3):
        posted(serve)
    stand_ins.claude.gate = Gate(4)
    with ExitStack() as stack:
        open_ones = streams(stack, serve, 20)
        until(lambda: stand_ins.claude.gate.waiting == 20)
        serve.process.kill()
        serve.process.wait()
        for pieces in open_ones:
            with pytest.raises(httpx.TransportError):
                list(pieces)
    again = start()
    rows = again.records()
    assert [row["state"] for row in rows] == ["complete"] * 3 + ["interrupted"] * 20
    for row in rows[3:]:
        assert (row["model"], row["path"], row["estimated"]) == (MODEL, "/v1/messages", True)
        assert row["cost_pico_usd"] >= row["input_tokens"] * INPUT > 0
    assert again.terminate()[0] == 0
    assert [row["state"] for row in start().records()] == [row["state"] for row in rows]


def test_killed_before_an_answer_the_calls_are_there_too(start: Serves, bare: Desktop) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, ExitStack() as stack:
        silent.settimeout(20)
        bare.environ["CLAUDETRAY_UPSTREAM"] = f"http://127.0.0.1:{silent.getsockname()[1]}"
        serve = start()
        for _ in range(5):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", int(serve.url.rpartition(":")[2]))))
            client.sendall(b"GET /v1/models HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            stack.enter_context(silent.accept()[0])
        serve.process.kill()
        serve.process.wait()
        rows = start().records()
    assert [(row["path"], row["state"], row["status"]) for row in rows] == [("/v1/models", "interrupted", None)] * 5


def test_told_to_stop_it_finishes_what_is_open_and_takes_nothing_new(start: Serves, stand_ins: World) -> None:
    serve = start()
    stand_ins.claude.gate = Gate(3)
    with ExitStack() as stack:
        [open_one] = streams(stack, serve, 1)
        until(lambda: stand_ins.claude.gate.waiting == 1)
        serve.process.send_signal(signal.SIGTERM)
        until(lambda: posted(serve).status_code == 503)
        refused = posted(serve)
        assert refused.json()["error"]["message"].startswith("claudetray is stopping")
        assert serve.process.poll() is None
        stand_ins.claude.gate.let(None)
        assert b"".join(open_one).endswith(b'{"type": "message_stop"}\n\n')
    assert serve.stopped() == (0, "", "")
    assert not (serve.home / "serve.json").exists()
    assert start().records()[0]["state"] == "complete"


def test_a_second_one_for_the_same_home_is_refused(serve: Serve, bare: Desktop) -> None:
    second = bare.claudetray("serve", "--port", "0")
    out, err = second.communicate(timeout=30)
    assert (second.returncode, out) == (1, "")
    assert "runs for this home already" in err
    assert "Traceback" not in err
    assert serve.json("GET", "/api/health")["ok"]
    assert json.loads((serve.home / "serve.json").read_text())["url"] == serve.url


def test_a_port_in_use_is_said(start: Serves, bare: Desktop) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = bare.run("serve", "--port", str(port))
    assert (ran.returncode, ran.stdout) == (1, "")
    assert f"Port {port}" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert not (bare.folder / "claudetray" / "serve.json").exists()


@pytest.mark.parametrize(
    "nonsense", ["nonsense", "ftp://api.anthropic.com", "http://", "https://a:b@host", "http://h/?q"]
)
def test_an_upstream_that_is_none_is_said(bare: Desktop, nonsense: str) -> None:
    bare.environ["CLAUDETRAY_UPSTREAM"] = nonsense
    ran = bare.run("serve", "--port", "0")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "CLAUDETRAY_UPSTREAM" in ran.stderr
    assert ran.stderr.count("\n") == 1
    assert "Traceback" not in ran.stderr


def test_an_upstream_that_is_the_proxy_itself_is_refused(bare: Desktop) -> None:
    """One call would go round until no connection is left."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    bare.environ["CLAUDETRAY_UPSTREAM"] = f"http://localhost:{port}"
    ran = bare.run("serve", "--port", str(port))
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "this very proxy" in ran.stderr


def test_a_proxy_of_the_systems_that_cannot_be_used_is_said(bare: Desktop) -> None:
    bare.environ |= {"CLAUDETRAY_UPSTREAM": "https://api.example", "ALL_PROXY": "socks5h://127.0.0.1:1"}
    ran = bare.run("serve", "--port", "0")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "socks5h" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_no_secret_is_written_anywhere(start: Serves, bare: Desktop, stand_ins: World) -> None:
    """Keys of callers, the kept one, the token, the vault's: not in a file, a line of the log, or the output."""
    bare.environ["CLAUDETRAY_LOG"] = "DEBUG"
    in_header, as_bearer, kept = GIVEN
    assert bare.run("settings", "set", "proxy.key", "-", stdin=kept).returncode == 0
    serve = start()
    ways: tuple[dict[str, str], ...] = (
        {"x-api-key": in_header},
        {"Authorization": f"Bearer {as_bearer}"},
        {"Authorization": f"Bearer {serve.token}"},
    )
    for mood in (Mood.FINE, Mood.UNAUTHORIZED, Mood.ERROR_AFTER_200, Mood.BREAK, Mood.RESET):
        stand_ins.claude.mood = mood
        for headers in ways:
            for body in (ASKED, STREAMED):
                _whatever(lambda headers=headers, body=body: posted(serve, body, headers=headers))  # type: ignore[misc]
        own = {"Authorization": f"Bearer {serve.token}"}
        _whatever(lambda own=own: httpx.post(f"{serve.url}/api/proxy", json=ASKED, headers=own, trust_env=False))  # type: ignore[misc]
    with pytest.raises(httpx.HTTPStatusError):
        httpx.get(f"{serve.url}/api/usage", headers=ways[0], trust_env=False).raise_for_status()
    assert kept in {seen[2].get("x-api-key") for seen in stand_ins.claude.seen}
    assert serve.token not in json.dumps([dict(seen[2]) for seen in stand_ins.claude.seen])
    assert len(serve.records()) == 25  # a call that brings the token by mistake is refused, and no call
    shown = [json.dumps(serve.json("GET", path)) for path in ("/api/status", "/api/usage?limit=500", "/api/alerts")]
    secrets = [*GIVEN, serve.token, bare.environ["CLAUDETRAY_VAULT_KEY"]]
    assert _found(serve, secrets) == []
    code, out, err = serve.terminate()
    assert code == 0
    assert "stopping" in (serve.home / "logs" / "claudetray.log").read_text()
    assert _found(serve, secrets) == []
    assert not [secret for secret in secrets for text in (out, err, *shown) if secret in text]


def _whatever(call: Callable[[], object]) -> None:
    try:
        call()
    except httpx.TransportError:
        return


def _found(serve: Serve, secrets: list[str]) -> list[str]:
    files = [file for file in serve.home.rglob("*") if file.is_file() and file.name != "api-token"]
    return [file.name for file in files if any(secret.encode() in file.read_bytes() for secret in secrets)]


def test_two_hundred_streams_at_once_all_finish_with_their_rows(serve: Serve, stand_ins: World) -> None:
    stand_ins.claude.gate = gate = Gate(2)

    async def stream(client: httpx.AsyncClient) -> bytes:
        return (await client.post(f"{serve.url}/v1/messages", json=STREAMED, headers=HEADERS)).content

    async def all_of_them() -> list[bytes]:
        limits = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(trust_env=False, timeout=60, limits=limits) as client:
            tasks = [asyncio.ensure_future(stream(client)) for _ in range(200)]
            await asyncio.to_thread(until, lambda: gate.waiting == 200)
            gate.let(None)
            return await asyncio.gather(*tasks)

    answers = asyncio.run(all_of_them())
    assert all(answer.endswith(b'{"type": "message_stop"}\n\n') for answer in answers)
    rows = serve.records()
    assert {row["state"] for row in rows} == {"complete"}
    assert {json.loads(answer.split(b"data: ")[1].split(b"\n")[0])["message"]["id"] for answer in answers} == {
        row["message_id"] for row in rows
    }
    assert all(row["cost_pico_usd"] == cost(row["usage"]) > 0 for row in rows)


def test_a_hard_stop_holds_under_two_hundred_concurrent_calls(serve: Serve, stand_ins: World) -> None:
    """Overshoot: the calls that were under way when the budget was used up, and no call more."""
    one_call = Decimal(cost(posted(serve).json()["usage"])).scaleb(-12)
    budget = one_call * 100
    entry = {"name": "day", "amount": f"{budget:.6f}", "period": "day", "hard_stop": True}
    serve.json("POST", "/api/budgets", json=entry)
    under_way = most_under_way = passed = refused = 0

    async def asks(client: httpx.AsyncClient) -> None:
        nonlocal under_way, most_under_way, passed, refused
        while True:
            under_way += 1
            most_under_way = max(most_under_way, under_way)
            answer = await client.post(f"{serve.url}/v1/messages", json=ASKED, headers=HEADERS)
            under_way -= 1
            if answer.status_code == 402:
                refused += 1
                return
            assert answer.status_code == 200
            passed += 1

    async def all_of_them() -> None:
        limits = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(trust_env=False, timeout=60, limits=limits) as client:
            await asyncio.gather(*(asks(client) for _ in range(200)))

    asyncio.run(all_of_them())
    assert most_under_way == refused == 200
    assert 99 <= passed <= 99 + 200
    spent = sum(row["cost_pico_usd"] for row in serve.records() if row["status"] == 200)
    assert Decimal(spent).scaleb(-12) <= budget + 200 * one_call
    assert posted(serve).status_code == 402
    (state,) = serve.json("GET", "/api/budgets")["items"]
    assert Decimal(state["spent"]) == round(Decimal(spent).scaleb(-12), 2)


def test_the_command_line_and_the_api_say_the_same(serve: Serve, bare: Desktop) -> None:
    serve.json("POST", "/api/balance", json={"amount": "20", "at": "2026-01-01T00:00:00Z"})
    serve.json("POST", "/api/budgets", json={"name": "day", "amount": "5", "period": "day"})
    posted(serve)
    same = (
        "health",
        "health_reason",
        "balance",
        "live_balance",
        "burn_rate_per_day",
        "burn_rates",
        "runway",
        "budgets",
    )

    def said() -> tuple[dict[str, Any], dict[str, Any]]:
        over_api = serve.json("GET", "/api/status")
        over_line = json.loads(bare.run("status", "--json").stdout)
        return tuple({key: found[key] for key in same} for found in (over_api, over_line))  # type: ignore[return-value]

    until(lambda: said()[0] == said()[1])  # but for a minute that ends between the two


@pytest.mark.parametrize("body", [ASKED, STREAMED], ids=["json", "stream"])
def test_an_upstream_that_breaks_off_breaks_the_client_off(
    serve: Serve, stand_ins: World, body: dict[str, Any]
) -> None:
    stand_ins.claude.moods = [Mood.BREAK]
    with pytest.raises(httpx.TransportError):
        posted(serve, body)
    [row] = serve.records()
    assert (row["state"], row["status"], row["error"]["kind"]) == ("failed", 200, "broken_off")
    assert posted(serve, body).status_code == 200


def test_a_client_that_leaves_cancels_the_call(serve: Serve, stand_ins: World) -> None:
    stand_ins.claude.gate = Gate(3)
    with ExitStack() as stack:
        (stream,) = streams(stack, serve, 1)
        until(lambda: stand_ins.claude.gate.waiting == 1)
        del stream  # until here, for one that nobody holds hangs up by itself
    until(lambda: stand_ins.claude.gate.waiting == 0, seconds=5)
    [row] = serve.records()
    assert (row["state"], row["error"]["kind"], row["estimated"]) == ("interrupted", "client_left", True)
    assert row["cost_pico_usd"] >= row["input_tokens"] * INPUT > 0


CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.ZstdCompressor().compress,
}


@pytest.mark.parametrize("body", [ASKED, STREAMED], ids=["json", "stream"])
@pytest.mark.parametrize("name", CODINGS)
def test_encoded_bodies_arrive_byte_for_byte_and_are_accounted_for(
    serve: Serve, stand_ins: World, name: str, body: dict[str, Any]
) -> None:
    sent: list[bytes] = []

    def encoded(text: bytes) -> bytes:
        sent.append(CODINGS[name](text))
        return sent[-1]

    stand_ins.claude.coding = Coding(name=name, encoded=encoded)
    asked = {**HEADERS, "Accept-Encoding": name}
    with httpx.stream("POST", f"{serve.url}/v1/messages", json=body, headers=asked, trust_env=False) as answer:
        assert answer.headers["content-encoding"] == name
        assert [b"".join(answer.iter_raw())] == sent
    [row] = serve.records()
    assert (row["state"], row["flags"], row["cost_pico_usd"]) == ("complete", [], cost(row["usage"]))
    assert stand_ins.claude.seen[0][2]["accept-encoding"] == name


def test_the_data_is_whole_after_all_that(start: Serves, stand_ins: World) -> None:
    """Killed over and over while calls end: no row is lost or told twice, and the file is sound."""
    whole = 0
    for _ in range(4):
        serve = start()
        for _ in range(10):
            assert posted(serve).status_code == 200
            whole += 1
        serve.process.send_signal(signal.SIGKILL)
        serve.process.wait()
    serve = start()
    rows = serve.records()
    assert len(rows) == whole
    assert {row["state"] for row in rows} == {"complete"}
    summary = serve.json("GET", "/api/analytics/summary")
    assert (summary["calls"], summary["cost_pico_usd"]) == (whole, sum(row["cost_pico_usd"] for row in rows))
    assert serve.terminate()[0] == 0
    data = sqlite3.connect(serve.home / "claudetray.db")
    assert data.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    data.close()
