"""Requests for a signature name the rights of the signer: `operate` has become `intervene`."""

from django.db import migrations


def _rename(old, new):
    def rename(apps, schema_editor):
        requests = apps.get_model("engine", "InterventionRequest").objects
        for request in requests.filter(needs__contains=old).only("pk", "needs"):
            needs = sorted(new if right == old else right for right in request.needs.split())
            requests.filter(pk=request.pk).update(needs=" ".join(needs))

    return rename


class Migration(migrations.Migration):
    dependencies = [("engine", "0012_fewer_indexes"), ("people", "0004_split_rights")]

    operations = [migrations.RunPython(_rename("operate", "intervene"), _rename("intervene", "operate"))]
