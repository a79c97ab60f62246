from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import DomainError
from apps.people.errors import TooManyRequests


class TooManyHooks(DomainError):
    """Somebody has as many as one person may have."""

    code = "too_many_webhooks"
    sentence = _("You have {number} webhooks already; end one that is not needed.")


class UnusableHook(DomainError):
    """What a webhook is to follow or to do does not fit together."""

    code = "unusable_webhook"
    sentence = _("This webhook cannot be made: {problem}.")


class UnusablePlace(DomainError):
    """No place in the feed that the webhook follows."""

    code = "unusable_place"
    sentence = _("“{place}” is no place in this feed: {problem}.")


class NotDead(DomainError):
    """Only what was given up is sent again."""

    code, http_status = "not_dead", 409
    sentence = _("This delivery was not given up: it is “{state}”.")


class TooManyDeliveries(TooManyRequests):
    """One sender delivered more often than it may."""

    sentence = _("Too many deliveries of this sender. Try again in {seconds} seconds.")


class NotSigned(DomainError):
    """Which of address, signature and time is wrong is told to nobody."""

    code, http_status = "not_signed", 401
    sentence = _("This delivery is not signed with the secret of a sender that is known here, or not signed now.")


class SenderPaused(DomainError):
    """The signature is right, but nothing is taken now."""

    code, http_status = "sender_paused", 403
    sentence = _("Deliveries of this sender are not taken at present.")


class DeedNotAllowed(DomainError):
    """The sender was registered for other things."""

    code, http_status = "deed_not_allowed", 403
    sentence = _("This sender may not do that: {deed}.")


class DeliveryDiffers(DomainError):
    """The same webhook-id came with another body before."""

    code = "delivery_differs"
    sentence = _("The delivery {delivery} was taken with another content already.")


class DeliveryInFlight(DomainError):
    """The first one with this webhook-id has no answer yet."""

    code, http_status = "delivery_in_flight", 409
    sentence = _("The delivery {delivery} is being answered. Try again in a moment.")


class DeliveryTooLong(DomainError):
    code, http_status = "delivery_too_long", 413
    sentence = _("A delivery has {bytes} bytes at most.")


class UnusableDelivery(DomainError):
    """It is signed, but its content or its headers are not what is expected."""

    code = "unusable_delivery"
    sentence = _("This delivery cannot be read: {problem}.")
