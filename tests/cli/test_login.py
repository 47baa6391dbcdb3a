import json

from claudetray.demo.world import World
from tests.cli.conftest import Runs


def test_without_a_display_it_says_how_else_in_both_ways(run: Runs, set_up: World, monkeypatch: object) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")  # type: ignore[attr-defined]
    ran = run("login")
    assert (ran.code, ran.out) == (1, "")
    assert "no display" in ran.err
    shown = json.loads(run("login", "--json").out)
    assert (shown["schema"], shown["ok"], shown["error"]["kind"]) == ("claudetray.login.v1", False, "sign_in_failed")


def test_refresh_without_a_session_or_with_visits_switched_off_is_refused(run: Runs, set_up: World) -> None:
    ran = run("login", "--refresh")
    assert ran.code == 1
    assert "switched off" in ran.err
    assert run("logout").code == 0
    ran = run("login", "--refresh")
    assert ran.code == 1
    assert "no session" in ran.err


def test_logout_wipes_the_session_and_says_so_and_the_balance_stays(run: Runs, set_up: World) -> None:
    assert run("fetch").code == 0
    ran = run("logout")
    assert ran.code == 0
    assert "wiped" in ran.out
    assert json.loads(run("logout", "--json").out) == {"schema": "claudetray.logout.v1", "ok": True, "wiped": False}
    shown = json.loads(run("status", "--json").out)
    assert shown["session"]["state"] == "signed_out"
    assert shown["session"]["organization"] is None
    assert shown["balance"]["amount"] == "60.36"
    assert run("fetch").code == 1
    assert "signed out" in run("status").out


def test_status_shows_the_session(run: Runs, set_up: World) -> None:
    assert run("fetch").code == 0
    session = json.loads(run("status", "--json").out)["session"]
    assert session.pop("since") is not None
    assert session == {
        "state": "signed_in",
        "way": "snippet",
        "organization": {"uuid": "00000000-0000-4000-8000-000000000001", "name": "Example"},
        "renewed_at": None,
        "ends_at": None,
        "renews_at": None,
        "through_page_until": None,
        "page_looks_left_today": 0,
    }
