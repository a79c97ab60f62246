"""What people set for themselves."""

from django.db import transaction

from apps.journal.actions import append
from apps.people.conf import conf
from apps.people.errors import UnknownLanguage
from apps.people.events import PasswordChanged
from apps.people.models import User


def choose_language(*, language: str, actor: User) -> User:
    """Keeps the language with the account, so that it follows the person to every browser."""
    if language not in conf.languages():
        raise UnknownLanguage(language=language)
    User.objects.filter(pk=actor.pk).update(language=language)
    actor.language = language
    return actor


@transaction.atomic
def record_password_change(*, address: str, actor: User) -> None:
    """Journals that a password changed, never what it is."""
    append(PasswordChanged(username=actor.username, address=address), actor=actor)
