from django.urls import URLPattern, URLResolver, path

from apps.calendars import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("calendar/", views.calendar, name="calendar"),
]
