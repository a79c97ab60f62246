import pytest
from django.test import Client

from apps.people.models import BusinessLine, User
from apps.people.states import Role
from apps.processes.selectors import languages as models
from tests.factories.desk import published_with_drawing
from tests.factories.engine import PlanText, line, mapping, person

CONFIRM = {
    "type": "object",
    "required": ["amount_ok"],
    "properties": {
        "amount_ok": {"type": "boolean", "title": "资金头寸已核对", "x-title-en": "Cash position checked"},
        "remark": {"type": "string", "title": "备注", "maxLength": 300},
    },
}
DECIDE = {
    "type": "object",
    "required": ["decision"],
    "properties": {"decision": {"enum": ["approved", "returned"]}, "reason": {"type": "string", "maxLength": 300}},
}


@pytest.fixture(autouse=True)
def _fresh_models() -> None:
    """Tests reuse keys for different models; an installation never does."""
    models._english_names.cache_clear()
    models._model.cache_clear()


def four_eyes(key: str = "L01") -> PlanText:
    """read → maker confirms → checker approves (or returns) → send."""
    text = PlanText(key).service("read", parameters=mapping(outputs='{"need": "1250000.00"}'))
    text.user("confirm", "maker", form=CONFIRM).user("approve", "checker", checks="confirm", form=DECIDE)
    text.node("read", text.nodes["read"]["kind"], handler="test.note").service("send")
    return text.flow("start", "read", "confirm", "approve", "send", "end")


@pytest.fixture
def shanghai(db: None) -> BusinessLine:
    return line("rtgs-sh")


@pytest.fixture
def maker(shanghai: BusinessLine) -> User:
    return person("wang", Role.OPERATOR, Role.MAKER, on=shanghai)


@pytest.fixture
def checker(shanghai: BusinessLine) -> User:
    return person("li", Role.CHECKER, on=shanghai)


@pytest.fixture
def stranger(db: None) -> User:
    """A member of another line."""
    return person("sun", Role.OPERATOR, Role.MAKER, Role.CHECKER, on=line("other"))


@pytest.fixture
def settlement(shanghai: BusinessLine) -> PlanText:
    text = four_eyes()
    published_with_drawing(
        text, on=shanghai, english={"read": "Read", "confirm": "Maker confirms", "approve": "Checker approves"}
    )
    return text


def signed_in(user: User, language: str = "en") -> Client:
    client = Client()
    client.force_login(user)
    client.cookies["django_language"] = language
    return client
