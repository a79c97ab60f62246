"""Every app brings its own urls; this file only says where they hang."""

from django.contrib import admin
from django.urls import include, path

admin.autodiscover()

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("apps.people.urls")),
    path("", include("apps.calendars.urls")),
    path("", include("apps.notices.urls")),
    path("", include("apps.comments.urls")),
    path("", include("apps.approvals.urls")),
    path("", include("apps.tickets.urls")),
    path("", include("apps.processes.urls")),
    path("", include("apps.engine.urls")),
    path("", include("apps.hooks.urls")),
    path("", include("apps.changes.urls")),
    path("", include("apps.files.urls")),
    path("", include("apps.monitors.urls")),
    path("", include("apps.recon.urls")),
    path("", include("apps.shifts.urls")),
    path("", include("apps.lines.options_margin.urls")),
    path("", include("apps.lines.fees.urls")),
    path("", include("apps.lines.uplifts.urls")),
    path("", include("apps.lines.parameters.urls")),
    path("", include("apps.lines.products.urls")),
    path("", include("apps.lines.corrections.urls")),
    path("", include("apps.lines.lineage.urls")),
    path("", include("apps.desk.urls")),
]

# Error pages in the product's own manner.
handler400 = "apps.desk.views.errors.bad_request"
handler403 = "apps.desk.views.errors.forbidden"
handler404 = "apps.desk.views.errors.missing"
handler500 = "apps.desk.views.errors.broken"
