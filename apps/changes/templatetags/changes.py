"""Sentences of the pages about changes."""

from django import template
from django.utils.translation import gettext as _

from apps.changes.core.gates import LostGate
from apps.changes.core.links import Link
from apps.changes.selectors.impact import STEP_ROLES, link_words
from apps.changes.states import GateLoss

register = template.Library()


@register.simple_tag
def gate_sentence(lost: LostGate) -> str:
    """What becomes of a gate, with what it was."""
    said = str(lost.loss.label)
    if lost.loss == GateLoss.OTHER_ROLE:
        return _("{said} It was: {was}; now: {now}.").format(said=said, was=_role(lost.was), now=_role(lost.now))
    was = _role(lost.was) if lost.loss in (GateLoss.GONE, GateLoss.AUTOMATIC) else lost.was
    return _("{said} It was: {was}.").format(said=said, was=was) if was else said


@register.simple_tag
def link_sentence(link: Link) -> str:
    return link_words(link)


def _role(name: str) -> str:
    return str(STEP_ROLES[name].label) if name in STEP_ROLES else name
