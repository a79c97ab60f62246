from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import DomainError


class DeclarationRefused(DomainError):
    """What is asked breaks a rule of the exchanges; `error` is the code of the rule."""

    code, http_status = "declaration_refused", 422
    sentence = _("This breaks the rule “{error}”.")


class NotSoMany(DomainError):
    """More lots, or other combinations, than the account holds."""

    code, http_status = "not_so_many", 422
    sentence = _("The account does not hold what “{what}” asks for.")
