"""Tickets: why a process should change. Written by `tickets.actions` alone."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from apps.people.models import BusinessLine
from apps.tickets.core.likeness import LONGEST_MARK
from apps.tickets.states import (
    EARLY,
    LONGEST_VALUE,
    OPEN,
    PREFIX,
    PROMISED,
    RULES,
    FieldType,
    Kind,
    LinkedKind,
    Move,
    Priority,
    RelationKind,
    ReleaseState,
    Severity,
    TicketState,
)


def _is_closed_by_hand(ticket: Any) -> bool:
    return ticket.kind in RULES[Move.CLOSE].kinds


class Release(FSMModelMixin, models.Model):
    """What a line delivers together on a day: the tickets that belong to it. Released when none of them is left to do."""

    line = models.ForeignKey(BusinessLine, on_delete=models.PROTECT, related_name="releases", verbose_name=_("business line"))
    name = models.CharField(_("name"), max_length=60)
    begin_date = models.DateField(_("planned on"))
    target_date = models.DateField(_("to be released on"))
    state = FSMField(_("state"), default=ReleaseState.PLANNED, choices=ReleaseState.choices, protected=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    planner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("planned by")
    )

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["line", "name"], name="release_names_of_a_line_differ"),
            models.CheckConstraint(condition=Q(target_date__gte=F("begin_date")), name="release_ends_after_it_begins"),
            models.CheckConstraint(condition=Q(state="planned") ^ Q(ended_at__isnull=False), name="ended_release_says_when"),
        ]

    def __str__(self) -> str:
        return self.name

    @transition(field=state, source=ReleaseState.PLANNED, target=ReleaseState.RELEASED)
    def release(self, at: datetime) -> None:
        self.ended_at = at

    @transition(field=state, source=ReleaseState.PLANNED, target=ReleaseState.CANCELLED)
    def cancel(self, at: datetime) -> None:
        self.ended_at = at


class Ticket(FSMModelMixin, models.Model):
    """A requirement, a defect or a question about a line. `number` runs per kind and year; exactly one person owns it."""

    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.REQUIREMENT)
    year = models.PositiveSmallIntegerField(_("year"))
    number = models.PositiveIntegerField(_("number"))
    external_number = models.CharField(
        _("external number"), max_length=60, null=True, blank=True, unique=True, help_text=_("The client's own, as a TD number.")
    )
    line = models.ForeignKey(BusinessLine, on_delete=models.PROTECT, related_name="tickets", verbose_name=_("business line"))
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), max_length=10_000, blank=True)
    client = models.CharField(_("client"), max_length=120, blank=True)
    product = models.CharField(_("product"), max_length=120, blank=True)
    severity = models.CharField(_("severity"), max_length=10, choices=Severity.choices, default=Severity.MINOR)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority.choices, default=Priority.NORMAL)
    due_date = models.DateField(_("due"), null=True, blank=True)
    state = FSMField(_("state"), default=TicketState.SUBMITTED, choices=TicketState.choices, protected=True)
    waited_from = models.CharField(max_length=12, blank=True)  # the state that it goes back to
    duplicate_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="duplicates", verbose_name=_("duplicate of")
    )
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("owner"))
    in_release = models.ForeignKey(
        Release, null=True, blank=True, on_delete=models.PROTECT, related_name="tickets", verbose_name=_("release")
    )
    helpers = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+", verbose_name=_("helpers"))
    watchers = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+", verbose_name=_("watchers"))
    submitter = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("submitted by")
    )
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("approved by")
    )
    submitted_at = models.DateTimeField(_("submitted at"))

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "year", "number"], name="ticket_numbers_run_per_kind_and_year"),
            models.CheckConstraint(condition=Q(approver=None) | ~Q(submitter=F("approver")), name="ticket_four_eyes"),
            models.CheckConstraint(condition=Q(state="duplicate") ^ Q(duplicate_of=None), name="a_duplicate_names_the_other"),
        ]
        indexes = [
            models.Index(fields=["line", "-id"], name="tickets_of_a_line"),
            models.Index(fields=["-id"], condition=Q(state__in=OPEN), name="open_tickets"),
            models.Index(fields=["owner", "-id"], condition=Q(state__in=OPEN), name="open_tickets_of_an_owner"),
            models.Index(fields=["line", "state", "-id"], name="tickets_of_a_line_by_state"),
            models.Index(fields=["due_date"], condition=Q(due_date__isnull=False), name="tickets_by_due_date"),
            models.Index(fields=["id"], condition=Q(state="released"), name="tickets_that_wait_for_a_run"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.title}"

    @property
    def name(self) -> str:
        return f"{PREFIX[Kind(self.kind)]}-{self.year}-{self.number:04}"

    @property
    def is_promised(self) -> bool:
        """The client may rely on it."""
        return bool(self.client) and self.state in PROMISED

    @property
    def content_is_open(self) -> bool:
        """Nobody decides or has decided on what it says."""
        return self.state == TicketState.SUBMITTED or (self.state == TicketState.WAITING and self.waited_from in EARLY)

    @transition(field=state, source=RULES[Move.TRIAGE].source, target=TicketState.TRIAGED)
    def triage(self) -> None: ...

    @transition(field=state, source=RULES[Move.APPROVE].source, target=TicketState.APPROVED)
    def approve(self) -> None: ...

    @transition(field=state, source=RULES[Move.BEGIN].source, target=TicketState.IN_PROGRESS)
    def begin(self) -> None: ...

    @transition(field=state, source=RULES[Move.TEST].source, target=TicketState.IN_TEST)
    def test(self) -> None: ...

    @transition(field=state, source=RULES[Move.RELEASE].source, target=TicketState.RELEASED)
    def release(self) -> None: ...

    @transition(field=state, source=RULES[Move.WAIT].source, target=TicketState.WAITING)
    def wait(self) -> None:
        self.waited_from = self.state

    @transition(field=state, source=TicketState.WAITING, target=TicketState.SUBMITTED)
    def _resume_submitted(self) -> None: ...

    @transition(field=state, source=TicketState.WAITING, target=TicketState.TRIAGED)
    def _resume_triaged(self) -> None: ...

    @transition(field=state, source=TicketState.WAITING, target=TicketState.APPROVED)
    def _resume_approved(self) -> None: ...

    @transition(field=state, source=TicketState.WAITING, target=TicketState.IN_PROGRESS)
    def _resume_in_progress(self) -> None: ...

    def resume(self) -> None:
        """Back to where it waited from."""
        getattr(self, f"_resume_{self.waited_from or TicketState.SUBMITTED}")()
        self.waited_from = ""

    @transition(field=state, source=RULES[Move.REJECT].source, target=TicketState.REJECTED)
    def reject(self) -> None: ...

    @transition(field=state, source=RULES[Move.DUPLICATE].source, target=TicketState.DUPLICATE)
    def duplicate(self) -> None: ...

    @transition(
        field=state,
        source=RULES[Move.CLOSE].source,
        target=TicketState.DONE,
        conditions=[_is_closed_by_hand],
    )
    def close(self) -> None: ...

    @transition(field=state, source=RULES[Move.FINISH].source, target=TicketState.DONE)
    def finish(self) -> None: ...


class Label(models.Model):
    """A word that somebody put on a ticket."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="labels", db_index=False)
    label = models.CharField(_("label"), max_length=40)

    class Meta:
        ordering = ["label"]
        constraints = [models.UniqueConstraint(fields=["ticket", "label"], name="a_label_is_put_on_once")]
        indexes = [models.Index(fields=["label", "ticket"], name="tickets_by_label")]

    def __str__(self) -> str:
        return self.label


class CustomField(models.Model):
    """What an administrator wants to know of the tickets of a kind. Retired rather than deleted: tickets keep what they say."""

    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    code = models.SlugField(_("code"), max_length=40, help_text=_("For programs and sheets; it never changes."))
    name_zh = models.CharField(_("Chinese name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80)
    holds = models.CharField(_("type"), max_length=10, choices=FieldType.choices)
    options = models.TextField(_("options"), max_length=10_000, blank=True, help_text=_("Of a list: one a line."))
    is_required = models.BooleanField(_("has to be filled in"), default=False)
    is_retired = models.BooleanField(_("retired"), default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0, help_text=_("Lower comes first."))

    class Meta:
        verbose_name = _("field of tickets")
        verbose_name_plural = _("fields of tickets")
        ordering = ["kind", "position", "id"]
        constraints = [models.UniqueConstraint(fields=["kind", "code"], name="field_codes_of_a_kind_differ")]

    def __str__(self) -> str:
        return f"{self.kind} {self.code}"

    @property
    def name(self) -> str:
        return self.name_zh if (get_language() or "").startswith("zh") else self.name_en

    @property
    def choices(self) -> list[str]:
        return [line.strip() for line in self.options.splitlines() if line.strip()]


class CustomValue(models.Model):
    """What a ticket says in a custom field, as `core.custom_values` keeps it; no row for nothing."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="custom_values", db_index=False)
    field = models.ForeignKey(CustomField, on_delete=models.PROTECT, related_name="+")
    value = models.CharField(max_length=LONGEST_VALUE)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "field"], name="a_field_is_filled_in_once")]

    def __str__(self) -> str:
        return self.value


class Naming(models.Model):
    """Something that names a ticket: `kind` and the key of it on its floor. That floor writes what its texts name.

    What a `person` has linked keeps the line and the process that it is seen by, and its titles and address of that moment.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="namings")
    kind = models.CharField(max_length=20)
    subject = models.BigIntegerField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    line = models.ForeignKey(BusinessLine, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    process = models.BigIntegerField(null=True, editable=False)  # its key: processes live on a floor above
    title_zh = models.CharField(max_length=200, blank=True)
    title_en = models.CharField(max_length=200, blank=True)
    address = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject", "ticket"], condition=Q(person=None), name="a_text_names_a_ticket_once"
            ),
            models.UniqueConstraint(
                fields=["kind", "subject", "ticket"], condition=Q(person__isnull=False), name="a_ticket_is_linked_once"
            ),
            models.CheckConstraint(
                condition=Q(person=None, line=None) | Q(person__isnull=False, line__isnull=False) & ~Q(address=""),
                name="a_link_says_what_it_leads_to",
            ),
        ]
        indexes = [models.Index(fields=["kind", "subject"], name="namings_by_subject")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"

    @property
    def title(self) -> str:
        return self.title_zh if (get_language() or "").startswith("zh") else self.title_en

    @property
    def word(self) -> str:
        """What it is, as people say it; for what they have linked."""
        return str(LinkedKind(self.kind).label)


class Relation(models.Model):
    """How one ticket stands to another; none of a kind ever leads back to where it began."""

    source = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="relations")
    kind = models.CharField(max_length=10, choices=RelationKind.choices)
    target = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="relations_back")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "kind", "target"], name="tickets_are_related_once"),
            models.UniqueConstraint(fields=["target"], condition=Q(kind="parent"), name="a_ticket_has_one_parent"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="no_ticket_is_related_to_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.kind} {self.target_id}"


class Mark(models.Model):
    """A part of the title by which an open ticket is likened to what somebody types; gone when the ticket has ended."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="marks")
    line = models.ForeignKey(BusinessLine, on_delete=models.CASCADE, related_name="+", db_index=False)
    mark = models.CharField(max_length=LONGEST_MARK)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mark", "line", "ticket"], name="a_mark_is_kept_once")]

    def __str__(self) -> str:
        return self.mark


class Counter(models.Model):
    """The last number of a kind in a year."""

    kind = models.CharField(max_length=12, choices=Kind.choices)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "year"], name="one_counter_per_kind_and_year")]

    def __str__(self) -> str:
        return f"{self.kind} {self.year}"


class SavedView(models.Model):
    """A list of tickets as one person wants to see it again: the query of its address."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=1000)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["person", "name"], name="a_person_names_a_view_once")]

    def __str__(self) -> str:
        return self.name
