# SPDX-License-Identifier: GPL-3.0-or-later
"""What a program under test is made to suffer: the file of control.h, which it has mapped."""
import mmap
import os
import struct

CERTAIN = 1000000
# In the order of control.h: one of 64 bits, the others of 32.
NAMES = ('clock_us', 'seed', 'power_cuts', 'written_early', 'sync_us', 'full_write', 'failed_write', 'failed_sync',
         'failed_read', 'corrupt_step', 'busy_lock', 'lying', 'unused', 'syncs', 'faults')
FAULTS = ('full_write', 'failed_write', 'failed_sync', 'failed_read', 'corrupt_step', 'busy_lock')


class Control:
    """The plan of one program, through all its lives."""

    def __init__(self, path, seed):
        self.path = path
        path.write_bytes(bytes(4096))
        with open(path, 'r+b') as file:
            self.map = mmap.mmap(file.fileno(), 4096)
        self.set(seed=seed, power_cuts=1, written_early=CERTAIN // 4)

    def place(self, name):
        at = NAMES.index(name)
        return 0 if at == 0 else 4 + 4 * at

    def set(self, **values):
        for name, value in values.items():
            self.map[self.place(name):self.place(name) + (8 if name == 'clock_us' else 4)] = \
                struct.pack('<q' if name == 'clock_us' else '<I', int(value))

    def get(self, name):
        return struct.unpack_from('<q' if name == 'clock_us' else '<I', self.map, self.place(name))[0]

    def calm(self):
        self.set(sync_us=0, **dict.fromkeys(FAULTS, 0))

    def environment(self, library):
        """For the program."""
        preload = ' '.join(filter(None, [str(library), os.environ.get('LD_PRELOAD')]))
        return {'LD_PRELOAD': preload, 'BECKON_CHAOS_CONTROL': str(self.path)}
