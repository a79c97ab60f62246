from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.approvals.errors import SubjectLapsed
from apps.engine.core.answers import Problem
from apps.engine.core.counterparts import Reason
from apps.kernel.errors import DomainError, StaleState


class AlreadyBegun(DomainError):
    """The process has a live run for this business date."""

    code, http_status = "already_begun", 409
    sentence = _("{process} is already running for {business_date}.")


class NotPublished(DomainError):
    """A process that is to run, or to be called, has no version in force."""

    code, http_status = "not_published", 409
    sentence = _("{process} has no published version.")


class NotInForce(NotPublished):
    """A process that is to run, or to be called, has versions, but none that is in force for the date."""

    sentence = _("{process} has no version in force for {business_date}.")


class NotArmed(DomainError):
    """What has occurred begins runs of the newest version, but not of the one that is in force for the date."""

    code, http_status = "not_armed", 409
    sentence = _("{process} v{version}, which is in force for {business_date}, does not begin by “{node}”.")


class ChangesWait(StaleState):
    """Runs of a date begin after the changes that take effect by then. Facts: business_date."""

    code = "changes_wait"
    sentence = _("Runs for {business_date} begin when the changes that take effect by then are in effect.")


class NotStartable(DomainError):
    """Some processes are only called by others."""

    code, http_status = "not_startable", 409
    sentence = _("{process} is not started by people: other processes call it.")


class StartUnusable(DomainError):
    """A version whose start event cannot be waited for is not put in force."""

    code, http_status = "start_unusable", 409
    sentence = _("“{element}” cannot begin runs by itself: {problem}")


class MessageTaken(DomainError):
    """A message begins runs of one process only."""

    code, http_status = "message_taken", 409
    sentence = _("The message “{message}” begins runs of {process} already.")


class NobodyWaits(DomainError):
    """A message or signal from outside is for somebody who waits for it, or whom it begins."""

    code, http_status = "nobody_waits", 404
    sentence = _("No run waits for “{name}”, and no process begins by it.")


class ReservedName(DomainError):
    """Messages of this name come from the house itself."""

    code, http_status = "reserved_name", 422
    sentence = _("Messages called “{name}” are sent by the house itself.")


class NotYourStep(DomainError):
    """Somebody else has the step in hand."""

    code, http_status = "not_your_step", 409
    sentence = _("“{step}” is in the hands of {person}.")


class NotAHumanStep(DomainError):
    """Only steps for people are taken, given back and completed."""

    code, http_status = "not_a_human_step", 409
    sentence = _("“{step}” is not a step for people.")


class OnHold(DomainError):
    """The run is paused or the step is held: nobody begins it, and nobody ends it by answering."""

    code, http_status = "on_hold", 409
    sentence = _("“{step}” is on hold: an operator has paused the run or holds the step.")


class TooEarly(DomainError):
    """The window of the step has not opened."""

    code, http_status = "too_early", 409
    sentence = _("“{step}” does not begin before {moment}.")


class NotPlaced(DomainError):
    """A placement is about a process of its line, or about a step of it that workers do."""

    code, http_status = "not_placed", 422
    sentence = _("“{step}” of {process} cannot be placed: {why}")


class UnknownStep(DomainError):
    """A window is about a step of the process that somebody or something can begin."""

    code, http_status = "unknown_step", 422
    sentence = _("“{step}” is no step of {process} that could keep this time: {why}")


class SecondPersonNeeded(DomainError):
    """The intervention is carried out only when somebody else has signed for it."""

    code, http_status = "second_person_needed", 409
    sentence = _("“{verb}” needs a second person who signs for it.")

    def __init__(self, *, verb: Any, asked: Any) -> None:
        super().__init__(verb=verb)
        self.asked = asked  # the intervention, found to be in order but for the signature


class NotForThisStep(DomainError):
    """The intervention has no meaning for a step of this kind, or for what it was told to do."""

    code, http_status = "not_for_this_step", 422
    sentence = _("“{verb}” cannot be done here: {why}")


class StillAtWork(DomainError):
    """Cancelling tears nothing out of a worker's hands; terminating does, and needs a second person."""

    code, http_status = "still_at_work", 409
    sentence = _("“{step}” is being worked on. Wait for its end, or ask to terminate the run.")


class RestMayEnd(DomainError):
    """Where the model lets what is at work in an ad-hoc sub-process end, nobody ends the sub-process before that."""

    code, http_status = "rest_may_end", 409
    sentence = _("“{step}” has begun, and by the model “{sub_process}” ends only after what has begun in it. Wait for its end.")


class AlreadyAsked(DomainError):
    """The same is waiting for a signature already."""

    code, http_status = "already_asked", 409
    sentence = _("“{verb}” has been asked for already and waits for a second person.")


class NotYourRequest(DomainError):
    """Only who asked takes it back."""

    code, http_status = "not_your_request", 409
    sentence = _("{person} has asked for this, and nobody else takes it back.")


class RequestLapsed(SubjectLapsed):
    """The run or step is no longer as it was when the request was made; nothing was done."""

    code, http_status = "request_lapsed", 409
    sentence = _("Things have moved on since this was asked for, so it was not carried out. Look again, then ask again.")


class AlreadyPaused(DomainError):
    """The line or day is paused."""

    code, http_status = "already_paused", 409
    sentence = _("{what} is paused already.")


class PausedAbove(DomainError):
    """A run of a paused line or day goes on with it, not alone."""

    code, http_status = "paused_above", 409
    sentence = _("The line or day is paused; this run goes on when that pause is lifted.")


class AnswerRefused(DomainError):
    """The answer does not fit the form of the step. `fields` maps each field to its sentence."""

    code, http_status = "answer_refused", 422
    sentence = _("The answer does not fit the form: {problems}")

    @classmethod
    def because(cls, problems: Iterable[Problem]) -> "AnswerRefused":
        """In the words of the person who gave the answer."""
        said = {p.field: str(ANSWER_RULES.get(p.rule, _OTHER_RULE)).format(limit=p.limit) for p in problems}
        return cls(problems=" ".join(f"{field}: {text}" if field else text for field, text in said.items()), fields=said)


ANSWER_RULES = {
    "unknown": _("The form has no such field."),
    "required": _("This answer is missing."),
    "type": _("This must be of type {limit}."),
    "enum": _("This must be one of: {limit}."),
    "const": _("This must be {limit}."),
    "minLength": _("This must have at least {limit} characters."),
    "maxLength": _("This must have at most {limit} characters."),
    "minimum": _("This must be at least {limit}."),
    "maximum": _("This must be at most {limit}."),
    "pattern": _("This does not have the form that is asked for."),
    "format": _("This is not a valid {limit}."),
}
_OTHER_RULE = _("This does not fit the form.")


class WalksAPath(DomainError):
    """A check step that its line sends on a path is decided there and by no other door."""

    code, http_status = "walks_a_path", 409
    sentence = _("“{step}” is decided by its approval {approval}, and nowhere else.")


class ReasonMissing(DomainError):
    """An intervention says why."""

    code, http_status = "reason_missing", 422
    sentence = _("Please give a reason.")


class VariablesRefused(DomainError):
    """What a run begins with is a JSON object of bounded size."""

    code, http_status = "variables_refused", 422
    sentence = _("These variables cannot be used: {problem}")


class StepInHand(DomainError):
    """A worker does a step of the run right now; a migration waits for its end."""

    code, http_status = "step_in_hand", 409
    sentence = _("“{step}” is being worked on right now. Try again when that has ended.")


class SameVersion(DomainError):
    """There is nothing to migrate."""

    code, http_status = "same_version", 409
    sentence = _("The run is in version {version} already.")


class NothingToUndo(DomainError):
    """The run was never migrated, its migration has been undone, or something was done or decided since."""

    code, http_status = "nothing_to_undo", 409
    sentence = _("There is no move to another version to undo, or something has been done or decided since.")


class MigrationRefused(DomainError):
    """The run cannot go on in that version. `reasons` name the elements and the rules (`MIGRATION_RULES`)."""

    code, http_status = "migration_refused", 409
    sentence = _("The run cannot go on in version {version}: {why}")

    @classmethod
    def because(cls, version: int, reasons: Iterable[Reason], names: Mapping[str, str]) -> "MigrationRefused":
        """`names` gives elements the names that people know them by."""
        told, said = [], []
        for reason in reasons:
            text = str(MIGRATION_RULES[reason.rule]).format(about=names.get(reason.about, reason.about))
            told.append({"element": reason.element, "rule": reason.rule, "about": reason.about, "said": text})
            said.append(f"“{names.get(reason.element, reason.element)}”: {text}" if reason.element else text)
        return cls(version=version, why=" ".join(said), reasons=told)


MIGRATION_RULES = {
    "not_published": _("No published version of its process has this number."),
    "unknown": _("The mapping names an element that one of the versions does not have."),
    "gone": _("The run stands here, and the new version has no such element."),
    "kind": _("The element is of another kind in the new version."),
    "merged": _("Several elements on which the run stands would become one."),
    "scope": _("The element lies in another sub-process in the new version."),
    "loop": _("The element is repeated in another way in the new version."),
    "called": _("The new version calls another process here, and the call is going on."),
    "role": _("Another role decides this step in the new version, or it checks another step."),
    "check": _("This step checks another one: while somebody is asked for it, it keeps its id."),
    "form": _("An answer to the form of this step would not fit its new form."),
    "tried": _("This work has been tried, and in the new version it is other work."),
    "incident": _("The run stands at this gateway with an incident, which has to be dealt with first."),
    "flow": _("A token waits here that came by a flow which the new version does not have."),
    "compensation": _("What was done here could not be undone any more."),
    "checks": _("This step was done, and the new version would look for it under another id to check it."),
    "stuck": _("The run would wait here for ever."),
    "left_behind": _("The run would wait here for ever."),
    "doubled": _("The run would come here twice."),
    "endless": _("The run could not end from here."),
    "not_decided": _("Whether the run can end from where it stands could not be decided."),
}
