"""Files that come again, or too late, after their rows were posted: reversed and posted anew by two people, never overwritten."""

from decimal import Decimal
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from apps.files.actions import scan_source
from apps.files.models import ArrivedFile, FileRuling, SentFile, Source
from apps.files.store import kept_bytes
from apps.journal.models import Entry
from apps.lines.agency.core.simulated_files import files_of as agency_files_of
from apps.lines.agency.models import AgencyItem
from apps.lines.corrections import selectors
from apps.lines.corrections.actions import ask_correction, send_corrections
from apps.lines.corrections.errors import NothingChanges
from apps.lines.corrections.models import Correction, CorrectionFinding, CorrectionPosting
from apps.lines.lineage.selectors import lineage_of_row
from apps.lines.rtgs_shenzhen.core.simulated import Fault, World
from apps.lines.rtgs_shenzhen.core.simulated_files import files_of
from apps.lines.rtgs_shenzhen.models import GrossOutcome
from apps.people.models import User
from tests.factories.people import make_user
from tests.lines import agency, shenzhen
from tests.lines.corrections import AGAIN, asked, client_of, decided, proposed, ruled
from tests.lines.shenzhen import a_world, finished, folder

pytestmark = pytest.mark.django_db(transaction=True)


def came(root: Path, world: World, code: str) -> ArrivedFile:
    """The evening's file of this code as another world has it."""
    for name, data in files_of(world, "evening").items():
        if name.lower().startswith(code):
            (folder(root) / name).write_bytes(data)
    shenzhen.scanned()
    return ArrivedFile.objects.filter(file_code=code).latest("pk")


def came_again(root: Path, file: ArrivedFile) -> ArrivedFile:
    """The bytes of a file, delivered once more."""
    (folder(root) / file.name).write_bytes(kept_bytes(file.sha256))
    shenzhen.scanned()
    return ArrivedFile.objects.filter(file_code=file.file_code).latest("pk")


def posted_cash(run: int) -> Decimal:
    """What the run's results and the postings come to."""
    originals = sum((one.net_cash for one in GrossOutcome.objects.filter(run=run, is_settled=True)), Decimal(0))
    return originals + sum(CorrectionPosting.objects.filter(run=run).values_list("cash", flat=True), Decimal(0))


def test_a_late_result_file_is_released_and_corrected_by_two_people_each(settings, tmp_path, django_assert_max_num_queries):
    root = tmp_path
    shenzhen.installed(settings, root)
    run = shenzhen.a_day(root, a_world())
    finished(run)
    kept = list(GrossOutcome.objects.order_by("pk").values())
    before = posted_cash(run.pk)

    # it comes after the close: kept, shown, not processed
    late = came(root, a_world(Fault.FAILED_TRADE), "sjsjg")
    first = ArrivedFile.objects.get(file_code="sjsjg", state="accepted")
    assert (late.state, [one["rule"] for one in late.problems]) == ("quarantined", ["after_close"])
    matrix = client_of("wang.min").get(reverse("api-arrivals"), {"date": "2025-11-20", "line": "rtgs-sz"}).json()
    assert {one["file_code"]: one["standing"] for one in matrix["results"]}["sjsjg"] == "after_close"
    assert proposed(late)[0] == 409
    page = client_of("wang.min").get(reverse("file", args=[late.pk])).content.decode()
    assert 'value="release"' in page
    assert 'value="release"' not in client_of("li.lei").get(reverse("file", args=[late.pk])).content.decode()

    # a release has a reason and two people
    assert ruled(late, "release", reason=" ") == 400
    assert ruled(late, "release", username="li.lei") == 403
    assert not FileRuling.objects.exists()
    assert ruled(late, "release") == 201
    assert (ruled(late, "release"), ruled(late, "reject")) == (409, 409)
    assert decided("late_file", "wang.min") == 403
    late.refresh_from_db()
    assert late.state == "quarantined"
    assert decided("late_file") == 200
    late.refresh_from_db()
    first.refresh_from_db()
    assert (late.state, late.version, first.state) == ("accepted", 2, "replaced")
    assert list(GrossOutcome.objects.order_by("pk").values()) == kept

    # what it would change is shown to who may see the line
    failed = next(one for one in a_world(Fault.FAILED_TRADE).trades if one.fate.value == "failed")
    status, said = proposed(late)
    assert (status, said["changed"], said["gone"], said["added"], said["same"]) == (200, 1, 0, 0, len(kept) - 1)
    assert sum(Decimal(one["change"]) for one in said["accounts"]) == -failed.cash
    assert [one.file for one in selectors.due_for(User.objects.get(username="wang.min"))] == [late]
    make_user("somebody")
    assert proposed(late, "somebody")[0] == 404
    assert not selectors.due_for(User.objects.get(username="somebody"))

    # one asks with a reason for what they looked at
    assert asked(late, "li.lei")[0] == 403
    assert asked(late, reason="")[0] == 400
    assert asked(late, digest="0" * 64)[1]["type"] == "other_difference"
    assert not Correction.objects.exists()
    assert asked(late, digest=said["digest"])[0] == 201
    assert asked(late)[0] == 409
    assert not CorrectionPosting.objects.exists()
    assert decided("correction", "wang.min") == 403

    # another signs, and everything is posted at once
    assert decided("correction") == 200
    correction = Correction.objects.get()
    maker, checker = (User.objects.get(username=name) for name in ("wang.min", "li.lei"))
    assert (correction.state, correction.asked_by, correction.signed_by) == ("posted", maker, checker)
    reversal, repost = CorrectionPosting.objects.order_by("pk")
    original = GrossOutcome.objects.get(pk=reversal.original or 0)
    assert (reversal.cash, reversal.quantity) == (-original.net_cash, -original.settled_qty)
    assert reversal.measures["net_cash"] == f"{-original.net_cash:f}"
    assert (repost.instead_of, repost.cash, repost.words["is_settled"]) == (reversal, Decimal(0), "False")
    assert list(GrossOutcome.objects.order_by("pk").values()) == kept
    assert posted_cash(run.pk) == before - failed.cash == correction.cash_after
    kinds = set(CorrectionFinding.objects.values_list("kind", "step__node_id"))
    assert {("ended", None), ("sent", "send_results"), ("compared", "reconcile")} <= kinds
    facts = list(Entry.objects.filter(kind__startswith="correction.").order_by("pk").values_list("kind", "stream"))
    assert facts == [
        ("correction.asked", "files.rtgs-sz"),
        ("correction.posted", "files.rtgs-sz"),
        ("correction.overtook", f"run.{run.pk}"),
    ]

    # lineage leads from the first record to the last and back
    reader = User.objects.get(username="zhang.wei")
    old = lineage_of_row(reader, first, original.row_no)
    assert [one.key for record in old.records if record.key == original.pk for one in record.became] == [reversal.pk, repost.pk]
    [new] = lineage_of_row(reader, late, repost.row_no).records
    assert (new.key, [one.key for one in new.before]) == (repost.pk, [reversal.pk, original.pk])

    # the counter is told once
    assert (send_corrections(), send_corrections()) == (1, 0)
    sent = SentFile.objects.get(correction=correction)
    lines = [line.split("|") for line in Path(sent.path).read_text(encoding="gb18030").splitlines()]
    assert [(line[0], line[6]) for line in lines] == [("REVERSAL", f"{-original.net_cash:.2f}"), ("REPOST", "0.00")]

    # nothing is reversed twice, not even past the rules
    reversal.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        reversal.save(force_insert=True)

    # a second one reverses what the first has posted; a third is rejected and never used
    again = came(root, a_world(Fault.STRANGE_CODE), "sjsjg")
    assert ruled(again, "release") == 201
    assert decided("late_file") == 200
    assert asked(again)[0] == 201
    assert decided("correction") == 200
    second = CorrectionPosting.objects.filter(correction=Correction.objects.latest("pk"), kind="reversal").get()
    assert (second.reverses, second.original) == (repost, None)
    [newest] = lineage_of_row(reader, ArrivedFile.objects.get(pk=again.pk), repost.row_no).records
    assert [one.key for one in newest.before] == [second.pk, repost.pk, repost.instead_of_id, original.pk]
    rejected = came(root, a_world(Fault.CONTRADICTED), "sjsjg")
    assert ruled(rejected, "reject") == 201
    rejected.refresh_from_db()
    assert (rejected.state, FileRuling.objects.latest("pk").verdict) == ("rejected", "reject")
    assert ruled(rejected, "release") == 409
    assert ArrivedFile.objects.get(file_code="sjsjg", state="accepted").pk == again.pk

    # the pages say it, in few queries
    client = client_of("wang.min")
    for address in (
        reverse("corrections"),
        reverse("correction", args=[correction.pk]),
        reverse("file-correction", args=[again.pk]),
        reverse("api-corrections"),
        reverse("api-correction", args=[correction.pk]),
    ):
        with django_assert_max_num_queries(26):
            assert client.get(address).status_code == 200, address
        assert client_of("somebody").get(address).status_code in (200, 404)
    assert list(client_of("somebody").get(reverse("corrections")).context["page"].rows) == []
    assert client_of("somebody").get(reverse("api-correction", args=[correction.pk])).status_code == 404
    assert client_of("somebody").get(reverse("correction", args=[correction.pk])).status_code == 404


def test_the_first_version_comes_again_and_counts_again_when_two_people_say_so(settings, tmp_path):
    # given a correction by a second version
    shenzhen.installed(settings, tmp_path)
    run = shenzhen.a_day(tmp_path, a_world())
    finished(run)
    before = posted_cash(run.pk)
    second = came(tmp_path, a_world(Fault.FAILED_TRADE), "sjsjg")
    assert (ruled(second, "release"), decided("late_file")) == (201, 200)
    assert (asked(second)[0], decided("correction")) == (201, 200)
    corrected = posted_cash(run.pk)
    assert corrected != before

    # when the bytes of the first version are delivered again
    again = came_again(tmp_path, ArrivedFile.objects.get(file_code="sjsjg", version=1))

    # then nothing counts before two people have said so
    assert (again.state, [one["rule"] for one in again.problems]) == ("quarantined", ["earlier_version", "after_close"])
    assert ArrivedFile.objects.get(file_code="sjsjg", state="accepted") == second
    assert posted_cash(run.pk) == corrected

    assert (ruled(again, "release"), decided("late_file")) == (201, 200)
    assert (asked(again)[0], decided("correction")) == (201, 200)
    assert ArrivedFile.objects.get(file_code="sjsjg", state="accepted").version == 3
    assert posted_cash(run.pk) == before


def test_a_batch_that_is_sent_again_after_its_transfer_lapses_is_refused_and_is_posted(settings, tmp_path):
    root = tmp_path
    agency.installed(settings, root)
    run = agency.morning(root, agency.a_world())
    announced = {one.pk: one.amount for one in AgencyItem.objects.filter(run=run)}

    def again(seed: int) -> ArrivedFile:
        files = agency_files_of(agency.a_world(seed=seed), "morning")
        [name] = [name for name in files if name.startswith("kffzmxa")]
        (agency.folder(root, agency.DAY) / name).write_bytes(files[name])
        [market] = Source.objects.filter(code="agency-market")
        for _ in range(2):
            scan_source(source_id=market.pk, business_date=agency.DAY)
        return ArrivedFile.objects.filter(file_code="kffzmxa").latest("pk")

    # before anything has left, the step reads the file again: there is nothing to reverse
    second = again(seed=2)
    assert proposed(second)[1]["type"] == "nothing_posted"

    # money is out; what comes now is corrected, and what comes in between lapses
    agency.funded("a")
    assert SentFile.objects.exists()
    status, said = proposed(second)
    assert (status, said["run"]) == (200, run.pk)
    assert asked(second)[0] == 201
    third = again(seed=3)
    assert decided("correction") == 409
    assert Correction.objects.get().state == "lapsed"
    assert asked(third)[0] == 201
    assert decided("correction", verb="reject") == 200
    assert [one.state for one in Correction.objects.order_by("pk")] == ["lapsed", "refused"]
    assert not CorrectionPosting.objects.exists()

    assert asked(third)[0] == 201
    assert decided("correction") == 200
    correction = Correction.objects.latest("pk")
    postings = list(correction.postings.all())
    now = sum(announced.values(), Decimal(0)) + sum((one.cash for one in postings), Decimal(0))
    others = AgencyItem.objects.filter(run=run).exclude(file__file_code="kffzmxa")
    assert now - sum(others.values_list("amount", flat=True), Decimal(0)) == correction.cash_after
    assert {one.pk: one.amount for one in AgencyItem.objects.filter(run=run)} == announced
    kinds = set(CorrectionFinding.objects.values_list("kind", flat=True))
    assert {"goes_on", "sent"} <= kinds
    with pytest.raises(NothingChanges):
        ask_correction(file_id=third.pk, actor=User.objects.get(username="wang.min"), reason=AGAIN)
