# SPDX-License-Identifier: GPL-2.0-only
"""Runs host test programs, one line each, then their sum. Output of a program that fails is shown in full.

usage: run.py LABEL SUMMARY PROGRAM...        SUMMARY: file that gets "PASSED FAILED", for whoever adds up
"""
import os, re, subprocess, sys

TIMEOUT = 300  # seconds for one program; a parser that does not terminate fails here


def run (program):
    """Returns (passed, failed, output, note)."""
    env = dict (os.environ, CMOCKA_MESSAGE_OUTPUT='STDOUT',
                ASAN_OPTIONS='detect_stack_use_after_return=1:detect_leaks=0', UBSAN_OPTIONS='print_stacktrace=1')
    try:
        r = subprocess.run ([program], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=TIMEOUT, env=env)
    except subprocess.TimeoutExpired as e:
        return 0, 1, (e.stdout or b'').decode ('utf-8', 'replace'), 'no end after %d s' % TIMEOUT

    output = r.stdout.decode ('utf-8', 'replace')
    total = sum (map (int, re.findall (r'Running (\d+) test\(s\)', output)))
    passed = len (re.findall (r'^\[\s+OK \]', output, re.M))
    ended = re.search (r'^\[==========\] \d+ test\(s\) run\.', output, re.M)

    if r.returncode == 0 and ended and passed == total and total:
        return passed, 0, output, ''
    note = 'exit status %d' % r.returncode if ended else 'died, exit status %d' % r.returncode
    return passed, max (total - passed, 1), output, note


def main (label, summary, programs):
    all_passed = all_failed = 0
    for p in programs:
        passed, failed, output, note = run (p)
        all_passed, all_failed = all_passed + passed, all_failed + failed
        name = os.path.basename (p)
        print (('  %-7s %-16s %4d passed %4d failed  %s' % (label, name, passed, failed, note)).rstrip(), flush=True)
        if failed:
            print ('\n'.join (l for l in output.splitlines() if not re.match (r'\[ (RUN|      OK) ', l)))
    with open (summary, 'w') as f:
        print (all_passed, all_failed, file=f)
    print ('  %-7s %d programs, %d tests passed, %d failed' % (label, len (programs), all_passed, all_failed))
    return all_failed > 0


try:
    sys.exit (main (sys.argv[1], sys.argv[2], sys.argv[3:]))
except KeyboardInterrupt:
    sys.exit (130)
