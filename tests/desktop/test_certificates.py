import ssl
from pathlib import Path

import pytest

from claudetray.desktop import certificates


def test_the_connection_is_always_verified() -> None:
    context = certificates.trusted()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


def test_where_the_system_has_no_certificates_there_are_some_all_the_same(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    none = ssl.DefaultVerifyPaths(None, str(tmp_path), "", "", "", "")
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: none)
    assert certificates.trusted().get_ca_certs()
