from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import DomainError


class OwnRole(DomainError):
    """Nobody gives a role to themselves, whatever else they may do."""

    code, http_status = "own_role", 403
    sentence = _("Nobody grants a role to themselves: another administrator has to do it for {person}.")


class AlreadyMember(DomainError):
    """The person has this role in the team."""

    code, http_status = "already_member", 409
    sentence = _("{person} already has the role “{role}” in {team}.")


class InactivePerson(DomainError):
    """A deactivated account takes no roles."""

    code, http_status = "inactive_person", 409
    sentence = _("{person} is deactivated and cannot take a role.")


class OwnAccount(DomainError):
    """Nobody deactivates themselves: the door would close behind the last administrator."""

    code, http_status = "own_account", 403
    sentence = _("Nobody deactivates their own account.")


class TooManyTries(DomainError):
    """Sign-in is closed for a while for this name or address."""

    code, http_status = "too_many_tries", 429
    sentence = _("Too many failed tries. Try again in {seconds} seconds.")


class UnknownLanguage(DomainError):
    """The product does not speak it."""

    code, http_status = "unknown_language", 422
    sentence = _("“{language}” is not one of the languages here.")
