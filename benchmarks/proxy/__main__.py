"""Direct, claudetray, and LiteLLM and mitmproxy where they are installed, in one run; claudetray with logging on.

    .venv/bin/python -m benchmarks.proxy              (LITELLM=…/litellm MITMDUMP=…/mitmdump name others)

Prints a line a figure with its bound, and exits 1 when one is missed. Rounds alternate, so that a machine whose speed
drifts treats all alike; figures are medians of the rounds. What a proxy adds is its figure less that of going direct.
"""

import asyncio
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.proxy import load

ROUNDS, CALLS, WARM = 5, 600, 100
RATE_S, CONNECTIONS = 3.0, 16
PACED_STREAMS, TOGETHER = 6, 1000
P50_MS, P99_MS, EVENT_MS, TIMES_LITELLM, RATE, MEMORY_MB = 0.5, 2.0, 0.2, 15.0, 3000.0, 60.0
ROOT = Path(__file__).parent.parent.parent
LITELLM = """model_list:
  - model_name: claude-sonnet-5-5
    litellm_params: {model: anthropic/claude-sonnet-5-5, api_base: "%s", api_key: sk-ant-benchmark}
litellm_settings: {telemetry: false, num_retries: 0}
"""


class Peer:
    """Something that answers at a port: the upstream itself, or a proxy before it."""

    def __init__(self, name: str, port: int, pid: int, fewer: int = 1) -> None:
        self.name, self.port, self.pid, self.fewer = name, port, pid, fewer
        self.json: list[list[float]] = []
        self.stream: list[list[float]] = []
        self.events: list[list[float]] = []
        self.rates: list[float] = []
        self.memory_mb = 0.0

    def median(self, rounds: list[list[float]], part: float) -> float:
        """In milliseconds."""
        return statistics.median(load.share(values, part) for values in rounds) * 1000


def peers(stack: ExitStack, home: Path) -> Iterator[Peer]:
    upstream = stack.enter_context(running([sys.executable, str(ROOT / "benchmarks/proxy/upstream.py")]))
    assert upstream.stdout is not None
    port = int(upstream.stdout.readline())
    yield Peer("direct", port, upstream.pid)
    url = f"http://127.0.0.1:{port}"
    environ = {
        "CLAUDETRAY_HOME": str(home),
        "CLAUDETRAY_UPSTREAM": url,
        "CLAUDETRAY_VAULT_KEY": b64encode(os.urandom(32)).decode(),
    }
    serve = stack.enter_context(running([sys.executable, "-m", "claudetray", "serve", "--port", "0"], environ))
    assert serve.stdout is not None
    ready = json.loads(serve.stdout.readline())
    yield Peer("claudetray", int(ready["url"].rpartition(":")[2]), serve.pid)
    if litellm := os.environ.get("LITELLM") or shutil.which("litellm"):
        config = home / "litellm.yaml"
        config.write_text(LITELLM % url)
        quiet = {
            "LITELLM_LOG": "ERROR",
            "LITELLM_LOCAL_MODEL_COST_MAP": "True",
            "LITELLM_DANGEROUSLY_PERMIT_WEAK_OR_UNSET_MASTER_KEY": "true",
        }
        command = [litellm, "--config", str(config), "--host", "127.0.0.1", "--num_workers", "1"]
        yield from other(stack, "LiteLLM", [*command, "--port"], [], quiet)
    if mitmdump := os.environ.get("MITMDUMP") or shutil.which("mitmdump"):
        command = [mitmdump, "-q", "--mode", f"reverse:{url}", "--listen-host", "127.0.0.1"]
        settings = ["--set", "stream_large_bodies=1", "--set", f"confdir={home / 'mitmproxy'}"]
        yield from other(stack, "mitmproxy", [*command, *settings, "--listen-port"], [], {})


def other(stack: ExitStack, name: str, command: list[str], after: list[str], environ: dict[str, str]) -> Iterator[Peer]:
    """Another proxy, once it answers."""
    port = free_port()
    process = stack.enter_context(running([*command, str(port), *after], environ))
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and process.poll() is None:
        try:
            asyncio.run(load.latencies(port, load.JSON, 1, 0))
        except (OSError, RuntimeError, asyncio.IncompleteReadError, ValueError):
            time.sleep(0.5)
        else:
            yield Peer(name, port, process.pid, fewer=6)
            return
    print(f"{name} did not start; left out")


@contextmanager
def running(command: list[str], environ: dict[str, str] | None = None) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
        env={**os.environ, **(environ or {})},
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            process.kill()


def free_port() -> int:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def resident_mb(pid: int) -> float:
    """Resident set size. Source: Linux, Documentation/filesystems/proc."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("no resident size")


async def measured(found: list[Peer]) -> int:
    """Every figure of every peer; how many of the streams at once were whole."""
    for _ in range(ROUNDS):
        for peer in found:
            count = CALLS // peer.fewer
            peer.json.append(await load.latencies(peer.port, load.JSON, count, WARM // peer.fewer))
            peer.stream.append(await load.latencies(peer.port, load.STREAM, count // 2, WARM // peer.fewer))
    for _ in range(ROUNDS):
        for peer in found[:2]:
            peer.events.append(await load.relay_delays(peer.port, PACED_STREAMS))
    for peer in found:
        peer.rates = [await load.rate(peer.port, RATE_S / (1 if peer.fewer == 1 else 2), CONNECTIONS)]
        peer.memory_mb = resident_mb(peer.pid)
    return await load.together(found[1].port, TOGETHER)


def rows_kept(peer: Peer, home: Path) -> int:
    """How many calls are on record."""
    token = (home / "api-token").read_text()
    url = f"http://127.0.0.1:{peer.port}/api/analytics/summary"
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return int(json.loads(answer.read())["calls"])


def main() -> int:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        home = Path(folder)
        found = list(peers(stack, home))
        whole = asyncio.run(measured(found))
        kept = rows_kept(found[1], home)
        return told(found, whole, kept)


def told(found: list[Peer], whole: int, kept: int) -> int:
    """Print it all; 1 when a bound is missed."""
    direct, ours, *others = found
    print(f"{'':<12} {'JSON p50':>9} {'p99':>8} {'stream p50':>11} {'calls/s':>9} {'MB':>6}   (ms beyond going direct)")
    for peer in found:
        added = [
            peer.median(rounds, part) - (0 if peer is direct else direct.median(base, part))
            for rounds, base, part in (
                (peer.json, direct.json, 0.5),
                (peer.json, direct.json, 0.99),
                (peer.stream, direct.stream, 0.5),
            )
        ]
        print(
            f"{peer.name:<12} {added[0]:>9.3f} {added[1]:>8.3f} {added[2]:>11.3f} {peer.rates[0]:>9.0f} "
            f"{peer.memory_mb:>6.0f}"
        )
    p50 = ours.median(ours.json, 0.5) - direct.median(direct.json, 0.5)
    p99 = ours.median(ours.json, 0.99) - direct.median(direct.json, 0.99)
    event = ours.median(ours.events, 0.5) - direct.median(direct.events, 0.5)
    checks = [
        ("added latency, p50", p50, P50_MS, "ms", True),
        ("added latency, p99", p99, P99_MS, "ms", True),
        ("relay of one event, p50", event, EVENT_MS, "ms", True),
        ("calls a second", ours.rates[0], RATE, "", False),
        ("resident memory", ours.memory_mb, MEMORY_MB, "MB", True),
        (f"streams of {TOGETHER} at once that were whole", whole, TOGETHER, "", False),
        (f"calls on record, of {calls_made(ours, whole)} at least", kept, calls_made(ours, whole), "", False),
    ]
    for peer in others:
        if peer.name == "LiteLLM":
            theirs = peer.median(peer.json, 0.5) - direct.median(direct.json, 0.5)
            checks.append(("times less added than LiteLLM", theirs / p50, TIMES_LITELLM, "×", False))
    missed = 0
    for what, value, bound, unit, most in checks:
        good = value <= bound if most else value >= bound
        missed += not good
        limit = f"({'at most' if most else 'at least'} {bound:g})"
        print(f"{what:<45} {value:>10.3f} {unit:<3} {limit} {'' if good else 'MISSED'}")
    return 1 if missed else 0


def calls_made(ours: Peer, whole: int) -> int:
    timed = sum(map(len, ours.json)) + sum(map(len, ours.stream)) + 2 * ROUNDS * WARM + ROUNDS * PACED_STREAMS
    return timed + whole


if __name__ == "__main__":
    sys.exit(main())
