"""Journal entries as sentences. A kind without a sentence is shown as it is: nothing is hidden."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.desk.selectors.feed import behind_in_stream, line_codes_of
from apps.desk.selectors.models import node_names
from apps.desk.states import look_of
from apps.engine.models import Run
from apps.engine.states import RequestState, Verb
from apps.journal.models import Entry
from apps.people.models import User

SENTENCES: dict[str, Any] = {
    "run.begun": gettext_lazy("Run begun for {business_date}"),
    "run.moved": gettext_lazy("Run is now: {after_word}"),
    "run.ended": gettext_lazy("Run ended: {state_word}"),
    "step.moved": gettext_lazy("{name}: {after_word}"),
    "step.answered": gettext_lazy("{name}: answered"),
    "incident.raised": gettext_lazy("{name}: {problem}"),
    "attempt.lost": gettext_lazy("{name}: attempt {attempt} was lost with its worker"),
    "attempt.refused": gettext_lazy("{name}: a late result of attempt {attempt} was refused"),
    "message.received": gettext_lazy("{name}: message {message_key} received"),
    "deadline.missed": gettext_lazy("{name}: the deadline {deadline} has passed"),
    "deadline.missed latest_start": gettext_lazy("{name}: should have begun by {deadline}"),
    "line.paused": gettext_lazy("Line paused{of_day}"),
    "line.resumed": gettext_lazy("Line resumed{of_day}"),
    "engine.rule_changed": gettext_lazy("Rule for runs changed: {rule}"),
    "run.window_opened": gettext_lazy("{name}: may begin now"),
    "run.times_changed": gettext_lazy("The times of steps have been changed"),
    "file.arrived": gettext_lazy("File arrived: {name}"),
    "file.accepted": gettext_lazy("File accepted: {name}"),
    "file.quarantined": gettext_lazy("File put into quarantine: {name}"),
    "file.duplicated": gettext_lazy("The same file came again: {name}"),
    "file.replaced": gettext_lazy("File replaced: {name}"),
    "file.sent": gettext_lazy("File sent: {name}"),
    "recon.compared": gettext_lazy("{name}: {matched} agree, {breaks} breaks"),
    "recon.break_explained": gettext_lazy("Break explained: {key}"),
    "run.intervened": gettext_lazy("{verb_word}{of_name}"),
    "run.migrated": gettext_lazy("The run goes on in version {after} instead of {before}"),
    "intervention.asked": gettext_lazy("Asked for a second person: {verb_word}{of_name}"),
    "intervention.decided": gettext_lazy("{verb_word}: {request_word}"),
    "start.armed": gettext_lazy("Process {process}: version {version} begins runs by itself at {node}"),
    "start.refused": gettext_lazy("Process {process}: {node} occurred for {business_date}, but no run began: {problem}"),
    "message.sent": gettext_lazy("Message sent from outside: {name}"),
    "version.published": gettext_lazy("Process {process}: version {number} published"),
}
QUIET_STATES = ("ready", "running")
QUIET_KINDS = ("message.received", "start.armed", "step.answered", "recon.compared")
NEWS = 12


@dataclass(frozen=True)
class Story:
    """One entry as people read it."""

    entry: Entry
    sentence: str
    state: str
    node: str


class _Facts(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"


def story_of(entry: Entry, names: Mapping[str, str]) -> Story:
    """`names` gives elements their name in the reader's language."""
    data = entry.data
    state = str(data.get("after") or data.get("state") or "")
    facts = _Facts(data)
    facts["name"] = names.get(data.get("node", "")) or data.get("name") or data.get("node") or ""
    facts["after_word"] = facts["state_word"] = look_of(state).label or state
    if verb := data.get("verb"):
        facts["verb_word"] = Verb(verb).label if verb in Verb.values else verb
        facts["of_name"] = f" · {facts['name']}" if facts["name"] else ""
        facts["request_word"] = RequestState(state).label if state in RequestState.values else state
    if moment := data.get("deadline"):
        facts["deadline"] = date_format(localtime(datetime.fromisoformat(moment)), "m-d H:i")
    facts["of_day"] = f" · {data['business_date']}" if data.get("business_date") else ""
    facts["rule"] = data.get("name", "")
    facts["message_key"] = data.get("key", "")
    template = SENTENCES.get(f"{entry.kind} {data.get('what', '')}") or SENTENCES.get(entry.kind)
    sentence = str(template).format_map(facts) if template else entry.kind
    if reason := data.get("reason"):
        sentence = _("{sentence} (reason: {reason})").format(sentence=sentence, reason=reason)
    return Story(entry, sentence, state, data.get("node", ""))


def journal_page(run: Run, after: int, size: int = 200) -> tuple[list[Story], bool]:
    """Entries of a run after a number, in order, and whether there are more. One query."""
    entries = behind_in_stream(f"run.{run.pk}", after, size + 1)
    names = node_names(run)
    return [story_of(entry, names) for entry in entries[:size]], len(entries) > size


def news_for(user: User, size: int = NEWS) -> list[tuple[Story, Run | None]]:
    """The newest entries worth a line on the home page, with their runs. Three queries."""
    newest = (
        Entry.objects.filter(line__in=line_codes_of(user) - {""})
        .exclude(kind="step.moved", data__after__in=QUIET_STATES)
        .exclude(kind__in=QUIET_KINDS)
        .select_related("actor")
        .order_by("-id")[:size]
    )
    runs = Run.objects.select_related("process").in_bulk({entry.data["run"] for entry in newest if "run" in entry.data})
    told = []
    for entry in newest:
        run = runs.get(entry.data.get("run", 0))
        told.append((story_of(entry, node_names(run) if run else {}), run))
    return told
