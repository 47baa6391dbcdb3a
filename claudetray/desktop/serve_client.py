"""A word from the tray to the `claudetray serve` of its home: leave the monitoring to me."""

import http.client
import json
from pathlib import Path
from urllib.parse import urlsplit

from claudetray.desktop.serve_lock import TOKEN
from claudetray.desktop.serve_process import serving_now

PATIENCE_S = 10.0  # a look that is under way is broken off first


def monitor_released(home: Path) -> bool:
    """Ask the one that serves to monitor no more; True when it did until now, and does not any more."""
    serving = serving_now(home)
    if serving is None:
        return False
    try:
        token = (home / TOKEN).read_text().strip()
        connection = http.client.HTTPConnection(urlsplit(serving.url).netloc, timeout=PATIENCE_S)
        try:
            connection.request("POST", "/api/monitor/release", headers={"Authorization": f"Bearer {token}"})
            return json.loads(connection.getresponse().read()).get("released") is True
        finally:
            connection.close()
    except (OSError, ValueError, http.client.HTTPException):
        return False
