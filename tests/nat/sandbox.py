# SPDX-License-Identifier: GPL-3.0-or-later
"""A place of one's own for networks: namespaces of processes, mounts and networks, made by `unshare`.

Nothing in it is seen outside, and all of it is gone with its first process, also if that is killed: no name has to be
unique and nothing has to be cleaned. Root is not needed where the kernel lets users have namespaces.
"""
import os
import subprocess
import sys

INSIDE = 'BECKON_NAT_SANDBOX'
TOOLS = ('unshare', 'nsenter', 'ip', 'ss', 'nft', 'turnserver', 'turnutils_uclient', 'openssl')


def unshare_command():
    words = ['unshare', '--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc']
    return words if os.geteuid() == 0 else [*words, '--user', '--map-root-user']


def skip_all(reason):
    print(f'1..0 # SKIP {reason}')
    sys.exit(0)


def find_reason_against():
    """A sentence, where networks cannot be made here; else None."""
    path = os.environ.get('PATH', '') + ':/usr/sbin:/sbin'
    os.environ['PATH'] = path
    lacking = [tool for tool in TOOLS if not any(os.access(os.path.join(folder, tool), os.X_OK)
                                                 for folder in path.split(':'))]
    if lacking:
        return f'not installed: {" ".join(lacking)}'
    script = ('ip link set lo up && ip link add veth0 type veth peer name veth1 && nft add table inet try && '
              'mount -t tmpfs none /mnt')
    done = subprocess.run([*unshare_command(), 'sh', '-c', script], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return f'this machine allows no namespaces of networks: {done.stderr.strip().splitlines()[-1:]}'
    return None


def enter():
    """Runs the script anew inside, unless it is there already. Where that cannot be, all its tests are skipped."""
    if os.environ.get(INSIDE) or sys.argv[1:] == ['-l']:
        return
    reason = find_reason_against()
    if reason is not None:
        skip_all(reason)
    os.environ[INSIDE] = 'yes'
    command = [*unshare_command(), sys.executable, *sys.argv]
    os.execvp(command[0], command)
