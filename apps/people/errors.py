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


class AlreadyGranted(DomainError):
    """The person or role has this right on the process by a grant that is not over."""

    code, http_status = "already_granted", 409
    sentence = _("{holder} already has the right “{right}” on {process}. Take it first to give it for another time.")


class NoSuchRight(DomainError):
    """Nothing was chosen, or a right that only whole lines carry."""

    code, http_status = "no_such_right", 422
    sentence = _("Choose at least one right that can be given on a single process.")


class UnusablePeriod(DomainError):
    """It would be over before it begins, or is over already."""

    code, http_status = "unusable_period", 422
    sentence = _("It would be over before it begins.")


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


class UnusableRoster(DomainError):
    """Days of the roster that could not work."""

    code = "unusable_roster"
    sentence = _("This cannot stand in the roster: {problem}.")


class UnknownToken(DomainError):
    """No such token, or it is over; which of them is told to nobody."""

    code, http_status = "unknown_token", 401
    sentence = _("This token is not valid: it may be mistyped, over, or ended.")


class TokenOnlyReads(DomainError):
    """The token was made for reading."""

    code, http_status = "token_only_reads", 403
    sentence = _("This token may only read.")


class BodyTooLong(DomainError):
    """Nothing of it was read."""

    code, http_status = "body_too_long", 413
    sentence = _("The body is longer than {bytes} bytes.")


class UnreadableAddress(DomainError):
    """The address holds what no text can hold."""

    code, http_status = "unreadable_address", 400
    sentence = _("The {place} of the address holds a NUL character.")


class TooManyRequests(DomainError):
    """One token asked more often than it may."""

    code, http_status = "throttled", 429
    sentence = _("Too many requests with this token. Try again in {seconds} seconds.")


class NotByToken(DomainError):
    """Tokens are looked at, made and ended by people who have signed in themselves."""

    code, http_status = "not_by_token", 403
    sentence = _("A program cannot see, make or end tokens.")


class UnusableToken(DomainError):
    """A token that could do nothing, or for too long."""

    code = "unusable_token"
    sentence = _("Choose at least one of your lines and between 1 and {days} days.")


class KeyForAnotherRequest(DomainError):
    """The key was used for a request with other content."""

    code = "key_for_another_request"
    sentence = _("This Idempotency-Key was used for another request already.")


class UnusableKey(DomainError):
    """It is empty, too long, or not printable ASCII."""

    code = "unusable_key"
    sentence = _("An Idempotency-Key has 1 to 200 printable ASCII characters.")


class KeyInFlight(DomainError):
    """The first request with this key has no answer yet."""

    code, http_status = "key_in_flight", 409
    sentence = _("A request with this Idempotency-Key is being answered. Try again in a moment.")
