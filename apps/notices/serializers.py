"""What the API takes and says about notices. Keys and the addresses of robots are secrets: they are taken and never said."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from apps.notices.conf import notices
from apps.notices.models import Delivery, Subscription


class KindOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]


class SubscriptionOut(serializers.ModelSerializer[Subscription]):
    """`place` is as much of the address as may be shown. Times are those of Shanghai."""

    place = serializers.CharField()
    kinds = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = Subscription
        fields = ["channel", "place", "kinds", "language", "digest_at", "quiet_from", "quiet_until", "is_on"]
        read_only_fields = fields


class NoticesOut(serializers.Serializer[Any]):
    """What there is to be told of, and what is wanted on each channel."""

    kinds = KindOut(many=True)
    results = SubscriptionOut(many=True)


class OwnerIn(serializers.Serializer[Any]):
    """Whose notices: without a team your own."""

    team = serializers.IntegerField(min_value=1, max_value=2**62, required=False, help_text="One of a line that you administer.")


class NoticesIn(serializers.Serializer[Any]):
    """What is wanted on one channel, as a whole; an address or key that is empty or left out stays as it is."""

    address = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    secret = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    kinds = serializers.ListField(child=serializers.CharField(max_length=40), max_length=100)
    digest_at = serializers.TimeField(allow_null=True, default=None)
    quiet_from = serializers.TimeField(allow_null=True, default=None)
    quiet_until = serializers.TimeField(allow_null=True, default=None)
    is_on = serializers.BooleanField(default=True)

    def validate_kinds(self, kinds: list[str]) -> list[str]:
        known = {notice.name for notice in notices()}
        unknown = [kind for kind in kinds if kind not in known]
        if unknown:
            raise serializers.ValidationError([_("Nobody is told of “{kind}”.").format(kind=kind) for kind in unknown])
        return kinds


class DeliveryOut(serializers.ModelSerializer[Delivery]):
    """A message that could not be delivered, or is tried again."""

    line = serializers.CharField(source="line.code")
    receiver = serializers.CharField(source="subscription.__str__")
    title = serializers.CharField()

    class Meta:
        model = Delivery
        fields = ["id", "line", "receiver", "kind", "title", "address", "state", "tries", "due_at", "sent_at", "problem"]
        read_only_fields = fields
