# SPDX-License-Identifier: GPL-3.0-or-later
"""Machines, routers and NATs: one namespace of networks each, joined by veth, with nftables for what a NAT does.

    host ── NAT ──┐                 11.0.N.0/24 and 2a00:0:0:N::/64 lead from the backbone to what stands there;
    host ── NAT ──┤ backbone ── server   192.168.N.0/24 (for IPv6 2a00:0:1:N::/64) is what is behind number N.
          host ───┤          ── turn
"""
import contextlib
import ctypes
import json
import os
import socket
import subprocess

from processes import die_with_parent

CLONE_NEWNET = 0x40000000
libc = ctypes.CDLL(None, use_errno=True)

# What a NAT does to UDP. All translate TCP.
PUBLIC = 'public'  # no NAT
CONE = 'cone'  # one port for all, and whoever sends to it comes in
PORT = 'port'  # one port for all, only answers come in
SYMMETRIC = 'symmetric'  # a new port for each destination
BLOCKED = 'blocked'  # no UDP at all
IPV6 = 'ipv6'  # no IPv4; a firewall that lets answers in, no NAT
KINDS = (PUBLIC, CONE, PORT, SYMMETRIC, BLOCKED, IPV6)

NAT_RULES = {
    CONE: 'add rule ip nat post oifname "wan" masquerade\n'
          'add rule ip nat pre iifname "wan" udp dport 1024-65535 dnat to {first}\n',
    PORT: 'add rule ip nat post oifname "wan" masquerade\n',
    SYMMETRIC: 'add rule ip nat post oifname "wan" masquerade fully-random\n',
    BLOCKED: 'add rule ip nat post oifname "wan" masquerade\n'
             'insert rule inet filter forward meta l4proto udp drop\n',
}

# A router drops what comes to itself from outside. Without it, a packet that comes before its answer leaves a
# connection behind that takes the port from the host, as no NAT that one can buy does.
ROUTER = '''
add table inet filter
add chain inet filter input {{ type filter hook input priority 0; }}
add rule inet filter input meta l4proto ipv6-icmp accept
add rule inet filter input iifname "wan" ct state != {{ established, related }} drop
add chain inet filter forward {{ type filter hook forward priority 0; }}
add table ip nat
add chain ip nat pre {{ type nat hook prerouting priority -100; }}
add chain ip nat post {{ type nat hook postrouting priority 100; }}
'''

FIREWALL_V6 = '''
add rule inet filter forward ct state established,related accept
add rule inet filter forward meta l4proto ipv6-icmp accept
add rule inet filter forward iifname "wan" drop
'''

# What leaves and what comes, by the far end. tcp and udp have their ports at the same place.
COUNTERS = '''
add table inet count
add chain inet count output { type filter hook output priority 0; }
add chain inet count input { type filter hook input priority 0; }
'''
COUNTER = '''
add set inet count {way}{v} {{ typeof {ip} {end}addr . meta l4proto . th {end}port; flags dynamic; size 4096; counter; }}
add rule inet count {way}put {dev} != "lo" {ip} version {v} meta l4proto {{ tcp, udp }} \
    update @{way}{v} {{ {ip} {end}addr . meta l4proto . th {end}port }}
'''
for IP, VERSION in (('ip', 4), ('ip6', 6)):
    COUNTERS += COUNTER.format(way='out', v=VERSION, ip=IP, end='d', dev='oifname')
    COUNTERS += COUNTER.format(way='in', v=VERSION, ip=IP, end='s', dev='iifname')


def unshare_network():
    die_with_parent()
    if libc.unshare(CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), 'unshare')


class Node:
    """A namespace of networks. It is there as long as its process, which only sleeps."""

    def __init__(self, name, ipv6=False):
        self.name = name
        self.holder = subprocess.Popen(['sleep', 'infinity'], preexec_fn=unshare_network)
        self.run('ip', 'link', 'set', 'lo', 'up')
        self.set('net/ipv4/ip_forward', 1)
        for where in ('all', 'default'):
            self.set(f'net/ipv4/conf/{where}/rp_filter', 0)
            self.set(f'net/ipv6/conf/{where}/disable_ipv6', 0 if ipv6 else 1)
            self.set(f'net/ipv6/conf/{where}/forwarding', 1)
            self.set(f'net/ipv6/conf/{where}/accept_dad', 0)
            self.set(f'net/ipv6/conf/{where}/dad_transmits', 0)

    @property
    def enter(self):
        """What stands before a command so that it runs here."""
        return ['nsenter', f'--net=/proc/{self.holder.pid}/ns/net', '--']

    def run(self, *words, text=None):
        done = subprocess.run([*self.enter, *map(str, words)], input=text, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise OSError(f'{self.name}: {" ".join(map(str, words))}: {done.stderr.strip()} {text or ""}')
        return done.stdout

    def ip(self, line):
        return self.run('ip', *line.split())

    def nft(self, text):
        return self.run('nft', '-f', '-', text=text)

    def set(self, name, value):
        self.run('sh', '-c', f'echo {value} >/proc/sys/{name}')

    @contextlib.contextmanager
    def inside(self):
        """What this thread makes meanwhile, sockets above all, is made here and stays here."""
        home = os.open('/proc/thread-self/ns/net', os.O_RDONLY)
        away = os.open(f'/proc/{self.holder.pid}/ns/net', os.O_RDONLY)
        try:
            if libc.setns(away, CLONE_NEWNET) != 0:
                raise OSError(ctypes.get_errno(), 'setns')
            yield
        finally:
            libc.setns(home, CLONE_NEWNET)
            os.close(home)
            os.close(away)

    def udp(self, address='', port=0, family=socket.AF_INET):
        with self.inside():
            made = socket.socket(family, socket.SOCK_DGRAM)
        made.bind((address or ('::' if family == socket.AF_INET6 else '0.0.0.0'), port))
        made.settimeout(5)
        return made


def join(node, name, other, other_name):
    """A cable between two nodes."""
    node.run('ip', 'link', 'add', 'name', name, 'type', 'veth', 'peer', 'name', other_name, 'netns',
             other.holder.pid)
    for end, device in ((node, name), (other, other_name)):
        end.run('ip', 'link', 'set', device, 'up')


class Host(Node):
    """A machine of a person, which counts what goes to whom and what comes from whom."""

    def __init__(self, name, kind, counting=True):
        super().__init__(name, ipv6=kind == IPV6)
        self.kind = kind
        self.addresses = set()  # by which others may see it, NATs included
        if counting:
            self.nft(COUNTERS)

    def reset(self):
        self.nft(''.join(f'flush set inet count {name}\n' for name in ('out4', 'in4', 'out6', 'in6')))

    def sockets_but(self, port):
        """The sockets of UDP and TCP that are in use here, but for those to that port of whatever server."""
        return self.run('ss', '-H', '-n', '-u', '-t', '-a', 'not', 'dport', '=', f':{port}').strip()

    def traffic(self, way='out'):
        """(address, protocol, port) of the far end → bytes since reset ()."""
        found = {}
        for name in (f'{way}4', f'{way}6'):
            said = json.loads(self.run('nft', '-j', 'list', 'set', 'inet', 'count', name))
            for entry in said['nftables'][1]['set'].get('elem', []):
                key = tuple(entry['elem']['val']['concat'])
                found[key] = found.get(key, 0) + entry['elem']['counter']['bytes']
        return found


class Internet:
    """The backbone and what stands at it. Private addresses lead nowhere here."""

    def __init__(self):
        self.backbone = Node('backbone', ipv6=True)
        self.backbone.ip('route add blackhole default')
        self.backbone.ip('-6 route add blackhole default')
        self.count = 0

    def attach(self, node, device):
        """Leads a cable to the node; returns the number of its networks."""
        self.count += 1
        number = self.count
        ours = f'to{number}'
        join(self.backbone, ours, node, device)
        self.backbone.ip(f'addr add 11.0.{number}.1/24 dev {ours}')
        self.backbone.ip(f'addr add 2a00:0:0:{number}::1/64 dev {ours} nodad')
        return number

    def give_ipv4(self, node, device, number):
        node.ip(f'addr add 11.0.{number}.2/24 dev {device}')
        node.ip(f'route add default via 11.0.{number}.1')
        return f'11.0.{number}.2'

    def give_ipv6(self, node, device, number):
        node.ip(f'-6 addr add 2a00:0:0:{number}::2/64 dev {device} nodad')
        node.ip(f'-6 route add default via 2a00:0:0:{number}::1')
        return f'2a00:0:0:{number}::2'

    def server(self, name):
        """A machine with both kinds of addresses and no NAT."""
        node = Node(name, ipv6=True)
        number = self.attach(node, 'wan')
        node.ipv4 = self.give_ipv4(node, 'wan', number)
        node.ipv6 = self.give_ipv6(node, 'wan', number)
        return node

    def host(self, name, kind):
        """A machine behind a router of its own."""
        host = Host(name, kind)
        if kind == PUBLIC:
            host.addresses.add(self.give_ipv4(host, 'lan0', self.attach(host, 'lan0')))
        else:
            Router(self, kind).connect(host)
        return host


class Router:
    """A NAT, or for IPv6 a firewall, with a network behind it."""

    def __init__(self, internet, kind):
        self.kind = kind
        self.node = Node(f'{kind} router', ipv6=kind == IPV6)
        self.number = internet.attach(self.node, 'wan')
        self.hosts = 0
        self.node.ip('link add name lan type bridge')
        self.node.ip('link set lan up')
        self.node.nft(ROUTER.format())
        if kind == IPV6:
            self.set_up_ipv6(internet)
        else:
            self.address = internet.give_ipv4(self.node, 'wan', self.number)
            self.node.ip(f'addr add 192.168.{self.number}.1/24 dev lan')
            self.node.nft(NAT_RULES[kind].format(first=f'192.168.{self.number}.2'))

    def set_up_ipv6(self, internet):
        self.address = internet.give_ipv6(self.node, 'wan', self.number)
        self.node.ip(f'-6 addr add 2a00:0:1:{self.number}::1/64 dev lan nodad')
        internet.backbone.ip(f'-6 route add 2a00:0:1:{self.number}::/64 via {self.address}')
        self.node.nft(FIREWALL_V6)

    def connect(self, host, device='lan0', metric=100):
        """Puts a host behind it."""
        self.hosts += 1
        port = f'lan{self.hosts}'
        join(self.node, port, host, device)
        self.node.ip(f'link set {port} master lan')
        if self.kind == IPV6:
            address = f'2a00:0:1:{self.number}::{self.hosts + 1:x}'
            host.ip(f'-6 addr add {address}/64 dev {device} nodad')
            host.ip(f'-6 route add default via 2a00:0:1:{self.number}::1 metric {metric}')
        else:
            address = f'192.168.{self.number}.{self.hosts + 1}'
            host.ip(f'addr add {address}/24 dev {device}')
            host.ip(f'route add default via 192.168.{self.number}.1 metric {metric}')
        host.addresses |= {address, self.address}
        return address
