"""Packages of processes are received, looked at, and imported as drafts of who imports them: all of a package, or nothing."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction

from apps.journal.actions import append
from apps.kernel import clock
from apps.kernel.errors import DomainError, NotFound, NotPermitted
from apps.people.models import BusinessLine, User
from apps.people.selectors import is_superuser
from apps.people.states import Right
from apps.processes import events
from apps.processes.actions.testing import save_test
from apps.processes.actions.versions import create_process, save_draft
from apps.processes.core.packages import Damaged, Package, read_package
from apps.processes.core.packages.signing import fingerprint, is_public_key
from apps.processes.errors import (
    KeyIsTrusted,
    KeyNotTrusted,
    NotAPublicKey,
    NothingToImport,
    PackageDamaged,
    PackageRefused,
    ProcessExists,
)
from apps.processes.models import Process, ProcessTest, ReceivedPackage, TrustedKey
from apps.processes.selectors.packages import Item, Standing, items_of, trusts

KEPT = timedelta(days=7)
"""Packages that were received and never imported, or imported, go after this."""


def opened_package(content: bytes) -> Package:
    """What is in a package that is whole and signed by a trusted key. Raises PackageDamaged, KeyNotTrusted."""
    try:
        package = read_package(content)
    except Damaged as fault:
        raise PackageDamaged.because_of(fault) from fault
    if not trusts(package.signature):
        key = package.signature.public_key
        raise KeyNotTrusted(fingerprint=fingerprint(key), public_key=key)
    return package


@transaction.atomic
def receive_package(*, content: bytes, actor: User) -> ReceivedPackage:
    """Keeps a package for its sender to look at; nothing else changes. Raises PackageDamaged, KeyNotTrusted."""
    package = opened_package(content)
    now = clock.now()
    ReceivedPackage.objects.filter(received_at__lt=now - KEPT).delete()
    return ReceivedPackage.objects.create(digest=package.digest, content=content, received_by=actor, received_at=now)


@dataclass(frozen=True)
class Imported:
    """A process that a package has changed; `number` is the draft, 0 where only tests came."""

    process: Process
    number: int


def import_package(*, package_id: int, actor: User, line_id: int | None = None) -> list[Process]:
    """Drafts and tests of everything in the package that is not here yet, or nothing; the processes that it changed.

    New processes go to the line of `line_id`, or to the one that the package names. Raises PackageRefused with the process that
    cannot be imported, NothingToImport.
    """
    return [one.process for one in import_drafts(package_id=package_id, actor=actor, line_id=line_id)]


def received_and_opened(package_id: int, actor: User) -> tuple[ReceivedPackage, Package]:
    """What this person has sent in, locked until the transaction ends, and what is in it."""
    received = ReceivedPackage.objects.select_for_update().filter(pk=package_id, received_by=actor).first()
    if received is None:
        raise NotFound(what="package")
    return received, opened_package(bytes(received.content))


@transaction.atomic
def import_drafts(*, package_id: int, actor: User, line_id: int | None = None, may_be_nothing: bool = False) -> list[Imported]:
    """The same, for whoever goes on with the drafts that it makes; `may_be_nothing`: something else comes of the package."""
    received, package = received_and_opened(package_id, actor)
    changed = [_import(item, package, line_id, actor) for item in items_of(actor, package) if item.says_something]
    if not changed and not may_be_nothing:
        raise NothingToImport
    received.imported_at = clock.now()
    received.save(update_fields=["imported_at"])
    return changed


def _import(item: Item, package: Package, line_id: int | None, actor: User) -> Imported:
    try:
        return _imported(item, package, line_id, actor)
    except NotPermitted:
        raise
    except DomainError as refusal:
        raise PackageRefused(process=item.packed.key, reason=str(refusal)) from refusal


def _imported(item: Item, package: Package, line_id: int | None, actor: User) -> Imported:
    packed, number = item.packed, 0
    if item.standing is Standing.HIDDEN:
        raise ProcessExists(key=packed.key)
    process = (
        _new(item, line_id, actor)
        if item.standing is Standing.NEW
        else Process.objects.select_related("line").get(key=packed.key)
    )
    if item.standing is not Standing.SAME:
        note = f"{packed.key} v{packed.version} · {package.digest[:12]}"
        number = save_draft(process_key=packed.key, model_xml=packed.model_xml, note=note, actor=actor).number
    known = dict(ProcessTest.objects.filter(process=process).values_list("name", "pk"))
    for test in packed.tests:
        if test.get("name") in {*item.new_tests, *item.changed_tests}:
            save_test(process_key=packed.key, test=test, test_id=known.get(str(test.get("name"))), actor=actor)
    fact = events.PackageImported(
        process=packed.key,
        line=process.line.code,
        package_digest=package.digest,
        public_key=package.signature.public_key,
        number=number,
    )
    append(fact, actor=actor)
    return Imported(process, number)


def _new(item: Item, line_id: int | None, actor: User) -> Process:
    packed = item.packed
    line = BusinessLine.objects.filter(**({"pk": line_id} if line_id is not None else {"code": packed.line})).first()
    if line is None:
        raise NotFound(what=packed.line)
    return create_process(
        key=packed.key,
        name_zh=packed.name_zh,
        name_en=packed.name_en,
        line_id=line.pk,
        startable=packed.startable,
        actor=actor,
    )


@transaction.atomic
def trust_key(*, name: str, public_key: str, actor: User) -> TrustedKey:
    """From now on packages under this key are imported. Only superusers, since it concerns every line."""
    _require_superuser(actor)
    if not is_public_key(public_key):
        raise NotAPublicKey
    try:
        with transaction.atomic():
            key = TrustedKey.objects.create(name=name, public_key=public_key, accepted_by=actor, accepted_at=clock.now())
    except IntegrityError as twice:
        raise KeyIsTrusted from twice
    append(events.KeyTrusted(name=name, public_key=public_key), actor=actor)
    return key


@transaction.atomic
def withdraw_key(*, key_id: int, actor: User) -> TrustedKey:
    """Packages under this key are no longer imported; what came from them stays."""
    _require_superuser(actor)
    key = TrustedKey.objects.select_for_update().filter(pk=key_id).first()
    if key is None:
        raise NotFound(what="key")
    if key.withdrawn_at is None:
        key.withdrawn_at = clock.now()
        key.save(update_fields=["withdrawn_at"])
        append(events.KeyWithdrawn(name=key.name, public_key=key.public_key), actor=actor)
    return key


def _require_superuser(actor: User) -> None:
    if not is_superuser(actor):
        raise NotPermitted(right=Right.ADMINISTER.label, target="*")
