"""The verbs of people: rights, memberships, sign-in, settings of one's own."""

from apps.people.actions.demo import load_demo_people
from apps.people.actions.lines import save_line, save_team
from apps.people.actions.members import add_member, add_user, deactivate_user, record_user_change, remove_member
from apps.people.actions.rights import may, require
from apps.people.actions.settings import choose_language, record_password_change
from apps.people.actions.signing import note_failure, note_sign_out, note_success, refuse_while_locked

__all__ = [
    "add_member",
    "add_user",
    "choose_language",
    "deactivate_user",
    "load_demo_people",
    "may",
    "note_failure",
    "note_sign_out",
    "note_success",
    "record_password_change",
    "record_user_change",
    "refuse_while_locked",
    "remove_member",
    "require",
    "save_line",
    "save_team",
]
