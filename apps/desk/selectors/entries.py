"""Entries of the journal, each as a thing with an address of its own."""

from django.urls import reverse
from django.utils.translation import override

from apps.comments.conf import Topic
from apps.comments.selectors import topic_for
from apps.desk.selectors.story import story_of
from apps.journal.models import Entry
from apps.kernel.errors import NotFound
from apps.people.models import BusinessLine, User
from apps.people.selectors import journal_lines_of, process_of_stream, reads_stream
from apps.processes.models import ProcessVersion

BY_STREAM = {"ticket": "ticket", "change": "change", "approval": "approval", "run": "run", "monitor": "alert"}
"""What kind of thing a stream `<word>.<key>` is about."""


def entry_for(person: User, entry_id: int) -> Entry:
    """The entry, or NotFound when it is not there, of no line, or not for this person. Five queries at most."""
    found = Entry.objects.filter(pk=entry_id).exclude(line="").select_related("actor").first()
    if found is None or not (found.line in journal_lines_of(person) or reads_stream(person, found.stream)):
        raise NotFound(what=Entry._meta.verbose_name)
    return found


def topic_of_entry(person: User, entry_id: int) -> Topic:
    """An entry as something to talk about and to link to tickets; raises NotFound."""
    entry = entry_for(person, entry_id)
    words = []
    for language in ("zh-hans", "en"):
        with override(language):
            words.append(f"{story_of(entry, {}).sentence} · {entry.stream} {entry.number}")
    line = BusinessLine.objects.filter(code=entry.line).first()
    if line is None:
        raise NotFound(what=Entry._meta.verbose_name)
    chinese, english = words
    return Topic(line, chinese, english, address_of_entry(entry.pk), process_of_stream(entry.stream))


def address_of_entry(entry_id: int) -> str:
    return reverse("journal-entry", args=[entry_id])


def things_of(entry: Entry) -> list[tuple[str, int]]:
    """What an entry is about, the nearest first: kind and key of each. One query, for versions alone."""
    word, _dot, rest = entry.stream.partition(".")
    nearest = [(kind, entry.data.get(name)) for kind, name in (("break", "break_id"), ("step", "step"))]
    found = [(kind, key) for kind, key in nearest if isinstance(key, int)]
    if word == "process":
        numbered = ProcessVersion.objects.filter(process__key=rest, number=_number(entry.data.get("number")))
        return [*found, *(("version", key) for key in numbered.values_list("pk", flat=True))]
    if word == "comment":
        word, _dot, rest = rest.partition(".")
        return [*found, (word, int(rest))] if _is_key(rest) else found
    return [*found, (BY_STREAM[word], int(rest))] if word in BY_STREAM and _is_key(rest) else found


def subject_of(person: User, entry: Entry) -> Topic | None:
    """The nearest thing that an entry is about and the person may see."""
    for kind, key in things_of(entry):
        try:
            return topic_for(person, kind, key)
        except NotFound:
            continue
    return None


def _number(value: object) -> int:
    return value if isinstance(value, int) and 0 <= value < 2**31 else 0


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19
