# SPDX-License-Identifier: GPL-3.0-or-later
"""A neighbourhood that is walked through in one way after the other."""
import life
import screens
from neighbourhood import Languages, Neighbourhood
from walk import NARROW, WIDE, Walk, Way

LARGE = 144  # DPI: text is one and a half times as large as usual

WAYS = {way.name: way for way in (
    Way('light'),
    Way('dark', ADW_DEBUG_COLOR_SCHEME='prefer-dark'),
    Way('narrow', NARROW),
    Way('rtl', language='ar'),
    Way('narrow-rtl', NARROW, language='ar'),
    Way('contrast', ADW_DEBUG_HIGH_CONTRAST='1'),
    Way('dark-contrast', ADW_DEBUG_COLOR_SCHEME='prefer-dark', ADW_DEBUG_HIGH_CONTRAST='1'),
    Way('large', dpi=LARGE),
    Way('german', language='de'),
    Way('long', language='en_XA'),
    Way('long-narrow', NARROW, language='en_XA'),
)}


class Album(Neighbourhood):
    """All people with all that has happened to them; use it with `with`."""

    def __init__(self, language=''):
        super().__init__()
        self.language = language  # of what the services have written until now

    def __enter__(self):
        super().__enter__()
        try:
            self.languages = Languages(self.folder)
            self.people = life.settle(self)
            self.tell('language', self.language or 'C')
            life.live(self, self.people)
            screens.prepare(self)
        except BaseException as error:
            self.__exit__(type(error), error, error.__traceback__)
            raise
        return self

    def walk(self, way, look, parts=None, more=()):
        """Looks at everything, and at more, in one way. `look` gets the walk, the name of what is seen and the window."""
        words = self.languages.load(way.language)
        self.tell('language', way.language or 'C')

        def begin(user):
            walk = Walk(user, way, words, lambda what, frame: look(walk, what, frame))
            return walk.start()

        if parts is None or 'newcomer' in parts:
            nora = begin(self.people['nora'])
            screens.newcomer(nora, self)
            nora.stop()
            self.people['nora'].ctl('account', 'delete', self.people['nora'].address, '--password-stdin',
                                    text='a secret\n')
        life.freshen(self, self.people)
        alice = begin(self.people['alice'])
        for part in (*screens.ALICE, *more):
            if parts is None or part.__name__ in parts:
                part(alice, self)
        alice.stop()
