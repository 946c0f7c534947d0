#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A program that the bus starts, made with libbeckon: bus-peer.py NAME GUID LOG. Writes down what happens, says hello in
each session, and leaves when the last one is over. bus-peer.c is the same in C."""
import os
import sys

import gi
gi.require_version('Beckon', '1')
from gi.repository import Beckon, GLib  # noqa: E402

NAME, GUID, LOG = sys.argv[1:]
LOOKS = {'name': 'By the bus', 'url': 'https://example.org/', 'icon': 'org.example.Peer', 'comment': 'In Python'}
loop = GLib.MainLoop()


def log(*words):
    with open(LOG, 'a', encoding='utf-8') as file:
        file.write(' '.join(map(str, words)) + '\n')


def on_session(_manager, session):
    log('session', session.get_id())
    session.connect('context-data-received', lambda _session, data: log('data', data))
    session.connect('termination', lambda _session, result, _data: log('ended', int(result)))
    session.send_context_data_async('hello', None, None)


def on_busy(manager, _pspec):
    log('busy' if manager.get_busy() else 'idle')
    if not manager.get_busy():
        loop.quit()


def on_manager(_source, result):
    try:
        loop.manager = Beckon.SessionManager.new_for_bus_name_finish(result)
    except GLib.Error as error:
        log('refused', error.code)
        loop.quit()
        return
    loop.manager.connect('launch-session', on_session)
    loop.manager.connect('notify::busy', on_busy)
    log('ready')


log('start', os.getpid())
looks = GLib.Variant('a{sv}', {key: GLib.Variant('s', text) for key, text in LOOKS.items()})
Beckon.SessionManager.new_for_bus_name_async(NAME, GUID, looks, None, on_manager)
loop.run()
