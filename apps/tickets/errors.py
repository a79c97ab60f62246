from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import DomainError


class ExternalNumberTaken(DomainError):
    """Another ticket has this external number: it is one and the same wish."""

    code, http_status = "external_number_taken", 409
    sentence = _("The external number {number} belongs to {ticket} already.")


class ReasonNeeded(DomainError):
    code, http_status = "reason_needed", 422
    sentence = _("Say why.")


class NoOtherTicket(DomainError):
    """A duplicate has to name another ticket, and not one that is a duplicate itself."""

    code, http_status = "no_other_ticket", 422
    sentence = _("Name the other ticket, as REQ-2026-0007, that is not a duplicate itself.")


class DoneByItself(DomainError):
    """Nobody says that it is done: a clean run of its version does."""

    code, http_status = "done_by_itself", 409
    sentence = _("A ticket is done by itself, after the first clean run of the version that names it.")


class BeingDecided(DomainError):
    """People decide or have decided on what it says."""

    code, http_status = "being_decided", 409
    sentence = _("What {ticket} asks for is decided on as it is. Let it wait for the client to change it before it is approved.")


class TooManyLabels(DomainError):
    code, http_status = "too_many_labels", 422
    sentence = _("A ticket has at most {most} labels.")


class RelatedInACircle(DomainError):
    """Nothing blocks itself, is part of itself or follows itself; and nothing is part of two."""

    code, http_status = "related_in_a_circle", 409
    sentence = _("{ticket} cannot stand so to {other}: it would lead back to itself, or {other} is part of another one already.")


class RelatedTooMuch(DomainError):
    code, http_status = "related_too_much", 422
    sentence = _("A ticket has at most {most} relations.")


class NothingToLink(DomainError):
    """There is no such thing, or not for this person."""

    code, http_status = "nothing_to_link", 422
    sentence = _("There is no {kind} with the number {number} that you may see.")


class LinkedTooMuch(DomainError):
    code, http_status = "linked_too_much", 422
    sentence = _("At most {most} things are linked to a ticket.")


class TooManyViews(DomainError):
    code, http_status = "too_many_views", 422
    sentence = _("You can keep at most {most} lists.")


class NoOpenRelease(DomainError):
    """A ticket belongs to a release of its own line that has not ended."""

    code, http_status = "no_open_release", 422
    sentence = _("{release} is no release of this line that is still planned.")


class ReleaseNameTaken(DomainError):
    code, http_status = "release_name_taken", 409
    sentence = _("The line has a release {name} already.")


class StillToDo(DomainError):
    """A release is complete when everything in it is."""

    code, http_status = "still_to_do", 409
    sentence = _("{count} tickets of {release} are still to be done; finish them or take them out.")


class CustomFieldUnknown(DomainError):
    """A kind of tickets has no such custom field that is in use."""

    code = "custom_field_unknown"
    sentence = _("A ticket of the kind “{kind}” has no field {field}.")


class CustomFieldNeeded(DomainError):
    code = "custom_field_needed"
    sentence = _("The field “{field}” has to be filled in.")


class CustomValueRefused(DomainError):
    """What was given is not what the field holds."""

    code = "custom_value_refused"
    sentence = _("“{value}” does not fit the field “{field}”: {type}.")


class CustomFieldFixed(DomainError):
    """A field stays what it is: tickets have been filled in with it."""

    code, http_status = "custom_field_fixed", 409
    sentence = _("The code, the kind of tickets and the type of the field {field} stay. Retire it and define another one.")


class FieldCodeTaken(DomainError):
    code, http_status = "field_code_taken", 409
    sentence = _("This kind of tickets has a field {field} already.")


class OptionsNeeded(DomainError):
    code = "options_needed"
    sentence = _("A list needs 1 to {most} different options of at most {longest} characters, one a line.")


class TooManyFields(DomainError):
    code = "too_many_fields"
    sentence = _("A kind of tickets has at most {most} fields that are in use.")


class TargetTooEarly(DomainError):
    code, http_status = "target_too_early", 422
    sentence = _("A release cannot be planned for a day that is over.")
