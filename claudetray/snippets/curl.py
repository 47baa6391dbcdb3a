"""The words of one curl command as a request. A flag that is not known is refused by name, never guessed at.

Source: the curl manual page, for which flags take a value and which touch files or other hosts.
"""

import re
from collections.abc import Iterator

from claudetray.core.errors import SnippetRefused
from claudetray.snippets.copied import Copied, malformed

_LONG = {
    "-H": "--header", "-b": "--cookie", "-X": "--request", "-A": "--user-agent", "-e": "--referer",
    "-d": "--data", "-m": "--max-time", "-o": "--output", "-T": "--upload-file", "-F": "--form",
    "-K": "--config", "-x": "--proxy", "-E": "--cert", "-c": "--cookie-jar", "-u": "--user", "-w": "--write-out",
    "-D": "--dump-header", "-Y": "--speed-limit", "-r": "--range", "-t": "--telnet-option", "-U": "--proxy-user",
    "-O": "--remote-name", "-n": "--netrc", "-J": "--remote-header-name", "-k": "--insecure", "-g": "--globoff",
    "-I": "--head", "-s": "--silent", "-S": "--show-error", "-L": "--location", "-i": "--include", "-v": "--verbose",
    "-f": "--fail", "-N": "--no-buffer", "-G": "--get", "-4": "--ipv4", "-6": "--ipv6", "-0": "--http1.0",
    "-2": "--sslv2", "-1": "--tlsv1", "-q": "--disable", "-#": "--progress-bar", "-:": "--next",
}  # fmt: skip
_IGNORED = {
    "--compressed", "--silent", "--show-error", "--location", "--include", "--verbose", "--fail", "--no-buffer",
    "--get", "--http1.0", "--http1.1", "--http2", "--http2-prior-knowledge", "--http3", "--ipv4", "--ipv6",
    "--path-as-is", "--progress-bar", "--tlsv1", "--tlsv1.2", "--tlsv1.3", "--no-keepalive", "--disable",
}  # fmt: skip
_IGNORED_WITH_VALUE = {"--max-time", "--connect-timeout", "--retry"}
_DATA = {"--data", "--data-raw", "--data-binary", "--data-ascii", "--data-urlencode", "--json"}
_FILES = {
    "--output", "--remote-name", "--remote-header-name", "--upload-file", "--form", "--form-string", "--config",
    "--cookie-jar", "--netrc", "--netrc-file", "--netrc-optional", "--cert", "--key", "--cacert", "--capath",
    "--dump-header", "--write-out", "--trace", "--trace-ascii", "--stderr", "--hsts", "--alt-svc",
}  # fmt: skip
_ELSEWHERE = {
    "--proxy", "--proxy-user", "--preproxy", "--socks5", "--socks4", "--socks4a", "--socks5-hostname", "--resolve",
    "--connect-to", "--unix-socket", "--abstract-unix-socket", "--interface", "--doh-url", "--next", "--user",
}  # fmt: skip
_TAKES_VALUE = {"--header", "--cookie", "--request", "--user-agent", "--referer", "--url"} | _IGNORED_WITH_VALUE | _DATA
_GLOB = re.compile(r"\\([\[\]{}])")
_NAME = re.compile(r"--?[A-Za-z0-9#:][A-Za-z0-9.-]{0,30}")


def request(words: list[str], copied_as: str) -> Copied:
    """The request that a curl command would send. Raises: SnippetRefused."""
    copied = Copied(copied_as=copied_as)
    urls: list[str] = []
    globbing = True
    for flag, value in _flags(words[1:]):
        match flag:
            case "" | "--url":
                urls.append(value)
            case "--header":
                _add_header(copied, value)
            case "--cookie":
                if "=" not in value:
                    raise _reads_file(flag)
                copied.headers.append(("Cookie", value))
            case "--request":
                copied.method = value
            case "--head":
                copied.method = "HEAD"
            case "--user-agent":
                copied.headers.append(("User-Agent", value))
            case "--referer":
                copied.headers.append(("Referer", value))
            case "--globoff":
                globbing = False
            case "--insecure":
                copied.notes.append("--insecure is left out: claudetray always verifies the connection.")
            case _ if flag in _DATA:
                if value.startswith("@") and flag != "--data-raw":
                    raise _reads_file(flag)
                copied.has_body = True
    if len(urls) != 1:
        raise malformed("at the address" if not urls else "at a second address")
    copied.url = _GLOB.sub(r"\1", urls[0]) if globbing else urls[0]
    return copied


def _flags(words: list[str]) -> Iterator[tuple[str, str]]:
    """(long flag, value) pairs; the flag of a bare word is empty. Raises: SnippetRefused."""
    rest = iter(words)
    for word in rest:
        if not word.startswith("-") or word == "-":
            yield "", word
        elif word.startswith("--"):
            yield _checked(word), next_value(rest, word) if word in _TAKES_VALUE else ""
        else:
            yield from _short_flags(word, rest)


def _short_flags(word: str, rest: Iterator[str]) -> Iterator[tuple[str, str]]:
    """`-H value`, `-Hvalue` and clusters such as `-sSL`."""
    letters = word[1:]
    while letters:
        flag = _checked(_LONG.get(f"-{letters[0]}", f"-{letters[0]}"))
        letters = letters[1:]
        if flag in _TAKES_VALUE:
            yield flag, letters or next_value(rest, flag)
            return
        yield flag, ""


def next_value(rest: Iterator[str], flag: str) -> str:
    """The word after a flag. Raises: SnippetRefused when the text ends there."""
    value = next(rest, None)
    if value is None:
        raise malformed(f"after {_shown(flag)}")
    return value


def _checked(flag: str) -> str:
    if flag in _FILES or flag.startswith("--netrc"):
        raise _reads_file(flag)
    if flag in _ELSEWHERE or flag.startswith("--proxy"):
        raise SnippetRefused(
            "foreign_host",
            f"The curl option {flag} would send the request elsewhere.",
            "Remove it, or copy again.",
        )
    if flag not in _IGNORED | _TAKES_VALUE | {"--head", "--globoff", "--insecure"}:
        raise SnippetRefused(
            "unknown_flag",
            f"The curl option {_shown(flag)} is not known here.",
            "Remove it, or copy the request again.",
        )
    return flag


def _shown(flag: str) -> str:
    name = _NAME.match(flag)
    return name.group() if name else "(unreadable)"


def _reads_file(flag: str) -> SnippetRefused:
    return SnippetRefused(
        "reads_file",
        f"The curl option {flag} reads or writes a file.",
        "Paste what the browser copied, unchanged.",
    )


def _add_header(copied: Copied, line: str) -> None:
    if line.startswith("@"):
        raise _reads_file("--header")
    name, colon, value = line.lstrip(":").partition(":")
    if colon:
        copied.headers.append((name.strip(), value.strip(" \t")))
    elif line.endswith(";"):  # curl's way to send a header that is empty
        copied.headers.append((line[:-1].strip(), ""))
