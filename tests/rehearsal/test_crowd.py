"""What the crowd of `make load` calls odd: the load itself says nothing where this is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from tests.rehearsal.crowd import CODES_OF_ONE, Crowd
from tests.rehearsal.deployment import Deployment
from tests.rehearsal.visitors import Answer, Person

DONE = Answer(302, location="/email/confirm/")
SPENT = Answer(429, "You can ask for another code in 9 minutes.")
ADA = Person(cast("Any", None), "ada", "")


@dataclass
class Answered(Crowd):
    """Each form is there; what is posted is answered in this order."""

    answers: Iterator[Answer] = field(default_factory=lambda: iter(()))
    posted: list[str] = field(default_factory=list)

    def ask(self, person: Person, method: str, path: str, **typed: str) -> Answer:
        self.posted += [typed["email"]] if "email" in typed else []
        return next(self.answers) if method == "POST" else Answer(200, '<input name="csrfmiddlewaretoken" value="x">')


def asked(*answers: Answer) -> Answered:
    crowd = Answered(cast("Deployment", None), [ADA], answers=iter(answers))
    for _one in answers:
        crowd.write(ADA, "/email/change/", limit=crowd.codes["ada"])
    return crowd


@pytest.mark.parametrize(
    ("answers", "odd", "limited"),
    [
        ([DONE] * CODES_OF_ONE, 0, 0),
        ([DONE] * CODES_OF_ONE + [SPENT], 0, 1),
        ([DONE] * (CODES_OF_ONE - 1) + [SPENT], 1, 0),
        ([DONE] * (CODES_OF_ONE + 1), 1, 0),
        ([DONE] * CODES_OF_ONE + [Answer(200, "page")], 1, 0),
        ([DONE] * CODES_OF_ONE + [Answer(502)], 1, 0),
        ([Answer(0)], 1, 0),
    ],
)
def test_only_a_limit_that_is_spent_may_refuse(answers: list[Answer], odd: int, limited: int) -> None:
    told = asked(*answers).told
    assert (len(told.odd), told.limited) == (odd, limited)


def test_a_503_that_does_not_say_that_the_site_is_busy_is_a_failure() -> None:
    told = asked(Answer(503, "This site is busy. Try again in a moment."), Answer(503, "We can’t save right now.")).told
    assert told.busy == 1
    assert len(told.odd) == 1


def test_the_same_people_ask_for_other_emails_when_they_come_again() -> None:
    """Red while they began to count anew: their own email of a moment before was refused, and taken for a loss."""
    crowd = Answered(cast("Deployment", None), [ADA], answers=iter([Answer(503), Answer(503)]))
    crowd.changes_email(ADA)
    crowd.again().changes_email(ADA)
    assert len(set(crowd.posted)) == 2
