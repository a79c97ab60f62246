"""What versions say otherwise in their decision tables."""

from collections.abc import Iterable

from django.db.models import Q

from apps.kernel.front_door import Refused
from apps.processes.core.differences import differences
from apps.processes.core.differences.words import Words
from apps.processes.models import ProcessVersion
from apps.processes.selectors import lexicon

CARRIES = "clearway:decision"


def models_with_tables(wanted: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """The models of these versions (key of the process, number), all of them where one of its process carries decisions.

    One query, none when nothing is wanted.
    """
    which = Q(pk__in=[])
    for key, number in wanted:
        which |= Q(process__key=key, number=number)
    if which == Q(pk__in=[]):
        return {}
    rows = ProcessVersion.objects.filter(which).values_list("process__key", "number", "model_xml")
    found = {(key, number): model for key, number, model in rows}
    carrying = {key for (key, _number), model in found.items() if CARRIES in model}
    return {place: model for place, model in found.items() if place[0] in carrying}


def differences_of_tables(old_xml: str, new_xml: str) -> list[str]:
    """Each with the element that carries the table, in the reader's language. No query."""
    try:
        words = Words(differences(old_xml.encode(), new_xml.encode()), lexicon())
    except Refused:
        return []
    told = [(words.title(item), sentence) for item in words.found.meaning for sentence in words.tables(item)]
    return [f"{title}: {sentence}" for title, sentence in told]
