"""What was said beside approvals goes where everything is commented on; the journal keeps the old entries as they are."""

from django.db import migrations


def move_comments(apps, schema_editor):
    approvals, copies = (apps.get_model("approvals", name).objects for name in ("Approval", "Copy"))
    threads_to_be, comments, mentions = (apps.get_model("comments", name).objects for name in ("Thread", "Comment", "Mention"))
    entries = apps.get_model("journal", "Entry").objects
    threads = {}
    for entry in entries.filter(kind="approval.commented").order_by("id").iterator():
        key = entry.data["approval"]
        if key not in threads:
            threads[key] = _thread(threads_to_be, entries, approvals.get(pk=key))
        text = entry.data["text"]
        comments.create(thread=threads[key], author_id=entry.actor_id, text=text, written_at=entry.at)
    for copy in copies.exclude(mentioned_at=None).iterator():
        if copy.approval_id in threads:
            told = {"by_id": copy.copied_by_id, "mentioned_at": copy.mentioned_at, "read_at": copy.read_at}
            mentions.create(thread=threads[copy.approval_id], person_id=copy.person_id, **told)


def _thread(threads, entries, approval):
    decided = entries.filter(stream=f"approval.{approval.pk}", kind="approval.moved").order_by("-number")
    settled = [entry.at for entry in decided if entry.data["verb"] in ("approve", "reject", "send-back")]
    return threads.create(
        kind="approval",
        key=approval.pk,
        line_id=approval.line_id,
        process=approval.process,
        title_zh=approval.title_zh,
        title_en=approval.title_en,
        address=f"/approvals/{approval.pk}/",
        settled_at=settled[0] if settled else None,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0010_turns_and_decisions_of_a_person"),
        ("comments", "0001_initial"),
        ("journal", "0004_entries_of_people"),
    ]

    operations = [
        migrations.RunPython(move_comments, migrations.RunPython.noop),
        migrations.RemoveIndex(model_name="copy", name="mentions_to_read"),
        migrations.RemoveField(model_name="copy", name="mentioned_at"),
        migrations.RemoveField(model_name="copy", name="read_at"),
    ]
