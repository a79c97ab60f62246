"""What was said beside things, for those who may see them."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.comments.conf import Topic, topic_of
from apps.comments.models import Attachment, Comment, Mention, Thread
from apps.journal.models import Entry
from apps.kernel.errors import NotFound
from apps.kernel.pages import cut
from apps.notices.conf import Notice, Told
from apps.people.models import User
from apps.people.selectors import people_with, reaches
from apps.people.states import Right

PAGE = 20
MENTIONS_PAGE = 50


def topic_for(person: User, kind: str, key: int) -> Topic:
    """The thing, or NotFound when there is no such kind, or it is not there or not for this person."""
    find = topic_of(kind)
    if find is None or key >= 2**63:
        raise NotFound(what=_("thing to talk about"))
    return find(person, key)


def may_comment(person: User, kind: str, key: int) -> bool:
    """Whether the person may see the thing, and so talk about it."""
    try:
        topic_for(person, kind, key)
    except NotFound:
        return False
    return True


def comments_on(kind: str, key: int, before: int | None = None) -> tuple[list[Comment], bool]:
    """What was said about a thing, newest first, each with what it said before, and whether there is more; the key `before`
    turns the page. Two queries. Ask `topic_for` first whether the person may see the thing."""
    rows = Comment.objects.filter(thread__kind=kind, thread__key=key).order_by("-id")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    page = cut(rows.select_related("author", "thread").prefetch_related("wordings"), PAGE)
    return page.rows, page.more


def comment_for(person: User, comment_id: int) -> Comment:
    """One comment with its thread, or NotFound when it is not there or its thing is not for this person."""
    found = Comment.objects.filter(pk=comment_id).select_related("thread__line", "author").first()
    if found is None:
        raise NotFound(what=Comment._meta.verbose_name)
    topic_for(person, found.thread.kind, found.thread.key)
    return found


def attachments_on(kind: str, key: int) -> list[Attachment]:
    """What is attached to a thing, newest first; never more than one thing may have. One query. Ask `topic_for` first."""
    rows = Attachment.objects.filter(thread__kind=kind, thread__key=key, removed_at=None)
    return list(rows.select_related("person", "thread").order_by("-id"))


def attachment_for(person: User, attachment_id: int) -> Attachment:
    """One attachment with its thread, or NotFound when it is not there (any more) or its thing is not for this person."""
    here = Attachment.objects.filter(pk=attachment_id, removed_at=None)
    found = here.select_related("thread__line", "person").first()
    if found is None:
        raise NotFound(what=Attachment._meta.verbose_name)
    topic_for(person, found.thread.kind, found.thread.key)
    return found


def readers_of(topic: Topic) -> QuerySet[User]:
    """Who may see the thing, and so may be named beside it. One query."""
    return people_with(Right.VIEW, topic.line, topic.process)


def mentions_of(person: User) -> QuerySet[Mention]:
    """Mentions that this person has not read, beside things that they may see, oldest first. One query."""
    seen = reaches(person, Right.VIEW, line="thread__line", process="thread__process")
    return Mention.objects.filter(seen, person=person, read_at=None).select_related("thread__line", "by").order_by("id")


def mentioned_at(person: User, kind: str) -> Any:
    """Keys of the things of a kind at which this person was ever named: a subquery."""
    return Mention.objects.filter(person=person, thread__kind=kind).order_by().values("thread__key")


def process_of_thread(thing: str) -> int | None:
    """The key of the process that `<kind>.<key>` is about, as its thread keeps it. One query."""
    kind, _dot, key = thing.partition(".")
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        return None
    return Thread.objects.filter(kind=kind, key=int(key)).values_list("process", flat=True).first()


def _tell_mentions(entry: Entry) -> Told | None:
    """Whom new words name, while they may still see the thing."""
    thread = Thread.objects.filter(kind=entry.data["about"], key=entry.data["key"]).select_related("line").first()
    if thread is None or not entry.data["mentions"]:
        return None
    people = people_with(Right.VIEW, thread.line, thread.process).filter(pk__in=entry.data["mentions"])
    titles = f"{entry.actor} 提到了你：{thread.title_zh}", f"{entry.actor} named you: {thread.title_en}"
    return Told(list(people.values_list("pk", flat=True)), thread.line, *titles, thread.address, thread.process)


MENTION = Notice("mention", gettext_lazy("Mentions"), frozenset({"comment.written", "comment.edited"}), _tell_mentions)
"""Registered when the app starts."""
