"""A process that runs for long knows sites and keys as they are on disk by now; web processes learn at a reload."""

from __future__ import annotations

import logging

from django.conf import settings

from settings_app import own_words
from settings_app.sites_file import marks_of

log = logging.getLogger(__name__)


class Following:
    """Looks whether files of sites, their secrets and words, ENV_FILE or a file it names were written since."""

    def __init__(self) -> None:
        self._marks = self._marks_now()

    def look(self) -> None:
        """Takes the keys and sites of now. Where none can be read, those of before go on."""
        marks = self._marks_now()
        if marks == self._marks:
            return
        self._marks = marks
        take_keys()
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
        return marks_of(settings.SITES_FILE, *sorted(settings.ENV_PATHS()), *words)


def take_keys() -> None:
    """What a web process made with a new key since its reload is opened here too (docs/operating.md, `SECRET_KEY`)."""
    key, fallbacks = settings.KEYS_AGAIN()
    if not key:
        log.error("SECRET_KEY cannot be read any more; the one of before goes on")
        return
    if key == settings.SECRET_KEY and {key, *fallbacks} == {key, *settings.SECRET_KEY_FALLBACKS}:
        return
    # The new key first among the others: a thread that reads between these two lines knows every key all the same.
    settings.SECRET_KEY_FALLBACKS = [key, *fallbacks]
    settings.SECRET_KEY = key
    log.info("the keys are those of now")
