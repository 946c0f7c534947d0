# SPDX-License-Identifier: GPL-3.0-or-later
"""Test scripts that print TAP, as the test programs in C do."""
import sys
import traceback


class Skip(Exception):
    """A test raises it with the reason why it does not apply here."""


def name_of(test):
    return test.__name__.removeprefix('test_').replace('_', '-')


def run(tests):
    """Runs the functions given, in order, and ends the program. With -l it only names them, as GLib's programs do."""
    if sys.argv[1:] == ['-l']:
        print('\n'.join(map(name_of, tests)))
        sys.exit(0)
    print(f'1..{len(tests)}')
    failed = 0
    for number, test in enumerate(tests, 1):
        name = name_of(test)
        try:
            test()
            print(f'ok {number} {name}', flush=True)
        except Skip as reason:
            print(f'ok {number} {name} # SKIP {reason}', flush=True)
        except Exception:  # whatever it is, it is this test's failure and the others still run
            failed += 1
            print(f'not ok {number} {name}', flush=True)
            traceback.print_exc()
    sys.exit(1 if failed else 0)
