"""What a request says of itself: model, streaming, session, project, tools offered, and, if allowed, its prompt."""

from typing import Any

import msgspec

from claudetray.core.exchange import Headers
from claudetray.core.usage import MOST_NAME
from claudetray.proxy.decoding import CannotDecode, decoder

MOST_PROMPT = 16 * 1024  # characters of the last thing that the person wrote
MOST_READ = 8 * 1024 * 1024  # bytes; of a larger request nothing is read
MOST_DECODED = 2 * MOST_READ
MOST_BACK = 20  # messages
SESSION_HEADER = b"x-claude-code-session-id"
PROJECT_HEADER = b"x-claudetray-project"
_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)  # the last: nested without end


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """`metadata` is what rules on metadata look at: lines of `user:`, `session:`, `project:`, `beta:`, `tool:`."""

    model: str | None = None
    streaming: bool = False
    session: str | None = None
    project: str | None = None
    metadata: str = ""
    prompt: str = ""


class _Tool(msgspec.Struct):
    name: Any = None


class _Request(msgspec.Struct):
    model: Any = None
    stream: Any = None
    metadata: Any = None
    tools: msgspec.Raw = msgspec.Raw(b"null")
    messages: msgspec.Raw = msgspec.Raw(b"null")


_request = msgspec.json.Decoder(_Request)
_tools = msgspec.json.Decoder(list[_Tool])
_messages = msgspec.json.Decoder(list[msgspec.Raw])
_json = msgspec.json.Decoder()


def asked_encoded(body: bytes, headers: Headers, read_prompt: bool) -> Asked:
    """As `asked`, of a body as it was sent."""
    encoding = _header(headers, b"content-encoding") or ""
    try:
        encoded = decoder([encoding], MOST_DECODED)
        plain = encoded.feed(body) if encoded is not None else body
    except CannotDecode:
        plain = b""
    return asked(plain, headers, read_prompt)


def asked(body: bytes, headers: Headers, read_prompt: bool) -> Asked:
    """What a decoded request body and its headers say; what cannot be read is left out."""
    try:
        request = _request.decode(body) if body else _Request()
    except _UNREADABLE:
        request = _Request()
    metadata = request.metadata if isinstance(request.metadata, dict) else {}
    named = metadata.get("user_id")
    user = named if isinstance(named, str) else ""
    own = _own_fields(user)
    session = _header(headers, SESSION_HEADER) or own.get("session_id")
    project = _header(headers, PROJECT_HEADER) or own.get("project")
    lines = [f"user:{user}"[: 2 * MOST_NAME]] if user else []
    lines += [f"{word}:{value}" for word, value in (("session", session), ("project", project)) if value]
    lines += [f"beta:{word.strip()}" for word in (_header(headers, b"anthropic-beta") or "").split(",") if word.strip()]
    lines += [f"tool:{name}" for name in _tool_names(request.tools)]
    return Asked(
        model=request.model[:MOST_NAME] if isinstance(request.model, str) else None,
        streaming=request.stream is True,
        session=session,
        project=project,
        metadata="\n".join(lines),
        prompt=_last_words(request.messages) if read_prompt else "",
    )


def _own_fields(user: str) -> dict[str, str]:
    """What Claude Code writes into `metadata.user_id`: JSON text, or in older versions words between underscores.

    Source: seen on the wire of Claude Code 2.1.197.
    """
    if user.startswith("{"):
        try:
            kept = _json.decode(user)
        except _UNREADABLE:
            return {}
        return {key: value[:MOST_NAME] for key, value in kept.items() if isinstance(value, str) and value}
    _, found, session = user.rpartition("_session_")
    return {"session_id": session[:MOST_NAME]} if found and session else {}


def _tool_names(raw: msgspec.Raw) -> list[str]:
    try:
        tools = _tools.decode(raw)
    except _UNREADABLE:
        return []
    return [tool.name[:MOST_NAME] for tool in tools[:100] if isinstance(tool.name, str)]


def _last_words(raw: msgspec.Raw) -> str:
    """The text of the last message of the person's."""
    try:
        messages = _messages.decode(raw)
        latest = [_json.decode(message) for message in messages[-MOST_BACK:]]  # a long conversation costs the same
    except _UNREADABLE:
        return ""
    for message in reversed(latest):
        if isinstance(message, dict) and message.get("role") == "user":
            content = message.get("content")
            blocks = content if isinstance(content, list) else [{"type": "text", "text": content}]
            texts = [block.get("text") for block in blocks if isinstance(block, dict) and block.get("type") == "text"]
            if words := "\n".join(text for text in texts if isinstance(text, str)):
                return words[-MOST_PROMPT:]
    return ""


def _header(headers: Headers, wanted: bytes) -> str | None:
    for name, value in headers:
        if name.lower() == wanted:
            return value.decode("utf-8", "replace").strip()[: 4 * MOST_NAME] or None
    return None
