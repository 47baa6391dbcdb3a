"""How browsers write a request down: generators made from the rules of their sources, to be read back by ours."""

import json
import re
from dataclasses import dataclass

ORGANIZATION = "00000000-0000-4000-8000-000000000001"
URL = f"https://platform.claude.com/api/organizations/{ORGANIZATION}/prepaid/credits"


@dataclass(frozen=True)
class Sent:
    """What a browser sent: the request that every dialect must give back."""

    headers: tuple[tuple[str, str], ...] = (("accept", "*/*"), ("anthropic-client-platform", "web_console"))
    cookie: str = "sessionKey=sk-ant-sid01-abc; lastActiveOrg=" + ORGANIZATION
    agent: str = "Mozilla/5.0 (X11; Linux x86_64) Chrome/150.0.0.0"
    url: str = URL
    method: str = "GET"


def units(text: str) -> list[int]:
    raw = text.encode("utf-16-le")
    return [int.from_bytes(raw[i : i + 2], "little") for i in range(0, len(raw), 2)]


def chrome_posix(text: str) -> str:
    if re.search(r"[\x00-\x1f\x7f-\x9f!']", text) is None:
        return f"'{text}'"
    text = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r")
    return "$'" + re.sub(r"[\x00-\x1f\x7f-\x9f!]", lambda m: f"\\u{ord(m.group()):04x}", text) + "'"


def firefox_posix(text: str) -> str:
    if re.search(r"[^\x20-\x7e]|[!']", text) is None:
        return f"'{text}'"
    text = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r")

    def escaped(match: re.Match[str]) -> str:
        if match.group() == "!":
            return "\\041"
        codes = units(match.group())
        return "".join(f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" for code in codes)

    return "$'" + re.sub(r"[^\x20-\x7e]|!", escaped, text) + "'"


def safari_posix(text: str) -> str:
    if re.search(r"[^\x20-\x7e]|'", text) is None:
        return f"'{text}'"
    return firefox_posix(text)


def _caret(text: str, keep_non_ascii: bool) -> str:
    text = re.sub(r"[^a-zA-Z0-9\s_\-:=+~'/.,?;()*`]", lambda m: "^" + m.group(), text)
    text = re.sub(r"%(?=[a-zA-Z0-9_])", "%^", text)
    if not keep_non_ascii:
        text = re.sub(r"[^\x20-\x7e\r\n]", " ", text)
    return re.sub(r"\r?\n", "^\n\n", text)


def chrome_cmd(text: str) -> str:
    return '^"' + _caret(text.replace("\\", "\\\\").replace('"', '\\"'), keep_non_ascii=False) + '^"'


def old_chrome_cmd(text: str) -> str:
    quote = '^"' if "\n" in text else '"'
    escaped = _caret(text.replace("\\", "\\\\").replace('"', '\\"'), keep_non_ascii=True)
    return quote + escaped.replace("^&", "&") + quote


def firefox_cmd(text: str) -> str:
    text = text.replace('"', '\\"')
    text = re.sub(r"[^a-zA-Z0-9\s_\-:=+~'/.,?;()*`]", lambda m: "^" + m.group(), text)
    text = re.sub(r"%(?=[a-zA-Z0-9_])", "%^", text)
    return '^"' + re.sub(r"\r?\n", '"^\r\n\r\n"', text) + '^"'


def powershell(text: str) -> str:
    text = re.sub(r'[`$"]', lambda m: "`" + m.group(), text)

    def escaped(match: re.Match[str]) -> str:
        return "".join(f"$([char]{code})" for code in units(match.group()))

    return '"' + re.sub(r"[^\x20-\x7e]", escaped, text) + '"'


def _curl(words: list[str], joint: str) -> str:
    return joint.join(words)


def chrome_bash(sent: Sent) -> str:
    q = chrome_posix
    url = re.sub(r"[\[\]{}]", lambda m: "\\" + m.group(), q(sent.url))
    parts = [f"curl --url {url}"]
    if sent.method != "GET":
        parts.append(f"-X {q(sent.method)}")
    parts += [f"-H {q(f'{name}: {value}')}" if value else f"-H {q(name + ';')}" for name, value in sent.headers]
    parts.append(f"-b {q(sent.cookie)}" if "=" in sent.cookie else f"-H {q('cookie: ' + sent.cookie)}")
    parts.append(f"-H {q('user-agent: ' + sent.agent)}")
    return _curl(parts, " \\\n  ")


def old_chrome_bash(sent: Sent) -> str:
    q = chrome_posix
    headers = [*sent.headers, ("cookie", sent.cookie), ("user-agent", sent.agent)]
    parts = [f"curl {q(sent.url)}", *(f"-H {q(f'{name}: {value}')}" for name, value in headers), "--compressed"]
    return _curl(parts, " \\\n  ")


def chrome_windows(sent: Sent) -> str:
    q = chrome_cmd
    parts = [f"curl --url {q(sent.url)}", *(f"-H {q(f'{name}: {value}')}" for name, value in sent.headers)]
    parts += [f"-b {q(sent.cookie)}", f"-H {q('user-agent: ' + sent.agent)}"]
    return _curl(parts, " ^\n  ")


def old_chrome_windows(sent: Sent) -> str:
    q = old_chrome_cmd
    headers = [*sent.headers, ("cookie", sent.cookie), ("user-agent", sent.agent)]
    parts = [f"curl {q(sent.url)}", *(f"-H {q(f'{name}: {value}')}" for name, value in headers), "--compressed"]
    return _curl(parts, " ^\n  ")


def firefox_bash(sent: Sent) -> str:
    q = firefox_posix
    headers = [("User-Agent", sent.agent), *sent.headers, ("Cookie", sent.cookie)]
    parts = [f"curl {q(sent.url)}", "--compressed", *(f"-H {q(f'{name}: {value}')}" for name, value in headers)]
    return _curl(parts, " \\\n  ")


def firefox_windows(sent: Sent) -> str:
    q = firefox_cmd
    headers = [("User-Agent", sent.agent), *sent.headers, ("Cookie", sent.cookie)]
    parts = [f"curl.exe {q(sent.url)}", "--compressed", *(f"-H {q(f'{name}: {value}')}" for name, value in headers)]
    return _curl(parts, " ^\n  ")


def safari_curl(sent: Sent) -> str:
    q = safari_posix
    url = re.sub(r"[\[\]{}]", lambda m: "\\" + m.group(), q(sent.url))
    headers = [*sent.headers, ("Cookie", sent.cookie), ("User-Agent", sent.agent)]
    parts = [f"curl {url}", f"-X {q(sent.method)}", *(f"-H {q(f'{name}: {value}')}" for name, value in headers)]
    return _curl(parts, " \\\n")


def chrome_powershell(sent: Sent) -> str:
    q = powershell
    cookies = [piece.strip().partition("=") for piece in sent.cookie.split(";")]
    lines = ["$session = New-Object Microsoft.PowerShell.Commands.WebRequestSession"]
    lines.append(f"$session.UserAgent = {q(sent.agent)}")
    lines += [
        f"$session.Cookies.Add((New-Object System.Net.Cookie({q(name)}, {q(value)}, "
        f"{q('/')}, {q('platform.claude.com')})))"
        for name, _, value in cookies
    ]
    headers = "\n  ".join(f"{q(n)}={q(v)}" for n, v in [("authority", "platform.claude.com"), *sent.headers])
    invoke = [f"Invoke-WebRequest -UseBasicParsing -Uri {q(sent.url)}", "-WebSession $session"]
    invoke.append("-Headers @{\n" + headers + "\n}")
    return "\n".join(lines) + "\n" + " `\n".join(invoke)


def firefox_powershell(sent: Sent) -> str:
    q = powershell
    cookies = [piece.strip().partition("=") for piece in sent.cookie.split(";")]
    lines = ["$session = New-Object Microsoft.PowerShell.Commands.WebRequestSession"]
    lines += [
        f"$session.Cookies.Add((New-Object System.Net.Cookie({q(name)}, {q(value)}, "
        f"{q('/')}, {q('platform.claude.com')})))"
        for name, _, value in cookies
    ]
    headers = "\n".join(f"{q(n)} = {q(v)}" for n, v in sent.headers)
    invoke = [f"Invoke-WebRequest -UseBasicParsing -Uri {q(sent.url)}", f"-UserAgent {q(sent.agent)}"]
    invoke += ["-WebSession $session", "-Headers @{\n" + headers + "\n}"]
    return "\n".join(lines) + "\n" + " `\n".join(invoke)


def _dumped(options: dict[str, object], indent: int = 2) -> str:
    return json.dumps(options, indent=indent, ensure_ascii=False)


def chrome_node(sent: Sent) -> str:
    headers = dict(sorted([*sent.headers, ("cookie", sent.cookie), ("user-agent", sent.agent)]))
    headers["Referer"] = "https://platform.claude.com/settings/billing"
    return f"fetch({json.dumps(sent.url)}, {_dumped({'headers': headers, 'body': None, 'method': sent.method})});"


def chrome_fetch(sent: Sent) -> str:
    options = {
        "headers": dict(sent.headers),
        "referrer": "https://platform.claude.com/settings/billing",
        "body": None,
        "method": sent.method,
        "mode": "cors",
        "credentials": "include",
    }
    return f"fetch({json.dumps(sent.url)}, {_dumped(options)});"


def chrome_commented(sent: Sent) -> str:
    lines = [f"    {json.dumps(n)}: {json.dumps(v, ensure_ascii=False)}," for n, v in sent.headers]
    lines.append(f"    {json.dumps('user-agent')}: {json.dumps(sent.agent, ensure_ascii=False)},")
    lines.append("    // All sec-* headers are set by the browser")
    cookie = json.dumps(sent.cookie, ensure_ascii=False)
    lines.append(f'    // "cookie": {cookie}, // Browser manages this from the cookie jar')
    body = "\n".join(lines)
    return (
        "// Edit and resend\n// the request below\n"
        f'await fetch({json.dumps(sent.url)}, {{\n  "headers": {{\n{body}\n  }},\n'
        f'  "body": null,\n  "method": "{sent.method}",\n  // end\n}});'
    )


def firefox_fetch(sent: Sent) -> str:
    options = {
        "credentials": "include",
        "headers": {"User-Agent": sent.agent, **dict(sent.headers)},
        "referrer": "https://platform.claude.com/settings/billing",
        "referrerPolicy": {"name": "x", "value": "y"},
        "method": sent.method,
        "mode": "cors",
    }
    return f'await fetch("{sent.url}", {_dumped(options, 4)});'


WITH_COOKIE = {
    "chrome bash": chrome_bash,
    "chrome bash, older": old_chrome_bash,
    "chrome cmd": chrome_windows,
    "chrome cmd, older": old_chrome_windows,
    "chrome powershell": chrome_powershell,
    "chrome node": chrome_node,
    "chrome commented": chrome_commented,
    "firefox posix": firefox_bash,
    "firefox windows": firefox_windows,
    "firefox powershell": firefox_powershell,
    "safari": safari_curl,
}
WITHOUT_COOKIE = {"chrome fetch": chrome_fetch, "firefox fetch": firefox_fetch}
JOINTS = {"bash": " ;\n", "posix": " ;\n", "cmd": " &\r\n", "windows": " &\r\n", "powershell": ";\r\n", "node": " ;\n"}
