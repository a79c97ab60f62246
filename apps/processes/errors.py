from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import DomainError
from apps.processes.core.problems import Problem


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
