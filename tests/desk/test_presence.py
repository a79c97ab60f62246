"""Who else is at a process: told at once to those who may be there too, and gone soon after the last sign."""

import asyncio
import json

import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async
from django.db import connections

from apps.approvals.actions import decide, remind
from apps.approvals.models import Approval
from apps.changes.actions import create_change
from apps.desk.conf import conf
from apps.desk.dispatch import hub_here
from apps.journal.models import Entry
from apps.people.models import Membership, Presence
from apps.people.states import Role
from apps.processes import actions
from apps.processes.models import ProcessVersion
from tests.desk.feeds import closing_code, connected, session_of
from tests.factories.people import give_role, make_line, make_user
from tests.factories.processes import cast, draft, make_process, simple_model

pytestmark = [pytest.mark.asyncio, pytest.mark.django_db(transaction=True)]

DRAWING, READING = "/ws/processes/P/drawing/", "/ws/processes/P/version/"


def _world():
    line, author, approver = cast()
    draft(make_process(line, author), author)
    actions.open_working_copy(process_key="P", actor=author)
    other, stranger = make_user("other"), make_user("stranger")
    give_role(other, line, Role.PROCESS_AUTHOR)
    give_role(stranger, make_line("line-b"), *Role)
    return author, other, approver, stranger


@pytest_asyncio.fixture
async def people():
    yield await sync_to_async(_world)()
    await asyncio.get_running_loop().run_in_executor(None, hub_here().stop)
    await sync_to_async(connections.close_all)()


async def frame_that(socket, fits):
    """The next frame that fits; others are passed over."""
    async with asyncio.timeout(10):
        while True:
            frame = json.loads(await socket.receive_from())
            if fits(frame):
                return frame


def present(*wanted):
    def fits(frame):
        return frame["type"] == "present" and {(one["name"], one["place"]) for one in frame["people"]} == set(wanted)

    return fits


async def test_who_comes_and_who_leaves_is_told(people):
    author, other, approver, _ = people

    async with connected(DRAWING, await session_of(author)) as mine:
        await frame_that(mine, present(("author", "drawing")))
        async with connected(DRAWING, await session_of(other)), connected(READING, await session_of(approver)):
            await frame_that(mine, present(("author", "drawing"), ("other", "drawing"), ("approver", "version")))
        await frame_that(mine, present(("author", "drawing")))

    assert await sync_to_async(Presence.objects.count)() == 0
    assert not await sync_to_async(Entry.objects.filter(kind__contains="presence").exists)()


async def test_who_says_nothing_any_more_is_gone_and_comes_back_with_the_next_sign(people, settings):
    author, other, *_ = people
    settings.CLEARWAY_PRESENCE_SILENCE_SECONDS = 0.6
    assert conf.PRESENCE_SILENCE_SECONDS == 0.6

    async with connected(READING, await session_of(author)) as mine, connected(READING, await session_of(other)) as theirs:
        keeps = asyncio.create_task(beating(mine))
        await frame_that(mine, present(("author", "version"), ("other", "version")))
        await frame_that(mine, present(("author", "version")))
        await theirs.send_to("here")
        await frame_that(mine, present(("author", "version"), ("other", "version")))
        keeps.cancel()


async def beating(socket):
    while True:
        await socket.send_to("here")
        await asyncio.sleep(0.35)


async def test_what_a_dead_server_left_behind_counts_for_nobody(people):
    author, other, *_ = people

    async with connected(READING, await session_of(other)) as theirs:
        await frame_that(theirs, present(("other", "version")))
        await sync_to_async(_left_behind)(author)
        async with connected(READING, await session_of(other)) as again:
            seen = json.loads(await again.receive_from())

    assert {one["name"] for one in seen["people"]} == {"other"}


def _left_behind(user):
    from datetime import timedelta
    from uuid import uuid4

    from apps.kernel import clock

    long_ago = clock.now() - timedelta(seconds=30)
    Presence.objects.create(stream="process.P", user=user, place="drawing", token=uuid4(), seen_at=long_ago)


async def test_a_save_of_another_is_told_at_once_and_a_newcomer_learns_the_revision(people):
    author, other, *_ = people

    async with connected(DRAWING, await session_of(other)) as theirs:
        first = await frame_that(theirs, lambda frame: frame["type"] == "revision")
        await sync_to_async(actions.save_working_copy)(process_key="P", model_xml=simple_model(step="b"), seen=1, actor=author)
        told = await frame_that(theirs, lambda frame: frame["type"] == "entry" and frame["entry"]["kind"] == "working_copy.saved")

    assert first["revision"] == 1
    assert told["entry"]["data"]["revision"] == 2
    assert told["entry"]["actor"]["name"] == "author"


@pytest.mark.parametrize(
    ("who", "path"), [("stranger", READING), ("stranger", DRAWING), ("approver", DRAWING), ("author", "/ws/processes/P/roof/")]
)
async def test_nobody_is_there_or_hears_of_others_who_may_not(people, who, path):
    person = {user.username: user for user in people}[who]

    async with connected(path, await session_of(person)) as socket:
        code = await closing_code(socket)

    assert code == 4403
    assert await sync_to_async(Presence.objects.count)() == 0


# -- approvals and changes ------------------------------------------------------------------------------------------


def _decided_on(person):
    """What waits for this person, as the page of an approval; a change of the same line, as the page of one."""
    version = ProcessVersion.objects.get()
    actions.submit_version(version_id=version.pk, actor=person)
    change = create_change(line_id=version.process.line_id, actor=person, title="x", kind="emergency", reason="x")
    approval = Approval.objects.get()
    return approval, f"/ws/at/approval/{approval.pk}/", f"/ws/at/change/{change.pk}/"


async def test_who_looks_at_an_approval_and_who_is_to_decide_on_it_is_told_and_changes_with_the_decision(people):
    author, other, approver, _ = people
    approval, page, _ = await sync_to_async(_decided_on)(author)

    async with connected(page, await session_of(author)) as mine, connected(page, await session_of(approver)) as theirs:
        await frame_that(mine, present(("author", "reading"), ("approver", "deciding")))
        await frame_that(theirs, present(("author", "reading"), ("approver", "deciding")))
        async with connected(page, await session_of(other)):
            await frame_that(mine, present(("author", "reading"), ("approver", "deciding"), ("other", "reading")))
        await sync_to_async(decide)(approval_id=approval.pk, verb="reject", actor=approver, reason="no")
        await frame_that(mine, present(("author", "reading"), ("approver", "reading")))

    assert await sync_to_async(Presence.objects.count)() == 0


async def test_who_looks_at_a_change_is_told(people):
    author, other, *_ = people
    *_, page = await sync_to_async(_decided_on)(author)

    async with connected(page, await session_of(author)) as mine:
        await frame_that(mine, present(("author", "reading")))
        async with connected(page, await session_of(other)):
            await frame_that(mine, present(("author", "reading"), ("other", "reading")))
        await frame_that(mine, present(("author", "reading")))


async def test_nobody_is_at_an_approval_or_a_change_that_they_may_not_see(people):
    author, *_, stranger = people
    _, approval, change = await sync_to_async(_decided_on)(author)

    for page in (approval, change, "/ws/at/approval/999999/", "/ws/at/approval/x/", "/ws/at/people/1/", "/ws/at/process/P/"):
        async with connected(page, await session_of(stranger)) as socket:
            assert await closing_code(socket) == 4403

    assert await sync_to_async(Presence.objects.count)() == 0


async def test_who_may_see_it_no_longer_is_shown_out_with_the_next_word_about_it(people):
    author, _, approver, _ = people
    approval, page, _ = await sync_to_async(_decided_on)(author)

    async with connected(page, await session_of(approver)) as theirs:
        await frame_that(theirs, present(("approver", "deciding")))
        await sync_to_async(Membership.objects.filter(user=approver).delete)()
        await sync_to_async(remind)(approval_id=approval.pk, actor=author)
        code = await closing_code(theirs)

    assert code == 4403
