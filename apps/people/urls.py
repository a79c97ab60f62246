from django.urls import URLPattern, URLResolver, path

from apps.people import api, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("sign-in/", views.SignIn.as_view(), name="sign-in"),
    path("sign-out/", views.SignOut.as_view(), name="sign-out"),
    path("profile/", views.profile, name="profile"),
    path("profile/password/", views.PasswordChange.as_view(), name="password-change"),
    path("profile/tokens/", views.tokens, name="program-tokens"),
    path("profile/tokens/<int:token_id>/end/", views.end_token, name="end-program-token"),
    path("i18n/setlang/", views.set_language, name="set_language"),
    path("people/access/", views.access, name="access"),
    path("people/access/export/", views.access_csv, name="access-csv"),
    path("people/access/roles/", views.give_role, name="give-role"),
    path("people/access/roles/<int:membership_id>/take/", views.take_role, name="take-role"),
    path("people/access/rights/", views.give_rights, name="give-rights"),
    path("people/access/rights/take/", views.take_rights, name="take-rights"),
    path("api/access/", api.Access.as_view(), name="api-access"),
    path("api/access/roles/", api.Roles.as_view(), name="api-access-roles"),
    path("api/access/roles/<int:membership_id>/", api.OneRole.as_view(), name="api-access-role"),
    path("api/access/rights/", api.Rights.as_view(), name="api-access-rights"),
    path("api/access/rights/take/", api.RightsTaken.as_view(), name="api-access-rights-take"),
    path("api/tokens/", api.Tokens.as_view(), name="api-tokens"),
    path("api/tokens/<int:token_id>/end/", api.TokenEnd.as_view(), name="api-end-token"),
    path("api/journal/<str:stream>/", api.JournalOfStream.as_view(), name="api-journal"),
]
