from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import DomainError


class UnknownMetric(DomainError):
    """Nobody registers this figure."""

    code = "unknown_metric"
    sentence = _("There is no figure “{metric}”.")


class MonitorExists(DomainError):
    """A code names one monitor for ever."""

    code, http_status = "monitor_exists", 409
    sentence = _("There is a monitor “{code}” already.")


class AlreadyRetired(DomainError):
    """Nobody watches it any more."""

    code, http_status = "already_retired", 409
    sentence = _("The monitor “{name}” has been retired.")


class ReasonNeeded(DomainError):
    """To stop watching needs a reason."""

    code = "reason_needed"
    sentence = _("This needs a reason.")


class NothingToRemove(DomainError):
    """A monitor without thresholds cannot lose them."""

    code, http_status = "nothing_to_remove", 409
    sentence = _("The monitor “{name}” has no thresholds then.")
