from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import DomainError
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
