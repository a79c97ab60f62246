"""The fields of a human step stand as its author wrote them, on every database."""

from apps.desk.forms import AnswerForm


def test_fields_follow_the_written_order_and_not_that_of_the_stored_keys():
    schema = {
        "type": "object",
        "properties": {"note": {"type": "string"}, "amount": {"type": "string"}, "selection": {"type": "string"}},
        "x-order": ["selection", "amount", "gone"],
    }

    form = AnswerForm(schema, {})

    assert list(form.fields) == ["selection", "amount", "note"]
