"""What people say and show beside the work. Written only by `comments.actions`; no row is ever deleted."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from apps.comments.core.media import LONGEST_NAME
from apps.comments.states import Media
from apps.people.models import BusinessLine


class Thread(models.Model):
    """Everything said about one thing. Its titles and address are those of the newest comment's moment.

    What was written up to `settled_at`, when the last decision about the thing was made, is not changed any more.
    """

    kind = models.CharField(_("kind"), max_length=20)
    key = models.BigIntegerField(_("key"))
    line = models.ForeignKey(BusinessLine, on_delete=models.PROTECT, related_name="+", verbose_name=_("business line"))
    process = models.BigIntegerField(null=True, editable=False)  # its key: processes live on a floor above
    title_zh = models.CharField(_("Chinese title"), max_length=200)
    title_en = models.CharField(_("English title"), max_length=200)
    address = models.CharField(_("address"), max_length=200)
    settled_at = models.DateTimeField(_("last decision at"), null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="one_thread_per_thing")]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return self.title_zh if (get_language() or "").startswith("zh") else self.title_en


class Comment(models.Model):
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("Comment"))
    written_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        indexes = [models.Index(fields=["thread", "-id"], name="comments_of_a_thread")]

    def __str__(self) -> str:
        return f"{self.author_id}: {self.text[:40]}"

    @property
    def is_settled(self) -> bool:
        """Whether a decision may rest on it. The thread comes with it; no query."""
        return self.thread.settled_at is not None and self.written_at <= self.thread.settled_at


class Wording(models.Model):
    """What a comment said before it was changed."""

    comment = models.ForeignKey(Comment, on_delete=models.PROTECT, related_name="wordings")
    text = models.TextField()
    replaced_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.text[:40]


class Mention(models.Model):
    """Somebody is named beside a thing. It waits for them until they have read it; named again, they have not read that."""

    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="mentions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    mentioned_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["thread", "person"], name="one_mention_per_thread_and_person")]
        indexes = [models.Index(fields=["person"], condition=Q(read_at=None), name="mentions_not_read")]

    def __str__(self) -> str:
        return f"@{self.person_id}"


class Attachment(models.Model):
    """A file beside a thing. Its bytes lie at `place` until somebody removes it; the row stays and says who did."""

    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="attachments")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(_("name"), max_length=LONGEST_NAME)
    media = models.CharField(_("kind"), max_length=10, choices=Media.choices)
    size = models.PositiveIntegerField()  # bytes
    sha256 = models.CharField(max_length=64)
    place = models.CharField(max_length=32, unique=True)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
    remover = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        constraints = [
            models.CheckConstraint(condition=Q(removed_at=None) ^ Q(remover__isnull=False), name="who_removed_it_is_known"),
            models.CheckConstraint(condition=Q(size__gt=0), name="an_attachment_has_bytes"),
        ]
        indexes = [models.Index(fields=["person"], condition=Q(removed_at=None), name="attachments_of_a_person")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_settled(self) -> bool:
        """Whether a decision may rest on it. The thread comes with it; no query."""
        return self.thread.settled_at is not None and self.added_at <= self.thread.settled_at
