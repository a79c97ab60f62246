"""What the broker asks above the depository, by business date. Rows are never rewritten: `uplifts.actions` adds them."""

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from apps.changes.models import Change
from apps.lines.uplifts.core.contents import key_of
from apps.lines.uplifts.core.rules import Uplift, UpliftRule
from apps.lines.uplifts.states import Covers, Holder
from apps.people.models import BusinessLine

_PART = {"max_digits": 8, "decimal_places": 4, "default": 0}


class MarginUplift(models.Model):
    """One rule from a business date on; parts of one (0.2 is 20 %), `spread_minimum` in CNY.

    Source: options-margin 6, "Uplift": the broker asks no less than the depository (risk control rules of 2015, art. 6).
    """

    line = models.ForeignKey(BusinessLine, on_delete=models.PROTECT, related_name="+", verbose_name=_("business line"))
    holder = models.CharField(_("holds for"), max_length=10, choices=Holder.choices)
    who = models.CharField(_("group or account"), max_length=20, blank=True)
    covers = models.CharField(_("covers"), max_length=10, choices=Covers.choices, default=Covers.ALL)
    code = models.CharField(_("underlying or contract"), max_length=8, blank=True)
    days = models.PositiveSmallIntegerField(_("trading days to expiry, at most"), null=True, blank=True)
    key = models.CharField(max_length=60, editable=False)
    valid_from = models.DateField(_("valid from"))
    multiple = models.DecimalField(_("uplift of every amount"), **_PART)  # type: ignore[arg-type]
    ratio_more = models.DecimalField(_("added to ratio a"), **_PART)  # type: ignore[arg-type]
    floor_more = models.DecimalField(_("added to ratio b"), **_PART)  # type: ignore[arg-type]
    spread_minimum = models.DecimalField(
        _("least of a spread that costs nothing (CNY)"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    source = models.CharField(_("source"), max_length=300)
    is_withdrawn = models.BooleanField(_("withdrawn"), default=False)
    change = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="+", verbose_name=_("change"))
    set_at = models.DateTimeField(_("set at"))

    class Meta:
        app_label = "lines"
        verbose_name = _("uplift of the broker")
        verbose_name_plural = _("uplifts of the broker")
        ordering = ["line", "key", "-valid_from", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["line", "key", "change"], name="a_change_sets_an_uplift_once"),
            models.CheckConstraint(
                condition=Q(multiple__gte=0, ratio_more__gte=0, floor_more__gte=0), name="an_uplift_never_asks_less"
            ),
            models.CheckConstraint(
                condition=Q(spread_minimum=None) | Q(spread_minimum__gte=0), name="a_least_of_a_spread_is_not_negative"
            ),
            models.CheckConstraint(condition=~Q(source=""), name="an_uplift_has_a_source"),
            models.CheckConstraint(
                condition=Q(holder=Holder.EVERYONE, who="") | (~Q(holder=Holder.EVERYONE) & ~Q(who="")),
                name="an_uplift_says_for_whom",
            ),
            models.CheckConstraint(
                condition=Q(covers=Covers.ALL, code="") | (~Q(covers=Covers.ALL) & ~Q(code="")), name="an_uplift_says_for_what"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.valid_from.isoformat()}"

    def save(self, *args: object, **kwargs: object) -> None:
        self.key = key_of(self.holder, self.who, self.covers, self.code, self.days)
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def name(self) -> str:
        """What the rule is for, in the reader's language."""
        parts = [self.who or str(self.get_holder_display()), self.code or str(self.get_covers_display())]
        if self.days is not None:
            parts.append(_now("from E-{days} on").format(days=self.days) if self.days else _now("day of expiry"))
        return " · ".join(parts)

    @property
    def percents(self) -> tuple[str, str, str]:
        """Uplift of every amount and what is added to a and b, in per cent; empty where there is none."""
        parts = (self.multiple, self.ratio_more, self.floor_more)
        first, second, third = (f"{(Decimal(part) * 100).normalize():f} %" if part else "" for part in parts)
        return first, second, third

    def as_rule(self, spread_minimum: int) -> UpliftRule:
        """The row as the margins read it; `spread_minimum` is fen and holds where the rule says nothing of it."""
        least = spread_minimum if self.spread_minimum is None else int(self.spread_minimum.scaleb(2))
        uplift = Uplift(Decimal(self.multiple), Decimal(self.ratio_more), Decimal(self.floor_more), least, self.pk)
        return UpliftRule(
            holder=Holder(self.holder),
            covers=Covers(self.covers),
            uplift=uplift,
            who=self.who,
            code=self.code,
            days=self.days,
        )
