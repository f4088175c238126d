/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A TCG plugin for QEMU: counts the instructions of the kernel between the moments in which it lets interrupts in. The kernel runs
 * unmodified. Arguments: text=LOW-HIGH (hexadecimal), marks=FILE, out=FILE.
 *
 * FILE of marks, one a line: ADDRESS KIND NAME; kinds: function, syscall (an entry), vector (an entry: exceptions and interrupts; ?: a
 * label tells which), label (from here on the kernel works on NAME), scenario (user space begins NAME).
 *
 * A path begins with an entry from user mode, or when the CPU wakes up, and ends with the return to user mode or with HLT (WFI). A
 * stretch is a part of it without interrupts: it ends with the path, or with the instruction behind STI (with that which clears DAIF),
 * and an interrupt of the kernel is one of its own. What a loop around PAUSE (YIELD) repeats while it waits for another CPU is counted
 * once.
 *
 * For each label and scenario the longest path and the longest stretch go to the output, the latter with what each function had of it.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* QEMU 7.2, docs/devel/tcg-plugins: interface version 1. Distributions ship QEMU without the header. */
#define PLUGIN_API 1

typedef uint64_t plugin_id;
struct qemu_plugin_tb;
struct qemu_plugin_insn;

size_t      qemu_plugin_tb_n_insns (struct qemu_plugin_tb const *);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn (struct qemu_plugin_tb const *, size_t);
void const *qemu_plugin_insn_data (struct qemu_plugin_insn const *);
size_t      qemu_plugin_insn_size (struct qemu_plugin_insn const *);
uint64_t    qemu_plugin_insn_vaddr (struct qemu_plugin_insn const *);
void        qemu_plugin_register_vcpu_tb_trans_cb (plugin_id, void (*) (plugin_id, struct qemu_plugin_tb *));
void        qemu_plugin_register_vcpu_insn_exec_cb (struct qemu_plugin_insn *, void (*) (unsigned, void *), int flags, void *);
void        qemu_plugin_register_atexit_cb (plugin_id, void (*) (plugin_id, void *), void *);

enum { CB_NO_REGS = 0 };

extern __attribute__ ((visibility ("default"))) int qemu_plugin_version;
int qemu_plugin_version = PLUGIN_API;
struct qemu_info { char const *target; };               /* and more                                             */
__attribute__ ((visibility ("default"))) int qemu_plugin_install (plugin_id, struct qemu_info const *, int, char **);

/* As x86 calls them. OPEN: interrupts may come from this instruction on; WAIT: with interrupts off, ends when there is one */
enum kind { PLAIN, SYSCALL, VECTOR, LABEL, SCENARIO, STI, OPEN, HLT, WAIT, PAUSE, SYSRET, IRET };

enum { FUNCTIONS = 2048, NAMES = 256, CPUS = 64, WAIT_LOOP_MAX = 100 };

struct mark {
    uint64_t    addr;
    enum kind   kind;
    unsigned    name;
};

struct worst {
    uint64_t    path, stretch, start;                   /* start: address of the stretch's first instruction    */
    uint32_t   *share;                                  /* instructions of each function                        */
};

static struct cpu {
    uint64_t    path, stretch, start, pause, pause_count, saved_path;
    unsigned    label, path_label, stretch_label, saved_label, saved_path_label;
    enum { WINDOW, KERNEL, USER } state;
    bool        closing, nested;
    uint32_t    share[FUNCTIONS];
} cpu[CPUS];

static uint64_t     text_lo, text_hi;
static struct mark *marks, *functions;
static size_t       n_marks, n_functions;
static char const  *name[NAMES], *function[FUNCTIONS];
static unsigned     names = 1;                          /* 0: none yet                                          */
static unsigned     scenario;
static struct worst worst[NAMES][NAMES];                /* label, scenario                                      */
static uint64_t     executed;
static bool         aarch64;                            /* else x86_64                                          */
static uint64_t     mask = ~UINT64_C (0);               /* of an address: whichever range the kernel is in, it has its linked one */
static FILE        *out;

static unsigned name_of (char const *s)
{
    for (unsigned i = 1; i < names; i++)
        if (!strcmp (name[i], s))
            return i;

    if (names == NAMES || !strcmp (s, "?"))
        return 0;

    name[names] = strdup (s);

    return names++;
}

static void end_stretch (struct cpu *c)
{
    struct worst *const w = &worst[c->stretch_label][scenario];

    if (c->stretch > w->stretch) {
        if (!w->share)
            w->share = malloc (sizeof (c->share));
        w->stretch = c->stretch;
        w->start   = c->start;
        memcpy (w->share, c->share, n_functions * sizeof (*w->share));
    }
}

static void end_path (struct cpu *c)
{
    struct worst *const w = &worst[c->path_label][scenario];

    if (c->path > w->path)
        w->path = c->path;
}

static void begin_stretch (struct cpu *c, uint64_t addr)
{
    c->state         = KERNEL;
    c->stretch       = 0;
    c->stretch_label = c->label;
    c->start         = addr;
    c->pause         = 0;
    c->closing       = false;
    memset (c->share, 0, n_functions * sizeof (*c->share));
}

static void begin_path (struct cpu *c, uint64_t addr, unsigned label)
{
    c->path  = 0;
    c->label = c->path_label = label;
    begin_stretch (c, addr);
}

static void executes (unsigned index, void *data)
{
    struct cpu *const c = &cpu[index % CPUS];
    uint64_t const v = (uintptr_t)data, addr = text_lo + (v >> 32);
    enum kind const kind = v & 0xf;
    unsigned const n = v >> 4 & 0xff, f = v >> 12 & 0xfffff;

    if (kind == SCENARIO) {
        scenario = n;
        return;
    }

    if (!scenario)
        return;

    executed++;

    if (kind == SYSCALL)
        begin_path (c, addr, 0);

    else if (kind == VECTOR) {

        if (c->state == USER)
            begin_path (c, addr, n);
        else {
            c->nested           = true;
            c->saved_path       = c->path;
            c->saved_label      = c->label;
            c->saved_path_label = c->path_label;
            c->label            = n;
            begin_stretch (c, addr);
        }

    } else if (c->state != KERNEL)
        begin_stretch (c, addr);

    else if (kind == LABEL && (!c->nested || !c->label)) {
        c->label = n;
        if (!c->stretch_label)
            c->stretch_label = n;
        if (!c->path_label)
            c->path_label = n;
    }

    c->path++;
    c->stretch++;
    c->share[f]++;

    if (kind == PAUSE) {
        uint64_t const d = c->stretch - c->pause_count;
        if (c->pause == addr && d < WAIT_LOOP_MAX) {
            c->stretch -= d;
            c->path    -= d;
        }
        c->pause = addr;
        c->pause_count = c->stretch;
    }

    if (c->closing || kind == OPEN || kind == WAIT) {   /* the one behind STI, then interrupts may come         */

        end_stretch (c);
        c->state = WINDOW;
        c->closing = false;

        if (kind == HLT || kind == WAIT) {
            end_path (c);
            c->path = 0;
            c->label = c->path_label = name_of ("wake-up from idle");
        }

    } else if (kind == STI)
        c->closing = true;

    else if (kind == SYSRET || (kind == IRET && !c->nested)) {
        end_stretch (c);
        end_path (c);
        c->state = USER;

    } else if (kind == IRET) {
        end_stretch (c);
        c->nested     = false;
        c->path       = c->saved_path;
        c->label      = c->saved_label;
        c->path_label = c->saved_path_label;
        c->state      = WINDOW;
    }
}

static int compare (void const *a, void const *b)
{
    struct mark const *const x = a, *const y = b;

    return x->addr < y->addr ? -1 : x->addr > y->addr;
}

static struct mark const *find_mark (uint64_t addr)
{
    return bsearch (&(struct mark) { .addr = addr }, marks, n_marks, sizeof (*marks), compare);
}

static unsigned find_function (uint64_t addr)
{
    size_t lo = 0, hi = n_functions;

    while (hi - lo > 1) {
        size_t const mid = (lo + hi) / 2;
        if (functions[mid].addr <= addr)
            lo = mid;
        else
            hi = mid;
    }

    return (unsigned)lo;
}

static enum kind kind_of_aarch64 (uint8_t const *b)
{
    switch ((uint32_t)b[3] << 24 | (uint32_t)b[2] << 16 | (uint32_t)b[1] << 8 | b[0]) {
        case 0xd50342ff: return OPEN;                   /* msr daifclr, #2                                      */
        case 0xd503207f: return WAIT;                   /* wfi                                                  */
        case 0xd503203f: return PAUSE;                  /* yield                                                */
        case 0xd69f03e0: return IRET;                   /* eret                                                 */
    }

    return PLAIN;
}

static enum kind kind_of (uint8_t const *b, size_t size)
{
    if (aarch64)
        return kind_of_aarch64 (b);

    if (size == 1)
        return b[0] == 0xfb ? STI : b[0] == 0xf4 ? HLT : PLAIN;
    if (size == 2)
        return b[0] == 0xf3 && b[1] == 0x90 ? PAUSE : b[0] == 0x48 && b[1] == 0xcf ? IRET : PLAIN;
    if (size == 3)
        return b[0] == 0x48 && b[1] == 0x0f && b[2] == 0x07 ? SYSRET : PLAIN;

    return PLAIN;
}

static void translated (plugin_id id, struct qemu_plugin_tb *tb)
{
    (void)id;

    for (size_t i = 0; i < qemu_plugin_tb_n_insns (tb); i++) {

        struct qemu_plugin_insn *const insn = qemu_plugin_tb_get_insn (tb, i);
        uint64_t const addr = qemu_plugin_insn_vaddr (insn) & mask;
        struct mark const *const m = find_mark (addr);
        bool const kernel = addr >= text_lo && addr < text_hi;

        if (!kernel && !(m && m->kind == SCENARIO))
            continue;

        enum kind const k = m ? m->kind : kind_of (qemu_plugin_insn_data (insn), qemu_plugin_insn_size (insn));
        uint64_t const v = k | (m ? m->name : 0) << 4 | (kernel ? (uint64_t)find_function (addr) << 12 | (addr - text_lo) << 32 : 0);

        qemu_plugin_register_vcpu_insn_exec_cb (insn, executes, CB_NO_REGS, (void *)(uintptr_t)v);
    }
}

static void finish (plugin_id id, void *data)
{
    (void)id, (void)data;

    fprintf (out, "executed\t%" PRIu64 "\n", executed);

    for (unsigned l = 0; l < names; l++)
        for (unsigned s = 1; s < names; s++) {

            struct worst const *const w = &worst[l][s];

            if (!w->path && !w->stretch)
                continue;

            fprintf (out, "%s\t%s\t%" PRIu64 "\t%" PRIu64 "\t%" PRIx64 "\t", l ? name[l] : "other", name[s], w->path, w->stretch, w->start);
            for (size_t f = 0; w->share && f < n_functions; f++)
                if (w->share[f])
                    fprintf (out, "%s=%" PRIu32 " ", function[f], w->share[f]);
            fprintf (out, "\n");
        }

    fclose (out);
}

static bool read_marks (char const *file)
{
    static struct { char const *word; enum kind kind; } const kinds[] = {
        { "function", PLAIN }, { "syscall", SYSCALL }, { "vector", VECTOR }, { "label", LABEL }, { "scenario", SCENARIO },
    };
    FILE *const in = fopen (file, "r");
    char word[16], text[128];
    uint64_t addr;

    marks     = calloc (4096, sizeof (*marks));
    functions = calloc (FUNCTIONS, sizeof (*functions));

    if (!in || !marks || !functions)
        return false;

    while (fscanf (in, "%" SCNx64 " %15s %127[^\n]", &addr, word, text) == 3)
        for (size_t i = 0; i < sizeof (kinds) / sizeof (*kinds); i++)
            if (!strcmp (word, kinds[i].word)) {
                if (kinds[i].kind == PLAIN && n_functions < FUNCTIONS) {
                    function[n_functions] = strdup (text);
                    functions[n_functions++].addr = addr;
                } else if (kinds[i].kind != PLAIN && n_marks < 4096)
                    marks[n_marks++] = (struct mark) { addr, kinds[i].kind, name_of (text) };
            }

    fclose (in);
    qsort (marks, n_marks, sizeof (*marks), compare);

    return n_marks && n_functions;
}

int qemu_plugin_install (plugin_id id, struct qemu_info const *info, int argc, char **argv)
{
    aarch64 = !strcmp (info->target, "aarch64");

    if (aarch64)
        mask >>= 16;

    for (int i = 0; i < argc; i++) {
        if (!strncmp (argv[i], "text=", 5)) {
            if (sscanf (argv[i] + 5, "%" SCNx64 "-%" SCNx64, &text_lo, &text_hi) != 2)
                return -1;
        } else if (!strncmp (argv[i], "out=", 4))
            out = fopen (argv[i] + 4, "w");
        else if (strncmp (argv[i], "marks=", 6) || !read_marks (argv[i] + 6))
            return -1;
    }

    if (!out || !n_marks || !text_hi)
        return -1;

    qemu_plugin_register_vcpu_tb_trans_cb (id, translated);
    qemu_plugin_register_atexit_cb (id, finish, NULL);

    return 0;
}
