"""The terms by which things are found. Written by `desk.store` alone; everything in it can be made again from the things."""

from django.db import models

from apps.desk.core.finding import LONGEST_TERM


class FindTerm(models.Model):
    """One term of a thing: `kind` and the key of it there. `line` and `process` say whose it is; people have neither."""

    kind = models.CharField(max_length=10)
    subject = models.BigIntegerField()
    term = models.CharField(max_length=LONGEST_TERM)
    line = models.BigIntegerField(null=True)
    process = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "subject", "term"], name="a_term_is_kept_once")]
        indexes = [models.Index(fields=["kind", "term", "-subject", "line", "process"], name="things_by_term")]

    def __str__(self) -> str:
        return self.term
