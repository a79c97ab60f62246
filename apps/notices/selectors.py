"""What people have chosen, and what could not be delivered."""

from django.db.models import QuerySet

from apps.notices.models import Delivery, Subscription
from apps.notices.states import DeliveryState
from apps.people.models import Team, User
from apps.people.selectors import lines_where
from apps.people.states import Right

PAGE = 50


def teams_kept_by(person: User) -> QuerySet[Team]:
    """Teams of the lines that the person administers. One query."""
    return Team.objects.filter(line__in=lines_where(person, Right.ADMINISTER)).select_related("line").order_by("line", "id")


def subscriptions_of(owner: User | Team) -> QuerySet[Subscription]:
    """What a person or a team wants, by channel. One query."""
    wanted = Subscription.objects.filter(team=owner) if isinstance(owner, Team) else Subscription.objects.filter(person=owner)
    return wanted.select_related("person", "team").order_by("channel")


def failed_for(person: User) -> QuerySet[Delivery]:
    """Deliveries that failed, of the lines that the person administers, newest first. One query."""
    mine = Delivery.objects.filter(state=DeliveryState.FAILED, line__in=lines_where(person, Right.ADMINISTER).order_by())
    return mine.select_related("subscription__person", "subscription__team", "line").order_by("-id")
