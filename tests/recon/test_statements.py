"""SQL as a source: what is run and what is refused, who writes it and who agrees, and what comes of it."""

import sqlite3
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from apps.approvals.actions import decide, open_approval_of
from apps.approvals.errors import SamePerson
from apps.journal.models import Entry
from apps.kernel.errors import NotPermitted, StaleState
from apps.people.states import Role
from apps.recon.actions import compare_defined, propose_statement, save_definition, try_statement, upload_sheet
from apps.recon.core.definition import Column
from apps.recon.core.statements import BadStatement, checked
from apps.recon.errors import (
    AnswerDoesNotFit,
    ColumnMissing,
    DatabaseIsOurOwn,
    DatabaseNotForLine,
    DatabaseRefused,
    DatabaseTooSlow,
    DatabaseUnreachable,
    DefinitionUnsound,
    StatementRefused,
    StatementUnchanged,
)
from apps.recon.models import Break, ReconciliationDefinition, SourceStatement
from tests.factories.people import give_role, make_user
from tests.factories.recon import DAY, a_line

pytestmark = pytest.mark.django_db

BALANCES = "SELECT account AS account, amount AS amount FROM balances WHERE day = :business_day"


@pytest.mark.parametrize(
    ("statement", "rule", "word"),
    [
        ("", "empty", ""),
        ("DELETE FROM t", "not_select", "DELETE"),
        ("SELECT 1; SELECT 2", "several", ";"),
        ("SELECT 1;;", "several", ";"),
        ("WITH gone AS (DELETE FROM t RETURNING 1) SELECT * FROM gone", "writes", "DELETE"),
        ("SELECT a INTO b FROM t", "writes", "INTO"),
        ("SELECT a FROM t FOR UPDATE", "writes", "FOR"),
        ("SELECT a FROM t FOR NO KEY UPDATE", "writes", "FOR"),
        ("SELECT pg_sleep(9)", "catalogue", "pg_sleep"),
        ("SELECT setval('s', 1)", "function", "setval"),
        ('SELECT "setval"(1)', "function", '"setval"'),
        ("SELECT public.sum(1)", "function", "sum"),
        ("SELECT set_config('transaction_read_only', 'off', false)", "function", "set_config"),
        ("SELECT dblink('x', 'y')", "function", "dblink"),
        ("SELECT load_extension('x')", "function", "load_extension"),
        ("SELECT * FROM generate_series(1, 9)", "function", "generate_series"),
        ('SELECT * FROM "pg_shadow"', "catalogue", '"pg_shadow"'),
        ("SELECT * FROM sqlite_master", "catalogue", "sqlite_master"),
        ("SELECT * FROM information_schema.tables", "catalogue", "information_schema"),
        ("SELECT :who", "parameter", ":who"),
        ("SELECT E'\\'; DROP TABLE t; --'", "prefix", "'\\'"),
        ("SELECT $$x$$", "sign", "$"),
        ("SELECT /* /* */ 1 */", "sign", None),
        ("SELECT [a] FROM t", "sign", "["),
        ("SELECT `a` FROM t", "sign", "`"),
        ("SELECT ?", "sign", "?"),
        ("SELECT 'open", "sign", "'"),
        ("SELECT\n  a,\n  now() FROM t", "function", "now"),
        ("SELECT '" + "x" * 20_000 + "'", "too_long", ""),
    ],
)
def test_what_is_not_one_reading_statement_is_refused_at_its_place(statement, rule, word):
    with pytest.raises(BadStatement) as refusal:
        checked(statement, named=True)

    assert refusal.value.rule == rule
    if word is not None:
        assert refusal.value.word == word
        line = statement.splitlines()[refusal.value.row - 1] if statement else ""
        assert line[refusal.value.column - 1 :].startswith(word)


def test_what_is_sent_is_what_was_checked():
    statement = "-- balances\nSELECT a::numeric(18,2), '%''; --' FROM t /* x */ WHERE b<=:business_date AND c LIKE '1%';"

    assert checked(statement, named=False) == (
        "SELECT a :: numeric ( 18 , 2 ), '%%''; --' FROM t WHERE b <= %(business_date)s AND c LIKE '1%%'"
    )
    assert checked(statement, named=True).endswith("b <= :business_date AND c LIKE '1%'")


@pytest.fixture
def outside(settings, tmp_path):
    """A database of another system: SQLite, or a schema's worth of tables on a database of its own beside the test database."""
    settings.DATA_DIR = tmp_path
    made = (
        "CREATE TABLE balances (day varchar(8), account varchar(20), amount numeric(18,2))",
        "CREATE TABLE secrets (word varchar(20))",
        "INSERT INTO secrets VALUES ('x')",
    )
    rows = [(f"{DAY:%Y%m%d}", "a", "1.10"), (f"{DAY:%Y%m%d}", "b", "2"), ("20200101", "c", "3")]
    if connection.vendor == "sqlite":
        path = tmp_path / "counter.db"
        file = sqlite3.connect(path)
        file.execute("CREATE TABLE balances (day TEXT, account TEXT, amount TEXT)")
        file.execute(made[1])
        file.execute(made[2])
        file.executemany("INSERT INTO balances VALUES (?, ?, ?)", rows)
        file.commit()
        file.close()
        yield _named(settings, f"sqlite:///{path}")
        return
    import psycopg

    given = connection.settings_dict
    login = {"host": given["HOST"], "port": given["PORT"], "user": given["USER"], "password": given["PASSWORD"]}
    name = f"{given['NAME']}_outside"
    with psycopg.connect(**login, dbname="postgres", autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{name}"')
        with psycopg.connect(**login, dbname=name) as base:
            for statement in made:
                base.execute(statement)
            base.cursor().executemany("INSERT INTO balances VALUES (%s, %s, %s)", rows)
        secret = f":{given['PASSWORD']}" if given["PASSWORD"] else ""
        place = f"{given['USER']}{secret}@{given['HOST']}:{given['PORT'] or 5432}"
        yield _named(settings, f"postgres://{place}/{name}")
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _named(settings, url):
    settings.CLEARWAY_SQL_SOURCES = {"counter": {"url": url, "lines": ["rtgs-sh"]}}
    return url


def someone(name, *roles):
    person = make_user(name)
    give_role(person, a_line(), *roles)
    return person


@pytest.fixture
def keeper():
    return someone("keeper", Role.ADMIN)


def written(keeper, text=BALANCES, **facts):
    given = {"line_code": "rtgs-sh", "code": "balances", "source": "counter", "day": DAY, **facts}
    return propose_statement(text=text, actor=keeper, **given)


def tried(keeper, text, **facts):
    given = {"line_code": "rtgs-sh", "code": "balances", "source": "counter", "day": DAY, **facts}
    return try_statement(text=text, actor=keeper, **given)


def approve(statement, person, verb="approve"):
    approval = open_approval_of("sql_statement", statement.pk)
    assert approval is not None
    decide(approval_id=approval.pk, verb=verb, actor=person, reason="seen")


def on_sql(**facts):
    return ReconciliationDefinition(
        **{
            "line": a_line(),
            "code": "D1",
            "name_zh": "甲",
            "name_en": "One",
            "left_kind": "sql",
            "left_code": "balances",
            "right_kind": "sheet",
            "right_code": "theirs",
            "valid_from": date(2026, 1, 1),
            **facts,
        }
    )


COLUMNS = [
    Column(role="key", name="account", left="account", right="account"),
    Column(role="amount", name="amount", left="amount", right="amount"),
]


def test_one_writes_another_agrees_and_a_definition_compares_it(outside, keeper):
    checker, operator = someone("li.lei", Role.CHECKER), someone("wang.min", Role.OPERATOR)
    both = someone("both", Role.ADMIN, Role.CHECKER)

    shown = tried(keeper, BALANCES)
    statement = written(both)
    with pytest.raises(DefinitionUnsound):
        save_definition(definition=on_sql(), columns=COLUMNS, actor=keeper)
    with pytest.raises(StaleState):
        written(keeper)
    with pytest.raises(SamePerson):
        approve(statement, both)
    approve(statement, checker)
    save_definition(definition=on_sql(), columns=COLUMNS, actor=keeper)
    data = b"account,amount\na,1.10\nb,2.50\nd,1\n"
    upload_sheet(line_code="rtgs-sh", code="theirs", day=DAY, name="theirs.csv", data=data, actor=operator)
    kept = compare_defined(code="D1", line_code="rtgs-sh", day=DAY, actor=operator)

    assert shown.rows == [["a", "1.10"], ["b", "2.00" if connection.vendor == "postgresql" else "2"]]
    assert (kept.matched, kept.breaks_count, kept.left_count) == (1, 2, 2)
    assert dict(Break.objects.values_list("key", "difference")) == {"b": Decimal("-0.50"), "d": Decimal("-1.00")}
    assert kept.control["left"]["total"] == "3.10"
    told = Entry.objects.filter(kind="recon.statement_moved").order_by("number")
    assert [(str(entry.actor), entry.data["what"]) for entry in told] == [
        ("keeper", "tried"),
        ("both", "proposed"),
        ("li.lei", "approved"),
    ]

    # Another statement takes its place only when somebody else has agreed, and only if it answers what is compared.
    with pytest.raises(StatementUnchanged):
        written(keeper)
    with pytest.raises(ColumnMissing):
        written(keeper, "SELECT account AS account FROM balances")
    wider = written(keeper, "SELECT account AS account, amount AS amount FROM balances")
    with pytest.raises(StaleState):
        written(keeper, f"{BALANCES} AND 1 = 1")
    approve(wider, checker, "reject")
    wider.refresh_from_db()
    assert (wider.number, wider.state, wider.decided_by) == (2, "rejected", checker)
    next_day = DAY + timedelta(days=1)
    upload_sheet(line_code="rtgs-sh", code="theirs", day=next_day, name="theirs.csv", data=data, actor=operator)
    assert compare_defined(code="D1", line_code="rtgs-sh", day=next_day, actor=operator).left_count == 0


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("UPDATE balances SET amount = 0", StatementRefused),
        ("SELECT word AS word FROM nowhere", DatabaseRefused),
        ("SELECT account AS a, account AS A FROM balances", AnswerDoesNotFit),
        ("SELECT 1.5e0 / 0.7 AS a" if connection.vendor == "sqlite" else "SELECT 1::double precision AS a", AnswerDoesNotFit),
        (
            "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000) SELECT count(*) AS c FROM n",
            DatabaseTooSlow,
        ),
    ],
)
def test_hostile_and_hopeless_statements_leave_nothing(outside, keeper, settings, text, refusal):
    settings.CLEARWAY_SQL_SECONDS = 1

    with pytest.raises(refusal):
        written(keeper, text)

    assert SourceStatement.objects.count() == 0
    assert not Entry.objects.filter(kind="recon.statement_moved").exists()


def test_an_answer_that_does_not_end_is_cut_by_rows_and_bytes(outside, keeper, settings):
    from apps.recon.store import open_answer

    endless = "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 100000) SELECT i AS i FROM n"

    for name, most in (("CLEARWAY_SQL_ROWS", 1000), ("CLEARWAY_SQL_BYTES", 1000)):
        setattr(settings, name, most)
        with pytest.raises(AnswerDoesNotFit, match="1000"):
            open_answer("counter", "rtgs-sh", endless, DAY)
        delattr(settings, name)


def test_the_session_itself_cannot_write_whatever_the_text_says(outside, keeper, monkeypatch):
    monkeypatch.setattr("apps.recon.store.databases.checked", lambda text, named: text)

    for text in ("DELETE FROM secrets", "INSERT INTO secrets VALUES ('y')", "DROP TABLE secrets", "SELECT 1; DROP TABLE secrets"):
        with pytest.raises(DatabaseRefused):
            tried(keeper, text)

    monkeypatch.undo()
    assert tried(keeper, "SELECT word AS word FROM secrets").rows == [["x"]]


def test_only_named_databases_of_the_line_are_read_and_never_our_own(outside, keeper, settings):
    given = connection.settings_dict
    other = a_line("other")
    give_role(keeper, other, Role.ADMIN)
    operator = someone("wang.min", Role.OPERATOR)
    if connection.vendor == "sqlite":
        ours, nowhere = f"sqlite:///{given['NAME']}", "sqlite:////nowhere/x.db"
    else:
        secret = f":{given['PASSWORD']}" if given["PASSWORD"] else ""
        ours = f"postgres://{given['USER']}{secret}@{given['HOST']}:{given['PORT'] or 5432}/{given['NAME']}"
        nowhere = "postgres://nobody@127.0.0.1:1/x"
    rest = {name: {"url": url, "lines": ["*"]} for name, url in (("ours", ours), ("nowhere", nowhere))}
    settings.CLEARWAY_SQL_SOURCES = {**settings.CLEARWAY_SQL_SOURCES, **rest}

    for refusal, facts in (
        (DatabaseNotForLine, {"source": "unknown"}),
        (DatabaseNotForLine, {"line_code": "other"}),
        (DatabaseIsOurOwn, {"source": "ours"}),
        (DatabaseUnreachable, {"source": "nowhere"}),
    ):
        with pytest.raises(refusal):
            tried(keeper, "SELECT 1 AS one", **facts)
    with pytest.raises(NotPermitted):
        tried(operator, BALANCES)


def test_statements_are_written_on_a_page_and_by_programs(outside, keeper, client, django_assert_max_num_queries):
    client.cookies["django_language"] = "en"
    client.force_login(keeper)
    said = {"line": a_line().pk, "code": "balances", "source": "counter", "date": f"{DAY}", "text": BALANCES}
    programs = {**said, "line": "rtgs-sh", "code": "others"}

    tried_first = client.post("/reconciliations/statements/new/", {**said, "try": "1"})
    refused = client.post("/reconciliations/statements/new/", {**said, "text": "SELECT\nnow()"})
    before = SourceStatement.objects.count()
    proposed = client.post("/reconciliations/statements/new/", said)
    by_program = client.post("/api/sql-statements/", programs, content_type="application/json")
    preview = client.post("/api/sql-statements/try/", programs, content_type="application/json").json()
    hostile = client.post("/api/sql-statements/", {**programs, "text": "DROP TABLE x"}, content_type="application/json")

    assert "1.10" in tried_first.content.decode()
    assert (refused.status_code, before) == (422, 0)
    assert "Row 2, column 1, “now”" in refused.content.decode()
    assert (proposed.status_code, by_program.status_code, hostile.status_code) == (302, 201, 422)
    assert [column["name"] for column in preview["columns"]] == ["account", "amount"]
    with django_assert_max_num_queries(16):
        page = client.get("/reconciliations/statements/").content.decode()
    with django_assert_max_num_queries(20):
        one = client.get(proposed["Location"]).content.decode()
    assert "balances · 1" in page
    assert ":business_day" in one
    assert client.get("/api/sql-statements/").json()["results"][0]["state"] == "submitted"
    change = client.get(f"/reconciliations/statements/new/?from={SourceStatement.objects.earliest('pk').pk}")
    assert ":business_day" in change.content.decode()

    client.force_login(make_user("stranger"))
    assert "balances" not in client.get("/reconciliations/statements/").content.decode()
    assert client.get(proposed["Location"]).status_code == 404
    assert client.get("/api/sql-statements/").json()["results"] == []
    assert "You write no statements" in client.get("/reconciliations/statements/new/").content.decode()
