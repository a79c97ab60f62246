"""Following the journal, sending what is due, and choosing. A delivery is at least once on its way and exactly one row."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from apps.journal.actions import append
from apps.journal.models import Entry
from apps.journal.selectors import entries_after, last_position
from apps.kernel import clock
from apps.kernel.errors import NotFound
from apps.notices.conf import Notice, Told, conf, notices, notices_of
from apps.notices.core.robots import fitting, joined
from apps.notices.core.timing import after_quiet, due, pause
from apps.notices.dispatch import Parcel, require_usable, send
from apps.notices.errors import ChosenInPerson, NothingFailed, UnusableAddress, UnusableTimes
from apps.notices.events import DeliveryRetried, NoticesChosen
from apps.notices.models import Delivery, Follower, Subscription
from apps.notices.states import Channel, DeliveryState
from apps.people.actions import require
from apps.people.models import Team, User
from apps.people.selectors import reaches
from apps.people.states import Right

READ_AT_ONCE = 100
SENT_AT_ONCE = 20
CLAIM = timedelta(seconds=60)
"""Longer than a message can take; who has died meanwhile lets go of it."""


# -- choosing ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def choose_notices(
    *,
    actor: User,
    channel: str,
    kinds: Collection[str],
    address: str = "",
    secret: str = "",
    team: Team | None = None,
    digest_at: time | None = None,
    quiet_from: time | None = None,
    quiet_until: time | None = None,
    language: str = "",
    is_on: bool = True,
) -> Subscription:
    """What the person, or a team of a line that they administer, wants on a channel. Empty `address` and `secret` stay as they
    are. Raises NotPermitted, ChosenInPerson, UnusableAddress and UnusableTimes."""
    if team is None and actor.scope is not None:
        raise ChosenInPerson()
    if team is not None:
        require(actor, Right.ADMINISTER, team.line)
    if (quiet_from is None) != (quiet_until is None) or (quiet_from is not None and quiet_from == quiet_until):
        raise UnusableTimes()
    owner: dict[str, Any] = {"person": actor} if team is None else {"team": team}
    kept = Subscription.objects.select_for_update().filter(**owner, channel=channel).first()
    wanted = kept or Subscription(**owner, channel=channel)
    wanted.address, wanted.secret = address.strip() or wanted.address, secret.strip() or wanted.secret
    _require_address(wanted)
    wanted.kinds = [notice.name for notice in notices() if notice.name in kinds]
    wanted.digest_at, wanted.quiet_from, wanted.quiet_until = digest_at, quiet_from, quiet_until
    wanted.language, wanted.is_on = language or actor.language or "zh-hans", is_on
    wanted.save()
    fact = NoticesChosen(
        line=team.line.code if team else "",
        subscription=wanted.pk,
        owner=str(team) if team else actor.username,
        channel=channel,
        kinds=wanted.kinds,
        is_on=is_on,
    )
    append(fact, actor=actor)
    return wanted


def _require_address(wanted: Subscription) -> None:
    if wanted.channel != Channel.EMAIL:
        require_usable(wanted.address)
        return
    try:
        validate_email(wanted.address)
    except ValidationError as wrong:
        raise UnusableAddress(problem=_("it is not written as one")) from wrong


@transaction.atomic
def try_again(*, delivery_id: int, actor: User) -> Delivery:
    """Has what failed tried again at once, by who administers its line. Raises NotFound, NotPermitted and NothingFailed."""
    seen = Delivery.objects.filter(reaches(actor, Right.VIEW, line="line", process="process"), pk=delivery_id)
    if not seen.exists():
        raise NotFound(what=Delivery._meta.verbose_name)
    delivery = Delivery.objects.select_for_update(of=("self",)).select_related("line").get(pk=delivery_id)
    require(actor, Right.ADMINISTER, delivery.line)
    if delivery.state != DeliveryState.FAILED:
        raise NothingFailed(state=delivery.get_state_display())
    delivery.state, delivery.tries, delivery.due_at = DeliveryState.WAITING, 0, clock.now()
    delivery.save(update_fields=["state", "tries", "due_at"])
    fact = DeliveryRetried(
        line=delivery.line.code,
        subscription=delivery.subscription_id,
        delivery=delivery.pk,
        title=delivery.title_en,
    )
    append(fact, actor=actor)
    return delivery


# -- following the journal --------------------------------------------------------------------------------------------


@transaction.atomic
def follow_journal() -> int:
    """Makes the deliveries of what has been recorded since the last time; how many entries were read.

    Rows and place are one transaction: who dies in between has read nothing, and no fact is told twice.
    """
    place = Follower.objects.select_for_update().first()
    if place is None:
        transaction_id, entry_id = last_position()
        Follower.objects.get_or_create(pk=1, defaults={"transaction_id": transaction_id, "entry_id": entry_id})
        return 0
    wanted = Subscription.objects.filter(is_on=True).exists()
    position = (place.transaction_id, place.entry_id)
    entries, after = entries_after(position, lines=None, limit=READ_AT_ONCE) if wanted else ([], last_position())
    for entry in entries:
        for notice in notices_of(entry.kind):
            told = notice.tell(entry)
            if told is not None:
                _deliver(entry, notice, told)
    if after != position:
        place.transaction_id, place.entry_id = after
        place.save(update_fields=["transaction_id", "entry_id"])
    return len(entries)


def _deliver(entry: Entry, notice: Notice, told: Told) -> None:
    theirs = Q(person__in=told.people, person__is_active=True) | Q(team__line=told.line)
    now = clock.now()
    rows = [
        Delivery(
            subscription=each,
            entry=entry,
            kind=notice.name,
            line=told.line,
            process=told.process,
            title_zh=told.title_zh[:300],
            title_en=told.title_en[:300],
            address=told.address[:200],
            due_at=due(now.astimezone(clock.SHANGHAI), *each.times),
        )
        for each in Subscription.objects.filter(theirs, is_on=True)
        if notice.name in each.kinds
    ]
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)


# -- sending ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Claimed:
    """What is sent to one receiver now, in one message; nobody else sends to them until then."""

    subscription: Subscription
    deliveries: Sequence[Delivery]
    until: datetime

    def parcel(self) -> Parcel:
        """One line for each, in the language of the receiver."""
        to = self.subscription
        titles = [each.title_in(to.language) for each in self.deliveries]
        with override(to.language):
            subject = titles[0] if len(titles) == 1 else _("Clearway: {number} messages").format(number=len(titles))
        return Parcel(to.channel, to.address, to.secret, " ".join(subject.split()), joined(_texts(to, self.deliveries)))


def _texts(to: Subscription, deliveries: Sequence[Delivery]) -> list[str]:
    titles = [each.title_in(to.language) for each in deliveries]
    pairs = zip(titles, deliveries, strict=True)
    return [f"{title}\n{conf.SITE}{each.address}" if conf.SITE else title for title, each in pairs]


@transaction.atomic
def claim_due() -> Claimed | None:
    """Takes what is due for one receiver, as much as goes in one message. None when nothing is due.

    What a person may not see any more is dropped; what could not be sent before quiet hours began waits for their end.
    """
    now = clock.now()
    waiting = Delivery.objects.filter(state=DeliveryState.WAITING, due_at__lte=now, subscription__is_on=True)
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    receivers = Subscription.objects.select_for_update(of=("self",), skip_locked=True).filter(free)
    while True:  # whoever has nothing left to be sent now is not found again
        found = receivers.filter(pk__in=waiting.order_by().values("subscription")).order_by("pk").first()
        if found is None:
            return None
        if chosen := _chosen(found, waiting.filter(subscription=found).order_by("id"), now):
            found.claimed_until = now + CLAIM
            found.save(update_fields=["claimed_until"])
            return Claimed(found, chosen, found.claimed_until)


def _chosen(found: Subscription, rows: QuerySet[Delivery], now: datetime) -> list[Delivery]:
    """Which of the rows that are due go to the receiver now."""
    _digest, quiet_from, quiet_until = found.times
    local = now.astimezone(clock.SHANGHAI)
    if (later := after_quiet(local, quiet_from, quiet_until)) > local:
        rows.order_by().update(due_at=later)
        return []
    if found.person is not None:
        seen = rows.filter(reaches(found.person, Right.VIEW, line="line", process="process"))
        unseen = set(rows.values_list("pk", flat=True)) - set(seen.values_list("pk", flat=True))
        Delivery.objects.filter(pk__in=unseen).update(state=DeliveryState.DROPPED)
    chosen = list(rows[:SENT_AT_ONCE])
    return chosen[: fitting(found.channel, _texts(found, chosen))]


@transaction.atomic
def settle_claimed(claimed: Claimed, problem: str) -> None:
    """Writes what became of it; whoever took too long and lost the claim writes nothing."""
    mine = Subscription.objects.filter(pk=claimed.subscription.pk, claimed_until=claimed.until)
    if not mine.update(claimed_until=None):
        return
    now = clock.now()
    for each in claimed.deliveries:
        each.tries += 1
        each.problem = problem
        if not problem:
            each.state, each.sent_at = DeliveryState.SENT, now
        elif each.tries >= conf.MOST_TRIES:
            each.state = DeliveryState.FAILED
        else:
            _digest, quiet_from, quiet_until = claimed.subscription.times
            each.due_at = after_quiet((now + pause(each.tries)).astimezone(clock.SHANGHAI), quiet_from, quiet_until)
    Delivery.objects.bulk_update(claimed.deliveries, ["tries", "problem", "state", "sent_at", "due_at"])


def send_due() -> int:
    """Sends what is due now, one receiver after the other; how many messages were tried."""
    tried = 0
    while (claimed := claim_due()) is not None:
        settle_claimed(claimed, send(claimed.parcel()))
        tried += 1
    return tried
