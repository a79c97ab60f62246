"""The verbs of what stands beside things: words and files."""

from apps.comments.actions.attaching import attach_file, remove_attachment
from apps.comments.actions.talking import MOST_CHARACTERS, Said, edit_comment, mark_read, settle, write_comment

__all__ = [
    "MOST_CHARACTERS",
    "Said",
    "attach_file",
    "edit_comment",
    "mark_read",
    "remove_attachment",
    "settle",
    "write_comment",
]
