"""Where market files come from, which ones came, and which were sent. Only `files.actions` writes arrivals and sendings."""

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from apps.calendars.models import Calendar
from apps.engine.models import Step
from apps.files.states import Arrival, Naming, RulingState, Sending, Verdict
from apps.kernel import clock
from apps.people.models import BusinessLine

MOST_DAYS_LATER = 5


class Source(models.Model):
    """A folder in which a gateway leaves files of a line. Master data, kept in the admin site."""

    line = models.ForeignKey(BusinessLine, on_delete=models.PROTECT, related_name="sources", verbose_name=_("business line"))
    code = models.SlugField(_("code"), max_length=40, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80)
    directory = models.CharField(
        _("folder"), max_length=500, help_text=_("{date} stands for the business date as 20240713. Relative to the data folder.")
    )
    naming = models.CharField(_("naming"), max_length=10, choices=Naming.choices, default=Naming.SHANGHAI)
    required_codes = models.JSONField(
        _("required files"), default=list, blank=True, help_text=_('A list such as ["jsmx", "zqbd"].')
    )
    optional_codes = models.JSONField(_("optional files"), default=list, blank=True)
    flags = models.JSONField(
        _("flags that must all be there"), default=list, blank=True, help_text=_('A list such as ["fsbz_a"].')
    )
    manifest = models.CharField(_("manifest"), max_length=40, blank=True, help_text=_("Code of the file that lists the others."))
    may_be_late = models.BooleanField(_("may be late"), default=False)
    poll_seconds = models.PositiveSmallIntegerField(_("seconds between looks"), default=15)
    patience_seconds = models.PositiveIntegerField(_("seconds an incomplete file may last"), default=1800)
    active = models.BooleanField(_("active"), default=True)
    scanned_at = models.DateTimeField(_("last looked at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("file source")
        verbose_name_plural = _("file sources")
        ordering = ["line_id", "code"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_zh if (get_language() or "").startswith("zh") else self.name_en

    @property
    def codes(self) -> list[str]:
        """All file codes that this source brings."""
        return [*self.required_codes, *self.optional_codes]


class ImportedLayout(models.Model):
    """A layout that an administrator took from a sample. Rows are only added: the newest of a family is looked at first."""

    family = models.SlugField(_("family"), max_length=40)
    market = models.CharField(_("market"), max_length=8, blank=True)
    title_zh = models.CharField(_("Chinese name"), max_length=80)
    title_en = models.CharField(_("English name"), max_length=80)
    columns = models.JSONField(_("columns"))  # [{name, type, width, decimals, zh, en}]
    note = models.CharField(_("where it is from"), max_length=200)
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("imported by")
    )
    imported_at = models.DateTimeField(_("imported at"))

    class Meta:
        verbose_name = _("imported layout")
        verbose_name_plural = _("imported layouts")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.family} {self.imported_at:%Y-%m-%d}"


class ArrivalRule(models.Model):
    """When a file of a source has to be here. Master data, kept in the admin site with the source."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="rules", verbose_name=_("file source"))
    file_code = models.CharField(_("file code"), max_length=40)
    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, related_name="+", verbose_name=_("calendar"))
    expected_by = models.TimeField(_("expected by"), help_text=_("Time of the market."))
    day_offset = models.PositiveSmallIntegerField(
        _("business days later"),
        default=0,
        validators=[MaxValueValidator(MOST_DAYS_LATER)],
        help_text=_("0: on the business date."),
    )
    set_at = models.DateTimeField(_("set at"), editable=False, default=clock.now)

    class Meta:
        verbose_name = _("arrival rule")
        verbose_name_plural = _("arrival rules")
        ordering = ["source_id", "file_code"]
        constraints = [models.UniqueConstraint(fields=["source", "file_code"], name="one_arrival_rule_per_source_and_code")]

    def __str__(self) -> str:
        return f"{self.file_code} {self.expected_by:%H:%M}"


class LateFile(models.Model):
    """A file whose time passed before it was here: the row is why the journal tells it once."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="late_files")
    business_date = models.DateField()
    file_code = models.CharField(max_length=40)
    due_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "business_date", "file_code"], name="a_late_file_is_told_once_a_day")
        ]


class Sighting(models.Model):
    """How a file in a source's folder looked last time: it is read once it looked the same at two looks."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="sightings")
    business_date = models.DateField()
    name = models.CharField(max_length=255)
    size = models.BigIntegerField()
    modified_ns = models.BigIntegerField()
    looks = models.PositiveIntegerField(default=1)
    looked_at = models.DateTimeField()
    first_seen_at = models.DateTimeField()
    settled = models.BooleanField(default=False)  # dealt with as it looks now; a changed file is watched anew

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "business_date", "name"], name="one_sighting_per_file_and_day")]


class ArrivedFile(models.Model):
    """A file that came, kept as our own copy under its digest. Rows are only added; only the state moves on."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="arrivals", verbose_name=_("file source"))
    line = models.ForeignKey(
        BusinessLine, on_delete=models.PROTECT, related_name="arrived_files", verbose_name=_("business line")
    )
    business_date = models.DateField(_("business date"))
    file_code = models.CharField(_("file code"), max_length=40)
    family = models.CharField(_("family"), max_length=40, blank=True)
    name = models.CharField(_("name"), max_length=255)
    size = models.BigIntegerField(_("bytes"))
    sha256 = models.CharField(_("digest"), max_length=64)
    rows = models.PositiveIntegerField(_("rows"), null=True)
    version = models.PositiveIntegerField(_("version"), default=1)  # n-th accepted file of this code for the date
    state = models.CharField(_("state"), max_length=12, choices=Arrival.choices)
    problems = models.JSONField(_("problems"), default=list)
    arrived_at = models.DateTimeField(_("arrived at"))
    once = models.CharField(max_length=64, unique=True)  # idempotency key, fact book 2.1.9

    class Meta:
        verbose_name = _("arrived file")
        verbose_name_plural = _("arrived files")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["line", "business_date", "file_code"],
                condition=Q(state="accepted"),
                name="one_accepted_file_per_code_and_day",
            ),
        ]
        indexes = [models.Index(fields=["line", "business_date", "-id"], name="files_of_a_line_and_day")]

    def __str__(self) -> str:
        return self.name


class FileRuling(models.Model):
    """What was said of a file in quarantine. A release needs two people; rejecting one. Rows are only added."""

    file = models.ForeignKey(ArrivedFile, on_delete=models.PROTECT, related_name="rulings", verbose_name=_("arrived file"))
    verdict = models.CharField(_("verdict"), max_length=8, choices=Verdict.choices)
    reason = models.CharField(_("reason"), max_length=200)
    state = models.CharField(_("state"), max_length=8, choices=RulingState.choices, default=RulingState.ASKED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked at"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)

    class Meta:
        verbose_name = _("ruling on a file")
        verbose_name_plural = _("rulings on files")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["file"], condition=Q(state="asked"), name="one_open_ruling_per_file"),
            models.CheckConstraint(condition=~Q(reason=""), name="a_ruling_says_why"),
            models.CheckConstraint(
                condition=~Q(verdict="release", state="granted")
                | Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(decided_by=F("asked_by")),
                name="two_people_release_a_late_file",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file} {self.get_verdict_display()}"


class SentFile(models.Model):
    """The ledger of what left: written before the file is, so that a second try finds it."""

    key = models.CharField(_("key"), max_length=120, unique=True)
    line = models.ForeignKey(BusinessLine, on_delete=models.PROTECT, related_name="sent_files", verbose_name=_("business line"))
    business_date = models.DateField(_("business date"))
    name = models.CharField(_("name"), max_length=255)
    path = models.CharField(_("path"), max_length=600)
    size = models.BigIntegerField(_("bytes"))
    sha256 = models.CharField(_("digest"), max_length=64)
    state = models.CharField(_("state"), max_length=10, choices=Sending.choices, default=Sending.SENDING)
    receipt = models.CharField(_("receipt"), max_length=200, blank=True)
    step = models.ForeignKey(Step, null=True, on_delete=models.PROTECT, related_name="sent_files", verbose_name=_("step"))
    sent_at = models.DateTimeField(_("sent at"), null=True)

    class Meta:
        verbose_name = _("sent file")
        verbose_name_plural = _("sent files")
        ordering = ["-id"]
        indexes = [models.Index(fields=["line", "business_date", "-id"], name="sent_files_of_a_line_and_day")]

    def __str__(self) -> str:
        return self.name
