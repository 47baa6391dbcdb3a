"""A client that is no slower than it must be: raw requests over kept connections, timed one by one."""

import asyncio
import re
import time
from collections.abc import Sequence

BODY = b'{"model":"claude-sonnet-5-5","max_tokens":64,"messages":[{"role":"user","content":"Hello there."}]%b}'
HEAD = (
    b"POST /v1/messages HTTP/1.1\r\nhost: 127.0.0.1\r\nuser-agent: benchmark/1\r\nx-api-key: sk-ant-benchmark\r\n"
    b"anthropic-version: 2023-06-01\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b"
)
JSON, STREAM, PACED = b"", b',"stream":true', b',"stream":true,"paced":true'
LEFT_AT = re.compile(rb": (\d+\.\d{9})\n")


class Line:
    """One kept connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def to(cls, port: int) -> "Line":
        return cls(*await asyncio.open_connection("127.0.0.1", port, limit=2**20))

    def send(self, kind: bytes) -> None:
        body = BODY % kind
        self._writer.write(HEAD % (len(body), body))

    async def answer(self) -> int:
        """Hear an answer out; its size in bytes. Raises: RuntimeError when it is no 200."""
        head = await self._reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in head[:20]:
            raise RuntimeError(head.decode("latin-1"))
        at = head.lower().find(b"\r\ncontent-length:")
        if at >= 0:
            return len(await self._reader.readexactly(int(head[at + 17 :].split(b"\r\n", 1)[0])))
        size = 0
        while length := int(await self._reader.readline(), 16):
            size += len(await self._reader.readexactly(length + 2))
        await self._reader.readexactly(2)
        return size

    async def delays(self) -> list[float]:
        """Of a paced stream: for each event, the seconds from leaving the upstream to arriving here."""
        await self._reader.readuntil(b"\r\n\r\n")
        found = []
        while length := int(await self._reader.readline(), 16):
            data = await self._reader.readexactly(length + 2)
            now = time.perf_counter()
            found += [now - float(left) for left in LEFT_AT.findall(data)]
        await self._reader.readexactly(2)
        return found

    async def close(self) -> None:
        self._writer.close()
        await self._writer.wait_closed()


async def latencies(port: int, kind: bytes, count: int, warm: int) -> list[float]:
    """Seconds of each of so many calls, one after another on one connection."""
    line = await Line.to(port)
    found = []
    for number in range(warm + count):
        began = time.perf_counter()
        line.send(kind)
        await line.answer()
        if number >= warm:
            found.append(time.perf_counter() - began)
    await line.close()
    return found


async def relay_delays(port: int, streams: int) -> list[float]:
    """Seconds that each event of some paced streams took from the upstream to here."""
    line = await Line.to(port)
    found: list[float] = []
    for _ in range(streams):
        line.send(PACED)
        found += await line.delays()
    await line.close()
    return found


async def rate(port: int, seconds: float, connections: int) -> float:
    """Calls a second over so many connections."""
    ends, done = time.perf_counter() + seconds, 0

    async def client() -> None:
        nonlocal done
        line = await Line.to(port)
        while time.perf_counter() < ends:
            line.send(JSON)
            await line.answer()
            done += 1
        await line.close()

    await asyncio.gather(*(client() for _ in range(connections)))
    return done / seconds


async def together(port: int, streams: int) -> int:
    """So many paced streams at once: how many of them were whole."""

    async def one() -> int:
        line = await Line.to(port)
        line.send(PACED)
        await line.answer()
        await line.close()
        return 1

    return sum(await asyncio.gather(*(one() for _ in range(streams))))


def share(values: Sequence[float], part: float) -> float:
    """The value below which that part of them lies."""
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]
