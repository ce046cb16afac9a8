"""Hooks, the audit's hashes, logs without secrets."""

import io
import json
import logging
from uuid import UUID

import pytest
from sqlalchemy import bindparam, text
from sqlalchemy.exc import IntegrityError

from app.foundation.data import Identifier, UtcInstant, clock, transaction
from app.foundation.proof import (
    SYSTEM,
    Actor,
    ActorKind,
    Grant,
    Hook,
    HookMissing,
    check_stored_kinds,
    configure_logs,
    content_sha256,
    logger,
    record,
    remember_request_id,
)
from app.foundation.proof.audit import AuditRow

AGENCY, OTHER = UUID(int=1), UUID(int=2)


@pytest.fixture
def hook():
    made = Hook("test.hook", stored_kinds=lambda session: ["tree", "animal"])
    yield made
    Hook.declared.pop("test.hook")


def test_a_kind_has_one_handler(app, hook):
    handlers = app.extensions["lintan_hooks"]
    hook.register(app, "tree", len)

    with pytest.raises(HookMissing, match="two handlers"):
        hook.register(app, "tree", len)
    with pytest.raises(HookMissing, match="no handler for animal"):
        hook.handler("animal")
    assert (hook.kinds(), hook.handler("tree")) == (["tree"], len)
    handlers.pop("test.hook")


def test_a_hook_is_declared_once(hook):
    with pytest.raises(HookMissing, match="declared twice"):
        Hook("test.hook")


def test_the_product_does_not_serve_rows_that_nobody_handles(app, hook):
    hook.register(app, "tree", len)

    with transaction() as session, pytest.raises(HookMissing, match="animal"):
        check_stored_kinds(session)
    hook.register(app, "animal", len)
    with transaction() as session:
        check_stored_kinds(session)
    app.extensions["lintan_hooks"].pop("test.hook")


@pytest.mark.parametrize(
    ("counties", "agency", "county", "may"),
    [
        (("331102",), AGENCY, "331102", True),
        (("331102",), AGENCY, "331181", False),
        (("331102",), OTHER, "331102", False),
        (("*",), AGENCY, "331181", True),
        (("*",), OTHER, "331181", False),
        ((), AGENCY, "331102", False),
    ],
)
def test_a_role_reaches_its_agency_and_its_counties(counties, agency, county, may):
    grants = (Grant("verifier", AGENCY, counties),)
    actor = Actor(id=UUID(int=9), kind=ActorKind.STAFF, roles=frozenset({"verifier"}), grants=grants)

    assert actor.may("verifier", agency_id=agency, county=county) is may
    assert not actor.may("registrar", agency_id=agency, county=county)


def test_the_audit_keeps_hashes_and_not_contents(app):
    with transaction() as session:
        before, after = {"name": "张三"}, {"name": "张三丰"}
        record(session, action="a", object_kind="k", object_id=UUID(int=3), actor=SYSTEM, before=before, after=after)
    with transaction() as session:
        row = session.query(AuditRow).filter_by(object_id=UUID(int=3)).one()

    assert (row.before_sha256, row.after_sha256) == (content_sha256(before), content_sha256(after))
    assert row.before_sha256 != row.after_sha256
    assert "张" not in json.dumps(
        [str(getattr(row, column.name)) for column in row.__table__.columns], ensure_ascii=False
    )


@pytest.fixture
def lines():
    root = logging.getLogger()
    kept, level = root.handlers, root.level
    configure_logs("DEBUG")
    out = io.StringIO()
    root.handlers[0].setStream(out)
    yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    root.handlers, root.level = kept, level


def test_a_log_line_is_json_with_the_request_and_without_secrets(lines):
    remember_request_id("req-12345678")
    logger("test").info("heritage.adoption.opened", fee_fen=1, phone="13800001234", token="eyJ", name="张三")
    remember_request_id(None)

    (line,) = lines()
    assert (line["event"], line["fee_fen"], line["request_id"]) == ("heritage.adoption.opened", 1, "req-12345678")
    assert {line["phone"], line["token"], line["name"]} == {"[withheld]"}


def test_a_row_that_broke_a_constraint_is_not_quoted_in_the_log(app, lines):
    """PostgreSQL tells in its message what stood in the row, over several lines when a value has several."""
    with pytest.raises(IntegrityError) as broken, transaction() as session:
        session.execute(
            text(
                "INSERT INTO identity_phone (id, person_id, phone, held_from, ended_because, last_code_at)"
                " VALUES (:id, :id, :phone, :at, 'changed', :at)"
            ).bindparams(bindparam("id", type_=Identifier()), bindparam("at", type_=UtcInstant())),
            {"id": UUID(int=9), "phone": "+8613800001234\nand a second line", "at": clock.now()},
        )
    logger("test").error("foundation.request.failed", exc_info=broken.value)

    (line,) = lines()
    assert "identity_phone" in line["exception"]
    assert "13800001234" not in line["exception"]
    assert "a second line" not in line["exception"]


def test_what_libraries_log_has_the_same_form_and_the_database_prints_no_rows(lines):
    logging.getLogger("library").warning("说 %s", "something")
    logging.getLogger("sqlalchemy.engine.Engine").debug("Row ('13800001234',)")

    (line,) = lines()
    assert (line["event"], line["level"], line["logger"]) == ("说 something", "warning", "library")
