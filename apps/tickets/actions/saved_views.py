"""Lists that a person keeps under a name: their own affair, so the journal has none of it."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import NotFound
from apps.people.models import User
from apps.tickets.errors import TooManyViews
from apps.tickets.models import SavedView

MOST_VIEWS = 30


@transaction.atomic
def save_view(*, name: str, query: str, actor: User) -> SavedView:
    """Keeps a list under a name, in place of the one that had it. Raises TooManyViews."""
    own = SavedView.objects.filter(person=actor)
    if not own.filter(name=name.strip()).exists() and own.count() >= MOST_VIEWS:
        raise TooManyViews(most=MOST_VIEWS)
    return SavedView.objects.update_or_create(person=actor, name=name.strip(), defaults={"query": query})[0]


@transaction.atomic
def forget_view(*, view_id: int, actor: User) -> None:
    """Raises NotFound for a view of somebody else."""
    if not SavedView.objects.filter(person=actor, pk=view_id).delete()[0]:
        raise NotFound(what=_("saved view"))
