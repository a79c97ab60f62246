from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import DomainError


class UnusableAddress(DomainError):
    """An address to which nothing may be sent."""

    code = "unusable_address"
    sentence = _("This address cannot be used: {problem}.")


class ChosenInPerson(DomainError):
    """A token reaches some lines; what its person is told of, and where, is of all of theirs."""

    code, http_status = "chosen_in_person", 403
    sentence = _("A program cannot choose where its person is told of things.")


class UnusableTimes(DomainError):
    code = "unusable_times"
    sentence = _("Quiet hours need a beginning and an end that differ.")


class NothingFailed(DomainError):
    """Only what has failed is tried again by hand."""

    code, http_status = "nothing_failed", 409
    sentence = _("This delivery has not failed: it is “{state}”.")
