# SPDX-License-Identifier: GPL-2.0-only
"""One page of HTML with the results of a release: figures beside the reference, charts, how to read them, machine and build.

The page (report.html, a template of Jinja2) is complete in itself: charts are inline SVG, nothing is loaded, nothing is run. It is made from
results alone, so the same results give the same page."""

import os
import re

from . import cfp, cfp_plot, chart_history, chart_ipc, chart_latency, chart_ratios, chart_stages, history, output, pair, stages, store, style, table, tools
from .errors import UsageError, counted

HEADLINES = (('null', 'hypercall that does nothing'), ('ipc.same.w1', 'IPC inside a domain, round trip'),
             ('ipc.cross.w1', 'IPC between domains, round trip'), ('ipc.cross.w64', 'the same with 64 words'), ('exc.ud', 'exception to a portal and back'),
             ('sem.pingpong.equal', 'semaphore ping-pong, round'), ('map.other.map', 'map a page into another domain'),
             ('create.ec', 'create an execution context'), ('destroy.ec', 'destroy it'))
HEATED = 24                                                 # lines of a heat map at most
DRAWN = 8                                                   # exact counts with fewer different samples are a line of a table, not a chart
# What is known of the recorded reference and stands in no result
NOTES = {('NOVA 24.08', 'bochs-tigerlake'): ' On Bochs it is a copy that was changed in three places of its boot code (doc/measuring.md).'}


class Page:
    """Figures and their numbers. `out` is where the page will lie: links to the results are relative to that place."""

    def __init__(self, out):
        self.figures, self.paths, self.here = [], [], os.path.dirname(os.path.abspath(out))

    def link(self, path):
        return {'path': os.path.relpath(path, self.here).replace(os.sep, '/'), 'name': '/'.join(os.path.abspath(path).split(os.sep)[-3:]).removesuffix('.json')}

    def figure(self, script, name, caption, title, paths):
        """Adds a chart of these results; a script that is None has nothing to show."""
        if script is None:
            return None
        self.figures.append({'name': name, 'number': len(self.figures) + 1, 'caption': joined(caption), 'title': title, 'subject': script.subject,
                             'svg': style.inline(script, name), 'data': [self.link(path) for path in dict.fromkeys(paths)]})
        self.paths += paths
        return self.figures[-1]

    def titled(self, title):
        """The figures of a section."""
        return [figure for figure in self.figures if figure['title'] == title]


def joined(text):
    """No line shall end within a number, or between it and its unit."""
    return re.sub(r'(?<=\d) (?=\d{3}\b|%)', '\u00a0', text)


def number(value):
    return joined(style.plain_number(value))


def percent(ratio):
    return joined(style.percent(ratio))


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
    return {'ours': number(ours['median']), 'theirs': number(theirs['median']) if theirs else None, 'unit': '' if row['unit'] == 'ticks' else row['unit'],
            'ratio': ratio, 'percent': percent(ratio) if ratio is not None else None,
            'spread': '' if ours['min'] == ours['max'] else '%s to %s' % (number(ours['min']), number(ours['max']))}


def all_figures(cols):
    """[(heading of the group, [row])] of every benchmark but controls and, where instructions are counted, cold ones and those that are nothing."""
    groups, none = {}, nothing(cols)
    for key in pair.keys(cols):
        if pair.shown(cols, key) and key not in none:
            name = pair.group(cols, key)
            groups.setdefault(name, []).append({'name': key[0], 'variant': key[1], 'op': pair.operation(cols, key), 'cells': [figures(col, key) for col in cols]})
    order = [g for g in table.GROUPS if g in groups] + sorted(g for g in groups if g not in table.GROUPS)
    return [(table.GROUPS.get(g, g), groups[g]) for g in order]


def nothing(cols):
    """[key] of what is 0 everywhere, as TLB misses are where instructions are counted."""
    def benches(key):
        return [b for col in cols if key in col.rows for b in (col.rows[key]['files'][0], col.rows[key]['reference']) if b]

    return [key for key in pair.keys(cols) if pair.cold_is_warm(cols) and pair.shown(cols, key) and not any(b['max'] or b['min'] for b in benches(key))]


def varied(cols):
    """[{arch, name, n, median, others, least, most}] of exact counts that are not the same each time."""
    out = []
    for col in cols:
        for key, row in col.rows.items():
            bench = row['files'][0]
            if pair.shown(cols, key) and bench['min'] != bench['max'] and col.document['ticks_are'] == 'instructions':
                same = sum(count for value, count in bench['samples'] if value == bench['median'])
                out.append({'arch': col.title, 'name': key[0], 'op': row['op'], 'n': number(bench['n']), 'median': number(bench['median']),
                            'others': number(bench['n'] - same), 'least': number(bench['min']), 'most': number(bench['max'])})
    return out


def controls(cols):
    """[{name, op, cells: for each column {found, wanted, off}}] of what the suite must measure; wanted where a delay of known size was put in."""
    out = []
    for key in pair.keys(cols):
        if pair.group(cols, key) != table.CONTROL:
            continue
        cells = []
        for col in cols:
            bench = key in col.rows and col.rows[key]['files'][0]
            extra = bench and bench.get('extra') or {}
            wanted = int(extra['base']) + int(extra['delay']) if {'base', 'delay'} <= set(extra) else None
            cells.append(bench and {'found': number(bench['median']), 'wanted': wanted is not None and '%s + %s' % tuple(number(int(extra[k])) for k in ('base', 'delay')),
                                    'off': wanted is not None and '%+.2f\u00a0%%' % (100 * (bench['median'] - wanted) / int(extra['delay']))})
        out.append({'name': key[0], 'op': pair.operation(cols, key), 'cells': cells})
    return out


def facts(document):
    """{what: value} of machine and build."""
    kernel, meta, emulator = document['kernel'], document['meta'], document['emulator'] or {}
    build, platform, protection = document.get('build', {}), document.get('platform', {}), kernel.get('cfp') or {}
    hertz = platform.get('freq_hz')
    pairs = [
        ('Emulator', emulator.get('version')), ('Emulator command', emulator.get('command')),
        ('CPU', platform.get('cpu_name') or (meta.get('cpu_brand') or meta.get('midr') or '').replace('~', ' ')),
        ('CPUs', platform.get('cpus') or meta.get('cpu_num')), ('Microcode', platform.get('microcode')),
        ('Core frequency', hertz and '%s MHz' % number(hertz // 1000000)),
        ('Board', ' '.join(filter(None, (platform.get('board_vendor'), platform.get('board_name'))))), ('Firmware', platform.get('firmware')),
        ('Counter', '%s; a tick is one of %s' % (meta.get('counter', 'unknown'), table.TICKS[document['ticks_are']])),
        ('Remarks', '; '.join(platform.get('warnings', []))), ('Host', ', '.join(str(v) for _, v in sorted((document.get('run') or {}).items()))),
        ('Kernel', kernel.get('banner') or kernel.get('title')), ('Kernel image', sha(kernel)), ('Compiler', kernel.get('compiler') or build.get('compiler')),
        ('Flags', build.get('flags')), ('Commit', build.get('commit', '') + (', with files that differed from it' if build.get('dirty') else '')),
        ('Control-flow protection', 'built for %s, in use: %s' % (protection.get('built'), protection.get('used')) if protection else None),
        ('Patched at boot', '; '.join(document.get('patches', []))), ('Kernel command line', (meta.get('kernel_cmdline') or '').replace('~', ' ')),
        ('Root task', sha(document['root'])),
    ]
    return {what: value for what, value in pairs if value}


def all_facts(cols):
    """[(what, value or None of each column)], and what differs in the references."""
    each = []
    for col in cols:
        found = facts(col.document)
        if col.reference:
            theirs = dict({'Flags': 'not recorded'}, **facts(col.reference))
            found.update(('%s: %s' % (col.short[1], what.lower()), theirs[what]) for what in ('Kernel', 'Kernel image', 'Compiler', 'Flags', 'Root task')
                         if what in theirs)
        each.append(found)
    return [(what, [found.get(what) for found in each]) for what in dict.fromkeys(what for found in each for what in found)]


def sha(image):
    return 'SHA-256 %s..., %s bytes' % (image['sha256'][:16], number(image['bytes'])) if image.get('sha256') else None


def skipped(cols, staged):
    """[(architectures, benchmarks, why)] of what was not measured; stages have figures of their own."""
    left, out = {}, {}
    for col in cols:
        for skip in col.document['skipped']:
            if not (staged and skip['name'].startswith(stages.TRACED)):
                left.setdefault((skip['reason'], col.title), []).append(skip['name'])
    for (reason, arch), names in left.items():
        out.setdefault((reason, tuple(names)), []).append(arch)
    return [(' and '.join(archs), names, reason) for (reason, names), archs in out.items()]


def counters(cols):
    """[(benchmark, [(architecture, counter, median, n)])] of batches of other counters than ticks."""
    out = {}
    for col in cols:
        for bench in col.document['benchmarks']:
            for batch in bench.get('counters', ()):
                out.setdefault(bench['name'], []).append((col.title, batch['name'], number(batch['median']), number(batch['n'])))
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
        theirs = next((table.name_of(d) for d in other.values()), None)
        machine = documents[cfp.ON, 'none']['machine']
        page.figure(cfp_plot.script(documents, other), 'cfp-' + configuration, cfp_plot.caption(documents, other) + NOTES.get((theirs, machine), ''), 'levels',
                    [cfp.path(folder, setting, configuration, level) for setting, level in documents]
                    + [cfp.path(os.path.join(store.RESULTS, store.REFERENCE), setting, other[setting, level]['configuration'].rpartition('-')[0], level)
                       for setting, level in other])


def latencies(page, found):
    """Histogram, tail and heat map of each result whose samples differ; of exact counts, only where there are many different ones."""
    for path, document in found:
        if traced(document):
            continue
        series = [one for one in chart_latency.series_of(document) if one.unit == table.TICKS[document['ticks_are']]]
        shown = [one for one in chart_latency.spread(series) if document['ticks_are'] != 'instructions' or len(one.values) >= DRAWN]
        if not shown:
            continue
        said = '%s on %s (%s)' % (table.TICKS[document['ticks_are']], document['machine'], document['configuration'])
        name = re.sub(r'\W+', '-', '%s-%s' % (document['machine'], document['configuration']))
        noise = '' if document['ticks_are'] in ('instructions', 'cycles') or not document['emulator'] else \
            ' An emulator without a virtual clock: the spread is mostly that of the host, and no figure of the kernel.'
        page.figure(chart_latency.script(shown[:4], said), 'latency-' + name, chart_latency.caption(shown[:4]) + noise, 'latency', [path])
        bases = {one.base for one in shown}
        heated = [one for one in series if one.base in bases and one.least > 0][:HEATED]
        page.figure(chart_latency.heat(heated, said), 'heat-' + name, chart_latency.heat_caption() + noise, 'heat', [path])


def histories(page, chosen):
    """A chart for each architecture; a line for one that was recorded once only, or that never changed."""
    said = []
    for path, document in chosen:
        place = os.path.abspath(path).split(os.sep)
        releases = chart_history.load(os.sep.join(place[:-3]), document['machine'], document['configuration'], document['release']) \
            if history.RELEASE.fullmatch(document['release']) else None
        if not releases or len(releases['releases']) < 2:
            said.append('%s on %s was first recorded in %s.' % (pair.arch(document), document['machine'], document['release']))
        elif not any(line['changes'] for line in releases['benchmarks']):
            said.append('%s on %s: none of %s changed from %s to %s.' % (
                pair.arch(document), document['machine'], counted(len(releases['benchmarks']), 'figure'), releases['releases'][0]['name'], releases['releases'][-1]['name']))
        else:
            page.figure(chart_history.script(releases, store.reference_for(document, None)), 'history-' + pair.arch(document), chart_history.caption(releases),
                        'history', [os.sep.join([*place[:-3], release['name'], *place[-2:]]) for release in releases['releases']])
    return said


def warnings(found):
    """[(machine, what makes its figures doubtful)], each once. A count of instructions knows neither frequencies nor neighbours."""
    said = [(d['machine'], text) for _, d in found for text in (d.get('platform', {}).get('warnings', []) if d['ticks_are'] != 'instructions' else [])
            + ([d['incomplete']] if d.get('incomplete') else [])]
    return list(dict.fromkeys(said))


def summary(cols):
    """What it comes to, for each column with a reference: the geometric mean, how many operations take fewer, the same, more, and what is no part of it."""
    out = []
    for col, mean, ratios in pair.means(cols):
        known = sorted(r for r in pair.ratios(cols, col) if r)
        apart = [row['ratios'][0] for key, row in col.rows.items() if row['group'] in table.APART and pair.shown(cols, key) and row['ratios'][0]]
        emulator = (col.document['emulator'] or {}).get('version')
        out.append({'arch': col.title, 'machine': col.document['machine'], 'place': '%s in %s' % (col.document['machine'], emulator) if emulator else col.document['machine'],
                    'theirs': col.theirs, 'percent': '%.0f' % (100 * mean), 'number': ratios, 'unit': table.TICKS[col.document['ticks_are']],
                    'fewer': sum(r < 1 for r in known), 'same': sum(r == 1 for r in known), 'more': sum(r > 1 for r in known),
                    'median': percent(known[(len(known) - 1) // 2]), 'least': percent(known[0]), 'most': percent(known[-1]),
                    'apart': len(apart), 'whole': percent(table.geometric_mean(known + apart)),
                    'same_root': (col.document['root'].get('sha256') or 0) == col.reference['root'].get('sha256')})
    return out


def longer(cols):
    """[(name, operation, [share or None of each column])] of what counts for the mean and takes more than the reference, the longest first."""
    out = []
    for key in pair.keys(cols):
        found = [col.rows[key]['ratios'][0] if key in col.rows else None for col in cols]
        if pair.counts(cols, key) and any(r and r > 1 for r in found):
            out.append((key[0], pair.operation(cols, key), found))
    return [(name, op, [r and percent(r) for r in found]) for name, op, found in sorted(out, key=lambda one: -max(r or 0 for r in one[2]))]


def references(chosen):
    """[(path, document)] of the reference of each, where there is one."""
    found = [(store.find_reference(d), store.reference_for(d, None)) for _, d in chosen]
    return [(p, d) for p, d in found if p and d]


def draw(page, folder, found, chosen, cols):
    """All charts, in the order of the page; returns what is said of histories without one."""
    of_all = [path for path, _ in chosen + references(chosen)]
    if len({d['ticks_are'] for _, d in chosen}) == 1:
        page.figure(chart_ratios.script(cols, table.GROUPS), 'ratios', chart_ratios.caption(cols), 'ratios', of_all)
        page.figure(chart_ipc.script(cols), 'ipc', chart_ipc.caption(cols), 'ipc', of_all)
    archs = [pair.arch(d) for _, d in chosen]
    staged = sorted(((p, d) for p, d in found if traced(d)), key=lambda one: (archs + [pair.arch(one[1])]).index(pair.arch(one[1])))
    for unit in dict.fromkeys(d['ticks_are'] for _, d in staged):
        these = [(p, d) for p, d in staged if d['ticks_are'] == unit]
        documents = [d for _, d in these]
        page.figure(chart_stages.script(documents), 'stages-' + unit, chart_stages.caption(documents), 'stages', [p for p, _ in these])
    levels(page, folder, found)
    latencies(page, found)
    return histories(page, chosen)


def make(folder, more, out):
    """The text of the page. `out` is where it will lie."""
    try:
        import jinja2
    except ImportError:
        raise tools.missing_module('jinja2') from None
    found = load(folder, more)
    chosen = primary(found)
    documents = [d for _, d in chosen]
    cols = pair.columns(documents)
    page = Page(out)
    said = draw(page, folder, found, chosen, cols)
    known = {os.path.abspath(path): d for path, d in found + references(chosen)}
    behind = {path: known.get(path) or store.read(path) for path in dict.fromkeys([*known, *map(os.path.abspath, page.paths)])}
    files = [dict(page.link(path), ticks=table.TICKS[d['ticks_are']], n=counted(len(d['benchmarks']), 'benchmark')) for path, d in behind.items()]
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(os.path.dirname(os.path.abspath(__file__))), autoescape=True, trim_blocks=True,
                                     lstrip_blocks=True, undefined=jinja2.StrictUndefined)
    keys = pair.keys(cols)
    return environment.get_template('report.html').render(
        name=table.name_of(documents[0]), cols=cols, apart=sorted(set(table.APART[1:]) & {pair.group(cols, key) for key in keys}),
        summary=summary(cols), headlines=headlines(cols), longer=longer(cols), groups=all_figures(cols), zero=[key[0] for key in nothing(cols)],
        varied=varied(cols), shown=sum(pair.shown(cols, key) and key in col.rows for col in cols for key in keys),
        controls=controls(cols), figures=page.figures, said=said, files=files, skipped=skipped(cols, page.titled('stages')),
        facts=all_facts(cols), counters=counters(cols), warnings=warnings(found),
        kinds=sorted({d['ticks_are'] for d in documents}), theirs=next((col.theirs for col in cols if col.reference), None),
        cold=any(b['variant'] == 'cold' for d in documents for b in d['benchmarks']) and pair.cold_is_warm(cols)).rstrip() + '\n'


def write(folder, more, path):
    output.write(path, make(folder, more, path))
