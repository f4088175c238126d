# SPDX-License-Identifier: GPL-2.0-only
"""What a result says of the build that was measured and of the machine it ran on, from the ELF files, the root task's `meta` lines and the
kernel's own lines. A fact that nobody stated is left out."""

import re

COMMIT = re.compile(r'(?:.*-g)?([0-9a-f]{7,40})(-dirty)?$')     # in the name of a state of the tree: what git describes
WARNING = 'warn_'                                           # a meta word warn_NAME=TEXT: something that makes figures uncertain
PLATFORM = {                                                # fact: the meta words that may state it, the first one counts
    'cpu_id': ('cpu_id', 'cpu_signature', 'midr'),
    'cpu_vendor': ('cpu_vendor',),
    'cpu_name': ('cpu_name', 'cpu_brand'),
    'microcode': ('microcode',),
    'freq_hz': ('freq_hz',),
    'counter_hz': ('stc_freq',),
    'cpus': ('cpu_num',),
    'board_vendor': ('board_vendor',),
    'board_name': ('board_name',),
    'firmware': ('firmware',),
    'hypervisor': ('hypervisor_signature',),
}
NUMBERS = 'freq_hz', 'counter_hz', 'cpus'


def plain(word):
    """A value of the line protocol as text; '-' stands for an empty one."""
    return ' '.join(word.replace('~', ' ').split()) if word != '-' else ''


def compiler(document):
    """Which one, and its version: 'gcc-12.2.0', of 'gcc (Debian 12.2.0-14) 12.2.0'; 'clang-14.0.6', of 'Debian clang version 14.0.6'."""
    text = document['kernel'].get('compiler') or ''
    name = 'clang' if 'clang' in text else 'gcc' if re.search(r'\bgcc\b', text) else None
    version = re.search(r'clang version (\d+(?:\.\d+)*)', text) if name == 'clang' else re.search(r'(\d+(?:\.\d+)+)$', text)
    return '%s-%s' % (name, version.group(1)) if name and version else None


def commit(name):
    """{commit, dirty} as far as the name of a state of the tree says it."""
    match = COMMIT.match(name or '')
    return {'commit': match.group(1), 'dirty': bool(match.group(2))} if match else {}


def build(kernel, root, meta, name):
    """`kernel`, `root`: what is known of the two files (elf.facts), `name`: the kernel's release, as it printed it."""
    said, of_root = kernel.get('build', {}), root.get('build', {})
    facts = commit(said.get('commit') or name)
    facts['compiler'] = said.get('compiler') or kernel.get('compiler')
    facts['flags'] = said.get('flags')
    facts['cfp'] = said.get('cfp') or kernel.get('cfp', {}).get('built')
    task = {'compiler': of_root.get('compiler') or root.get('compiler'), 'flags': of_root.get('flags')}
    facts['root'] = {key: value for key, value in task.items() if value}
    lines = {key: plain(meta.get(word, '-')) for key, word in (('kernel', 'kernel_cmdline'), ('root', 'root_cmdline'))}
    facts['cmdline'] = {key: value for key, value in lines.items() if value}
    return {key: value for key, value in facts.items() if value not in (None, {})}


def platform(meta):
    facts = {}
    for fact, words in PLATFORM.items():
        value = next(filter(None, (plain(meta.get(word, '-')) for word in words)), '')
        if value and fact not in NUMBERS:
            facts[fact] = value
        elif value.isdigit() and int(value):
            facts[fact] = int(value)
    facts['warnings'] = ['%s: %s' % (key.removeprefix(WARNING), plain(value)) for key, value in meta.items() if key.startswith(WARNING)]
    return facts
