"""`claudetray tags`: what calls are grouped by, and the rules that do it."""

from dataclasses import replace

import click

from claudetray.cli import context
from claudetray.core import usage_contract
from claudetray.core.errors import SettingRefused
from claudetray.core.tag import Field, Tag, TagRule
from claudetray.services.parts import Parts
from claudetray.services.tagging import compiled

COLOR = "#5b8a6f"


@click.group()
def tags() -> None:
    """Tags and their rules."""


@tags.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def list_(ctx: click.Context, as_json: bool) -> None:
    """Every tag with its rules."""

    async def work(parts: Parts) -> tuple[Tag, ...]:
        return await parts.kept.tags.all()

    found = context.run(ctx, work, "tags" if as_json else None)
    if as_json:
        context.say_json("tags", items=[usage_contract.tag(tag) for tag in found])
        return
    for tag in found:
        rules = "; ".join(f"{rule.field} ~ {rule.pattern}" for rule in tag.rules)
        context.say(f"{tag.id:>4}  {tag.name:<20} {rules or 'by hand and by header alone'}")


@tags.command()
@click.argument("name")
@click.option("--rule", "rules", multiple=True, help="FIELD=PATTERN; fields: model, path, client, metadata, prompt.")
@click.option("--color", help=f"As #rrggbb; {COLOR} by default.")
@click.pass_context
def add(ctx: click.Context, name: str, rules: tuple[str, ...], color: str | None) -> None:
    """Add a tag, or give one that there is other rules or another color."""
    given = tuple(_rule(text) for text in rules)
    wanted, shade = _name(name), _color(color) if color else None

    async def work(parts: Parts) -> tuple[Tag, bool]:
        known = {one.name.lower(): one for one in await parts.kept.tags.all()}
        reads_prompts = (await parts.preferences.now()).read_prompts
        if (before := known.get(wanted.lower())) is None:
            made = Tag(name=wanted, color=shade or COLOR, rules=given)
            return await parts.kept.tags.add(made), reads_prompts
        if not given and shade is None:
            raise SettingRefused("There is a tag of that name already. Give --rule or --color to change it.")
        changed = replace(before, color=shade or before.color, rules=given or before.rules)
        await parts.kept.tags.change(changed)
        return changed, reads_prompts

    kept, reads_prompts = context.run(ctx, work)
    context.say(f"Kept as number {kept.id}.")
    if not reads_prompts and any(rule.field is Field.PROMPT for rule in kept.rules):
        context.say("Rules on prompts do nothing until `claudetray settings set tags.read_prompts true`.")


@tags.command()
@click.argument("number", type=click.IntRange(1))
@click.pass_context
def remove(ctx: click.Context, number: int) -> None:
    """Delete a tag; the calls stay."""

    async def work(parts: Parts) -> bool:
        return await parts.kept.tags.delete(number)

    if not context.run(ctx, work):
        raise SettingRefused("There is no tag of that number; `claudetray tags list` shows them.")
    context.say("Removed.")


def _rule(text: str) -> TagRule:
    """Raises: SettingRefused."""
    field, found, pattern = text.partition("=")
    if not found or field.strip() not in set(Field):
        raise SettingRefused(f"A rule is FIELD=PATTERN, with a field of: {', '.join(Field)}.")
    rule = TagRule(field=Field(field.strip()), pattern=pattern)
    compiled(rule)
    return rule


def _name(text: str) -> str:
    """Raises: SettingRefused."""
    name = " ".join(text.split())
    if not name or len(name) > 60 or "," in name or not name.isprintable():
        raise SettingRefused("A tag's name has 1 to 60 characters, and no comma.")
    return name


def _color(text: str) -> str:
    """Raises: SettingRefused."""
    color = text.strip().lower()
    if len(color) != 7 or color[0] != "#" or any(digit not in "0123456789abcdef" for digit in color[1:]):
        raise SettingRefused("A color is #rrggbb, such as #5b8a6f.")
    return color
