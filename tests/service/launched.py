# SPDX-License-Identifier: GPL-3.0-or-later
"""A program that beckon-service launches in test-process.py: finds its session and ends well only if all is right."""
import os
import sys

from gi.repository import Gio, GLib

ROOT = '/im/beckon/Beckon'


def ask(cookie):
    return bus.call_sync(os.environ['BECKON_TEST_DOOR'], ROOT, 'im.beckon.SessionManager1', 'GetLaunchingSession',
                         GLib.Variant('(sa{sv})', (cookie, {})), None, 0, -1, None).unpack()[0]


bus = Gio.bus_get_sync(Gio.BusType.SESSION, None)
cookie = os.environ['BECKON_COOKIE'] if sys.argv[1] == 'cookie' else ''
session = ask(cookie)
found = bus.call_sync(os.environ['BECKON_TEST_DOOR'], session, 'org.freedesktop.DBus.Properties', 'Get',
                      GLib.Variant('(ss)', ('im.beckon.Session1', 'SessionID')), None, 0, -1, None).unpack()[0]
if found != os.environ['BECKON_SESSION']:
    sys.exit(f'{found} is not our session')
if cookie:
    try:
        ask(cookie)
        sys.exit('the cookie opened twice')
    except GLib.Error as error:
        if 'im.beckon.Error.NotFound' not in error.message:
            sys.exit(error.message)
