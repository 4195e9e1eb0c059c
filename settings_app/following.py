"""A process that runs for long knows the sites as they are on disk by now; web processes learn of them at a reload."""

from __future__ import annotations

import logging

from django.conf import settings

from settings_app import own_words
from settings_app.sites_file import marks_of

log = logging.getLogger(__name__)


class Following:
    """Looks whether files of sites, their secrets and words or ENV_FILE were written since the last look."""

    def __init__(self) -> None:
        self._marks = self._marks_now()

    def look(self) -> None:
        """Takes the sites of now. Where none can be read, those of before go on."""
        marks = self._marks_now()
        if marks == self._marks:
            return
        self._marks = marks
        sites, problems = settings.SITES_AGAIN()
        for problem in problems:
            log.error("a site is left out: %s", problem)
        # guard: unreadable-sites-change-nothing
        if not sites:
            return
        settings.SITES, settings.SITES_PROBLEMS = sites, problems
        own_words.begin()
        for problem in (problem for site in sites for problem in own_words.problems(site)):
            log.warning("words of a site are left out: %s", problem)
        log.info("the sites are now %s", ", ".join(site.host for site in sites))

    def _marks_now(self) -> dict[str, tuple[int, int, int]]:
        words = [str(file) for site in settings.SITES for file in own_words.files(site)]
        return marks_of(settings.SITES_FILE, settings.ENV_PATH, *words)
