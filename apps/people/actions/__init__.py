"""The verbs of people: rights, memberships, sign-in, settings of one's own."""

from apps.people.actions.answering import alone_at, answer_once, digest_of, forget_answers
from apps.people.actions.counting import count_one
from apps.people.actions.demo import load_demo_people
from apps.people.actions.ending import end_what_is_over
from apps.people.actions.grants import grant_on_process, revoke_on_process
from apps.people.actions.lines import save_line, save_team
from apps.people.actions.members import (
    add_member,
    add_user,
    deactivate_user,
    grant,
    locked_team,
    record_user_change,
    remove_member,
    revoke,
)
from apps.people.actions.presence import come, go
from apps.people.actions.rights import may, require
from apps.people.actions.roster import remove_absence, remove_duty, save_absence, save_duty
from apps.people.actions.settings import choose_language, record_password_change
from apps.people.actions.signing import note_failure, note_sign_out, note_success, refuse_while_locked
from apps.people.actions.tokens import count_request, create_token, end_token, person_of_token

__all__ = [
    "add_member",
    "add_user",
    "alone_at",
    "answer_once",
    "choose_language",
    "come",
    "count_one",
    "count_request",
    "create_token",
    "deactivate_user",
    "digest_of",
    "end_token",
    "end_what_is_over",
    "forget_answers",
    "go",
    "grant",
    "grant_on_process",
    "load_demo_people",
    "locked_team",
    "may",
    "note_failure",
    "note_sign_out",
    "note_success",
    "person_of_token",
    "record_password_change",
    "record_user_change",
    "refuse_while_locked",
    "remove_absence",
    "remove_duty",
    "remove_member",
    "require",
    "revoke",
    "revoke_on_process",
    "save_absence",
    "save_duty",
    "save_line",
    "save_team",
]
