"""What every test stands on: nothing reaches the person's home, display, bus or keyring."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A machine that is busy with something else is no defect of ours.
settings.register_profile("claudetray", suppress_health_check=[HealthCheck.too_slow], deadline=None)
settings.load_profile("claudetray")
os.environ["QT_QPA_PLATFORM"] = "offscreen"
for name in ("DISPLAY", "WAYLAND_DISPLAY", "CLAUDETRAY_VAULT_KEY", "CLAUDETRAY_CONSOLE_URL", "CLAUDETRAY_LOG"):
    os.environ.pop(name, None)
os.environ["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=/nonexistent"
os.environ["TZ"] = "UTC"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the test's own."""
    own = tmp_path / "home"
    own.mkdir(mode=0o700)
    monkeypatch.setenv("HOME", str(own))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(own))
    monkeypatch.setenv("CLAUDETRAY_HOME", str(own / "claudetray"))
    return own
