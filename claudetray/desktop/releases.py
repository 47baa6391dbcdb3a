"""The releases of claudetray at GitHub. One small GET, with nothing of the person in it.

Source: GitHub's REST API, "Get the latest release": `tag_name`, drafts and pre-releases left out; 304 on an ETag that
still holds, which does not count against the limit of 60 an hour.
"""

import httpx

from claudetray.core.errors import Unreachable
from claudetray.core.release import Heard

LATEST = "https://api.github.com/repos/claudetray/claudetray/releases/latest"
MOST_ANSWER = 512 * 1024  # bytes
WITHIN_S = 15.0
MOST_ETAG = 200


class GitHubReleases:
    """Asks through `client`."""

    def __init__(self, client: httpx.AsyncClient, address: str = LATEST) -> None:
        self._client, self._address = client, address

    async def latest(self, etag: str) -> Heard:
        """Raises: Unreachable."""
        headers = {"Accept": "application/vnd.github+json", "User-Agent": "claudetray"}
        if etag:
            headers["If-None-Match"] = etag
        try:
            async with self._client.stream("GET", self._address, headers=headers, timeout=WITHIN_S) as answer:
                if answer.status_code == httpx.codes.NOT_MODIFIED:
                    return Heard(None, etag)
                if answer.status_code != httpx.codes.OK:
                    raise Unreachable(f"The releases page answered {answer.status_code}.")
                body = b""
                async for piece in answer.aiter_bytes():
                    body += piece
                    if len(body) > MOST_ANSWER:
                        raise Unreachable("The releases page answered with far too much.")
                told = httpx.Response(200, content=body).json()
                return Heard(str(told["tag_name"]).removeprefix("v"), answer.headers.get("etag", "")[:MOST_ETAG])
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unreachable(f"The releases page cannot be reached ({type(error).__name__}).") from error
        except (ValueError, KeyError, TypeError) as error:
            raise Unreachable("The releases page answered something else.") from error
