from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import DomainError
from apps.processes.core.packages import Damaged
from apps.processes.core.problems import Problem
from apps.processes.core.testing import Result, Unusable


class ModelRefused(DomainError):
    """The model has problems of severity error. Facts: first (a sentence), count, problems (list of objects)."""

    code = "model_refused"
    sentence = _("The model is refused: {first} ({count} problem(s) in all).")

    @classmethod
    def because_of(cls, problems: list[Problem]) -> "ModelRefused":
        errors = [problem for problem in problems if problem.severity == "error"]
        first = f"{errors[0].element}: {errors[0].message}" if errors[0].element else errors[0].message
        return cls(first=first, count=len(errors), problems=[problem.as_dict() for problem in problems])


class WrongProcessId(DomainError):
    """The id of the BPMN process is what others call it by; it cannot differ between versions."""

    code = "wrong_process_id"
    sentence = _("The model's process id is “{found}”; versions of this process must keep “{key}”.")


class ProcessExists(DomainError):
    """Keys of processes are unique."""

    code, http_status = "process_exists", 409
    sentence = _("There is already a process with the key “{key}”.")


class EditedMeanwhile(DomainError):
    """Somebody else changed the same elements since the revision that was seen. Nothing was saved; both models still exist.

    Facts: by, revision (the newest), elements (ids that both changed).
    """

    code, http_status = "edited_meanwhile", 409
    sentence = _("Meanwhile {by} saved revision {revision} and changed the same elements: {elements}.")


class NotAModel(DomainError):
    """What was sent is no BPMN document that can be read at all."""

    code = "not_a_model"
    sentence = _("This cannot be saved: {reason}")


class TemplateExists(DomainError):
    """Keys of templates are unique."""

    code, http_status = "template_exists", 409
    sentence = _("There is already a template with the key “{key}”.")


class TemplateChangedMeanwhile(DomainError):
    """Somebody else changed the same since the revision that was seen, and nobody has said what counts. Nothing was saved.

    Facts: name, by, revision (the newest), elements (titles), conflicts (each with both sides in sentences).
    """

    code, http_status = "template_changed_meanwhile", 409
    sentence = _("Meanwhile {by} has saved revision {revision} of “{name}” and changed the same: {elements}. Say what counts.")

    @classmethod
    def because_of(cls, conflicts: Sequence[Mapping[str, Any]], **facts: Any) -> "TemplateChangedMeanwhile":
        return cls(elements=", ".join(one["title"] for one in conflicts[:10]), conflicts=conflicts, **facts)


class TemplateInUse(DomainError):
    """Processes name the template that they were made from. Facts: name, count."""

    code, http_status = "template_in_use", 409
    sentence = _("“{name}” stays: {count} process(es) were made from it.")


class NotComparable(DomainError):
    """One of the two models is no BPMN document that can be read."""

    code = "not_comparable"
    sentence = _("These models cannot be compared: {reason}")


class TestUnusable(DomainError):
    """What was sent is no test. Facts: place (a path such as `expected.path[2]`), reason (a sentence)."""

    code = "test_unusable"
    sentence = _("{place}: {reason}")

    @classmethod
    def because_of(cls, refusal: Unusable) -> "TestUnusable":
        return cls(place=refusal.place, reason=str(refusal.reason))


class TestExists(DomainError):
    """Names of tests are unique in their process."""

    code, http_status = "test_exists", 409
    sentence = _("This process already has a test with the name “{name}”.")


class TestChangedMeanwhile(DomainError):
    """Somebody else saved the test since it was opened. Facts: name, by."""

    code, http_status = "test_changed_meanwhile", 409
    sentence = _("Meanwhile {by} has changed the test “{name}”. Open it again to see what it is now.")


class DecidedWithChange(DomainError):
    """A version that a change carries is decided with it and put in force by it. Facts: version, change."""

    code, http_status = "decided_with_change", 409
    sentence = _("{version} goes with change #{change}: it is decided there and takes effect with it.")


class NoVersionYet(DomainError):
    """There is nothing that could be played."""

    code, http_status = "no_version_yet", 409
    sentence = _("The process has no version yet that could be played.")


class TooManyTests(DomainError):
    """A process has as many tests as can be played while somebody waits."""

    code = "too_many_tests"
    sentence = _("A process has at most {most} tests.")


class TestsFail(DomainError):
    """A version whose tests fail is not submitted. Facts: count, names, tests (each with its differences in sentences)."""

    code = "tests_fail"
    sentence = _("{count} test(s) of the process fail on this version: {names}.")

    @classmethod
    def because_of(cls, failed: list[Result]) -> "TestsFail":
        names = ", ".join(f"“{result.case.name}”" for result in failed)
        return cls(count=len(failed), names=names, tests=[result.as_dict() for result in failed])


class StandardsNotKept(DomainError):
    """A standard of severity error is not kept. Facts: first (a sentence), count, problems (each with element and rule)."""

    code = "standards_not_kept"
    sentence = _("The standards of the site are not kept: {first} ({count} in all).")

    @classmethod
    def because_of(cls, broken: list[Problem]) -> "StandardsNotKept":
        first = f"{broken[0].element} [{broken[0].rule}]: {broken[0].message}"
        return cls(first=first, count=len(broken), problems=[problem.as_dict() for problem in broken])


class StandardUnusable(DomainError):
    """The parts of a standard do not fit together. Facts: kind, about."""

    code = "standard_unusable"
    sentence = _(
        "“{kind}” cannot be asked of “{about}” in this way. Ids and names need a pattern that can be read; nothing else has one."
    )


class BackupIsOwner(DomainError):
    """A backup is another person than the owner."""

    code = "backup_is_owner"
    sentence = _("The backup is another person than the owner.")


class NotOfTheLine(DomainError):
    """Owner and backup see the line of the process. Facts: person, line."""

    code = "not_of_the_line"
    sentence = _("{person} may not see the line {line}.")


class BaseNotInForce(DomainError):
    """A variant begins as what is in force of its base."""

    code, http_status = "base_not_in_force", 409
    sentence = _("No version of “{base}” is in force, so nothing can be made from it yet.")


class ConflictsUndecided(DomainError):
    """Base and variant changed the same elements, and nobody has said which side counts. Facts: elements (ids), count."""

    code, http_status = "conflicts_undecided", 409
    sentence = _("{count} element(s) need a decision: {elements}.")

    @classmethod
    def because_of(cls, conflicts: Sequence[str]) -> "ConflictsUndecided":
        return cls(count=len(conflicts), elements=", ".join(conflicts[:10]))


class NothingToTakeOver(DomainError):
    """The variant has what this version of its base says already."""

    code, http_status = "nothing_to_take_over", 409
    sentence = _("“{variant}” already has what version {number} of “{base}” says.")


class PackageDamaged(DomainError):
    """What was sent is no package or was changed on its way. Facts: place (a name inside it), reason (a sentence)."""

    code = "package_damaged"
    sentence = _("The package is refused at “{place}”: {reason}")

    @classmethod
    def because_of(cls, fault: Damaged) -> "PackageDamaged":
        return cls(place=fault.place or _("the file"), reason=fault.reason)


class KeyNotTrusted(DomainError):
    """The signature is good, but nobody here has accepted its key. Facts: fingerprint, public_key."""

    code, http_status = "key_not_trusted", 403
    sentence = _("The package is signed by a key that is not trusted here: {fingerprint}. An administrator may accept it.")


class NotAPublicKey(DomainError):
    """Public keys are 32 bytes in base64."""

    code = "not_a_public_key"
    sentence = _("This is no public key of Ed25519: 32 bytes in base64.")


class KeyIsTrusted(DomainError):
    """Keys are accepted once."""

    code, http_status = "key_is_trusted", 409
    sentence = _("This key is accepted already.")


class PackageRefused(DomainError):
    """One process of the package cannot be imported, so none is. Facts: process, reason."""

    code, http_status = "package_refused", 409
    sentence = _("Nothing was imported, because of “{process}”: {reason}")


class NothingToImport(DomainError):
    """Everything in the package is here already."""

    code, http_status = "nothing_to_import", 409
    sentence = _("Everything in the package is here already.")


class NothingToPack(DomainError):
    """A process without a version has nothing that could be packed."""

    code, http_status = "nothing_to_pack", 409
    sentence = _("“{process}” has no version that could be packed.")
