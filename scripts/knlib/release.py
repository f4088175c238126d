# SPDX-License-Identifier: GPL-2.0-only
"""Records a release: its results, a summary of them, and its section in CHANGES.md. What is there already is checked and kept, so that it can
be started again after whatever stopped it. Commits and tags are left to a person."""

import os
import re
import subprocess

from . import cfp, emulator, pair, store, tools
from .errors import KnError, UsageError, last_line

VERSION = re.compile(r'\d\d\.(0[1-9]|[1-4]\d|5[0-3])\.(0|[1-9]\d*)')    # year, week, number
ARCHS = 'x86_64', 'aarch64'
COMPILERS = 'gcc', 'clang'
MAKE_WORDS = 'MAKEFLAGS', 'MAKEOVERRIDES', 'MAKELEVEL', 'MFLAGS', 'ARCH', 'COMP', 'CFP', 'DEBUG', 'BENCH', 'ITERATIONS', 'LABEL', 'KERNEL'    # of a make around it
UNRELEASED = '## Unreleased\n'
SUMMARY = 'summary.md'


class Step:
    """A make target and the files, below the release's folder, that it leaves."""

    def __init__(self, words, files):
        self.words, self.files = words, files

    def missing(self, folder):
        return [name for name in self.files if not os.path.exists(os.path.join(folder, name))]


def steps():
    """make bench by each compiler, then what control-flow protection costs on each architecture."""
    machines = {arch: emulator.Machine(arch=arch).name for arch in ARCHS}
    found = [Step(['bench', 'COMP=' + comp], ['%s/%s-%s-none.json' % (machines[a], a, comp) for a in ARCHS] + ['%s-none.svg' % comp])
             for comp in COMPILERS]
    for arch in ARCHS:
        name = arch + '-gcc'
        files = [cfp.path('', setting, name, level) for setting, level in cfp.series((cfp.ON, cfp.OFF))]
        found.append(Step(['bench-cfp', 'ARCH=' + arch], files + [os.path.join(os.path.dirname(files[0]), name + '-cfp.svg')]))
    return found


def git(*words):
    done = subprocess.run(['git', '-C', tools.TOP, *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise KnError('git %s: %s' % (words[0], last_line(done.stderr)))
    return done.stdout


def check_tree(version, folder, text):
    """A release is of a commit: nothing may differ from it but what this makes. Returns the commit."""
    if not VERSION.fullmatch(version):
        raise UsageError("VERSION=%s is no YEAR.WEEK.NUMBER as in 26.49.0" % version)
    if git('tag', '--list', version).strip():
        raise UsageError('%s is a tag already: a release is made once' % version)
    if os.path.exists(os.path.join(tools.TOP, 'Makefile.conf')):
        raise UsageError('Makefile.conf changes what is built; put it away')
    place = os.path.relpath(folder, tools.TOP)
    if git('ls-files', place).strip():
        raise UsageError('%s is in the repository already: results are added, never replaced' % place)
    written = '## %s\n' % version in text
    changed = [line for line in git('status', '--porcelain', '--untracked-files=all').splitlines()
               if not line[3:].startswith(place + '/') and not (written and line[3:] == 'CHANGES.md')]
    if changed:
        raise UsageError('files differ from the commit; commit them or put them away', changed[:10])
    if not written and UNRELEASED not in text:
        raise UsageError("CHANGES.md has no line '%s'" % UNRELEASED.strip())
    if not written and not section(text).strip():
        raise UsageError("CHANGES.md: nothing stands below '%s'" % UNRELEASED.strip())
    return git('rev-parse', 'HEAD').strip()


def section(text):
    """What stands below the heading of what is not released."""
    return text.split(UNRELEASED, 1)[1].split('\n## ', 1)[0]


def measure(step, version, folder, say, dry):
    """Runs what is missing of a step. Returns whether anything was."""
    words = ['make', '-s', '-j%d' % (os.cpu_count() or 1), '--no-print-directory', '-C', tools.TOP, *step.words, 'RELEASE=' + version]
    environment = {key: value for key, value in os.environ.items() if key not in MAKE_WORDS}
    missing = step.missing(folder)
    if not missing:
        say('%s: recorded' % ' '.join(step.words))
        return False
    say('%s: %s' % (' '.join(step.words), 'would run' if dry else 'runs'))
    if dry:
        return True
    done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=environment, check=False)
    if done.returncode or step.missing(folder):
        raise KnError('%s %s; start this again when that is mended' % (
            ' '.join(words), 'ended with status %d' % done.returncode if done.returncode else 'left no ' + step.missing(folder)[0]))
    return True


def check_results(folder, version, commit):
    """{configuration: document} of all that was recorded; each must be whole, of this release and of this commit."""
    found = {}
    for name in sorted({name for step in steps() for name in step.files if name.endswith('.json')}):
        path = os.path.join(folder, name)
        document = store.read(path)
        build = document['build']
        for fault, wrong in (('is of release %s' % document['release'], document['release'] != version),
                             ('is incomplete', document['incomplete']),
                             ('is of commit %s' % build.get('commit', 'unknown'), build.get('commit') != commit),
                             ('is of a tree that differed from its commit', build.get('dirty'))):
            if wrong:
                raise KnError('%s %s; remove it and start again' % (os.path.relpath(path, tools.TOP), fault))
        found[name] = document
    return found


def plain(documents, comp):
    """Those of make bench, of all architectures."""
    return [document for name, document in documents.items() if os.path.basename(name) in ['%s-%s-none.json' % (a, comp) for a in ARCHS]
            and document['machine'] in [emulator.Machine(arch=a).name for a in ARCHS]]


def means(documents, comp):
    """'x86_64 0.57, aarch64 0.54', beside the reference."""
    columns = pair.columns(plain(documents, comp))
    return ', '.join('%s %.2f' % (column.title, mean) for column, mean, _ in pair.means(columns)) or 'no reference'


def summary(documents, version):
    """The tables of make bench by both compilers."""
    parts = ['<!-- SPDX-License-Identifier: GPL-2.0-only -->\n# %s\n\n' % version]
    for comp in COMPILERS:
        parts.append('## %s\n\n%s\n' % (comp, pair.render(pair.columns(plain(documents, comp)), 'markdown')))
    return ''.join(parts).rstrip() + '\n'


def changes(text, version, documents):
    """CHANGES.md with the section of the release."""
    if '## %s\n' % version in text:
        return text
    figures = 'Figures are in [results/%s](results/%s/%s); geometric mean of the ratios to NOVA 24.08: %s.' % (
        version, version, SUMMARY, '; '.join('%s %s' % (comp, means(documents, comp)) for comp in COMPILERS))
    return text.replace(UNRELEASED, '%s\n## %s\n\n%s\n' % (UNRELEASED, version, figures), 1)


def write(path, text):
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)


def make(version, dry, say):
    """All of it. With `dry`, only what can be checked is, and what would be done is said."""
    folder, path = os.path.join(store.RESULTS, version), os.path.join(tools.TOP, 'CHANGES.md')
    with open(path, encoding='utf-8') as file:
        text = file.read()
    commit = check_tree(version, folder, text)
    todo = [step for step in steps() if step.missing(folder)]
    if todo and '## %s\n' % version in text:
        raise UsageError('CHANGES.md has the section of %s, but results are missing: git checkout CHANGES.md first' % version)
    for step in steps():
        measure(step, version, folder, say, dry)
    if dry and todo:
        say('then results/%s/%s and the section of CHANGES.md would be written' % (version, SUMMARY))
        return
    documents = check_results(folder, version, commit)
    if not dry:
        write(os.path.join(folder, SUMMARY), summary(documents, version))
        write(path, changes(text, version, documents))
    say('%d results are whole and of commit %s' % (len(documents), commit[:12]))
