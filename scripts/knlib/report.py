# SPDX-License-Identifier: GPL-2.0-only
"""One page of HTML with the results of a release: figures beside the reference, charts, how to read them, machine and build.

The page (report.html, a template of Jinja2) is complete in itself: charts are inline SVG, nothing is loaded, nothing is run. It is made from
results alone, so the same results give the same page."""

import os
import re

from . import cfp, cfp_plot, chart_history, chart_ipc, chart_latency, chart_stages, history, output, pair, stages, store, style, table, tools
from .errors import UsageError, counted

HEADLINES = (('null', 'hypercall that does nothing'), ('ipc.same.w1', 'IPC inside a domain, round trip'),
             ('ipc.cross.w1', 'IPC between domains, round trip'), ('ipc.cross.w64', 'the same with 64 words'), ('exc.ud', 'exception to a portal and back'),
             ('sem.pingpong.equal', 'semaphore ping-pong, round'), ('map.other.map', 'map a page into another domain'))
GROUPS = {'null': 'Hypercall', 'ipc': 'Inter-process communication', 'exc': 'Exceptions', 'sem': 'Semaphores', 'map': 'Memory', 'delegate': 'Delegation',
          'walk': 'TLB misses', 'create': 'Creation of objects', 'destroy': 'Destruction of objects', 'size': 'Memory of objects', 'recall': 'Recall',
          'int': 'Interrupts and timeouts', 'sched': 'Scheduling', 'cos': 'Classes of service', 'vm': 'Guests', 'boot': 'Boot, once', 'trace': 'Stages'}
HEATED = 24                                                 # lines of a heat map at most


class Page:
    """Figures and their numbers."""

    def __init__(self):
        self.figures = []

    def figure(self, script, name, caption, title):
        """Adds a chart; a script that is None has nothing to show."""
        if script is None:
            return None
        self.figures.append({'name': name, 'number': len(self.figures) + 1, 'caption': re.sub(r'(?<=\d) (?=\d{3}\b|%)', '\u00a0', caption),
                             'title': title, 'width': script.width,
                             'height': script.height, 'svg': style.inline(script, name)})
        return self.figures[-1]


def load(folder, more):
    """[(path, document)] of every result below the folder, and of the files that were named besides."""
    if not os.path.isdir(folder):
        raise UsageError('%s is no folder of results, results/RELEASE' % folder)
    paths = sorted(os.path.join(root, name) for root, _, names in os.walk(folder) for name in names if name.endswith('.json'))
    found = [(path, store.read(path)) for path in paths + list(more)]
    if not found:
        raise UsageError('%s holds no result (MACHINE/CONFIGURATION.json)' % folder)
    return found


def newest():
    """Folder of the youngest release in results/."""
    return os.path.join(store.RESULTS, history.releases(store.RESULTS)[-1])


def rank(entry):
    """What stands for an architecture: exact counts with a reference, gcc, no control-flow protection, the plain machine, the most benchmarks."""
    path, document = entry
    return (document['ticks_are'] != 'instructions', store.reference_for(document, None) is None, 'gcc' not in document['configuration'],
            not document['configuration'].endswith('-none'), len(document['machine']), -len(document['benchmarks']), path)


def primary(found):
    """[(path, document)], one for each architecture."""
    archs = dict.fromkeys(pair.arch(d) for _, d in found if not traced(d))
    return [min(((p, d) for p, d in found if pair.arch(d) == arch and not traced(d)), key=rank) for arch in sorted(archs, reverse=True)]


def traced(document):
    return any('stages' in b for b in document['benchmarks'])


def headlines(cols):
    """Rows of the summary: name, meaning, for each column (figure, reference, share in percent)."""
    rows = []
    for name, text in HEADLINES:
        cells = [figures(col, (name, 'warm')) for col in cols]
        if any(cells):
            rows.append({'name': name, 'text': text, 'cells': cells})
    return rows


def figures(col, key):
    row = col.rows.get(key)
    if not row or not row['files'][0]:
        return None
    ours, theirs, ratio = row['files'][0], row['reference'], row['ratios'][0]
    return {'ours': style.plain_number(ours['median']), 'theirs': style.plain_number(theirs['median']) if theirs else None,
            'unit': '' if row['unit'] == 'ticks' else row['unit'], 'ratio': ratio, 'percent': 100 * ratio if ratio is not None else None,
            'spread': '' if ours['min'] == ours['max'] else '%s to %s' % (style.plain_number(ours['min']), style.plain_number(ours['max']))}


def all_figures(cols):
    """[(heading of the group, [row])] of every benchmark but controls and, where instructions are counted, cold ones."""
    groups = {}
    for key in pair.keys(cols):
        if pair.shown(cols, key):
            name = pair.group(cols, key)
            groups.setdefault(name, []).append({'name': key[0], 'variant': key[1], 'op': pair.operation(cols, key), 'cells': [figures(col, key) for col in cols]})
    order = [g for g in GROUPS if g in groups] + sorted(g for g in groups if g not in GROUPS)
    return [(GROUPS.get(g, g), groups[g]) for g in order]


def controls(cols):
    """['control.nothing 0']: what the suite must measure."""
    return [(key[0], pair.operation(cols, key), [figures(col, key) for col in cols]) for key in pair.keys(cols) if pair.group(cols, key) == table.CONTROL]


def facts(document):
    """[(what, value)] of machine and build."""
    kernel, meta, emulator = document['kernel'], document['meta'], document['emulator'] or {}
    build, platform, protection = document.get('build', {}), document.get('platform', {}), kernel.get('cfp') or {}
    hertz = platform.get('freq_hz')
    pairs = [
        ('Kernel', kernel.get('banner') or kernel.get('title')), ('Compiler', kernel.get('compiler') or build.get('compiler')),
        ('Commit', build.get('commit', '') + (', with files that differed from it' if build.get('dirty') else '')), ('Flags', build.get('flags')),
        ('Control-flow protection', 'built for %s, in use: %s' % (protection.get('built'), protection.get('used')) if protection else None),
        ('Patched at boot', '; '.join(document.get('patches', []))), ('Kernel command line', (meta.get('kernel_cmdline') or '').replace('~', ' ')),
        ('Kernel image', sha(kernel)), ('Root task', sha(document['root'])), ('Emulator', emulator.get('version')), ('Emulator command', emulator.get('command')),
        ('CPU', platform.get('cpu_name') or (meta.get('cpu_brand') or meta.get('midr') or '').replace('~', ' ')),
        ('CPUs', platform.get('cpus') or meta.get('cpu_num')), ('Microcode', platform.get('microcode')),
        ('Core frequency', hertz and '%s MHz' % style.plain_number(hertz // 1000000)),
        ('Board', ' '.join(filter(None, (platform.get('board_vendor'), platform.get('board_name'))))), ('Firmware', platform.get('firmware')),
        ('Counter', '%s; a tick is one of %s' % (meta.get('counter', 'unknown'), table.TICKS[document['ticks_are']])),
        ('Host', ', '.join(str(v) for _, v in sorted((document.get('run') or {}).items()))),
    ]
    return [(what, value) for what, value in pairs if value]


def sha(image):
    return 'SHA-256 %s..., %s bytes' % (image['sha256'][:16], style.plain_number(image['bytes'])) if image.get('sha256') else None


def skipped(cols, staged):
    """[(architecture, benchmarks, why)] of what was not measured; stages have figures of their own."""
    out = {}
    for col in cols:
        for skip in col.document['skipped']:
            if staged and skip['name'].startswith(stages.TRACED):
                continue
            out.setdefault((col.title, skip['reason']), []).append(skip['name'])
    return [(arch, names, reason) for (arch, reason), names in out.items()]


def counters(cols):
    """[(benchmark, [(architecture, counter, median, n)])] of batches of other counters than ticks."""
    out = {}
    for col in cols:
        for bench in col.document['benchmarks']:
            for batch in bench.get('counters', ()):
                out.setdefault(bench['name'], []).append((col.title, batch['name'], style.plain_number(batch['median']), batch['n']))
    return list(out.items())


def levels(page, folder, found):
    """What control-flow protection costs; one chart for each architecture that has all levels."""
    for configuration in sorted({re.sub(r'-none$', '', d['configuration']) for _, d in found if d['configuration'].endswith('-none')}, reverse=True):
        if configuration.split('-')[0] not in cfp.EMULATOR:
            continue
        documents = cfp.read(folder, configuration, (cfp.ON, cfp.OFF))
        if not any(setting == cfp.ON and level != 'none' for setting, level in documents):
            continue
        other = cfp.reference(None, configuration, (cfp.ON, cfp.OFF))
        arch = configuration.split('-')[0]
        page.figure(cfp_plot.script(documents, other), 'cfp-' + configuration, 'Control-flow protection with %s on %s (%s), by level: first the headline '
                    'operation, then how many instructions each level adds. Hatched: %s.' % (cfp.FEATURES[arch], arch, configuration, table.name_of(next(iter(other.values()))))
                    if other else 'Control-flow protection with %s on %s (%s), by level.' % (cfp.FEATURES[arch], arch, configuration), 'levels')


def latencies(page, found):
    """Histogram, tail and heat map of each result whose samples differ."""
    for path, document in found:
        if traced(document):
            continue
        series = [one for one in chart_latency.series_of(document) if one.unit == table.TICKS[document['ticks_are']]]
        shown = chart_latency.spread(series)
        if not shown:
            continue
        said = '%s on %s (%s)' % (table.TICKS[document['ticks_are']], document['machine'], document['configuration'])
        name = re.sub(r'\W+', '-', '%s-%s' % (document['machine'], document['configuration']))
        noise = '' if document['ticks_are'] in ('instructions', 'cycles') or not document['emulator'] else \
            ' An emulator without a virtual clock: the spread is mostly that of the host, and no figure of the kernel.'
        page.figure(chart_latency.script(shown[:4], said), 'latency-' + name, chart_latency.caption(shown[:4]) + noise, 'latency')
        bases = {one.base for one in shown}
        heated = [one for one in series if one.base in bases and one.least > 0][:HEATED]
        page.figure(chart_latency.heat(heated, said), 'heat-' + name, chart_latency.heat_caption() + noise, 'heat')


def histories(page, chosen):
    """One for each architecture; a line for one that was recorded once only."""
    alone = []
    for path, document in chosen:
        place = os.path.abspath(path).split(os.sep)
        releases = chart_history.load(os.sep.join(place[:-3]), document['machine'], document['configuration'], document['release']) \
            if history.RELEASE.fullmatch(document['release']) else None
        script = chart_history.script(releases, store.reference_for(document, None))
        if not page.figure(script, 'history-' + pair.arch(document), script and chart_history.caption(releases), 'history'):
            alone.append('%s on %s was first recorded in %s.' % (pair.arch(document), document['machine'], document['release']))
    return alone


def warnings(found):
    """[(machine, what makes its figures doubtful)], each once."""
    said = [(d['machine'], text) for _, d in found for text in d.get('platform', {}).get('warnings', []) + ([d['incomplete']] if d.get('incomplete') else [])]
    return list(dict.fromkeys(said))


def summary(cols):
    """Geometric means: [{arch, machine, percent, number, factor}]."""
    return [{'arch': col.title, 'machine': col.document['machine'], 'theirs': col.theirs, 'percent': 100 * mean, 'number': number, 'factor': 1 / mean,
             'unit': table.TICKS[col.document['ticks_are']]} for col, mean, number in pair.means(cols)]


def make(folder, more, out):
    """The text of the page. `out` is where it will lie: links to the results are relative to that place."""
    try:
        import jinja2
    except ImportError:
        raise tools.missing_module('jinja2') from None
    found = load(folder, more)
    chosen = primary(found)
    documents = [d for _, d in chosen]
    cols = pair.columns(documents)
    page = Page()
    if len({d['ticks_are'] for d in documents}) == 1:
        page.figure(chart_ipc.script(cols), 'ipc', chart_ipc.caption(cols), 'ipc')
    staged = sorted((d for _, d in found if traced(d)), key=lambda d: ([pair.arch(c) for c in documents] + [pair.arch(d)]).index(pair.arch(d)))
    for unit in dict.fromkeys(d['ticks_are'] for d in staged):
        these = [d for d in staged if d['ticks_are'] == unit]
        page.figure(chart_stages.script(these), 'stages-' + unit, chart_stages.caption(these), 'stages')
    levels(page, folder, found)
    latencies(page, found)
    alone = histories(page, chosen)
    here = os.path.dirname(os.path.abspath(out))
    references = [(store.find_reference(d), store.reference_for(d, None)) for d in documents]
    files = [{'path': os.path.relpath(path, here).replace(os.sep, '/'), 'name': '%s / %s' % (d['machine'], d['configuration']), 'release': d['release'],
              'ticks': table.TICKS[d['ticks_are']], 'n': counted(len(d['benchmarks']), 'benchmark')}
             for path, d in found + [(p, d) for p, d in references if p and d]]
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(os.path.dirname(os.path.abspath(__file__))), autoescape=True, trim_blocks=True,
                                     lstrip_blocks=True, undefined=jinja2.StrictUndefined)
    return environment.get_template('report.html').render(
        name=table.name_of(documents[0]), release=documents[0]['release'], cols=cols, apart=sorted(set(table.APART[1:]) & {pair.group(cols, key) for key in pair.keys(cols)}), summary=summary(cols), headlines=headlines(cols),
        groups=all_figures(cols), controls=controls(cols), figures=page.figures, alone=alone, files=files, skipped=skipped(cols, staged),
        facts=[(col.title, facts(col.document)) for col in cols], counters=counters(cols), warnings=warnings(found), has_stages=bool(staged),
        kinds=sorted({d['ticks_are'] for d in documents}), theirs=next((col.theirs for col in cols if col.reference), None),
        cold=any(b['variant'] == 'cold' for d in documents for b in d['benchmarks']) and pair.cold_is_warm(cols)).rstrip() + '\n'


def write(folder, more, path):
    output.write(path, make(folder, more, path))
