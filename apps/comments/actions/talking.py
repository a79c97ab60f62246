"""Saying something beside a thing, and changing it. Lock order: the thread, then the journal's stream."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from apps.comments.conf import Topic
from apps.comments.core.mentions import mentioned, not_mentioned
from apps.comments.errors import NothingSaid, NotTheAuthor, Settled, TooLong
from apps.comments.events import CommentEdited, CommentWritten
from apps.comments.models import Comment, Mention, Thread, Wording
from apps.comments.selectors import comment_for, topic_for
from apps.journal.actions import append
from apps.kernel import clock
from apps.people.models import User
from apps.people.selectors import people_with
from apps.people.states import Right

MOST_CHARACTERS = 4000


@dataclass(frozen=True)
class Said:
    """A comment as it is now, and the names behind an `@` that are nobody's who may see the thing."""

    comment: Comment
    not_told: list[str]


@transaction.atomic
def write_comment(*, kind: str, key: int, text: str, actor: User) -> Said:
    """Says something; who is named as `@username` and may see the thing is told. Raises NotFound, NothingSaid and TooLong."""
    topic = topic_for(actor, kind, key)
    words = _words(text)
    thread = locked_thread(kind, key, topic)
    comment = Comment.objects.create(thread=thread, author=actor, text=words, written_at=clock.now())
    people = _named_in(words, thread, actor)
    _mention(thread, list(people.values()), actor)
    append(CommentWritten(**_facts(comment), text=words, mentions=sorted(people.values())), actor=actor)
    return Said(comment, not_mentioned(words, {*people, actor.username}))


@transaction.atomic
def edit_comment(*, comment_id: int, text: str, actor: User) -> Said:
    """Other words for one's own comment; the old ones stay readable, and who is newly named is told.

    Raises NotFound, NotTheAuthor, NothingSaid, TooLong, and Settled when a decision may rest on the old words.
    """
    seen = comment_for(actor, comment_id)
    words = _words(text)
    if seen.author_id != actor.pk:
        raise NotTheAuthor(author=seen.author)
    thread = Thread.objects.select_for_update(of=("self",)).select_related("line").get(pk=seen.thread_id)
    comment = Comment.objects.get(pk=comment_id)
    comment.thread = thread
    if comment.is_settled:
        raise Settled()
    people = _named_in(words, thread, actor)
    said = Said(comment, not_mentioned(words, {*people, actor.username}))
    if words == comment.text:
        return said
    before, now = comment.text, clock.now()
    new = sorted(set(people.values()) - set(_named_in(before, thread, actor).values()))
    Wording.objects.create(comment=comment, text=before, replaced_at=now)
    comment.text, comment.edited_at = words, now
    comment.save(update_fields=["text", "edited_at"])
    _mention(thread, new, actor)
    append(CommentEdited(**_facts(comment), text=words, before=before, mentions=new), actor=actor)
    return said


@transaction.atomic
def mark_read(*, threads: Collection[int], actor: User) -> int:
    """Mentions of this person in these threads wait for them no more; how many there were. Nobody else learns of it."""
    return Mention.objects.filter(person=actor, thread__in=threads, read_at=None).update(read_at=clock.now())


def settle(kind: str, key: int) -> None:
    """A decision about the thing was made: what was said until now stays as it is. In the decision's own transaction."""
    Thread.objects.filter(kind=kind, key=key).update(settled_at=clock.now())


def _words(text: str) -> str:
    words = text.replace("\0", "").replace("\r\n", "\n").strip()
    if not words:
        raise NothingSaid()
    if len(words) > MOST_CHARACTERS:
        raise TooLong(most=MOST_CHARACTERS, length=len(words))
    return words


def locked_thread(kind: str, key: int, topic: Topic) -> Thread:
    """The thread of a thing under lock, with its present titles; made for the first words or file."""
    told = {
        "line": topic.line,
        "process": topic.process,
        "title_zh": topic.title_zh[:200],
        "title_en": topic.title_en[:200],
        "address": topic.address,
    }
    Thread.objects.bulk_create([Thread(kind=kind, key=key, **told)], ignore_conflicts=True)
    thread = Thread.objects.select_for_update().get(kind=kind, key=key)
    for name, value in told.items():
        setattr(thread, name, value)
    thread.save(update_fields=list(told))
    return thread


def _named_in(text: str, thread: Thread, actor: User) -> dict[str, int]:
    """People behind an `@`, by username, who may see the thing; the writer is not told of their own words."""
    if "@" not in text:
        return {}
    readers = people_with(Right.VIEW, thread.line, thread.process).exclude(pk=actor.pk)
    people = dict(readers.values_list("username", "pk"))
    return {name: people[name] for name in mentioned(text, people)}


def _mention(thread: Thread, people: Collection[int], actor: User) -> None:
    now = clock.now()
    rows = [Mention(thread=thread, person_id=person, by=actor, mentioned_at=now) for person in sorted(people)]
    Mention.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["thread", "person"], update_fields=["by", "mentioned_at", "read_at"]
    )


def _facts(comment: Comment) -> dict[str, Any]:
    thread = comment.thread
    told = {"about": thread.kind, "key": thread.key, "title": thread.title_en, "line": thread.line.code}
    return {**told, "comment": comment.pk}
