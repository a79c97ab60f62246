"""`operate` becomes `run` and `intervene`, `author` becomes `edit` and `submit`, `approve` brings `publish`.

Whoever held the old right holds both new ones afterwards: nobody may more or less than before. Permissions are rows that
Django makes after all migrations; here only those that there are already are renamed, and the new ones beside them made.
"""

from django.db import migrations

SPLIT = {"operate": ("run", "intervene"), "author": ("edit", "submit"), "approve": ("approve", "publish")}


def split(apps, schema_editor):
    permissions = apps.get_model("auth", "Permission").objects
    tables = [
        apps.get_model("people", "BusinessLineGroupObjectPermission").objects,
        apps.get_model("people", "BusinessLineUserObjectPermission").objects,
    ]
    for old, (first, second) in SPLIT.items():
        for held in permissions.filter(content_type__app_label="people", codename=f"{old}_businessline"):
            held.codename, held.name = f"{first}_businessline", f"Can {first} on the line"
            held.save()
            beside, _ = permissions.get_or_create(
                content_type=held.content_type,
                codename=f"{second}_businessline",
                defaults={"name": f"Can {second} on the line"},
            )
            for grants in tables:
                for grant in list(grants.filter(permission=held)):
                    grant.pk, grant.permission = None, beside
                    grant.save(force_insert=True)


def join(apps, schema_editor):
    permissions = apps.get_model("auth", "Permission").objects
    for old, (first, second) in SPLIT.items():
        permissions.filter(content_type__app_label="people", codename=f"{second}_businessline").delete()
        permissions.filter(content_type__app_label="people", codename=f"{first}_businessline").update(
            codename=f"{old}_businessline", name=f"Can {old} on the line"
        )


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0003_rights_and_periods"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(split, join)]
