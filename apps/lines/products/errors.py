from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import DomainError


class PreviewIsOld(DomainError):
    """Other products would move than two people agreed on."""

    code, http_status = "preview_is_old", 409
    sentence = _("Since the preview something changed: {now} products would move, {then} were agreed on. Look at it again.")


class SheetRefused(DomainError):
    """A sheet is taken whole or not at all; `problems` name row and column."""

    code, http_status = "sheet_refused", 422
    sentence = _("The sheet is refused. {first}")


class NothingDiffers(DomainError):
    """Everything in the sheet is in force already."""

    code, http_status = "nothing_differs", 409
    sentence = _("Nothing differs from what is in force.")


class AccountsRefused(DomainError):
    """Since they were agreed on, accounts went to other products; nothing of it takes effect."""

    code, http_status = "accounts_refused", 409
    sentence = _("{count} securities accounts cannot be set. {first}")
