"""What is recorded is told outside: one row for each fact and receiver, at the right time, signed, tried again, never twice."""

import base64
import hashlib
import hmac
import threading
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from time import monotonic

import pytest
from django.core import mail
from django.test import Client

from apps.comments.actions import write_comment
from apps.journal.models import Entry
from apps.kernel import clock
from apps.kernel.errors import NotPermitted
from apps.notices.actions import choose_notices, claim_due, follow_journal, send_due, settle_claimed, try_again
from apps.notices.core.robots import MOST_BYTES, cut, refusal, signature
from apps.notices.core.timing import due, pause
from apps.notices.dispatch import require_usable
from apps.notices.errors import NothingFailed, UnusableAddress, UnusableTimes
from apps.notices.management.commands.robots import Robots
from apps.notices.models import Delivery, Follower, Subscription
from apps.notices.states import DeliveryState
from apps.people.models import Membership
from apps.people.states import Role
from apps.tickets.actions import raise_ticket
from tests.factories.notices import a_failed_delivery
from tests.factories.people import make_line, make_member, make_team

pytestmark = pytest.mark.django_db(transaction=True)  # PostgreSQL places an entry in the journal when it is committed
SECRET = "SEC-of-tests"


@pytest.fixture
def robots(settings) -> Iterator[Robots]:
    """The simulated robots, which this installation may speak to."""
    settings.CLEARWAY_NOTICES_PRIVATE_ADDRESSES = True
    server = Robots(0, SECRET)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def cast():
    """A ticket, who raised it, and a colleague who is to be named beside it. The journal is followed from here on."""
    author, ann = (make_member(name, Role.PROCESS_AUTHOR) for name in ("author", "ann"))
    ticket = raise_ticket(line_id=make_line().pk, title="a wish", actor=author)
    follow_journal()
    return ticket, author, ann


def by_mail(person, **words):
    address = f"{person.username}@example.com"
    return choose_notices(actor=person, channel="email", address=address, kinds=["mention"], language="en", **words)


def follow_to_the_end():
    """On PostgreSQL an entry is read once no older transaction of the whole server is open."""
    last, until = Entry.objects.latest("pk").pk, monotonic() + 60
    while Follower.objects.get().entry_id < last and monotonic() < until:
        follow_journal()


def name_ann(ticket, author):
    write_comment(kind="ticket", key=ticket.pk, text="@ann look", actor=author)
    follow_to_the_end()


def test_a_mention_is_one_row_and_one_message_however_often_the_journal_is_read(cast):
    ticket, author, ann = cast
    by_mail(ann)
    name_ann(ticket, author)
    Follower.objects.update(transaction_id=0, entry_id=0)

    follow_to_the_end()
    tried = send_due() + send_due()

    assert tried == 1
    assert Delivery.objects.get().state == DeliveryState.SENT
    (message,) = mail.outbox
    assert (message.to, message.subject) == (["ann@example.com"], f"author named you: {ticket}")


def test_nobody_is_told_who_has_not_asked_or_has_turned_it_off(cast):
    ticket, author, ann = cast
    by_mail(ann, is_on=False)
    by_mail(author)

    name_ann(ticket, author)

    assert not Delivery.objects.exists()


def test_what_somebody_may_not_see_any_more_is_not_sent(cast):
    ticket, author, ann = cast
    by_mail(ann)
    name_ann(ticket, author)

    Membership.objects.filter(user=ann).delete()
    send_due()

    assert mail.outbox == []
    assert Delivery.objects.get().state == DeliveryState.DROPPED


@pytest.mark.parametrize("channel", ["feishu", "dingtalk", "wecom"])
def test_robots_take_what_is_signed_with_their_key_and_refuse_any_other(cast, robots, channel):
    ticket, author, ann = cast
    address = f"http://127.0.0.1:{robots.server_port}/{channel}"
    choose_notices(actor=ann, channel=channel, address=address, secret="wrong", kinds=["mention"], language="zh-hans")
    name_ann(ticket, author)

    with clock.fixed_at(clock.now()):
        send_due()
    refused = Delivery.objects.get()
    choose_notices(actor=ann, channel=channel, secret=SECRET, kinds=["mention"], language="zh-hans")
    with clock.fixed_at(clock.now() + timedelta(minutes=2)):
        send_due()

    expected = (0, DeliveryState.SENT) if channel == "wecom" else (1, DeliveryState.WAITING)
    assert (len(refused.problem) > 0, refused.state) == (bool(expected[0]), expected[1])
    assert Delivery.objects.get().state == DeliveryState.SENT
    assert robots.heard == [(channel, f"author 提到了你：{ticket}")]


def test_signatures_are_those_that_the_vendors_document():
    def signed(key, text):
        return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode()

    assert signature("feishu", "s", "1700000000") == signed("1700000000\ns", "")
    assert signature("dingtalk", "s", "1700000000000") == signed("s", "1700000000000\ns")


@pytest.mark.parametrize(
    ("status", "body", "problem"),
    [
        (200, b'{"code": 0, "msg": "success"}', ""),
        (200, b'{"errcode": 0, "errmsg": "ok"}', ""),
        (200, b'{"errcode": 310000, "errmsg": "sign not match"}', "310000 sign not match"),
        (200, b"<html>", "no answer of a robot"),
        (200, b"[]", "no answer of a robot"),
        (502, b"", "HTTP 502"),
    ],
)
def test_only_an_answer_that_says_so_means_that_it_was_taken(status, body, problem):
    assert refusal(status, body) == problem


def test_long_texts_are_cut_between_signs():
    text = cut("清" * 2000, MOST_BYTES["wecom"])

    assert len(text.encode()) <= MOST_BYTES["wecom"]
    assert text.endswith("清…")


@pytest.mark.parametrize(
    ("now", "digest", "quiet", "then"),
    [
        ("10:00", None, (None, None), "10:00"),
        ("10:00", time(17, 30), (None, None), "17:30"),
        ("18:00", time(17, 30), (None, None), "17:30+1"),
        ("23:00", None, (time(22), time(7)), "07:00+1"),
        ("06:59", None, (time(22), time(7)), "07:00"),
        ("07:00", None, (time(22), time(7)), "07:00"),
        ("12:30", None, (time(12), time(13)), "13:00"),
        ("10:00", time(23), (time(22), time(7)), "07:00+1"),
    ],
)
def test_digests_and_quiet_hours_move_what_is_due(now, digest, quiet, then):
    day = datetime(2026, 3, 3, tzinfo=clock.SHANGHAI)
    at, _plus, later = then.partition("+")

    found = due(datetime.combine(day, time.fromisoformat(now), clock.SHANGHAI), digest, *quiet)

    assert found == datetime.combine(day + timedelta(days=int(later or 0)), time.fromisoformat(at), clock.SHANGHAI)


def test_pauses_grow_up_to_an_hour():
    assert [pause(tries).total_seconds() for tries in (1, 2, 3, 20)] == [30, 60, 120, 3600]


def test_what_cannot_be_sent_is_tried_again_later_then_fails_and_waits_for_an_administrator(cast, settings):
    settings.EMAIL_BACKEND = "tests.notices.broken_mail.BrokenMail"
    ticket, author, ann = cast
    boss = make_member("boss", Role.ADMIN)
    by_mail(ann)
    name_ann(ticket, author)
    now = clock.now()

    for hours in range(8):
        with clock.fixed_at(now + timedelta(hours=hours + 1)):
            assert send_due() == 1
            assert send_due() == 0

    failed = Delivery.objects.get()
    assert (failed.state, failed.tries, failed.problem) == (DeliveryState.FAILED, 8, "SMTPServerDisconnected")
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(boss)
    assert "SMTPServerDisconnected" in client.get("/notices/failed/").content.decode()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with pytest.raises(NotPermitted):
        try_again(delivery_id=failed.pk, actor=ann)
    client.post(f"/notices/failed/{failed.pk}/again/")
    send_due()
    assert Delivery.objects.get().state == DeliveryState.SENT
    with pytest.raises(NothingFailed):
        try_again(delivery_id=failed.pk, actor=boss)


def test_who_dies_while_sending_lets_go_and_who_comes_back_late_writes_nothing(cast):
    ticket, author, ann = cast
    by_mail(ann)
    name_ann(ticket, author)
    dead = claim_due()
    assert dead is not None

    assert send_due() == 0
    with clock.fixed_at(clock.now() + timedelta(seconds=61)):
        assert send_due() == 1
    settle_claimed(dead, "too late")

    assert (Delivery.objects.get().state, Delivery.objects.get().problem) == (DeliveryState.SENT, "")


def test_several_facts_for_one_receiver_go_in_one_message(cast):
    ticket, author, ann = cast
    by_mail(ann)
    for _number in range(3):
        name_ann(ticket, author)

    assert send_due() == 1

    assert mail.outbox[0].subject == "Clearway: 3 messages"
    assert mail.outbox[0].body.count("named you") == 3


@pytest.mark.parametrize(
    "address",
    [
        "http://open.feishu.cn/hook",
        "https://127.0.0.1/hook",
        "https://10.1.2.3/hook",
        "https://[::1]/hook",
        "https://[::ffff:192.168.1.1]/hook",
        "https://169.254.169.254/latest",
        "https://name@open.feishu.cn/hook",
        "ftp://open.feishu.cn/",
        "https://:x/",
        "",
    ],
)
def test_addresses_of_private_networks_and_without_tls_are_refused(address):
    with pytest.raises(UnusableAddress):
        require_usable(address)


def test_a_name_that_means_this_machine_is_refused_when_it_is_used(cast):
    ticket, author, ann = cast
    choose_notices(actor=ann, channel="feishu", address="https://localhost/hook", kinds=["mention"])
    name_ann(ticket, author)

    send_due()

    assert "private network" in Delivery.objects.get().problem or "私有" in Delivery.objects.get().problem


def test_what_is_refused_changes_nothing(cast):
    _, author, _ = cast
    before = list(Subscription.objects.values()), Entry.objects.count()

    with pytest.raises(UnusableTimes):
        by_mail(author, quiet_from=time(22))
    with pytest.raises(UnusableAddress):
        choose_notices(actor=author, channel="email", address="nowhere", kinds=[])
    with pytest.raises(NotPermitted):
        choose_notices(actor=author, channel="email", address="a@example.com", kinds=[], team=make_team(make_line()))

    assert (list(Subscription.objects.values()), Entry.objects.count()) == before


def test_keys_and_addresses_of_robots_stand_on_no_page_and_in_no_entry(cast):
    _, author, _ = cast
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(author)
    hook = "https://open.feishu.cn/open-apis/bot/v2/hook/hush-hush"

    data = {"channel": "feishu", "address": hook, "secret": SECRET, "kinds": ["mention"], "is_on": "on"}
    saved = client.post("/notices/", data)
    page = client.get("/notices/?channel=feishu").content.decode()

    assert saved.status_code == 302
    assert "open.feishu.cn" in page
    told = page + str(list(Entry.objects.values_list("data", flat=True)))
    assert "hush-hush" not in told
    assert SECRET not in told
    assert client.post("/notices/", {"channel": "wecom", "address": "https://10.0.0.1/"}).status_code == 422


def test_a_team_is_told_by_its_administrators_choice(cast, robots):
    ticket, author, _ = cast
    boss, team = make_member("boss", Role.ADMIN), make_team(make_line())
    address = f"http://127.0.0.1:{robots.server_port}/dingtalk"
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(boss)

    data = {"channel": "dingtalk", "address": address, "secret": SECRET, "kinds": ["mention"], "is_on": "on"}
    assert client.post(f"/notices/?team={team.pk}", data).status_code == 302
    name_ann(ticket, author)
    send_due()

    assert [channel for channel, _text in robots.heard] == ["dingtalk"]
    client.force_login(author)
    assert client.get(f"/notices/?team={team.pk}").status_code == 404


def test_failed_deliveries_of_other_lines_are_not_shown(cast, django_assert_max_num_queries):
    _, author, _ = cast
    boss, other = make_member("boss", Role.ADMIN), make_member("other", Role.ADMIN, line=make_line("other"))
    a_failed_delivery(make_line())
    pages = []

    for person in (boss, other, author):
        client = Client(HTTP_ACCEPT_LANGUAGE="en")
        client.force_login(person)
        with django_assert_max_num_queries(6):
            pages.append(client.get("/notices/failed/").content.decode())

    assert ["a thing" in page for page in pages] == [True, False, False]
