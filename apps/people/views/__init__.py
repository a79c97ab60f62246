from apps.people.views.access import access, access_csv, give_rights, give_role, take_rights, take_role
from apps.people.views.door import PasswordChange, SignIn, SignOut, admin_door, profile, set_language
from apps.people.views.tokens import end_token, tokens

__all__ = [
    "PasswordChange",
    "SignIn",
    "SignOut",
    "access",
    "access_csv",
    "admin_door",
    "end_token",
    "give_rights",
    "give_role",
    "profile",
    "set_language",
    "take_rights",
    "take_role",
    "tokens",
]
