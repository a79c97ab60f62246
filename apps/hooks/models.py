"""Webhooks: who is told by which address, how far they are, and what was given up; who may send, and what came.

Written by `hooks.actions` alone. Secrets stand here as they are, because they sign; no page and no entry shows them again.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.hooks.core.courses import Course
from apps.hooks.states import Deed, Feed, LetterState
from apps.journal.models import Entry
from apps.kernel import clock
from apps.people.models import BusinessLine, Counted, ProgramToken, Team


class Hook(models.Model):
    """What both directions share. Their person's rights decide, narrowed by the token if there is one, at each delivery."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("person"))
    token = models.ForeignKey(
        ProgramToken, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("program token")
    )
    name = models.CharField(_("name"), max_length=80)
    secret = models.CharField(max_length=200, editable=False)
    former_secret = models.CharField(max_length=200, blank=True, editable=False)
    former_until = models.DateTimeField(null=True, editable=False)
    is_on = models.BooleanField(_("is on"), default=True)
    created_at = models.DateTimeField(_("created at"))
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def secrets(self) -> list[str]:
        """Those that are good now, the newest first."""
        is_kept = self.former_until is not None and self.former_until > clock.now()
        return [self.secret, self.former_secret] if is_kept else [self.secret]


class OutgoingHook(Hook):
    """Sends what one feed of its person says to one address, in order. The journal is the queue: only the place is kept."""

    address = models.CharField(max_length=500)
    feed = models.CharField(_("feed"), max_length=10, choices=Feed.choices)
    line = models.ForeignKey(BusinessLine, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("business line"))
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("team"))
    stream = models.CharField(max_length=80, blank=True)  # of the run
    after_transaction = models.BigIntegerField(default=0)  # the place: with the number a position in the journal,
    after_number = models.BigIntegerField(default=0)  # of a run the number alone
    told = models.JSONField(null=True)  # of an inbox: what was taken last
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    due_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(_("last taken"), null=True)
    problem = models.CharField(_("problem"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("outgoing webhook")
        verbose_name_plural = _("outgoing webhooks")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(feed=Feed.LINE) ^ Q(line__isnull=False), name="hook_of_a_line_names_it"),
            models.CheckConstraint(condition=~Q(feed=Feed.TEAM) ^ Q(team__isnull=False), name="hook_of_a_team_names_it"),
            models.CheckConstraint(condition=Q(feed=Feed.RUN) ^ Q(stream=""), name="hook_of_a_run_names_it"),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(is_on=True, ended_at=None), name="hooks_due")]

    @property
    def host(self) -> str:
        """As much of the address as is shown: the rest may hold a key."""
        return urlsplit(self.address).netloc

    @property
    def of(self) -> str:
        """What its feed is of, for people."""
        return str(self.team or "") or (self.line.name if self.line is not None else self.run)

    @property
    def line_code(self) -> str:
        """Of the line that it is about; empty for more than one."""
        line = self.team.line if self.team is not None else self.line
        return line.code if line is not None else ""

    @property
    def run(self) -> str:
        return self.stream.removeprefix("run.")

    @property
    def place(self) -> str:
        """Where it is in its feed, as the feed itself says it."""
        return str(self.after_number) if self.feed == Feed.RUN else f"{self.after_transaction}.{self.after_number}"

    @property
    def course(self) -> Course:
        return Course((self.after_transaction, self.after_number), self.tries, self.due_at, self.claimed_until)

    @course.setter
    def course(self, course: Course) -> None:
        self.after_transaction, self.after_number = course.place
        self.tries, self.due_at, self.claimed_until = course.tries, course.due_at, course.claimed_until


class DeadLetter(models.Model):
    """An entry that a receiver did not take however often it was tried."""

    hook = models.ForeignKey(OutgoingHook, on_delete=models.PROTECT, related_name="letters")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=LetterState.choices, default=LetterState.DEAD)
    tries = models.PositiveIntegerField(_("tries"))
    problem = models.CharField(_("problem"), max_length=300)
    at = models.DateTimeField(_("given up at"))

    class Meta:
        verbose_name = _("dead letter")
        verbose_name_plural = _("dead letters")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["hook", "entry"], name="one_dead_letter_per_entry")]
        indexes = [models.Index(fields=["hook", "id"], condition=Q(state=LetterState.WAITING), name="letters_sent_again")]

    def __str__(self) -> str:
        return f"{self.hook} · {self.entry_id}"


class IncomingHook(Hook, Counted):
    """A sender outside that signs what it says. `key` is in its address and no secret; `deeds` is what it may ask for."""

    key = models.CharField(max_length=40, unique=True, editable=False)
    deeds = models.JSONField(_("may"), default=list)

    class Meta:
        verbose_name = _("incoming webhook")
        verbose_name_plural = _("incoming webhooks")
        ordering = ["-id"]

    @property
    def path(self) -> str:
        """Where its deliveries are sent to, behind the address of this installation."""
        return f"/api/hooks/{self.key}/"

    @property
    def deed_labels(self) -> list[str]:
        return [str(Deed(deed).label) for deed in self.deeds]


class TakenDelivery(models.Model):
    """A delivery that was taken, with the answer that it got and gets again. Rows stay: they say who did what by it."""

    hook = models.ForeignKey(IncomingHook, on_delete=models.PROTECT, related_name="taken")
    delivery = models.CharField(_("delivery"), max_length=120)
    content = models.CharField(max_length=64)  # digest of the body
    deed = models.CharField(_("deed"), max_length=10)
    status = models.PositiveSmallIntegerField(_("status"))
    answer = models.JSONField(_("answer"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("taken delivery")
        verbose_name_plural = _("taken deliveries")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["hook", "delivery"], name="a_delivery_is_taken_once")]

    def __str__(self) -> str:
        return self.delivery
