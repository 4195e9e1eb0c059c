"""People who act, as for the tests of the safeguards."""

from tests.safeguards.conftest import asking

__all__ = ["asking"]
