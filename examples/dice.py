#!/usr/bin/python3
# SPDX-License-Identifier: CC0-1.0
"""Dice: both throw one, the higher throw wins."""
import random
import re

import gi
gi.require_version('Beckon', '1')
gi.require_version('Gtk', '4.0')
from gi.repository import Beckon, GLib, Gtk


class Dice(Gtk.Application):
    def do_activate(self):
        self.label = Gtk.Label(label='Waiting…')
        self.window = Gtk.ApplicationWindow(application=self, title='Dice', child=self.label,
                                            default_width=420, default_height=120)
        self.window.present()
        Beckon.SessionManager.new_async(None, None, self.on_manager)

    def say(self, text):
        self.label.set_text(text)
        print(text, flush=True)  # into the session's log

    def on_manager(self, _source, result):
        try:
            self.manager = Beckon.SessionManager.new_finish(result)
            self.manager.get_launching_session_async(None, None, self.on_session)
        except GLib.Error as error:
            self.say(error.message)

    def on_session(self, manager, result):
        try:
            self.session = manager.get_launching_session_finish(result)
        except GLib.Error as error:
            return self.say(f'Dice is started by an invitation: {error.message}')
        self.window.set_title(f'Dice with {self.session.get_user_name()}')
        self.mine = random.randint(1, 6)
        self.session.connect('context-data-received', self.on_data)
        self.session.connect('termination', self.on_termination)
        self.session.send_context_data_async(f'throw {self.mine}', None, self.on_sent)
        self.on_data(self.session, self.session.get_context_data())  # what came before we were there

    def on_sent(self, session, result):
        try:
            session.send_context_data_finish(result)
        except GLib.Error as error:
            self.say(f'The throw was not sent: {error.message}')

    def on_data(self, session, data):
        if match := re.fullmatch('throw ([1-6])', data):  # somebody else's program wrote it
            theirs = int(match[1])
            outcome = 'a draw' if theirs == self.mine else 'you win' if self.mine > theirs else 'you lose'
            self.say(f'You threw {self.mine}, {session.get_user_name()} threw {theirs}: {outcome}')

    def on_termination(self, session, _result, _data):
        self.window.set_title(session.get_result_text())


Dice().run()
