"""What really goes out, for each form whose service can be played on loopback."""

import json
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from claudetray.channels import sender
from claudetray.core.channel import ChannelForm
from claudetray.core.channel_forms import address
from tests.channels.receiver import Receiver

# Apprise's plugin for e-mail imports a module that Python 3.11 deprecates.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
TEXT = "The balance is *low* <now> & @everyone"


def deliver(url: str) -> dict[str, Any]:
    return sender.deliver(url, "A title", TEXT, "warning")


def test_ntfy_gets_the_text_as_it_is(receiver: Receiver) -> None:
    url = address(ChannelForm.NTFY, {"topic": "alerts", "server": receiver.url, "token": "tk_1"})
    assert deliver(url)["sent"]
    ((_, headers, body),) = receiver.got
    assert json.loads(body) == {"topic": "alerts", "title": "A title", "message": TEXT}
    assert headers["Authorization"] == "Bearer tk_1"
    assert "X-Icon" not in headers


def test_discord_gets_an_embed_and_calls_nobody(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    from apprise.plugins.discord import NotifyDiscord

    monkeypatch.setattr(NotifyDiscord, "notify_url", f"{receiver.url}/hooks")
    receiver.status = 204
    url = address(ChannelForm.DISCORD, {"url": "https://discord.com/api/webhooks/123456789/" + "a" * 60})
    assert deliver(url)["sent"]
    ((path, _, body),) = receiver.got
    assert path.startswith("/hooks/123456789/aaa")
    assert "A title" in body.decode()
    assert "@everyone" not in body.decode()
    assert "apprise" not in body.decode().lower()


def test_telegram_and_twilio_get_their_fields(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    from apprise.plugins.telegram import NotifyTelegram
    from apprise.plugins.twilio import NotifyTwilio

    monkeypatch.setattr(NotifyTelegram, "notify_url", f"{receiver.url}/bot")
    monkeypatch.setattr(NotifyTwilio, "notify_sms_url", receiver.url + "/{sid}/Messages.json")
    receiver.body = b'{"ok": true}'
    token = "123456789:" + "b" * 35
    assert deliver(address(ChannelForm.TELEGRAM, {"token": token, "chat": "-1001234"}))["sent"]
    sid = "AC" + "0123456789abcdef" * 2
    receiver.status = 201
    numbers = {"from": "+15005550006", "to": "+15005550001"}
    assert deliver(address(ChannelForm.TWILIO, {"sid": sid, "token": "t", **numbers}))["sent"]
    (telegram, twilio) = receiver.got
    assert json.loads(telegram[2])["chat_id"] == -1001234
    assert "&lt;now&gt;" in telegram[2].decode()
    assert twilio[0] == f"/{sid}/Messages.json"
    assert b"%2B15005550001" in twilio[2]


class MailServer(threading.Thread):
    """As much of SMTP as takes one message."""

    def __init__(self) -> None:
        super().__init__()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.heard = ""

    def run(self) -> None:
        connection, _ = self._socket.accept()
        with self._socket, connection, connection.makefile("rwb") as line:

            def say(text: str) -> None:
                line.write(f"{text}\r\n".encode())
                line.flush()

            say("220 ready")
            in_data = False
            for raw in line:
                text = raw.decode().rstrip("\r\n")
                self.heard += text + "\n"
                if in_data:
                    in_data = text != "."
                    if not in_data:
                        say("250 taken")
                elif text.upper() == "DATA":
                    in_data = True
                    say("354 go on")
                elif text.upper() == "QUIT":
                    say("221 bye")
                    return
                else:
                    say("250 ok")


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    server = MailServer()
    server.start()
    yield server
    server.join(5)


def test_mail_is_plain_text_with_both_addresses(mail_server: MailServer) -> None:
    url = address(
        ChannelForm.EMAIL,
        {
            "host": "127.0.0.1",
            "port": str(mail_server.port),
            "security": "none",
            "from": "me@example.org",
            "to": "you@example.org",
        },
    )
    assert deliver(url)["sent"]
    mail_server.join(5)
    for part in ("MAIL FROM:<me@example.org>", "RCPT TO:<you@example.org>", "Subject: A title", "text/plain"):
        assert part.lower() in mail_server.heard.lower()


@pytest.mark.parametrize(
    ("status", "headers", "noted"),
    [
        (429, {"Retry-After": "7"}, {"status": 429, "retry_after": "7"}),
        (401, {}, {"status": 401}),
        (500, {}, {"status": 500}),
        (302, {"Location": "/elsewhere"}, {"status": 302}),  # followed, it would become a GET, and a success
    ],
)
def test_what_was_answered_is_noted(
    receiver: Receiver, status: int, headers: dict[str, str], noted: dict[str, object]
) -> None:
    receiver.status, receiver.headers = status, headers
    found = deliver(f"json://127.0.0.1:{receiver.port}/x")
    assert (found["sent"], found["known"]) == (False, True)
    assert {key: found[key] for key in noted} == noted
    assert len(receiver.got) == 1


def test_nobody_there_and_no_address_are_told_apart() -> None:
    nobody = deliver("json://127.0.0.1:1/secret")
    assert (nobody["sent"], nobody["known"], nobody["error"]) == (False, True, "ConnectionError")
    for wrong in ("nonsense://x", "tgram://secret/1", "no address"):
        found = deliver(wrong)
        assert (found["sent"], found["known"]) == (False, False)
        assert "secret" not in json.dumps(found)


def test_an_address_cannot_have_files_read(receiver: Receiver, tmp_path: Any) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("PLANTED")
    deliver(f"json://127.0.0.1:{receiver.port}/x?template={secret}&attach={secret}")
    assert all(b"PLANTED" not in body for _, _, body in receiver.got)
