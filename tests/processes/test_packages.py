"""Packages carry processes between installations: the same bytes for the same content, and nothing that was touched."""

import io
import json
import warnings
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.test import APIClient

from apps.journal.models import Entry
from apps.kernel.errors import NotFound, NotPermitted
from apps.people.states import Role
from apps.processes import actions
from apps.processes.core.packages import Damaged, Packed, manifest_of, read_package, write_package
from apps.processes.core.packages.signing import signed
from apps.processes.errors import KeyIsTrusted, KeyNotTrusted, NotAPublicKey, NothingToImport, PackageRefused
from apps.processes.models import Process, ProcessTest, ProcessVersion, ReceivedPackage, TrustedKey
from apps.processes.selectors.packages import items_of, own_key, packaged
from tests.factories.people import give_role, make_line, make_user
from tests.factories.processes import cast, in_force, make_process, simple_model

PACKED = Packed("P", "流程", "Process", "line-a", True, 1, simple_model("P"), [{"name": "it ends"}], {"windows": {}})
OTHER_SEED = b"another installation, 32 bytes!!"


def package_of(*processes, seed=OTHER_SEED):
    found = processes or (PACKED,)
    return write_package(found, signed(manifest_of(found), seed))


def rewritten(data, **changes):
    """The same archive with other files; a name without content is left out."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        for entry in old.infolist():
            content = changes.get(entry.filename, old.read(entry))
            if content is not None:
                new.writestr(entry, content)
    return buffer.getvalue()


def with_more(data, name, content=b"x", compress=zipfile.ZIP_STORED):
    buffer = io.BytesIO(data)
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(buffer, "a") as archive:  # it warns of names that it doubles
        archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, compress)
    return buffer.getvalue()


MODEL, MANIFEST = "processes/P/model.bpmn", "manifest.json"
HOSTILE = {
    "nothing": (b"", ""),
    "no archive": (b"PK\3\4 not really", ""),
    "cut off": (package_of()[:-30], ""),
    "another byte at the end": (package_of() + b"x", ""),
    "a changed model": (rewritten(package_of(), **{MODEL: simple_model("P", "b").encode()}), "manifest.json"),
    "no model": (rewritten(package_of(), **{MODEL: None}), MODEL),
    "no manifest": (rewritten(package_of(), **{MANIFEST: None}), MANIFEST),
    "no signature": (rewritten(package_of(), **{"signature.json": None}), "signature.json"),
    "a changed manifest": (rewritten(package_of(), **{MANIFEST: b"{}"}), MANIFEST),
    "a path out of it": (with_more(package_of(), "../../etc/passwd"), "../../etc/passwd"),
    "an absolute path": (with_more(package_of(), "/etc/passwd"), "/etc/passwd"),
    "a name of its own": (with_more(package_of(), "processes/P/run.sh"), "processes/P/run.sh"),
    "the same name twice": (with_more(package_of(), MODEL), MODEL),
    "a bomb": (
        with_more(package_of(), "processes/Q/model.bpmn", b"0" * 10_000_000, zipfile.ZIP_DEFLATED),
        "processes/Q/model.bpmn",
    ),
    "a process that the manifest does not say": (with_more(package_of(), "processes/Q/model.bpmn"), "manifest.json"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_damaged_or_hostile_is_refused_at_a_place(name):
    data, place = HOSTILE[name]

    with pytest.raises(Damaged) as refusal:
        read_package(data)

    assert place in (refusal.value.place, "")


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_no_byte_can_be_changed_unseen(place, change):
    data = bytearray(package_of())
    data[place % len(data)] ^= change

    with pytest.raises(Damaged):
        read_package(bytes(data))


def test_the_same_content_is_the_same_bytes_whatever_the_order():
    other = Packed("Q", "另一个", "Other", "line-a", False, 3, simple_model("Q"), [], {})

    one, again = package_of(PACKED, other), package_of(other, PACKED)

    assert one == again
    assert [packed.key for packed in read_package(one).processes] == ["P", "Q"]
    assert read_package(one).processes[0] == PACKED


@pytest.mark.parametrize("manifest", [{"processes": 1}, {"processes": [{}]}, {"processes": [[]]}, {"x": float("nan")}, [], 1])
def test_a_signed_manifest_that_says_nothing_sensible_is_refused(manifest):
    content = json.dumps({"format": "clearway-package/1", **manifest} if isinstance(manifest, dict) else manifest).encode()
    signature = signed(content, OTHER_SEED)
    facts = {"algorithm": "ed25519", "public_key": signature.public_key, "signature": signature.signature}

    with pytest.raises(Damaged):
        read_package(rewritten(package_of(), **{MANIFEST: content, "signature.json": json.dumps(facts).encode()}))


# -- with an installation ---------------------------------------------------------------------------------------------


@pytest.fixture
def people(db):
    line, author, approver = cast()
    chief = make_user("chief", is_superuser=True, is_staff=True)
    return line, author, approver, chief


def trust(chief, name="another house"):
    key = signed(b"", OTHER_SEED).public_key
    return actions.trust_key(name=name, public_key=key, actor=chief)


def everything():
    return (
        list(Process.objects.order_by("id").values_list("key", "line")),
        list(ProcessVersion.objects.order_by("id").values_list("id", "state", "model_xml")),
        list(ProcessTest.objects.order_by("id").values_list("name", "expected")),
        list(TrustedKey.objects.order_by("id").values_list("public_key", "withdrawn_at")),
        list(ReceivedPackage.objects.values_list("digest", "imported_at")),
        Entry.objects.count(),
    )


def refused(problem, work):
    before = everything()
    with pytest.raises(problem) as refusal:
        work()
    assert everything() == before
    return refusal.value


def visitor(person, client=None):
    client = client or Client()
    client.force_login(person)
    client.cookies["django_language"] = "en"
    return client


def imported(author, content, **more):
    received = actions.receive_package(content=content, actor=author)
    return actions.import_package(package_id=received.pk, actor=author, **more)


def test_what_one_installation_packs_another_imports_as_drafts(people):
    line, author, _, chief = people
    trust(chief)

    changed = imported(author, package_of())

    version = ProcessVersion.objects.get(process__key="P")
    assert [process.key for process in changed] == ["P"]
    assert (version.state, version.author, version.process.line) == ("draft", author, line)
    assert version.model_xml == PACKED.model_xml
    assert ProcessTest.objects.get().name == "it ends"
    assert Entry.objects.get(kind="package.imported").data["number"] == 1


def test_what_was_imported_packs_to_the_same_content_again(people):
    _, author, _, chief = people
    trust(chief)
    imported(author, package_of())

    again = packaged(author, ["P"])

    assert packaged(author, ["P"]) == again
    assert read_package(again).processes[0].model_xml == PACKED.model_xml
    assert read_package(again).signature.public_key == own_key()
    refused(NothingToImport, lambda: _import_received(author, again))


def _import_received(author, content):
    received = ReceivedPackage.objects.filter(received_by=author).latest("id")
    ReceivedPackage.objects.filter(pk=received.pk).update(content=content)
    try:
        actions.import_package(package_id=received.pk, actor=author)
    finally:
        ReceivedPackage.objects.filter(pk=received.pk).update(content=received.content)


def test_a_package_under_an_unknown_or_withdrawn_key_is_refused_until_an_administrator_accepts_it(people):
    _, author, _, chief = people
    key_of = signed(b"", OTHER_SEED).public_key

    unknown = refused(KeyNotTrusted, lambda: imported(author, package_of()))
    refused(NotPermitted, lambda: trust(author))
    refused(NotAPublicKey, lambda: actions.trust_key(name="x", public_key="x", actor=chief))
    key = trust(chief)
    refused(KeyIsTrusted, lambda: trust(chief))
    imported(author, package_of())
    refused(NotPermitted, lambda: actions.withdraw_key(key_id=key.pk, actor=author))
    actions.withdraw_key(key_id=key.pk, actor=chief)

    assert unknown.facts["public_key"] == key_of
    refused(KeyNotTrusted, lambda: imported(author, package_of()))
    kinds = Entry.objects.filter(stream="package.keys").order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["package_key.trusted", "package_key.withdrawn"]


def test_new_changed_and_same_are_told_before_anything_happens(people):
    line, author, approver, chief = people
    trust(chief)
    in_force(make_process(line, author, "Q"), author, approver, simple_model("Q"))
    in_force(make_process(line, author, "S"), author, approver, simple_model("S"))
    other = Packed("Q", "x", "x", "line-a", True, 5, simple_model("Q", "b"), [{"name": "new one"}], {"windows": {"b": {}}})
    same = Packed("S", "x", "x", "line-a", True, 5, simple_model("S"), [], {"windows": {}})
    before = everything()

    with translation.override("en"):
        items = items_of(author, read_package(package_of(PACKED, other, same)))

    assert everything() == before
    assert [(item.packed.key, item.standing.value, item.against) for item in items] == [
        ("P", "new", 0),
        ("Q", "changed", 1),
        ("S", "same", 1),
    ]
    assert any("“b” was added" in sentence for sentence in items[1].sentences)
    assert (items[1].new_tests, items[1].windows) == (["new one"], ["b"])


def test_one_process_that_cannot_be_imported_stops_all(people):
    line, author, _, chief = people
    trust(chief)
    broken = Packed("Q", "x", "x", "line-a", True, 1, simple_model("Q").replace('targetRef="e"', 'targetRef="no"'), [], {})
    nowhere = Packed("Q", "x", "x", "no-such-line", True, 1, simple_model("Q"), [], {})
    badly_tested = Packed("Q", "x", "x", "line-a", True, 1, simple_model("Q"), [{"name": "", "expected": 1}], {})

    for one in (broken, nowhere, badly_tested):
        received = actions.receive_package(content=package_of(PACKED, one), actor=author)
        refusal = refused(PackageRefused, lambda number=received.pk: actions.import_package(package_id=number, actor=author))
        assert refusal.facts["process"] == "Q"
    changed = imported(author, package_of(PACKED, nowhere), line_id=line.pk)
    assert [process.key for process in changed] == ["P", "Q"]


def test_only_authors_import_and_only_what_they_have_sent_in_themselves(people):
    _, author, approver, chief = people
    trust(chief)
    received = actions.receive_package(content=package_of(), actor=author)

    refused(NotFound, lambda: actions.import_package(package_id=received.pk, actor=approver))
    theirs = actions.receive_package(content=package_of(), actor=approver)
    refused(NotPermitted, lambda: actions.import_package(package_id=theirs.pk, actor=approver))


def test_a_key_of_a_process_that_the_importer_may_not_see_is_only_called_taken(people):
    _, author, _, chief = people
    trust(chief)
    other, elsewhere = make_line("line-b"), make_user("elsewhere")
    give_role(elsewhere, other, Role.PROCESS_AUTHOR)
    make_process(other, elsewhere, "P")

    (item,) = items_of(author, read_package(package_of()))

    assert (item.standing.value, item.against, item.sentences) == ("hidden", 0, [])
    received = actions.receive_package(content=package_of(), actor=author)
    refused(PackageRefused, lambda: actions.import_package(package_id=received.pk, actor=author))
    with pytest.raises(NotFound):
        packaged(author, ["P"])


def test_the_pages_lead_from_the_file_to_the_drafts_in_three_clicks(people):
    _, author, _, chief = people
    client = visitor(author)
    uploaded = lambda: SimpleUploadedFile("x.cwpkg", package_of())  # noqa: E731 - a file is read once

    unknown = client.post("/packages/", {"package": uploaded()})
    trust(chief)
    looked = client.post("/packages/", {"package": uploaded()})
    page = client.get(looked["Location"]).content.decode()
    taken = client.post(looked["Location"])
    exported = client.get("/packages/export/?process=P")

    assert unknown.status_code == 403
    assert signed(b"", OTHER_SEED).public_key in unknown.content.decode()
    assert 'data-standing="new"' in page
    assert (taken.status_code, taken["Location"]) == (302, "/processes/P/")
    assert exported.content == packaged(author, ["P"])
    assert client.get("/packages/").status_code == 200


def test_programs_export_look_and_import(people):
    _, author, _, chief = people
    trust(chief)
    client = visitor(author, APIClient())

    sent = client.post("/api/packages/", {"package": SimpleUploadedFile("x", package_of())}, format="multipart")
    again = client.get(f"/api/packages/{sent.json()['id']}/")
    done = client.post(f"/api/packages/{sent.json()['id']}/", {}, format="json")
    twice = client.post(f"/api/packages/{sent.json()['id']}/", {}, format="json")
    exported = client.get("/api/packages/export/?process=P")

    assert sent.status_code == 201
    assert again.json()["items"][0]["standing"] == "new"
    assert [one["key"] for one in done.json()] == ["P"]
    assert (twice.status_code, twice.json()["type"]) == (409, "nothing_to_import")
    assert exported.content == packaged(author, ["P"])


def test_the_command_line_does_the_same(people, tmp_path, capsys):
    _, author, _, chief = people
    file, out = tmp_path / "in.cwpkg", tmp_path / "out.cwpkg"
    file.write_bytes(package_of())

    with translation.override("en"), pytest.raises(CommandError, match="not trusted"):
        call_command("package", "verify", str(file))
    trust(chief)
    call_command("package", "verify", str(file))
    call_command("package", "import", str(file), "--as", author.username)
    call_command("package", "export", "P", "-o", str(out), "--as", author.username)
    with pytest.raises(CommandError):
        call_command("package", "export", "NO", "-o", str(out), "--as", author.username)

    assert "P v1, 1 tests" in capsys.readouterr().out
    assert out.read_bytes() == packaged(author, ["P"])


def test_an_administrator_accepts_and_withdraws_keys_in_the_admin_site(people):
    *_, chief = people
    client = visitor(chief)
    key = signed(b"", OTHER_SEED).public_key

    client.post("/admin/processes/trustedkey/add/", {"name": "another house", "public_key": key})
    kept = TrustedKey.objects.get()
    shown = client.get("/admin/processes/trustedkey/").content.decode()
    client.post(f"/admin/processes/trustedkey/{kept.pk}/delete/", {"post": "yes"})

    assert "another house" in shown
    assert TrustedKey.objects.get().withdrawn_at is not None


def test_looking_into_a_package_asks_once_for_each_process_beside_a_few_questions_for_all(people, django_assert_max_num_queries):
    line, author, approver, chief = people
    trust(chief)
    keys = [f"P{number}" for number in range(8)]
    for key in keys:
        in_force(make_process(line, author, key), author, approver, simple_model(key))
    package = read_package(packaged(author, keys))

    with django_assert_max_num_queries(5 + len(keys)):
        assert len(items_of(author, package)) == 8
