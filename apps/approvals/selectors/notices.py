"""Approvals as they are told of outside: whose turn it is, and what has become of one's own."""

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.approvals.conf import kind_named
from apps.approvals.models import Approval, Maker, Seat
from apps.approvals.states import ENDED, ApprovalState, Deed
from apps.journal.models import Entry
from apps.notices.conf import Notice, Told
from apps.people.selectors import people_with

BRINGS_TURNS = {Deed.SUBMIT, Deed.RESUBMIT, Deed.HAND_OVER, Deed.ADD_SIGNER, Deed.REMOVE_SIGNER, Deed.REASSIGN, Deed.STAND_BY}
OVER = {*ENDED, ApprovalState.RETURNED}


def _found(entry: Entry) -> Approval | None:
    return Approval.objects.filter(pk=entry.data["approval"]).select_related("line").first()


def _told(found: Approval, people: list[int], chinese: str, english: str) -> Told:
    titles = f"{chinese}：{found.title_zh}", f"{english}: {found.title_en}"
    return Told(people, found.line, *titles, reverse("approval", args=[found.pk]), found.process)


def _tell_turns(entry: Entry) -> Told | None:
    """Who has the turn now, when a stage has begun, somebody came into it, or they are reminded."""
    data, found = entry.data, _found(entry)
    moved = entry.kind == "approval.moved"
    if found is None or found.state != ApprovalState.OPEN:
        return None
    if moved and data["verb"] not in BRINGS_TURNS and data["stage"] == data["stage_before"]:
        return None
    holders = Q(pk__in=Seat.objects.filter(approval=found, has_turn=True).values("holder"))
    people = people_with(kind_named(found.kind).right, found.line, found.process).exclude(
        pk__in=Maker.objects.filter(approval=found).values("person")
    )
    if found.path["flow"]:
        people = people.model.objects.filter(holders, is_active=True)
    return _told(found, list(people.values_list("pk", flat=True)), "等待您决定", "Waiting for your decision")


def _tell_outcome(entry: Entry) -> Told | None:
    found = _found(entry)
    if found is None or entry.data["state"] not in OVER:
        return None
    words = {
        ApprovalState.APPROVED: ("已批准", "Approved"),
        ApprovalState.REJECTED: ("已拒绝", "Rejected"),
        ApprovalState.RETURNED: ("已退回", "Sent back"),
        ApprovalState.WITHDRAWN: ("已撤回", "Withdrawn"),
    }
    return _told(found, [found.submitter_id], *words[ApprovalState(entry.data["state"])])


def _tell_copies(entry: Entry) -> Told | None:
    found = _found(entry)
    return None if found is None else _told(found, entry.data["people"], "抄送给你", "For your information")


NOTICES = [
    Notice("approval", _("Approvals that wait for me"), frozenset({"approval.moved", "approval.reminded"}), _tell_turns),
    Notice("outcome", _("What became of what I submitted"), frozenset({"approval.moved"}), _tell_outcome),
    Notice("copy", _("Approvals that are copied to me"), frozenset({"approval.copied"}), _tell_copies),
]
"""Registered when the app starts."""
