#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A program that the session bus starts in test-directory.py: activated.py NAME GUID MODE LOG. Writes down each start
and each call."""
import os
import sys

from gi.repository import Gio, GLib

NAME, GUID, MODE, LOG = sys.argv[1:]
ROOT = '/im/beckon/Beckon'
XML = '''<node><interface name="im.beckon.Peer1">
<method name="Describe"><arg type="{guid}" direction="out"/><arg type="a{{sv}}" direction="out"/></method>
<method name="LaunchSession"><arg type="s" direction="in"/><arg type="a{{sv}}" direction="in"/></method>
</interface></node>'''.format(guid='u' if MODE == 'wrong-type' else 's')


def log(*words):
    with open(LOG, 'a', encoding='utf-8') as file:
        file.write(' '.join(map(str, words)) + '\n')


def describe(invocation):
    text = {'name': f'Peer {MODE}', 'url': 'https://example.org/', 'icon': 'org.example.Peer', 'comment': 'On the bus'}
    if MODE == 'huge':
        text['comment'] = 'x' * 1_000_000
    if MODE == 'markup':
        text['name'] = '<b>bold</b> & "quoted"'
    if MODE == 'renamed':
        text['name'] = 'Another name'
    values = {key: GLib.Variant('s', value) for key, value in text.items()}
    if MODE == 'wrong-value':
        values['name'] = GLib.Variant('u', 7)
    guid = 7 if MODE == 'wrong-type' else GUID
    invocation.return_value(GLib.Variant('(ua{sv})' if MODE == 'wrong-type' else '(sa{sv})', (guid, values)))


def redeem(cookie):
    session = bus.call_sync('im.beckon.Beckon.Sessions', ROOT, 'im.beckon.SessionManager1', 'GetLaunchingSession',
                            GLib.Variant('(sa{sv})', (cookie, {})), None, 0, -1, None).unpack()[0]
    log('session', session)


def on_call(connection, sender, path, interface, method, arguments, invocation):
    log(method, path)
    if MODE == 'hang' or (MODE == 'late' and not held):
        held.append(invocation)
    elif MODE == 'crash':
        os._exit(1)
    elif MODE == 'error':
        invocation.return_dbus_error('org.example.No', '<b>secret</b> words\n' * 1000)
    elif method == 'Describe':
        describe(invocation)
    elif MODE == 'busy':
        invocation.return_dbus_error('org.example.Busy', 'not now')
    else:
        invocation.return_value(None)
        redeem(arguments.unpack()[0])


held = []
bus = Gio.bus_get_sync(Gio.BusType.SESSION, None)
bus.register_object('/' + NAME.replace('.', '/'), Gio.DBusNodeInfo.new_for_xml(XML).interfaces[0], on_call, None, None)
log('start', os.getpid())
Gio.bus_own_name_on_connection(bus, NAME, Gio.BusNameOwnerFlags.NONE, None, None)
GLib.MainLoop().run()
