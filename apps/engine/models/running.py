"""Runs and what they are made of. Only `engine.store` writes these rows; everybody else asks `engine.actions`."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.engine.states import Priority, RequestState, RunState, StepState, Verb
from apps.people.models import BusinessLine
from apps.processes.models import Process, ProcessVersion

DEFAULT_QUEUE = "steps"
"""Where steps are done that name no other queue, and all pure ones."""


class Run(models.Model):
    """One execution of one version for one business date."""

    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="runs", db_index=False, verbose_name=_("process"))
    version = models.ForeignKey(ProcessVersion, on_delete=models.PROTECT, related_name="runs", verbose_name=_("version"))
    line = models.ForeignKey(BusinessLine, on_delete=models.PROTECT, related_name="runs", verbose_name=_("business line"))
    business_date = models.DateField(_("business date"))
    key = models.CharField(_("key"), max_length=200, default="", blank=True)  # of the message that began it
    sequence = models.PositiveIntegerField(_("sequence"), default=1)  # n-th run of this process for the date
    state = models.CharField(_("state"), max_length=12, choices=RunState.choices, default=RunState.RUNNING)
    plan_digest = models.CharField(max_length=64)
    marking = models.JSONField(default=dict)
    variables = models.JSONField(_("variables"), default=dict)
    pinned = models.JSONField(default=dict)  # {process key: version id} of everything it may call
    came_from = models.ForeignKey(ProcessVersion, null=True, on_delete=models.PROTECT, related_name="+")  # by its last migration
    parent_step = models.OneToOneField("Step", null=True, on_delete=models.PROTECT, related_name="child_run")
    depth = models.PositiveSmallIntegerField(default=0)  # 0 = begun by a person, 1 = called by such a run ...
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField(_("begun at"))
    ended_at = models.DateTimeField(_("ended at"), null=True)
    priority = models.PositiveSmallIntegerField(_("priority"), default=Priority.NORMAL)
    is_paused = models.BooleanField(_("paused"), default=False)  # nothing begins in it; what is in hand may end
    pause = models.ForeignKey("Pause", null=True, on_delete=models.PROTECT, related_name="runs")  # of its line or day
    held_nodes = models.JSONField(default=list)  # steps of these nodes do not begin
    overrides = models.JSONField(default=dict)  # {node: {parameter: value}} for steps still to come
    times = models.JSONField(default=dict)  # {node: {moment: [instant, state]}}, made of the windows of its day
    next_moment_at = models.DateTimeField(null=True)  # the first of them that nobody has looked at
    places = models.JSONField(default=dict)  # {node or "" for all: [queue, pool]}: the placements when it began

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["process", "business_date"],
                condition=Q(parent_step=None, state__in=["running", "incident"], key=""),
                name="one_live_run_per_process_and_date",
            ),
            models.UniqueConstraint(
                fields=["process", "key"],
                condition=Q(parent_step=None, state__in=["running", "incident"]) & ~Q(key=""),
                name="one_live_run_per_process_and_key",
            ),
        ]
        indexes = [
            models.Index(fields=["line", "business_date", "-id"], name="runs_of_a_line_and_day"),
            models.Index(fields=["process", "business_date"], name="runs_of_a_process_and_day"),
            models.Index(fields=["state", "-id"], name="runs_by_state"),
            models.Index(
                fields=["next_moment_at"],
                condition=Q(next_moment_at__isnull=False, state__in=["running", "incident"]),
                name="runs_by_next_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.process} {self.business_date.isoformat()} {self.key}".rstrip()

    @property
    def known_as(self) -> dict[str, Any]:
        """What expressions see under `run`."""
        return {"id": self.pk, "line": self.line.code, "key": self.key}

    @property
    def is_held(self) -> bool:
        """By its own pause, or by that of its line or day."""
        return self.is_paused or self.pause_id is not None


SELDOM_SET = ("message", "maker", "taken_by", "decided_by", "intervention")
"""References that automatic steps do not have: an index of all steps would cost every one of them."""


class Step(models.Model):
    """One activity or wait of a run. `attempt` is the fence: it grows with each claim, and only the newest may settle."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="steps", db_index=False, verbose_name=_("run"))
    token = models.PositiveIntegerField()
    node_id = models.CharField(max_length=200)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20)
    state = models.CharField(_("state"), max_length=10, choices=StepState.choices)
    handler = models.CharField(max_length=100, blank=True)
    parameters = models.JSONField(default=dict)
    inputs = models.JSONField(default=dict)
    outputs = models.JSONField(null=True)
    problem = models.TextField(_("problem"), blank=True)
    is_pure = models.BooleanField(default=False)  # its handler has no effect: workers do it in a group with others
    queue = models.CharField(_("queue"), max_length=60, default=DEFAULT_QUEUE)  # workers of this queue do it
    pool = models.CharField(_("resource pool"), max_length=60, blank=True)
    rank = models.BigIntegerField(default=0)  # of ready steps the least is first, see `store.rank_of`
    attempt = models.PositiveIntegerField(_("attempt"), default=0)
    crashes = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    worker = models.CharField(max_length=120, blank=True)
    not_before = models.DateTimeField(null=True)
    ring_at = models.DateTimeField(null=True)  # a ready step that nobody has claimed by then is rung again
    message = models.ForeignKey("Message", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)  # its answer
    role = models.CharField(_("role"), max_length=20, blank=True)
    form = models.JSONField(default=dict)
    maker = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    is_check = models.BooleanField(default=False)  # a second pair of eyes on `maker`'s step
    has_flow = False  # of a check that is being made: its line has a flow for checks
    deadline_at = models.DateTimeField(_("deadline"), null=True)
    is_late = models.BooleanField(_("late"), default=False)  # the missed deadline stands in the journal
    intervention = models.ForeignKey("InterventionRequest", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField(_("created at"))
    started_at = models.DateTimeField(_("started at"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["run", "token"], name="one_step_per_token"),
            models.CheckConstraint(
                condition=Q(maker=None) | Q(decided_by=None) | ~Q(maker=F("decided_by")), name="step_four_eyes"
            ),
            models.CheckConstraint(
                condition=Q(is_check=False)
                | ~Q(state="done")
                | Q(maker__isnull=False, decided_by__isnull=False)
                | Q(intervention__isnull=False),
                name="check_step_names_both_people",
            ),
            models.CheckConstraint(
                condition=Q(role="") | ~Q(state="skipped") | Q(intervention__isnull=False),
                name="human_step_is_skipped_by_two",
            ),
        ]
        indexes = [
            models.Index(fields=["lease_until"], condition=Q(state="running"), name="steps_by_lease"),
            models.Index(fields=["ring_at"], condition=Q(state="ready"), name="steps_to_ring"),
            models.Index(fields=["run", "id"], condition=Q(is_pure=True, state="ready"), name="pure_steps_to_do"),
            models.Index(fields=["rank"], condition=Q(is_pure=True, state="ready"), name="pure_steps_in_turn"),
            models.Index(fields=["queue", "rank", "id"], condition=Q(is_pure=False, state="ready"), name="steps_in_turn"),
            models.Index(fields=["pool", "rank", "id"], condition=Q(state="ready") & ~Q(pool=""), name="steps_before_a_pool"),
            models.Index(fields=["pool"], condition=Q(state="running") & ~Q(pool=""), name="steps_in_a_pool"),
            models.Index(
                fields=["deadline_at"],
                condition=Q(is_late=False, deadline_at__isnull=False) & ~Q(state__in=["done", "skipped", "cancelled"]),
                name="steps_by_deadline",
            ),
            models.Index(fields=["state", "role", "id"], name="steps_waiting_for_a_role"),
            *[
                models.Index(fields=[name], condition=Q(**{f"{name}__isnull": False}), name=f"steps_by_{name}")
                for name in SELDOM_SET
            ],
        ]

    def __str__(self) -> str:
        return self.name


class Attempt(models.Model):
    """How one try of a step ended. A try that still goes on is the step itself."""

    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="attempts", db_index=False)
    number = models.PositiveIntegerField()
    worker = models.CharField(max_length=120, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    outcome = models.CharField(max_length=12)  # finished, failed, lost
    problem = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["step", "number"], name="one_row_per_attempt")]


class Timer(models.Model):
    """A wait for an instant. Fired by compare-and-set, once."""

    step = models.OneToOneField(Step, on_delete=models.CASCADE, related_name="timer")
    due_at = models.DateTimeField()
    fired = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["due_at"], condition=Q(fired=False), name="timers_to_fire")]


class Subscription(models.Model):
    """A step that waits for a message of this name and correlation key."""

    step = models.OneToOneField(Step, on_delete=models.CASCADE, related_name="subscription")
    name = models.CharField(max_length=100)
    key = models.CharField(max_length=200)
    after = models.BigIntegerField(default=0)  # the last message that answered this node in this run: only newer ones count

    class Meta:
        indexes = [models.Index(fields=["name", "key"], name="subscriptions_by_message")]


class Message(models.Model):
    """Something that arrived. `retained` messages (a market file is here) answer every later wait as well."""

    name = models.CharField(max_length=100)
    key = models.CharField(max_length=200)
    payload = models.JSONField(default=dict)
    retained = models.BooleanField(default=False)
    consumed = models.BooleanField(default=False)
    received_at = models.DateTimeField()
    once = models.CharField(max_length=64, unique=True)  # sender's idempotency key

    class Meta:
        indexes = [models.Index(fields=["name", "key", "id"], name="messages_by_key")]


class Start(models.Model):
    """A trigger by which the version in force of a process begins runs by itself; gone when another version is in force.

    One row for each event of each top-level start event, receive task or gateway that begins runs. `left` counts the times
    that a timer still fires, None without end; `business_date` is the date that a time node's next moment belongs to;
    `holds` says that a condition was true when it was last looked at.
    """

    process = models.ForeignKey(Process, on_delete=models.CASCADE, related_name="starts", verbose_name=_("process"))
    version = models.ForeignKey(ProcessVersion, on_delete=models.CASCADE, related_name="starts", verbose_name=_("version"))
    node_id = models.CharField(_("element"), max_length=200)
    part = models.PositiveSmallIntegerField(_("which of its events"), default=0)
    kind = models.CharField(_("kind of event"), max_length=12)  # timer, message, signal, conditional
    name = models.CharField(_("arrives as"), max_length=100, blank=True)  # the message, or the signal's message
    due_at = models.DateTimeField(_("due at"), null=True)
    left = models.PositiveIntegerField(_("times left"), null=True)
    business_date = models.DateField(_("business date"), null=True)
    holds = models.BooleanField(_("condition held"), default=False)

    class Meta:
        verbose_name = _("trigger of a process")
        verbose_name_plural = _("triggers of processes")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["version", "node_id", "part"], name="one_start_per_trigger")]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="starts_by_due"),
            models.Index(fields=["name"], condition=~Q(name=""), name="starts_by_message"),
            models.Index(fields=["kind"], condition=Q(kind="conditional"), name="starts_by_condition"),
        ]


class Beginning(models.Model):
    """A run that a message is still to begin; deleted in the transaction that begins it, or that finds it not wanted."""

    process = models.ForeignKey(Process, on_delete=models.CASCADE, related_name="+", verbose_name=_("process"))
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="+", verbose_name=_("message"))
    business_date = models.DateField(_("business date"))

    class Meta:
        verbose_name = _("run still to begin")
        verbose_name_plural = _("runs still to begin")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["process", "message"], name="one_beginning_per_message")]


class Outbox(models.Model):
    """A bell still to be rung, written in the transaction that made the step ready. Without a step: pure steps are ready."""

    step = models.ForeignKey(Step, null=True, on_delete=models.CASCADE)
    queue = models.CharField(max_length=60, default=DEFAULT_QUEUE)

    class Meta:
        ordering = ["id"]


class Pause(models.Model):
    """Nothing begins in a line, or in a line's runs of one day; runs that begin meanwhile are paused from the start."""

    line = models.ForeignKey(BusinessLine, on_delete=models.PROTECT, related_name="+", verbose_name=_("business line"))
    business_date = models.DateField(_("business date"), null=True)
    reason = models.CharField(_("reason"), max_length=500)
    paused_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    paused_at = models.DateTimeField()
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["line"], condition=Q(lifted_at=None, business_date=None), name="one_open_pause_of_a_line"
            ),
            models.UniqueConstraint(
                fields=["line", "business_date"],
                condition=Q(lifted_at=None, business_date__isnull=False),
                name="one_open_pause_of_a_day",
            ),
        ]


class InterventionRequest(models.Model):
    """What one person asks for and a second one signs. `seen` is how things stood: signed later than that, it lapses."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="requests", verbose_name=_("run"))
    step = models.ForeignKey(Step, null=True, on_delete=models.PROTECT, related_name="requests", verbose_name=_("step"))
    verb = models.CharField(_("intervention"), max_length=12, choices=Verb.choices)
    arguments = models.JSONField(default=dict)
    reason = models.CharField(_("reason"), max_length=500)
    seen = models.JSONField(default=dict)
    needs = models.CharField(max_length=60)  # the rights a signer must have, in order, with blanks between
    barred = models.JSONField(default=list)  # ids of people who may not sign: makers of what would be passed over
    state = models.CharField(_("state"), max_length=10, choices=RequestState.choices, default=RequestState.OPEN)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked at"))
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("request for an intervention")
        verbose_name_plural = _("requests for interventions")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="signed") | Q(decided_by__isnull=False) & ~Q(decided_by=F("asked_by")),
                name="request_is_signed_by_another",
            ),
            models.UniqueConstraint(
                fields=["run", "verb"], condition=Q(state="open", step=None), name="one_open_request_about_a_run"
            ),
            models.UniqueConstraint(
                fields=["step", "verb"], condition=Q(state="open", step__isnull=False), name="one_open_request_about_a_step"
            ),
        ]
        indexes = [models.Index(fields=["id"], condition=Q(state="open"), name="requests_to_sign")]
