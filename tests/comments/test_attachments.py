"""Files beside things: what is taken, who may see and remove them, and that a refusal leaves neither row nor file."""

import hashlib
import os
import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.test import APIClient

from apps.comments import store
from apps.comments.actions import attach_file, attaching, remove_attachment, settle
from apps.comments.core.media import LONGEST_NAME, clean_name, ending_of, is_active, media_of
from apps.comments.errors import (
    AttachmentDamaged,
    AttachmentSettled,
    BringsMore,
    EndingDiffers,
    FileTooLarge,
    MediaRefused,
    NoFile,
    NoRoomBeside,
    NoRoomForPerson,
    NotWhoAttached,
)
from apps.comments.models import Attachment, Thread
from apps.comments.selectors import attachments_on
from apps.comments.states import Media
from apps.journal.models import Entry
from apps.kernel import clock
from apps.kernel.errors import NotFound
from apps.people.states import Role
from apps.tickets.actions import raise_ticket
from tests.factories.people import make_line, make_member

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 16
DBF = bytes([3, 26, 11, 20]) + (0).to_bytes(4, "little") + (33).to_bytes(2, "little") + bytes(22) + b"\x0d"


def office(part: str, *more: str) -> bytes:
    """A packed document with this main part."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in ("[Content_Types].xml", part, *more):
            archive.writestr(name, "x")
    return packed.getvalue()


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path / "attachments"


@pytest.fixture
def cast():
    """A ticket, who raised it, a colleague, who administers the line, and somebody from another line."""
    author, ann = (make_member(name, Role.PROCESS_AUTHOR) for name in ("author", "ann"))
    admin, stranger = make_member("admin", Role.ADMIN), make_member("stranger", *Role, line=make_line("other"))
    return raise_ticket(line_id=make_line().pk, title="a wish", actor=author), ann, admin, stranger


def attach(ticket, actor, name="note.txt", data=b"words"):
    return attach_file(kind="ticket", key=ticket.pk, name=name, data=data, actor=actor)


def kept(folder):
    """Everything that must not change on a refusal."""
    files = sorted(path.name for path in folder.rglob("*") if path.is_file())
    return list(Attachment.objects.values()), list(Thread.objects.values()), Entry.objects.count(), files


def client_of(person):
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(person)
    return client


@pytest.mark.parametrize(
    ("data", "media"),
    [
        (b"%PDF-1.7 x", Media.PDF),
        (PNG, Media.PNG),
        (b"\xff\xd8\xff\xe0x", Media.JPEG),
        (office("xl/workbook.xml"), Media.EXCEL),
        (office("word/document.xml"), Media.WORD),
        (office("ppt/presentation.xml"), Media.SLIDES),
        (DBF, Media.DBF),
        ("科目,金额\n1,2".encode(), Media.TEXT),
        ("科目,金额".encode("gb18030"), Media.TEXT),
        ("科目".encode("utf-16"), Media.TEXT),
        (office("anything.exe"), None),
        (b"PK\x03\x04 broken", None),
        (b"MZ\x90\0", None),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", None),
        (b"<html><script>1</script>", None),
        ("\ufeff <svg onload='1'/>".encode(), None),
        (b"#!/bin/sh\nrm", None),
        (b"", None),
        (b"\n ", None),
    ],
)
def test_a_file_is_what_its_content_says(data, media):
    assert media_of(data) == media


@pytest.mark.parametrize(
    ("media", "data", "active"),
    [
        (Media.PDF, b"%PDF-1.7 << /S /JavaScript >>", True),
        (Media.PDF, b"%PDF-1.7 << /Launch >>", True),
        (Media.PDF, b"%PDF-1.7 << /Page >>", False),
        (Media.EXCEL, office("xl/workbook.xml", "xl/vbaProject.bin"), True),
        (Media.EXCEL, office("xl/workbook.xml", "xl/activeX/activeX1.xml"), True),
        (Media.WORD, office("word/document.xml", "word/embeddings/oleObject1.bin"), True),
        (Media.WORD, office("word/document.xml", "word/embeddings/sheet.xlsx"), False),
        (Media.EXCEL, office("xl/workbook.xml", "xl/printerSettings/printerSettings1.bin"), False),
    ],
)
def test_what_a_document_openly_brings_along_is_found(media, data, active):
    assert is_active(media, data) is active


@given(st.text(max_size=200))
def test_a_cleaned_name_is_one_part_of_a_path_that_shows_all_of_itself(name):
    cleaned = clean_name(name)

    assert clean_name(cleaned) == cleaned
    assert len(cleaned) <= LONGEST_NAME
    assert not set(cleaned) & set('<>:"/\\|?*\0\r\n\u202e\u200b')
    assert cleaned == cleaned.strip(" .")


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        (r"C:\Users\wang\清算 说明.PDF", "清算 说明.PDF"),
        ("../../etc/passwd", "passwd"),
        ("gnp.\u202egpj.exe", "gnp.gpj.exe"),
        ("a:b?.txt", "a_b_.txt"),
        ("x" * 300 + ".xlsx", "x" * 115 + ".xlsx"),
        (" . ", ""),
    ],
)
def test_names_are_cleaned(name, cleaned):
    assert clean_name(name) == cleaned
    assert ending_of("清算.PDF") == ".pdf"


def test_a_file_is_kept_with_its_digest_and_told_of(cast, folder):
    ticket, ann, _, _ = cast

    attached = attach(ticket, ann, "dir/需求.csv", "科目,1".encode())

    (shown,) = attachments_on("ticket", ticket.pk)
    assert (shown.name, shown.media, shown.size, shown.person) == ("需求.csv", "text", 8, ann)
    assert store.attached_bytes(shown) == "科目,1".encode()
    fact = Entry.objects.get(stream=f"comment.ticket.{ticket.pk}")
    assert (fact.kind, fact.actor, fact.line) == ("attachment.added", ann, "rtgs-sh")
    assert fact.data["sha256"] == attached.sha256 == hashlib.sha256("科目,1".encode()).hexdigest()
    assert kept(folder)[3] == [attached.place]


def test_what_is_not_taken_is_refused_with_its_name_and_leaves_nothing(cast, folder, monkeypatch):
    ticket, ann, _, stranger = cast
    monkeypatch.setattr(attaching, "MOST_BYTES", 20)
    before = kept(folder)

    for name, data, refusal in (
        ("a.txt", b"", NoFile),
        (" . ", b"words", NoFile),
        ("a.txt", b"x" * 21, FileTooLarge),
        ("a.exe", b"MZ\x90\0", MediaRefused),
        ("a.html", b"<html>", MediaRefused),
        ("a.png", b"%PDF-1.7", EndingDiffers),
        ("invoice.exe", b"words", EndingDiffers),
        (".txt", b"words", EndingDiffers),
        ("a.pdf", b"%PDF-1 /Launch", BringsMore),
    ):
        with pytest.raises(refusal) as raised:
            attach(ticket, ann, name, data)
        assert refusal is NoFile or clean_name(name) in str(raised.value)
    for kind, key, actor in (("ticket", ticket.pk, stranger), ("ticket", 2**70, ann), ("weather", 1, ann)):
        with pytest.raises(NotFound):
            attach_file(kind=kind, key=key, name="a.txt", data=b"words", actor=actor)

    assert kept(folder) == before


@pytest.mark.parametrize(
    ("limit", "value", "refusal"),
    [
        ("MOST_FILES", 1, NoRoomBeside),
        ("MOST_BYTES_OF_A_THING", 9, NoRoomBeside),
        ("MOST_BYTES_OF_A_PERSON", 9, NoRoomForPerson),
    ],
)
def test_what_does_not_fit_leaves_neither_row_nor_file(cast, folder, monkeypatch, limit, value, refusal):
    ticket, ann, _, _ = cast
    first = attach(ticket, ann)
    monkeypatch.setattr(attaching, limit, value)
    before = kept(folder)

    with pytest.raises(refusal):
        attach(ticket, ann, "second.txt")

    assert kept(folder) == before
    remove_attachment(attachment_id=first.pk, actor=ann)
    assert attach(ticket, ann, "second.txt").pk


def test_a_fault_behind_the_file_takes_the_file_along(cast, folder, monkeypatch):
    ticket, ann, _, _ = cast
    before = kept(folder)

    def fails(*_facts, **_words):
        raise RuntimeError("the disk of the database is full")

    monkeypatch.setattr(attaching, "append", fails)
    with pytest.raises(RuntimeError), transaction.atomic():
        attach(ticket, ann)

    assert kept(folder) == before


def test_who_attached_it_or_administers_the_line_removes_it_and_the_journal_keeps_its_digest(
    cast, folder, django_capture_on_commit_callbacks
):
    ticket, ann, admin, stranger = cast
    own, other = attach(ticket, ann), attach(ticket, ann, "other.txt")
    author = ticket.submitter
    before = kept(folder)

    for person, refusal in ((author, NotWhoAttached), (stranger, NotFound)):
        with pytest.raises(refusal):
            remove_attachment(attachment_id=own.pk, actor=person)
    assert kept(folder) == before

    with django_capture_on_commit_callbacks(execute=True):
        remove_attachment(attachment_id=own.pk, actor=ann)
        remove_attachment(attachment_id=other.pk, actor=admin)
    assert attachments_on("ticket", ticket.pk) == []
    assert kept(folder)[3] == []
    facts = Entry.objects.filter(kind="attachment.removed").order_by("number")
    assert [(fact.actor, fact.data["name"], fact.data["sha256"]) for fact in facts] == [
        (ann, "note.txt", own.sha256),
        (admin, "other.txt", other.sha256),
    ]
    with pytest.raises(NotFound):
        remove_attachment(attachment_id=own.pk, actor=ann)


def test_what_was_attached_before_a_decision_stays(cast, folder):
    ticket, ann, admin, _ = cast
    early = attach(ticket, ann)
    with clock.fixed_at(clock.now() + timedelta(seconds=1)):
        settle("ticket", ticket.pk)
    before = kept(folder)

    for person in (ann, admin):
        with pytest.raises(AttachmentSettled):
            remove_attachment(attachment_id=early.pk, actor=person)

    assert kept(folder) == before
    with clock.fixed_at(clock.now() + timedelta(seconds=2)):
        late = attach(ticket, ann, "late.txt")
        remove_attachment(attachment_id=late.pk, actor=ann)


def test_what_is_left_behind_is_swept_after_a_day_and_nothing_else(cast, folder):
    ticket, ann, _, _ = cast
    held, removed = attach(ticket, ann), attach(ticket, ann, "gone.txt")
    remove_attachment(attachment_id=removed.pk, actor=ann)  # its process has died before it took the file away
    orphan, fresh = store.put(b"nobody's"), store.put(b"somebody's in a moment")
    old = clock.now().timestamp() - store.GRACE_SECONDS - 60
    for place in (held.place, removed.place, orphan):
        os.utime(store.path_of(place), (old, old))

    assert store.drop_left_behind() == 2
    assert store.drop_left_behind() == 0

    assert kept(folder)[3] == sorted([held.place, fresh])
    assert store.attached_bytes(held) == b"words"


def test_what_lies_otherwise_on_the_disk_is_not_given_out(cast):
    ticket, ann, _, _ = cast
    attached = attach(ticket, ann)
    path = store.path_of(attached.place)

    path.write_bytes(b"other")
    with pytest.raises(AttachmentDamaged):
        store.attached_bytes(attached)
    assert client_of(ann).get(f"/attachments/{attached.pk}/").status_code == 409
    path.unlink()
    with pytest.raises(AttachmentDamaged):
        store.attached_bytes(attached)


def test_a_file_comes_as_something_to_be_saved_and_only_to_who_sees_the_thing(cast):
    ticket, ann, _, stranger = cast
    attached = attach(ticket, ann, "需求.txt")

    answer = client_of(ann).get(f"/attachments/{attached.pk}/")

    assert (answer.content, answer["Content-Type"], answer["X-Content-Type-Options"]) == (
        b"words",
        "application/octet-stream",
        "nosniff",
    )
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%E9%9C%80")
    assert client_of(stranger).get(f"/attachments/{attached.pk}/").status_code == 404


def test_the_page_attaches_and_removes_and_says_why_not(cast, folder, django_assert_max_num_queries):
    ticket, ann, _, _ = cast
    address, part = f"/comments/ticket/{ticket.pk}/", {"HTTP_HX_REQUEST": "true"}
    client = client_of(ann)

    shown = client.post(f"{address}attach/", {"file": SimpleUploadedFile("a <b>.txt", b"words")}, **part)
    refused = client.post(f"{address}attach/", {"file": SimpleUploadedFile("x.exe", b"MZ\0")}, **part)
    nothing = client.post(f"{address}attach/", {}, **part)
    whole = client.post(f"{address}attach/", {"file": SimpleUploadedFile("second.txt", b"more")})

    assert "a _b_.txt" in shown.content.decode()
    assert (refused.status_code, "x.exe is by its content" in refused.content.decode()) == (422, True)
    assert (nothing.status_code, whole.status_code) == (422, 302)
    first, second = Attachment.objects.order_by("pk")
    with django_assert_max_num_queries(12):
        page = client.get(address, **part).content.decode()
    assert page.count(f"/attachments/{first.pk}/remove/") == 2
    assert f"/attachments/{first.pk}/remove/" not in client_of(ticket.submitter).get(address).content.decode()
    gone = client.post(f"/attachments/{second.pk}/remove/", **part)
    assert (gone.status_code, "second.txt" in gone.content.decode()) == (200, False)
    others = client_of(ticket.submitter).post(f"/attachments/{first.pk}/remove/", **part)
    assert (others.status_code, Attachment.objects.filter(removed_at=None).count()) == (403, 1)


def test_many_attachments_cost_as_much_as_one(cast, django_assert_num_queries):
    ticket, ann, _, _ = cast
    for number in range(5):
        attach(ticket, ann, f"{number}.txt")

    with django_assert_num_queries(1):
        found = [(each.name, each.person.username, each.is_settled) for each in attachments_on("ticket", ticket.pk)]
    assert found == [(f"{number}.txt", "ann", False) for number in (4, 3, 2, 1, 0)]


def test_programs_attach_list_load_and_remove(cast):
    ticket, ann, _, stranger = cast
    api = APIClient()
    api.force_login(ann)
    address = f"/api/attachments/ticket/{ticket.pk}/"

    made = api.post(address, {"file": SimpleUploadedFile("n.txt", b"words")}, format="multipart")
    refused = api.post(address, {"file": SimpleUploadedFile("n.png", b"words")}, format="multipart")
    empty = api.post(address, {}, format="multipart")
    (listed,) = api.get(address).json()["results"]

    assert (made.status_code, refused.status_code, empty.status_code) == (201, 422, 400)
    assert refused.json()["type"] == "ending_differs"
    assert (listed["name"], listed["sha256"], listed["is_settled"]) == ("n.txt", hashlib.sha256(b"words").hexdigest(), False)
    one = f"/api/attachments/{listed['id']}/"
    assert api.get(one).content == b"words"
    api.force_login(stranger)
    assert [api.get(address).status_code, api.get(one).status_code, api.delete(one).status_code] == [404, 404, 404]
    api.force_login(ann)
    assert [api.delete(one).status_code, api.get(one).status_code] == [204, 404]
