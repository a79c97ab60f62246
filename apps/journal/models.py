"""The one ordered record. Rows are only ever inserted; the database refuses anything else by trigger."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class CurrentTransaction(models.Func):
    """The id of the transaction that writes the row: what a follower of all streams orders by on PostgreSQL, 0 elsewhere."""

    allowed_default = True
    output_field = models.BigIntegerField()

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        return "0", []

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:
        return "pg_current_xact_id()::text::bigint", []


class Stream(models.Model):
    """Head of one stream: its row lock gives the dense numbers. Written only by `journal.actions.append`."""

    name = models.CharField(max_length=80, unique=True)
    last_number = models.BigIntegerField(default=0)
    last_hash = models.CharField(max_length=64, default="")

    def __str__(self) -> str:
        return self.name


class Entry(models.Model):
    """One fact. `number` is dense within its stream; `hash` chains it to the one before."""

    stream = models.CharField(_("stream"), max_length=80)
    number = models.BigIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=60)
    line = models.CharField(_("business line"), max_length=40, blank=True)
    at = models.DateTimeField(_("at"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, db_index=False, verbose_name=_("actor")
    )
    data = models.JSONField(_("data"))
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    transaction_id = models.BigIntegerField(db_default=CurrentTransaction(), editable=False)

    class Meta:
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal entries")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["stream", "number"], name="journal_numbers_are_dense_per_stream")]
        indexes = [
            models.Index(fields=["line", "id"], name="journal_by_line"),
            models.Index(fields=["transaction_id", "id"], name="journal_by_transaction"),
            models.Index(fields=["actor"], condition=models.Q(actor__isnull=False), name="journal_by_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.stream} {self.number} {self.kind}"

    def content(self) -> dict[str, Any]:
        """What the hash is taken over."""
        return {
            "stream": self.stream,
            "number": self.number,
            "kind": self.kind,
            "line": self.line,
            "at": self.at.isoformat(),
            "actor": self.actor_id,
            "data": self.data,
        }
