"""Refusals: what the product answers when a rule says no. Any other exception is a bug."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A refusal: a code for programs, a sentence for people, the facts it rests on and an HTTP status.

    The sentence is a translatable template; `{names}` in it are filled from the facts.
    """

    code: ClassVar[str] = "refused"
    http_status: ClassVar[int] = 422
    sentence: ClassVar[Any] = _("This is not possible now.")

    def __init__(self, **facts: Any) -> None:
        super().__init__(facts)
        self.facts = facts

    def __str__(self) -> str:
        return str(self.sentence).format(**self.facts)


class NotPermitted(DomainError):
    """The person lacks the right that this action asks for."""

    code, http_status = "not_permitted", 403
    sentence = _("You may not do this: it needs the right “{right}” on {target}.")


class NotFound(DomainError):
    """There is no such object, or the person may not know of it."""

    code, http_status = "not_found", 404
    sentence = _("There is no {what} that you may see here.")


class StaleState(DomainError):
    """Somebody or something moved it first."""

    code, http_status = "stale_state", 409
    sentence = _("{what} was changed by somebody else in the meantime: it is now “{state}”.")
