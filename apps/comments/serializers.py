from rest_framework import serializers

from apps.comments.models import Attachment, Comment, Mention, Wording


class WordingOut(serializers.ModelSerializer[Wording]):
    """What a comment said until `replaced_at`."""

    class Meta:
        model = Wording
        fields = ("text", "replaced_at")
        read_only_fields = fields


class CommentOut(serializers.ModelSerializer[Comment]):
    """A comment with what it said before, newest first. What `is_settled` is not changed any more: a decision followed."""

    author = serializers.CharField(source="author.username")
    is_settled = serializers.BooleanField(read_only=True)
    wordings = WordingOut(many=True)

    class Meta:
        model = Comment
        fields = ("id", "author", "text", "written_at", "edited_at", "is_settled", "wordings")
        read_only_fields = fields


class SaidOut(serializers.Serializer[dict[str, object]]):
    """`not_told` are the names behind an `@` that are nobody's who may see the thing."""

    comment = CommentOut()
    not_told = serializers.ListField(child=serializers.CharField())


class CommentIn(serializers.Serializer[dict[str, object]]):
    text = serializers.CharField(max_length=10_000, allow_blank=True)


class MentionOut(serializers.ModelSerializer[Mention]):
    """Somebody named you beside a thing: `about` and `key` name it, `thread` marks it as read."""

    by = serializers.CharField(source="by.username")
    thread = serializers.IntegerField(source="thread_id")
    about = serializers.CharField(source="thread.kind")
    key = serializers.IntegerField(source="thread.key")
    title_zh = serializers.CharField(source="thread.title_zh")
    title_en = serializers.CharField(source="thread.title_en")
    address = serializers.CharField(source="thread.address")

    class Meta:
        model = Mention
        fields = ("id", "thread", "about", "key", "title_zh", "title_en", "address", "by", "mentioned_at")
        read_only_fields = fields


class ReadIn(serializers.Serializer[dict[str, object]]):
    threads = serializers.ListField(child=serializers.IntegerField(min_value=1, max_value=2**62), min_length=1, max_length=200)


class AttachmentOut(serializers.ModelSerializer[Attachment]):
    """A file: `size` in bytes. What `is_settled` is not removed any more: a decision followed."""

    person = serializers.CharField(source="person.username")
    is_settled = serializers.BooleanField(read_only=True)

    class Meta:
        model = Attachment
        fields = ("id", "name", "media", "size", "sha256", "person", "added_at", "is_settled")
        read_only_fields = fields


class AttachmentIn(serializers.Serializer[dict[str, object]]):
    file = serializers.FileField(max_length=255, allow_empty_file=True)
