"""What is a person's is found by an index in every room, however large the city."""

import re

from app.foundation.data import clock, new_id, run_in_transaction
from app.identity.rights.parts import Erasure, parts_upwards
from app.identity.rights.queries import forgotten_people, is_erasure_due, is_export_due, open_erasure
from tests.identity.people import statements_asked
from tests.identity.test_plans import plan_of

# As SQLite and PostgreSQL say that a table is read from end to end.
_WHOLE = re.compile(r"SCAN [a-z]+_|Seq Scan")


def test_no_part_reads_a_whole_table_for_one_person(app, engine_name):
    person_id, now = new_id(), clock.now()

    def ask_all(session):
        with statements_asked() as asked:
            for _, part in parts_upwards():
                part.export(session, person_id)
                part.blocks(session, person_id, now)
                part.erase(session, Erasure(person_id, now))
            forgotten_people(session, [person_id])
            open_erasure(session, person_id)
            is_erasure_due(session, now)
            is_export_due(session, now)
        questions = {each[0]: each for each in asked if "WHERE" in each[0]}
        return [(words, plan_of(session, engine_name, *each)) for words, each in questions.items()]

    plans = run_in_transaction(ask_all)

    assert len(plans) > 60
    slow = [(words, plan) for words, plan in plans if _WHOLE.search(plan)]
    assert not slow, "\n\n".join(f"{words}\n{plan}" for words, plan in slow)
