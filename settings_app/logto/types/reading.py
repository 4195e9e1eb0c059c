"""How a value of Logto's JSON is read: by the type it is declared with, and the wrong type as absent, never as a crash.

Pydantic reads, into plain dataclasses: a field's annotation says under which key it stands and how odd values count.
"""

from __future__ import annotations

import math
import re
import socket
from collections.abc import Mapping
from datetime import MAXYEAR, MINYEAR, UTC, datetime
from typing import Annotated, Any, Self

from pydantic import AliasPath, BeforeValidator, Field, PlainValidator, TypeAdapter
from pydantic_core import PydanticUseDefault

IPV4_MAPPED = "::ffff:"
PERSON_ID = re.compile(r"[!-~]{1,64}")  # Logto makes 12 letters and digits; tables here have room for so many
READERS: dict[type, TypeAdapter[Any]] = {}


class Record:
    """A dataclass that can be read from an answer."""

    @classmethod
    def from_api(cls, source: object) -> Self:
        """From any JSON: what is missing or odd has its field's default, or reads as empty."""
        if cls not in READERS:
            READERS[cls] = TypeAdapter(cls)  # takes some milliseconds
        found: Self = READERS[cls].validate_python(mapping(source), by_alias=True, by_name=False)
        return found


def key(*path: str) -> Any:
    """Where in the answer a field's value stands, when not under the field's own name."""
    return Field(validation_alias=AliasPath(*path))


def mapping(value: object) -> Mapping[str, Any]:
    """An object, or an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[Mapping[str, Any]]:
    """The objects of a list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def text(value: object) -> str:
    """A text; a number as it would be written; otherwise nothing."""
    if isinstance(value, str):
        return value
    numeral = number(value)
    return "" if numeral is None else str(numeral)


def internet_address(value: object) -> str:
    """The address of a browser, as Logto was told it: behind a proxy anybody may have written anything there."""
    found = text(value)
    # guard: addresses-of-browsers-are-addresses
    if not is_internet_address(found):
        return ""
    return plain_ipv4(found)


def plain_ipv4(value: str) -> str:
    """Without what a server that listens for both families writes before an IPv4 address."""
    last = value[len(IPV4_MAPPED) :]
    return last if value.lower().startswith(IPV4_MAPPED) and "." in last else value


def is_internet_address(value: str) -> bool:
    """Without the name of a network card, which may be of any length and hold anything."""
    family = socket.AF_INET6 if ":" in value else socket.AF_INET
    try:
        socket.inet_pton(family, value)  # `ipaddress` takes ten times as long, and a list has eighty
    except (OSError, ValueError):
        return False
    return True


def person_id(value: object) -> str:
    """The id of a person, which rows here are found by; nobody where it cannot be one."""
    found = text(value)
    # guard: nobody-has-an-odd-id
    if not PERSON_ID.fullmatch(found):
        return ""
    return found


def named(value: object) -> str:
    """A text that is not empty, or the field's default."""
    if not (found := text(value)):
        raise PydanticUseDefault
    return found


def texts(value: object) -> tuple[str, ...]:
    """The texts of a list."""
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def names(value: object) -> tuple[str, ...]:
    """The names of a list of objects."""
    return tuple(text(item.get("name")) for item in items(value))


def flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise PydanticUseDefault
    return value


def whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise PydanticUseDefault
    return value


def number(value: object) -> int | float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return value if isinstance(value, int) or math.isfinite(value) else None


def cut(value: object) -> int | None:
    """The whole part of a number."""
    found = number(value)
    return None if found is None else int(found)


def moment(value: object) -> datetime | None:
    """A point in time from a count of milliseconds since 1970 (docs/logto.md 0.7)."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        return within_the_calendar(datetime.fromtimestamp(value / 1000, tz=UTC))
    except (ValueError, OverflowError, OSError):
        return None


def moment_of_seconds(value: object) -> datetime | None:
    """A point in time from a count of seconds, as sessions and grants carry it (docs/logto.md 0.7)."""
    found = number(value)
    return None if found is None else moment(found * 1000)


def moment_of_text(value: object) -> datetime | None:
    """A point in time from an ISO 8601 text, as second factors carry it (docs/logto.md 7.1)."""
    try:
        read = datetime.fromisoformat(value) if isinstance(value, str) else None
        return within_the_calendar(read if read is None or read.tzinfo else read.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return None


def within_the_calendar(moment: datetime | None) -> datetime | None:
    """None for the first and the last year that Python knows: another time zone could lie outside of them."""
    return moment if moment is None or MINYEAR < moment.year < MAXYEAR else None


def choices(value: object) -> dict[str, str]:
    """The texts of an object by their keys, such as a name in several languages."""
    return {key: item for key, item in mapping(value).items() if isinstance(key, str) and isinstance(item, str)}


# What fields are declared with. Every one of them takes any JSON.
Text = Annotated[str, PlainValidator(text)]
InternetAddress = Annotated[str, PlainValidator(internet_address)]
PersonId = Annotated[str, PlainValidator(person_id)]
Named = Annotated[str, PlainValidator(named)]
Texts = Annotated[tuple[str, ...], PlainValidator(texts)]
Names = Annotated[tuple[str, ...], PlainValidator(names)]
Flag = Annotated[bool, PlainValidator(flag)]
Whole = Annotated[int, PlainValidator(whole)]
Number = Annotated[int | float | None, PlainValidator(number)]
Cut = Annotated[int | None, PlainValidator(cut)]
Moment = Annotated[datetime | None, PlainValidator(moment)]
SecondsMoment = Annotated[datetime | None, PlainValidator(moment_of_seconds)]
TextMoment = Annotated[datetime | None, PlainValidator(moment_of_text)]
Choices = Annotated[Mapping[str, str], PlainValidator(choices)]
Anything = Annotated[Mapping[str, Any], PlainValidator(lambda value: dict(mapping(value)))]
OBJECT = BeforeValidator(mapping)  # for a field that is itself a record
OBJECTS = BeforeValidator(items)  # for a tuple of records
