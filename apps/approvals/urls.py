from django.urls import URLPattern, URLResolver, path

from apps.approvals import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/approvals/", api.Approvals.as_view(), name="api-approvals"),
    path("api/approvals/together/", api.ApprovalsTogether.as_view(), name="api-approvals-together"),
    path("api/approvals/<int:approval_id>/", api.OneApproval.as_view(), name="api-approval"),
    path("api/approvals/<int:approval_id>/<slug:verb>/", api.ApprovalVerb.as_view(), name="api-approval-verb"),
    path("api/stand-ins/", api.StandIns.as_view(), name="api-stand-ins"),
    path("api/stand-ins/<int:stand_in_id>/end/", api.StandInEnd.as_view(), name="api-end-stand-in"),
]
