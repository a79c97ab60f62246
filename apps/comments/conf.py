"""What people may talk about, and where attachments lie.

Whoever owns a kind of things registers it once at start: comments know no app above.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from apps.people.models import BusinessLine, User


@dataclass(frozen=True)
class Topic:
    """One thing, as its owner tells of it to somebody who may see it: who sees its line, or the process, may comment on it.

    `process` is the key of the process that it is about, None where only the line counts; `address` is its page.
    """

    line: BusinessLine
    title_zh: str
    title_en: str
    address: str
    process: int | None = None


TopicOf = Callable[[User, int], Topic]
_topics: dict[str, TopicOf] = {}


def register_topic(kind: str, topic_of: TopicOf) -> None:
    """`topic_of` is given a person and the key of a thing; it raises NotFound for what is not there or not for them."""
    _topics[kind] = topic_of


def topic_of(kind: str) -> TopicOf | None:
    return _topics.get(kind)


def stored_attachments() -> Path:
    """Attached files, each under a name of its own that nobody has chosen."""
    return Path(settings.DATA_DIR) / "attachments"
