from django.urls import URLPattern, URLResolver, path

from apps.people import api, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("sign-in/", views.SignIn.as_view(), name="sign-in"),
    path("sign-out/", views.SignOut.as_view(), name="sign-out"),
    path("profile/", views.profile, name="profile"),
    path("profile/password/", views.PasswordChange.as_view(), name="password-change"),
    path("i18n/setlang/", views.set_language, name="set_language"),
    path("api/journal/<str:stream>/", api.JournalOfStream.as_view(), name="api-journal"),
]
