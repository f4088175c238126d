# SPDX-License-Identifier: GPL-2.0-only
"""What is checked on every architecture: whose address is taken, and where landing pads are."""

from .kernel import content


class Check:
    """One kernel against the facts. Rules are counted; findings are lines."""

    def __init__(self, kernel, level, facts, count_superfluous):
        self.k, self.level, self.facts, self.rules, self.findings = kernel, level, facts, {}, []
        self.targets, self.superfluous, self.entries, self.padded = {}, [], [], []
        self.excused = {t['symbol']: False for t in facts['taken']}
        self.find_entries()
        self.levels(count_superfluous)

    # What an architecture provides: levels() checks what its level wants; marks() gives landing pads, and those of them that are nothing
    # else; at_entries() tells what the CPU enters at by itself; words() and more() report what else was found

    def rule(self, rule):
        self.rules.setdefault(rule, True)

    def finding(self, rule, text):
        self.rules[rule] = False
        self.findings.append({'rule': rule, 'text': text})

    def find_entries(self):
        self.rule('the facts are about this kernel')
        self.stubs = []                                     # (first, end, stride) of each group of entries
        for e in self.facts['entry']:
            first = self.k.symbols.get(e['symbol'])
            if first is None or not self.k.in_text(first):
                self.finding('the facts are about this kernel', f'{e["symbol"]} ({e["why"]}) is not in this kernel')
                continue
            stride = e.get('stride', 0)
            end = self.k.next_symbol(first) if stride else first + 1
            self.stubs.append((first, end, stride or 1, e[self.k.arch.ENTRY]))
            self.entries += range(first, end, stride or 1)
            if self.k.arch.padded(e):
                self.padded += range(first, end, stride or 1)

    def excuse(self, address, symbol):
        for name in [symbol] if symbol else self.k.names.get(address, []):
            if name in self.excused:
                self.excused[name] = True
                return True
        return False

    def branches(self, count_superfluous):
        k, pad, a_pad = self.k, self.k.arch.PAD, self.k.arch.A_PAD
        marked, plain = self.marks()
        rules = (f'what is taken begins with {a_pad}', f'the CPU enters at {a_pad}', f'no other {pad}', 'no jump table')
        taken, entry, other, table = rules
        for r in rules:
            self.rule(r)
        patched = [(k.symbols[t['from']], k.symbols[t['to']]) for t in self.facts['table'] if t['from'] in k.symbols and t['to'] in k.symbols]
        by = {}
        for r in k.references():
            if r.data and any(a <= r.place < b for a, b in patched):
                continue
            if r.data and r.relative:
                self.finding(table, f'{r.where} holds a distance to text: a jump table?')
            elif not self.excuse(r.address, r.symbol) and not self.at_entries(r.address):
                by.setdefault(r.address, []).append(r)
        for address, refs in sorted(by.items()):
            places = sorted({r.where for r in refs})
            some = ', '.join(places[:3])
            if address in marked:
                self.targets[address] = places
            elif address not in k.names and any(r.data for r in refs):
                self.finding(table, f'{some} points into a function, {k.name(address)}: a jump table?')
            else:
                self.finding(taken, f'{k.name(address)} has no {pad}, but its address is taken at {some}: mark it INDIRECT_TARGET '
                                    '(or, if nothing calls it, say why in cfp.toml)')
        for e in self.padded:
            if e not in marked:
                self.finding(entry, f'{k.name(e)} has no {pad}, but the CPU enters there')
        self.superfluous = sorted(plain - set(self.targets) - set(self.padded))
        if not count_superfluous:
            for a in self.superfluous:
                self.finding(other, f'{k.name(a)} has {a_pad}, but its address is not taken')
        for name, used in self.excused.items():
            if not used:
                self.finding('the facts are about this kernel', f'{name}: its address is not taken: drop the line from cfp.toml')

    def line(self):
        return f'cfp: {self.level}: ' + (', '.join(self.words()) or 'nothing to check')

    def record(self, path):
        name = self.k.name
        return {'level': self.level, 'file': path, 'rules': self.rules, 'findings': self.findings,
                'targets': [{'address': a, 'name': name(a), 'taken_at': p} for a, p in sorted(self.targets.items())],
                'entries': len(self.entries), 'superfluous': [name(a) for a in self.superfluous], **self.more()}

    def same_code(self, path, image):
        """The image that boots has the same bytes"""
        rule = 'the image that boots has the same bytes'
        self.rule(rule)
        other = content(image)
        for name, (address, data) in self.k.content.items():
            if other.get(name) != (address, data):
                self.finding(rule, f'{name} of {path} is not that of {image}')
