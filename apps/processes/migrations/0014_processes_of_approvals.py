"""Approvals of versions say which process they are about."""

from django.db import migrations


def name_processes(apps, schema_editor):
    versions = dict(apps.get_model("processes", "ProcessVersion").objects.values_list("pk", "process"))
    approvals = apps.get_model("approvals", "Approval").objects
    for pk, subject in list(approvals.filter(kind="process.version", process=None).values_list("pk", "subject")):
        approvals.filter(pk=pk).update(process=versions.get(subject))


class Migration(migrations.Migration):
    dependencies = [("processes", "0013_grants_on_processes"), ("approvals", "0007_process_of_an_approval")]

    operations = [migrations.RunPython(name_processes, migrations.RunPython.noop)]
