from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import DomainError


class UnusableShift(DomainError):
    """A shift, or what a line needs of it, that could not work."""

    code = "unusable_shift"
    sentence = _("This shift cannot be kept like that: {problem}.")


class UnusableDuty(DomainError):
    """A duty that could not be done."""

    code = "unusable_duty"
    sentence = _("{person} cannot be planned for {shift} on {day}: {problem}.")


class DutyTaken(DomainError):
    """Somebody is planned there already."""

    code, http_status = "duty_taken", 409
    sentence = _("{shift} on {day}: {person} is planned there already.")


class ShiftOver(DomainError):
    """The past is not planned."""

    code, http_status = "shift_over", 409
    sentence = _("{shift} of {day} is over: its duties stay as they were.")


class NotOnShift(DomainError):
    """Who signs a hand-over works on the shift, or operates the line."""

    code, http_status = "not_on_shift", 403
    sentence = _("Only who is on {shift} on {day}, or may start runs of {line}, signs here.")


class TooEarly(DomainError):
    """A shift is handed over towards its end."""

    code, http_status = "too_early", 409
    sentence = _("{shift} of {day} is handed over from {moment} on.")


class AlreadyGiven(DomainError):
    """A shift is handed over once."""

    code, http_status = "already_given", 409
    sentence = _("{shift} of {day} has been handed over already.")


class AlreadyTaken(DomainError):
    """A hand-over is taken once; afterwards nothing of it moves."""

    code, http_status = "already_taken", 409
    sentence = _("{person} has signed this hand-over already.")


class SamePerson(DomainError):
    """Two people sign a hand-over."""

    code, http_status = "same_person", 403
    sentence = _("{person} has handed it over: somebody else takes it.")


class ReportMoved(DomainError):
    """What is red is signed as it was read."""

    code, http_status = "report_moved", 409
    sentence = _("What needs attention has changed since you looked. Read it again, then sign.")


class NotAcknowledged(DomainError):
    """What is red is acknowledged one by one."""

    code = "not_acknowledged"
    sentence = _("These need to be acknowledged one by one: {names}.")
