"""Deliveries for tests."""

from apps.journal.models import Entry
from apps.kernel import clock
from apps.notices.models import Delivery, Subscription
from apps.notices.states import Channel, DeliveryState
from apps.people.models import BusinessLine
from tests.factories.people import make_team


def a_failed_delivery(line: BusinessLine) -> Delivery:
    """Of the newest fact, to the robot of the line's team."""
    address = "https://robot.example/hook"
    kept = {"team": make_team(line), "channel": Channel.FEISHU, "address": address, "language": "en"}
    return Delivery.objects.create(
        subscription=Subscription.objects.create(**kept),
        entry=Entry.objects.latest("pk"),
        line=line,
        kind="mention",
        title_zh="一件事",
        title_en="a thing",
        address="/",
        state=DeliveryState.FAILED,
        due_at=clock.now(),
        problem="HTTP 500",
    )
