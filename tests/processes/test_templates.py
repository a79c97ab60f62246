"""Templates are kept in the admin site: checked, never saved over somebody else's work, journaled; processes know theirs."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from apps.journal.models import Entry
from apps.kernel.errors import DomainError, NotPermitted
from apps.processes import actions
from apps.processes.core.skeleton import empty_model
from apps.processes.errors import ModelRefused, TemplateExists, TemplateInUse
from apps.processes.models import Process, ProcessTemplate
from tests.factories.people import make_user
from tests.factories.processes import cast, simple_model

pytestmark = pytest.mark.django_db

LIST = reverse("admin:processes_processtemplate_changelist")
ADD = reverse("admin:processes_processtemplate_add")


def facts(**changed: str) -> dict[str, str]:
    return {"key": "t", "name_zh": "模板", "name_en": "Template", "description": "", "model_xml": simple_model("T"), **changed}


@pytest.fixture
def root():
    return make_user("root", superuser=True)


@pytest.fixture
def template(root):
    return actions.save_template(facts=facts(), actor=root)


@pytest.fixture
def site(root):
    client = Client()
    client.force_login(root)
    client.cookies["django_language"] = "en"
    return client


def page_of(template: ProcessTemplate) -> str:
    return reverse("admin:processes_processtemplate_change", args=[template.pk])


def told() -> list[tuple[str, dict[str, object]]]:
    return [(entry.kind, entry.data) for entry in Entry.objects.filter(stream="templates").order_by("number")]


def test_every_save_is_a_revision_that_the_journal_tells(root, template):
    saved = actions.save_template(facts=facts(name_en="Other"), template_id=template.pk, seen=1, actor=root)

    assert (saved.revision, saved.saved_by) == (2, root)
    assert [(kind, data["revision"], data["changed"]) for kind, data in told()] == [
        ("template.saved", 1, ["key", "name_zh", "name_en", "model_xml"]),
        ("template.saved", 2, ["name_en"]),
    ]


def test_the_same_again_makes_no_revision(root, template):
    assert actions.save_template(facts=facts(), template_id=template.pk, seen=1, actor=root).revision == 1
    assert len(told()) == 1


def test_a_model_with_errors_and_a_key_that_is_taken_are_refused(root, template):
    with pytest.raises(ModelRefused):
        actions.save_template(facts=facts(key="u", model_xml="<a/>"), actor=root)
    with pytest.raises(TemplateExists):
        actions.save_template(facts=facts(), actor=root)

    assert ProcessTemplate.objects.count() == 1
    assert len(told()) == 1


@pytest.mark.parametrize("verb", ["add", "change", "delete"])
def test_who_keeps_templates_has_the_permission_for_it(template, verb):
    staff = make_user("staff", is_staff=True)
    move = {
        "add": lambda: actions.save_template(facts=facts(key="u"), actor=staff),
        "change": lambda: actions.save_template(facts=facts(name_en="x"), template_id=template.pk, seen=1, actor=staff),
        "delete": lambda: actions.remove_template(template_id=template.pk, actor=staff),
    }[verb]
    with pytest.raises(NotPermitted):
        move()
    assert list(ProcessTemplate.objects.values_list("key", "revision")) == [("t", 1)]

    staff.user_permissions.add(Permission.objects.get(codename=f"{verb}_processtemplate"))
    move()

    assert len(told()) == 2


def test_a_template_from_which_a_process_was_made_stays(root, template):
    line, author, _ = cast()
    actions.create_process_from_template(key="new", name_zh="新", name_en="New", line_id=line.pk, template_key="t", actor=author)

    with pytest.raises(TemplateInUse):
        actions.remove_template(template_id=template.pk, actor=root)

    assert Process.objects.get().template == template


def test_the_page_holds_the_editor_with_its_table_and_the_processes_made_from_it(site, template):
    line, author, _ = cast()
    actions.create_process_from_template(
        key="new", name_zh="新", name_en="New one", line_id=line.pk, template_key="t", actor=author
    )

    page = site.get(page_of(template)).content.decode()

    for part in ("data-template-editor", "data-canvas", 'role="treegrid"', "drawing-model", "New one", "?template=t"):
        assert part in page
    assert 'name="seen" value="1"' in page


def test_a_new_template_begins_empty_or_as_a_copy_with_a_key_of_its_own(site, template):
    empty = site.get(ADD).context["adminform"].form["model_xml"].value()
    copy = site.get(f"{ADD}?from=t").context["adminform"].form

    assert empty == empty_model("template", "新模板", "New template")
    assert (copy["key"].value(), copy["model_xml"].value(), copy["copied_from"].value()) == ("t-2", template.model_xml, "t")


def test_the_copy_knows_where_it_comes_from(site, root, template):
    answer = site.post(ADD, {**facts(key="t-2"), "copied_from": "t"})

    assert answer.status_code == 302
    assert ProcessTemplate.objects.get(key="t-2").made_from == template
    assert told()[-1][1]["made_from"] == "t"


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"model_xml": "<a/>", "seen": 1}, "bpmn.root"),
        ({"name_en": "Mine", "seen": 0}, "by somebody else"),
        ({"name_en": "Mine"}, "by somebody else"),
    ],
)
def test_a_refusal_keeps_what_was_drawn_on_the_page_and_changes_nothing(site, template, sent, says):
    answer = site.post(page_of(template), {**facts(), **sent})

    assert answer.status_code == 200
    assert says in answer.content.decode()
    assert (
        answer.context["adminform"].form["model_xml"].value()
        == facts(**{k: v for k, v in sent.items() if k == "model_xml"})["model_xml"]
    )
    assert list(ProcessTemplate.objects.values_list("name_en", "revision")) == [("Template", 1)]


def test_who_may_only_look_sees_the_picture_and_no_editor(template):
    looker = make_user("looker", is_staff=True)
    looker.user_permissions.add(Permission.objects.get(codename="view_processtemplate"))
    client = Client()
    client.force_login(looker)

    page = client.get(page_of(template)).content.decode()

    assert "data-diagram" in page
    assert "data-template-editor" not in page
    assert client.post(page_of(template), {**facts(name_en="x"), "seen": 1}).status_code == 403
    assert client.get(reverse("admin:processes_processtemplate_model", args=[template.pk])).status_code == 200


def test_removal_in_the_admin_site_is_journaled_and_refused_while_in_use(site, template):
    address = reverse("admin:processes_processtemplate_delete", args=[template.pk])

    site.post(address, {"post": "yes"})

    assert not ProcessTemplate.objects.exists()
    assert told()[-1][0] == "template.removed"


def test_a_new_process_is_offered_with_the_template_chosen(template):
    line, author, _ = cast()
    client = Client()
    client.force_login(author)

    form = client.get("/new-process/?template=t").context["form"]

    assert (form["template"].value(), form["name_en"].value(), form["line"].value()) == ("t", "Template", line.pk)


def test_the_list_is_searched_and_asks_few_questions(site, root, django_assert_max_num_queries):
    for number in range(30):
        actions.save_template(facts=facts(key=f"t{number}", name_en=f"Number {number}"), actor=root)
    site.get(LIST)

    with django_assert_max_num_queries(9):
        page = site.get(LIST, {"q": "Number 29"}).content.decode()

    assert "t29" in page
    assert "t28" not in page


def test_a_template_that_is_gone_is_not_saved(root, template):
    actions.remove_template(template_id=template.pk, actor=root)

    with pytest.raises(DomainError):
        actions.save_template(facts=facts(), template_id=template.pk, seen=1, actor=root)
