from typing import Any

import pytest

from claudetray.core.tag import MOST_TAGS, STARTERS, Tag
from tests.api.service import Service

RULES = [{"field": "model", "pattern": "opus"}]


def made(service: Service, name: str = "mine", **more: Any) -> dict[str, Any]:
    tag: dict[str, Any] = service.json("POST", "/api/tags", 201, json={"name": name, "rules": RULES, **more})
    return tag


def test_the_starters_are_there(service: Service) -> None:
    items = service.items("/api/tags")
    assert {tag["name"] for tag in items} == {tag.name for tag in STARTERS}
    assert all(tag.keys() == {"id", "name", "color", "rules"} for tag in items)


def test_a_tag_is_added_changed_and_deleted(service: Service) -> None:
    tag = made(service, color="#ABCDEF")
    assert tag == {"id": tag["id"], "name": "mine", "color": "#abcdef", "rules": RULES}
    assert tag in service.items("/api/tags")
    changed = service.json("PUT", f"/api/tags/{tag['id']}", json={"name": "Mine", "rules": []})
    assert changed == {"id": tag["id"], "name": "Mine", "color": "#5b8a6f", "rules": []}
    assert changed in service.items("/api/tags")
    assert service.json("DELETE", f"/api/tags/{tag['id']}") == {"deleted": 1}
    assert changed not in service.items("/api/tags")
    for method in ("PUT", "DELETE"):
        service.refused(method, f"/api/tags/{tag['id']}", 404, json={"name": "gone"})


def test_a_rule_gives_its_tag_to_the_next_call(service: Service) -> None:
    made(service, rules=[{"field": "model", "pattern": "^claude-SONNET"}])
    service.call()
    service.enter("claude-opus-5")
    assert [record["tags"] for record in service.items("/api/usage")] == [[], ["mine"]]


def test_a_tag_that_is_deleted_leaves_its_calls(service: Service) -> None:
    service.enter(tags=["by hand"])
    [number] = [tag["id"] for tag in service.items("/api/tags") if tag["name"] == "by hand"]
    service.json("DELETE", f"/api/tags/{number}")
    [record] = service.items("/api/usage")
    assert record["tags"] == []
    assert service.json("GET", "/api/analytics/summary")["calls"] == 1


@pytest.mark.parametrize("name", ["mine", "MINE"])
def test_two_tags_of_one_name_are_refused(service: Service, name: str) -> None:
    made(service)
    assert "already" in service.refused("POST", "/api/tags", 409, json={"name": name})
    other = made(service, "other")
    service.refused("PUT", f"/api/tags/{other['id']}", 409, json={"name": name})
    assert service.json("PUT", f"/api/tags/{other['id']}", json={"name": "OTHER"})["name"] == "OTHER"


def test_there_are_so_many_tags_and_no_more(service: Service) -> None:
    async def fill() -> None:
        for number in range(MOST_TAGS - len(STARTERS)):
            await service.kept.tags.add(Tag(name=f"tag {number}", color="#000000"))

    service.done(fill())
    assert str(MOST_TAGS) in service.refused("POST", "/api/tags", 409, json={"name": "one more"})


@pytest.mark.parametrize(
    "tag",
    [
        {},
        {"name": "a,b"},
        {"name": " a"},
        {"name": "a\n"},
        {"name": "x" * 61},
        {"name": "a", "color": "red"},
        {"name": "a", "color": "#12345g"},
        {"name": "a", "rules": [{"field": "body", "pattern": "x"}]},
        {"name": "a", "rules": [{"field": "model", "pattern": ""}]},
        {"name": "a", "rules": [{"field": "model", "pattern": "("}]},
        {"name": "a", "rules": [{"field": "model", "pattern": "(?=x)"}]},  # not in linear time
        {"name": "a", "rules": [{"field": "model", "pattern": "x" * 501}]},
        {"name": "a", "rules": RULES * 21},
    ],
)
def test_what_is_no_tag_is_refused(service: Service, tag: dict[str, Any]) -> None:
    service.refused("POST", "/api/tags", 400, json=tag)
    service.refused("PUT", "/api/tags/1", 400, json=tag)
    assert len(service.items("/api/tags")) == len(STARTERS)


def test_rules_are_tried_out_and_nothing_is_kept(service: Service) -> None:
    service.enter("claude-opus-5", client="widget/1.0")
    service.enter("claude-haiku-5-5")
    before = service.items("/api/tags")
    rules = [{"field": "client", "pattern": "WIDGET"}, {"field": "model", "pattern": "nothing"}]
    tried = service.json("POST", "/api/tags/trial", json={"rules": rules})
    assert tried["looked_at"] == 2
    assert [record["client"] for record in tried["items"]] == ["widget/1.0"]
    assert [record["tags"] for record in service.items("/api/usage")] == [[], []]
    assert service.items("/api/tags") == before
    assert "pattern" in service.refused(
        "POST", "/api/tags/trial", 400, json={"rules": [{"field": "path", "pattern": "["}]}
    )
    service.refused("POST", "/api/tags/trial", 400, json={"rules": []})
