from django.urls import path

from apps.recon import api, views

urlpatterns = [
    path("breaks/", views.list_breaks, name="breaks"),
    path("breaks/csv/", views.breaks_csv, name="breaks-csv"),
    path("breaks/explain/", views.explain_several, name="explain-breaks"),
    path("breaks/<int:break_id>/explain/", views.explain, name="explain-break"),
    path("breaks/<int:break_id>/accept/", views.accept, name="accept-break"),
    path("breaks/<int:break_id>/assign/", views.assign, name="assign-break"),
    path("reconciliations/", views.reconciliations, name="reconciliations"),
    path("reconciliations/compare/", views.compare, name="compare-as-defined"),
    path("reconciliations/sheet/", views.bring_sheet, name="bring-sheet"),
    path("reconciliations/<int:number>/", views.reconciliation, name="reconciliation"),
    path("reconciliations/statements/", views.statements, name="statements"),
    path("reconciliations/statements/new/", views.write_statement, name="write-statement"),
    path("reconciliations/statements/<int:number>/", views.one_statement, name="statement"),
    path("api/breaks/", api.BreakList.as_view(), name="api-breaks"),
    path("api/breaks/<int:break_id>/", api.BreakDetail.as_view(), name="api-break"),
    path("api/breaks/<int:break_id>/explain/", api.ExplainBreak.as_view(), name="api-explain-break"),
    path("api/breaks/<int:break_id>/correct/", api.CorrectBreak.as_view(), name="api-correct-break"),
    path("api/breaks/<int:break_id>/accept/", api.AcceptBreak.as_view(), name="api-accept-break"),
    path("api/breaks/<int:break_id>/assign/", api.AssignBreak.as_view(), name="api-assign-break"),
    path("api/reconciliations/", api.Reconciliations.as_view(), name="api-reconciliations"),
    path("api/sql-statements/", api.SqlStatements.as_view(), name="api-sql-statements"),
    path("api/sql-statements/try/", api.TrySqlStatement.as_view(), name="api-try-sql-statement"),
    path("api/reconciliations/compare/", api.CompareAsDefined.as_view(), name="api-compare-as-defined"),
]
