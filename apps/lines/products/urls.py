from django.urls import path

from apps.lines.products import api, views

urlpatterns = [
    path("products/", views.products, name="products"),
    path("products/of/<str:code>/", views.product, name="product"),
    path("products/classes/", views.product_classes, name="product-classes"),
    path("products/classes/propose/", views.propose_product_class, name="propose-product-class"),
    path("products/rules/", views.product_rules, name="product-rules"),
    path("products/rules/propose/", views.propose_product_rule, name="propose-product-rule"),
    path("products/rules/<int:number>/", views.product_rule, name="product-rule"),
    path("products/tables/propose/", views.propose_product_table, name="propose-product-table"),
    path("products/tables/<slug:table>.dmn", views.product_model, name="product-model"),
    path("products/pattern/", views.product_pattern, name="product-pattern"),
    path("products/classify/", views.classify_products, name="classify-products"),
    path("products/changes/<int:change_id>/", views.product_change, name="product-change"),
    path("products/sheets/", views.product_sheets, name="product-sheets"),
    path("products/sheets/<slug:what>.csv", views.product_sheet, name="product-sheet"),
    path("api/products/", api.Products.as_view(), name="api-products"),
    path("api/products/of/<str:code>/", api.OneProduct.as_view(), name="api-product"),
    path("api/products/classes/", api.ProductClasses.as_view(), name="api-product-classes"),
    path("api/products/rules/", api.ProductRules.as_view(), name="api-product-rules"),
    path("api/products/rules/preview/", api.ProductRulePreview.as_view(), name="api-product-rule-preview"),
    path("api/products/pattern/", api.ProductPattern.as_view(), name="api-product-pattern"),
    path("api/products/classification/", api.ProductClassification.as_view(), name="api-product-classification"),
    path("api/products/changes/<int:change_id>/", api.ProductChange.as_view(), name="api-product-change"),
]
