"""Tags, and the rules that give them to calls."""

from dataclasses import dataclass
from enum import StrEnum

MOST_TAGS = 200
MOST_TAG_NAME = 60
MOST_PATTERN = 500


class Field(StrEnum):
    """What a rule looks at. `prompt` is looked at only where the person allows it."""

    MODEL = "model"
    PATH = "path"
    CLIENT = "client"
    METADATA = "metadata"
    PROMPT = "prompt"


@dataclass(frozen=True, slots=True, kw_only=True)
class TagRule:
    """A regular expression over one field of a call; found anywhere in it, whatever the case."""

    field: Field
    pattern: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A word that calls are grouped by. A call has the tag when any of its rules fits. `color` is #rrggbb."""

    name: str
    color: str
    rules: tuple[TagRule, ...] = ()
    id: int | None = None  # None before it is kept


# The words of an earlier tool's default tags, with rules of our own.
STARTERS: tuple[Tag, ...] = (
    Tag(
        name="coding",
        color="#c15f3c",
        rules=(
            TagRule(field=Field.CLIENT, pattern=r"claude-cli|cursor|zed|copilot|aider|cline|continue|opencode"),
            TagRule(field=Field.METADATA, pattern=r"tool:(bash|edit|multiedit|write|str_replace|text_editor)"),
        ),
    ),
    Tag(
        name="debugging",
        color="#d4a574",
        rules=(TagRule(field=Field.PROMPT, pattern=r"\b(traceback|stack ?trace|segfault|debug|bug|exception)\b"),),
    ),
    Tag(
        name="refactor",
        color="#3b82f6",
        rules=(TagRule(field=Field.PROMPT, pattern=r"\b(refactor|clean ?up|rename|extract (a )?(function|method))"),),
    ),
    Tag(
        name="research",
        color="#5b8a6f",
        rules=(
            TagRule(field=Field.METADATA, pattern=r"tool:web_(search|fetch)"),
            TagRule(field=Field.PROMPT, pattern=r"\b(research|compare|sources?|literature|summari[sz]e)\b"),
        ),
    ),
    Tag(
        name="writing",
        color="#7a736a",
        rules=(TagRule(field=Field.PROMPT, pattern=r"\b(essay|blog post|e-?mail|proofread|rewrite|translate)\b"),),
    ),
    Tag(name="batch", color="#8b5cf6", rules=(TagRule(field=Field.PATH, pattern=r"^/v1/messages/batches"),)),
)
