# SPDX-License-Identifier: GPL-2.0-only
"""The line protocol of doc/line-protocol.md: cuts verified lines out of a noisy console and assembles one run."""

import re
import zlib

from . import samples

MARK = b'KN1 '
LINE = re.compile(rb'KN1 ([a-z]+) (.*) \*([0-9a-f]{8})\Z', re.S)
KERNEL = re.compile(rb'\[ ?\d+\] ')                        # how a line of the kernel begins
STUB = re.compile(rb'K(?:N1?)?(?=\[ ?\d+\] )')             # the begin of a line, before one of the kernel
# A line after which no result comes
TROUBLE = re.compile(rb'^ELF: |\bpanic\b|\bkilled EC\b|\bEC\b.*\bkilled\b|\bassertion\b.*\bfailed\b|\bROOT: (No|Invalid) \w+', re.I)
KINDS = {'begin', 'meta', 'list', 'bench', 'samples', 'stage', 'batch', 'result', 'skip', 'fail', 'done'}
SCHEMAS = '1', '2'
VARIANTS = 'warm', 'cold', 'once', 'noise'
STOPS = 'narrow', 'cap', 'fixed'


def encode(kind, payload):
    """One line as a root task prints it, without the line end (for tests)."""
    body = ('KN1 %s %s' % (kind, payload)).encode()
    return body + b' *%08x' % zlib.crc32(body)


def words(payload):
    """'a=1 b=x' -> {'a': '1', 'b': 'x'}; ValueError for a word without '='."""
    result = {}
    for word in payload.split():
        key, equals, value = word.partition('=')
        if not equals or not key:
            raise ValueError("word '%s' is not key=value" % word)
        result[key] = value
    return result


def decode(line):
    """(kind, words, damage) of one console line. kind is None when no verified line is in it; damage says what of the
    protocol was seen in it that cannot be verified, else it is None."""
    line = line.rstrip(b'\r\n')
    first = at = line.find(MARK)
    damage = None
    while at >= 0:
        match = LINE.match(line, at)
        if match and zlib.crc32(line[at:match.start(3) - 2]) == int(match.group(3), 16):
            if at != first:                                 # a cut line and a whole one glued together
                damage = 'cut line: %s' % show(line[first:at])
            try:
                return match.group(1).decode(), words(match.group(2).decode('ascii')), damage
            except (ValueError, UnicodeDecodeError) as error:
                return None, None, 'malformed line (%s): %s' % (error, show(line[at:]))
        if match:
            damage = 'wrong CRC: %s' % show(line[at:])
        at = line.find(MARK, at + 1)
    if first >= 0 and damage is None:
        damage = 'cut line: %s' % show(line[first:])
    return None, None, damage


def mend(first, rest):
    """(kind, words) of a line in which one of the kernel stands, with the line end that is the kernel's; None if the CRC is
    that of no such line."""
    for match in KERNEL.finditer(first):
        kind, word, damage = decode(first[:match.start()] + rest)
        if kind and not damage:
            return kind, word
    return None


def show(line, width=100):
    text = ''.join(chr(b) if 32 <= b < 127 else '?' for b in line)
    return text if len(text) <= width else text[:width - 3] + '...'


class Run:
    """One run of a suite, fed line by line. `problems` lists all that makes the run invalid, in the order seen."""

    def __init__(self):
        self.begun = self.done = False
        self.suite, self.schema, self.total, self.meta, self.known = None, None, None, {}, []
        self.benchmarks, self.skipped, self.failed, self.problems = [], [], [], []
        self.open = None                                    # the benchmark between `bench` and `result`
        self.batch = None                                   # its batch of another counter whose `batch` line is to come
        self.next_seq = self.seen = 0                       # next sequence number of samples, bench lines
        self.whole = True                                   # no line of the benchmark that is open was missing
        self.cut = None                                     # (line that the kernel has cut in two, what is wrong with it or None)

    @property
    def fresh(self):
        """Nothing has come since `begin`: another one is the same one, printed twice."""
        return self.begun and not (self.meta or self.known or self.seen or self.skipped or self.failed or self.problems or self.done)

    def feed(self, line):
        """Takes one console line (bytes); returns (kind, words) when a verified line was in it, else None."""
        kind, word, damage = decode(line)
        if self.cut:
            if kind is None and not damage and KERNEL.match(line):
                return None                                 # another line of the kernel before the rest comes
            whole = None if damage else mend(self.cut[0], line)
            if kind is None and whole:
                kind, word = whole
            elif self.cut[1]:
                self.problems.append(self.cut[1])
            self.cut = None
        if kind is None and (damage and KERNEL.search(line) or STUB.search(line)):
            self.cut, damage = (line, damage), None
        if damage:
            self.problems.append(damage)
        if kind is None:
            return None
        if kind == 'begin':                                 # anything before it belongs to nobody
            self.__init__()
        elif not self.begun:
            self.problems.append("'%s' line before 'begin'" % kind)
        if kind not in KINDS:
            self.problems.append("unknown line kind '%s': this kn is older than the root task" % kind)
            return None
        try:
            getattr(self, 'on_' + kind)(word)
        except KeyError as error:
            self.problems.append("'%s' line without %s" % (kind, error))
        except ValueError as error:
            self.problems.append("'%s' line of %s: %s" % (kind, word.get('name', '?'), error))
        return kind, word

    def on_begin(self, word):
        self.begun, self.suite = True, word['suite']
        self.total = int(word['benches']) if word.get('benches', '').isdigit() else None
        self.schema = word['schema']
        if self.schema not in SCHEMAS:
            self.problems.append("line protocol schema %s; this kn knows %s" % (self.schema, ' and '.join(SCHEMAS)))

    def on_meta(self, word):
        for key, value in word.items():
            if self.meta.setdefault(key, value) != value:
                raise ValueError('%s is said twice' % key)

    def on_list(self, word):
        self.known.append(word)

    def on_bench(self, word):
        if self.open:
            self.problems.append("benchmark %s has no 'result' line" % self.open['name'])
        self.open = {'name': word['name'], 'group': word['group'], 'variant': word['variant'], 'unit': word['unit'],
                     'op': word['op'].replace('~', ' '), 'iterations': int(word['iterations']),
                     'overhead': int(word['overhead']), 'samples': []}
        if self.schema != '1':
            self.open.update(kind=word['kind'], cpus=int(word['cpus']))
        if word['variant'] not in VARIANTS:
            raise ValueError('unknown variant %s' % word['variant'])
        extra = {k: v for k, v in word.items() if k not in self.open}
        if extra:
            self.open['extra'] = extra
        self.seen += 1
        self.next_seq, self.batch, self.whole = 0, None, True

    def current(self, word):
        if not self.open or self.open['name'] != word['name']:
            raise ValueError("no 'bench' line before it")
        return self.open

    def on_samples(self, word):
        bench = self.current(word)
        batch, seq = bench, int(word['seq'])
        if 'counter' in word:
            batch = self.batch_of(word['counter'])
        if seq != self.next_seq:
            self.problems.append('%s: samples line %d missing' % (bench['name'], self.next_seq))
            self.whole = False
        self.next_seq = seq + 1
        for value, count in samples.parse_runs(word['v']):
            samples.append_run(batch['samples'], value, count)

    def batch_of(self, counter):
        """The batch of this counter, which goes on or begins here."""
        if not self.batch:
            if counter == 'ticks' or counter in (c['name'] for c in self.open.get('counters', [])):
                raise ValueError('a second batch of counter %s' % counter)
            self.batch, self.next_seq = {'name': counter, 'samples': []}, 0
        if self.batch['name'] != counter:
            raise ValueError("samples of counter %s before the 'batch' line of %s" % (counter, self.batch['name']))
        return self.batch

    def on_batch(self, word):
        bench, batch = self.current(word), self.batch
        if not batch or batch['name'] != word['counter']:
            raise ValueError('no samples of counter %s' % word['counter'])
        self.batch = None
        self.check(batch, word)
        low, median, high = samples.summary(batch['samples'])
        bench.setdefault('counters', []).append({'name': batch['name'], 'overhead': int(word['overhead']), 'n': int(word['n']),
                                                 'min': low, 'median': median, 'max': high, 'samples': batch['samples']})

    @staticmethod
    def check(batch, word):
        """ValueError unless the figures of a `result` or `batch` line are those of the samples."""
        if not batch['samples']:
            raise ValueError('no samples')
        n, low, median, high = (int(word[k]) for k in ('n', 'min', 'median', 'max'))
        have = samples.summary(batch['samples'])
        if n != samples.count(batch['samples']):
            raise ValueError('%d samples announced, %d received' % (n, samples.count(batch['samples'])))
        if (low, median, high) != have:
            raise ValueError('min, median, max %d, %d, %d, but the samples give %d, %d, %d' % ((low, median, high) + have))

    def on_stage(self, word):
        bench = self.current(word)
        stages, seq = bench.setdefault('stages', []), int(word['seq'])
        if not stages or stages[-1]['name'] != word['stage']:
            stages.append({'name': word['stage'], 'samples': []})
            self.next_seq = 0
        if seq != self.next_seq:
            self.problems.append('%s: line %d of stage %s missing' % (bench['name'], self.next_seq, word['stage']))
            self.whole = False
        self.next_seq = seq + 1
        for value, count in samples.parse_runs(word['v']):
            samples.append_run(stages[-1]['samples'], value, count)

    def on_result(self, word):
        bench = self.current(word)
        self.open = None
        self.check(bench, word)
        if self.batch:
            raise ValueError("no 'batch' line of counter %s" % self.batch['name'])
        if int(word.get('batches', 0)) != len(bench.get('counters', [])):
            raise ValueError('%s batches announced, %d received' % (word.get('batches', 0), len(bench.get('counters', []))))
        if self.schema != '1':
            self.stopped(bench, word)
        stages = bench.get('stages', [])
        if len(stages) != int(word.get('stages', 0)):
            raise ValueError('%s stages announced, %d received' % (word.get('stages', 0), len(stages)))
        if word.get('repeated', '0') != '0':
            bench.setdefault('extra', {})['repeated'] = word['repeated']
        if stages:
            samples.check_sum(bench['samples'], [s['samples'] for s in stages])
        if self.whole:
            self.benchmarks.append(bench)

    @staticmethod
    def stopped(bench, word):
        """Why there are as many samples as there are, and the confidence interval of the median."""
        if word['stop'] not in STOPS:
            raise ValueError('unknown stop=%s' % word['stop'])
        ci = [int(bound) for bound in word['ci'].split(',')]
        if ci != list(samples.interval(bench['samples'])):
            raise ValueError('ci=%s, but the samples give %d,%d' % ((word['ci'],) + samples.interval(bench['samples'])))
        bench.update(stop=word['stop'], ci=ci)

    def close(self, word):
        """A skip or fail line may follow a bench line, and then stands in place of its samples and result."""
        if self.open and self.open['name'] == word['name']:
            self.open = None

    def on_skip(self, word):
        self.close(word)
        self.skipped.append({'name': word['name'], 'reason': word['reason'].replace('~', ' ')})

    def on_fail(self, word):
        self.close(word)
        self.failed.append({'name': word['name'], 'reason': word['reason'].replace('~', ' ')})

    def on_done(self, word):
        self.done = True
        if self.open:
            self.problems.append("benchmark %s has no 'result' line" % self.open['name'])
        if int(word['benches']) != self.seen:
            self.problems.append("'done' says %s benchmarks, %d 'bench' lines seen" % (word['benches'], self.seen))
        if int(word['failed']) != len(self.failed):
            self.problems.append("'done' says %s failed, %d 'fail' lines seen" % (word['failed'], len(self.failed)))

    def verdict(self):
        """What is wrong with the run as a whole, one line each; empty when it is a result."""
        faults = self.problems + ([self.cut[1]] if self.cut and self.cut[1] else [])
        if not self.begun:
            faults.append("no 'begin' line: the root task did not run, or its line protocol is not KN1")
        elif not self.done:
            faults.append("no 'done' line: the run did not end as planned")
        faults += ['benchmark %s failed: %s' % (f['name'], f['reason']) for f in self.failed]
        return faults
