"""Journal entries as sentences."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from apps.approvals.states import Deed
from apps.desk.selectors.feed import behind_in_stream
from apps.desk.selectors.models import node_names
from apps.desk.selectors.sentences import SENTENCES
from apps.desk.states import LOOKS, look_of
from apps.engine.models import Run
from apps.engine.states import RequestState, Verb
from apps.journal.models import Entry
from apps.people.models import User
from apps.people.selectors import granted_of, line_codes_of
from apps.people.states import Role

QUIET_STATES = ("ready", "running")
QUIET_KINDS = ("message.received", "start.armed", "step.answered", "recon.compared")
NEWS = 12
RUNS_IN_NEWS = 200
"""Of processes that a person sees without their lines, the newest runs are asked for news."""


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
    stands = data.get("after") or data.get("state")
    state = stands if isinstance(stands, str) and stands in LOOKS else ""
    facts = _Facts(data)
    facts["name"] = names.get(data.get("node", "")) or data.get("name") or data.get("node") or ""
    facts["after_word"] = facts["state_word"] = look_of(state).label or stands
    if verb := data.get("verb"):
        facts["verb_word"] = Verb(verb).label if verb in Verb.values else verb
        facts["of_name"] = f" · {facts['name']}" if facts["name"] else ""
        facts["request_word"] = RequestState(stands).label if stands in RequestState.values else stands
    if entry.kind == "approval.moved":
        facts["deed_word"] = Deed(verb).label if verb in Deed.values else verb
    if role := data.get("role"):
        facts["role_word"] = Role(role).label if role in Role.values else role
    facts["whom"] = data.get("username") or facts.get("role_word") or ""
    if moment := data.get("deadline") or data.get("due"):
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
    """The newest entries worth a line on the home page, with their runs. Six queries at most."""
    theirs = Q(line__in=line_codes_of(user) - {""})
    if granted := granted_of(user)[0]:
        runs_of = Run.objects.filter(process__in=granted).order_by("-id").values_list("pk", flat=True)
        theirs |= Q(stream__in=[f"run.{run}" for run in runs_of[:RUNS_IN_NEWS]])
    newest = (
        Entry.objects.filter(theirs)
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
