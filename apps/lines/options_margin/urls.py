from django.urls import path

from apps.lines.options_margin import api, views

urlpatterns = [
    path("options-margin/runs/<int:run_id>/accounts/", views.accounts, name="options-accounts"),
    path("options-margin/runs/<int:run_id>/combinations/", views.list_combinations, name="options-combinations"),
    path("options-margin/runs/<int:run_id>/combinations/csv/", views.combinations_csv, name="options-combinations-csv"),
    path("options-margin/runs/<int:run_id>/contracts/<str:number>/", views.contract, name="options-contract"),
    path("options-margin/accounts/<int:account_id>/", views.account, name="options-account"),
    path("api/options-margin/runs/<int:run_id>/", api.OptionsFigures.as_view(), name="api-options-figures"),
    path("api/options-margin/runs/<int:run_id>/accounts/", api.OptionsAccounts.as_view(), name="api-options-accounts"),
    path(
        "api/options-margin/runs/<int:run_id>/combinations/",
        api.OptionsCombinations.as_view(),
        name="api-options-combinations",
    ),
    path(
        "api/options-margin/runs/<int:run_id>/contracts/<str:number>/",
        api.OptionsContract.as_view(),
        name="api-options-contract",
    ),
    path("api/options-margin/accounts/<int:account_id>/", api.OptionsAccount.as_view(), name="api-options-account"),
    path("api/options-margin/accounts/<int:account_id>/what-if/", api.OptionsWhatIf.as_view(), name="api-options-what-if"),
]
