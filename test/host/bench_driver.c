/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The benchmark suite's driver on a modelled machine, whose memory ends at any point, and where ECs do not start or do not end: each
 * benchmark has one line that says what became of it, and the run ends as planned. ECs are threads of the host.
 */
#define _GNU_SOURCE                                     /* sem_clockwait                                        */
#include <host.h>

#include <pthread.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <bench.h>
#include <buffer.h>
#include <cache.h>
#include <cold.h>
#include <delay.h>
#include <fault.h>
#include <line.h>
#include <mem.h>
#include <meta.h>
#include <method.h>
#include <neighbour.h>
#include <panic.h>
#include <root.h>
#include <screen.h>
#include <server.h>
#include <stc.h>
#include <timer.h>

enum { PAGE = 4096, CREATED_PAGES = 6, SMS = 4096, DELAY = 500, HURRY = 10, BENCHES_RUN = 7, RUN_S = 60 };

int driver_main (void);

static struct hip hip = { .stc_freq = 1000000000, .cpu_num = 2, .sel_num = 1 << 20 };
struct root_env root = { .hip = &hip };

/* What is wrong with the machine of one run */
static struct machine {
    size_t          pages;                              /* of memory that is left                               */
    unsigned        selectors;                          /* so many semaphores can be made                       */
    char const *    neighbour;
    bool            cpu_dead;                           /* ECs of the other CPU never run                       */
    bool            deaf;                               /* hypercalls of the neighbour fail                     */
    bool            hangs;                              /* the second benchmark does not end                    */
    unsigned        hurry;                              /* seconds of the counter in one of the host's          */
} machine;

/* What the child has printed, for whoever looks at it */
static struct log { unsigned n; int status; char line[256][200]; } *log_of;

uint64_t stc_read (void)
{
    struct timespec t;

    clock_gettime (CLOCK_MONOTONIC, &t);

    return ((uint64_t) t.tv_sec * 1000000000 + (uint64_t) t.tv_nsec) * machine.hurry;
}

/* ---- Memory, objects, ECs ----------------------------------------------------------------------------------------------------------- */

static bool take_pages (size_t n)
{
    bool const enough = machine.pages >= n;

    machine.pages -= enough ? n : 0;

    return enough;
}

void *mem_alloc (size_t size, uint64_t *phys UNUSED) { return take_pages ((size + PAGE - 1) / PAGE) ? calloc (1, size) : NULL; }
uintptr_t mem_window (size_t pages UNUSED, unsigned ord UNUSED) { return PAGE; }
size_t cache_bytes (void) { return 0; }

uint64_t sel_alloc (unsigned ord UNUSED) { static uint64_t next; return next++ % SMS; }

static sem_t sm[SMS];

enum status hyp_create_sm (uint64_t sel, uint64_t pd UNUSED, uint64_t cnt)
{
    if (!machine.selectors)
        return STATUS_MEM_OBJ;

    machine.selectors--;
    sem_init (sm + sel, 0, (unsigned) cnt);

    return STATUS_SUCCESS;
}

enum status hyp_sm_up (uint64_t sel) { sem_post (sm + sel); return STATUS_SUCCESS; }

enum status hyp_sm_down (uint64_t sel, uint64_t stc)
{
    uint64_t const ns = stc / machine.hurry;
    struct timespec const end = { (time_t) (ns / 1000000000), (long) (ns % 1000000000) };

    return (stc ? sem_clockwait (sm + sel, CLOCK_MONOTONIC, &end) : sem_wait (sm + sel)) ? STATUS_TIMEOUT : STATUS_SUCCESS;
}

static enum status of_neighbour (void) { return machine.deaf ? STATUS_BAD_CAP : STATUS_SUCCESS; }

enum status hyp_create_ec (unsigned flags UNUSED, uint64_t sel UNUSED, uint64_t pd UNUSED, uint64_t hvp UNUSED, unsigned cpu UNUSED,
                           uint64_t sp UNUSED, uint64_t evt UNUSED) { return take_pages (1) ? STATUS_SUCCESS : STATUS_MEM_OBJ; }
enum status hyp_create_pt (uint64_t sel UNUSED, uint64_t pd UNUSED, uint64_t ec UNUSED, uint64_t ip UNUSED) { return STATUS_SUCCESS; }
enum status hyp_ctrl_pd (uint64_t src UNUSED, uint64_t dst UNUSED, uint64_t ssb UNUSED, uint64_t dsb UNUSED, unsigned ord UNUSED,
                         unsigned pmm UNUSED, uint32_t mad UNUSED) { return of_neighbour(); }
enum status hyp_ipc_call (uint64_t pt UNUSED, uint32_t *mtd UNUSED) { return of_neighbour(); }
uint64_t hyp_scd (unsigned budget UNUSED, unsigned prio UNUSED, unsigned cos UNUSED) { return 0; }
void server_reply (void) { }

enum status thread_create_global (struct thread *t, unsigned flags UNUSED, unsigned cpu, thread_fn *fn, void *arg)
{
    if (!take_pages (CREATED_PAGES))
        return STATUS_MEM_OBJ;

    *t = (struct thread) { .cpu = cpu, .fn = fn, .arg = arg };

    return STATUS_SUCCESS;
}

static void *go (void *thread)
{
    struct thread *const t = thread;

    t->fn (t->arg);

    return NULL;
}

enum status thread_start (struct thread *t, uint64_t scd UNUSED)
{
    pthread_t p;

    if (!take_pages (1))
        return STATUS_MEM_OBJ;

    if (!(machine.cpu_dead && t->cpu) && (pthread_create (&p, NULL, go, t) || pthread_detach (p)))
        return STATUS_ABORTED;

    return STATUS_SUCCESS;
}

/* ---- The rest of the suite ---------------------------------------------------------------------------------------------------------- */

uint64_t delay_behind;
void delay_init (void) { }
uint64_t delay_control (void) { return DELAY; }
void counter_init (unsigned cpu UNUSED) { }
unsigned counter_count (void) { return 0; }
enum status fault_init (unsigned cpu UNUSED, fault_fn *fn UNUSED) { return STATUS_SUCCESS; }
enum status fault_watch (struct thread const *t UNUSED) { return STATUS_SUCCESS; }
void timer_probe (unsigned cpu UNUSED) { }
bool timer_works (void) { return true; }
void meta_print (void) { }
void buffer_init (void) { }
void buffer_meta (void) { }
void screen_begin (unsigned benches UNUSED) { }
void screen_bench (char const *name UNUSED) { }
void screen_result (char const *name UNUSED, struct bench_run const *run UNUSED) { }
void screen_end (void) { }
char const *status_name (enum status status) { return status == STATUS_MEM_OBJ ? "MEM_OBJ" : status == STATUS_TIMEOUT ? "TIMEOUT" : "?"; }

char const *root_option (char const *key, char *buf, size_t size)
{
    if (strcmp (key, "neighbour") || !machine.neighbour)
        return NULL;

    snprintf (buf, size, "%s", machine.neighbour);

    return buf;
}

void string_copy (char *to, char const *from, size_t size) { snprintf (to, size, "%s", from); }
uint64_t root_option_number (char const *key UNUSED, uint64_t otherwise) { return otherwise; }

bool method_init (unsigned number UNUSED) { return true; }
bool cold_init (bool exact UNUSED, size_t bytes UNUSED) { return true; }
size_t cold_bytes (void) { return 0; }
bool method_exact (void) { return false; }
bool method_prepare (struct bench_run *run UNUSED) { return true; }
bool method_count (struct bench_run *run UNUSED) { return true; }
struct bench_run const *method_batch (unsigned b UNUSED) { return NULL; }
int64_t const *method_stage (unsigned s UNUSED) { return NULL; }

/* A thing that takes 100 ticks and the delay */
bool method_sample (struct bench_run *run)
{
    static int64_t value;

    while (machine.hangs && run->bench->param)
        pause();

    for (uint64_t const rounds = neighbour_rounds(); run->noise && neighbour_rounds() == rounds; ) { }

    value = 100 + (int64_t) run->delay;
    run->sample  = &value;
    run->samples = 1;
    run->min     = run->median = run->max = run->low = run->high = value;
    run->stop    = "fixed";
    run->rounds  = 1;

    return true;
}

static uint64_t timed (struct hyp_regs *r UNUSED, uint64_t aux UNUSED) { return 0; }

static struct bench const bench[] = {
    { .name = "a.x", .group = "a", .op = "x", .timed = timed, .noise = true, .control = true },
    { .name = "b.x", .group = "b", .op = "x", .timed = timed, .noise = true, .control = true, .param = 1 },
    { .name = "b.y", .group = "b", .op = "y", .timed = timed },
};

/* As the linker makes it */
extern struct bench_table const registry_start[1];
struct bench_table const registry_start[1] = { { bench, sizeof (bench) / sizeof (*bench) } };
__asm__ (".globl registry_end; registry_end = registry_start + 16");
STATIC_ASSERT (sizeof registry_start == 16);

/* ---- Lines -------------------------------------------------------------------------------------------------------------------------- */

void line (char const *kind, char const *fmt, ...)
{
    char *const to = log_of->line[log_of->n++];
    int const n = snprintf (to, sizeof (*log_of->line), "%s ", kind);
    va_list args;

    va_start (args, fmt);
    vsnprintf (to + n, sizeof (*log_of->line) - (size_t) n, fmt, args);
    va_end (args);
}

char const *line_word (char *buf, size_t size, char const *text) { snprintf (buf, size, "%s", text); return buf; }

void line_samples (char const *kind UNUSED, char const *name UNUSED, char const *key UNUSED, char const *word UNUSED,
                   int64_t const *sample UNUSED, unsigned count UNUSED) { }

void panic (char const *fmt, ...)
{
    line ("panic", "%s", fmt);
    log_of->status = 127;
    _exit (0);
}

static unsigned count (char const *begin, char const *within)
{
    unsigned n = 0;

    for (unsigned i = 0; i < log_of->n; i++)
        n += !strncmp (log_of->line[i], begin, strlen (begin)) && strstr (log_of->line[i], within);

    return n;
}

/* Runs the suite on that machine, in a process of its own, as the driver keeps its state. Returns how many benchmarks failed. */
static unsigned run (struct machine m)
{
    memset (log_of, 0, sizeof (*log_of));
    log_of->status = -1;

    pid_t const child = fork();

    if (!child) {
        alarm (RUN_S);
        machine = m;
        log_of->status = driver_main();
        _exit (0);
    }

    int status;

    assert_int_equal (waitpid (child, &status, 0), child);
    assert_int_equal (status, 0);

    if (log_of->status == 127)                          /* not even the driver could start                      */
        return ~0U;

    unsigned const failed = count ("fail ", "");

    assert_int_equal (log_of->status, failed ? 1 : 0);
    assert_int_equal (count ("begin ", "benches=7"), 1);
    assert_int_equal (count ("bench ", ""), BENCHES_RUN);
    assert_int_equal (count ("result ", "") + count ("skip ", "") + failed, BENCHES_RUN);
    assert_int_equal (strncmp (log_of->line[log_of->n - 1], "done benches=7 failed=", 22), 0);
    assert_int_equal (strtoul (log_of->line[log_of->n - 1] + 22, NULL, 10), failed);

    return failed;
}

static char const *const kind[] = { "memory", "ipc", "map" };

/* ---- Tests -------------------------------------------------------------------------------------------------------------------------- */

static struct machine const good = { .pages = 1 << 20, .selectors = 1000, .hurry = 1 };

static void test_good (void **state UNUSED)
{
    for (unsigned k = 0; k < 3; k++) {
        struct machine m = good;
        m.neighbour = kind[k];
        assert_int_equal (run (m), 0);
        assert_int_equal (count ("bench ", " delay=500 base=100"), 2);
        assert_int_equal (count ("bench ", " rounds=1"), 2);
    }
}

/* Whatever there is no memory for fails, and says so; all else is measured */
static void test_memory (void **state UNUSED)
{
    for (unsigned k = 0; k < 3; k++) {

        struct machine m = good;
        unsigned failed = ~0U, least = 0;

        m.neighbour = kind[k];

        for (m.pages = 0; failed; m.pages++) {
            failed = run (m);
            least += failed && failed < BENCHES_RUN;
            assert_int_equal (count ("fail ", ""), count ("fail ", "memory") + count ("fail ", "MEM_OBJ"));
        }

        assert_true (least > 20);                       /* of all these, some benchmarks had enough             */
    }
}

static void test_semaphores (void **state UNUSED)
{
    struct machine m = good;

    for (m.selectors = 0; m.selectors < 2; m.selectors++)
        assert_int_equal (run (m), ~0U);                /* the driver's own                                     */

    for (unsigned failed = 2; m.selectors < 5; m.selectors++, failed -= !!failed)
        assert_int_equal (run (m), failed);
}

/* A CPU that runs nothing, a neighbour that can do nothing: the benchmarks without one are measured */
static void test_neighbour (void **state UNUSED)
{
    static struct { char const *kind; bool dead, deaf; unsigned failed; char const *why; } const c[] = {
        { "memory", true,  false, 2, "does not start" },
        { "ipc",    false, true,  2, "goes wrong at once" },
        { "map",    false, true,  2, "goes wrong at once" },
        { "memory", false, true,  0, "" },              /* makes no hypercalls                                  */
    };

    for (unsigned i = 0; i < sizeof (c) / sizeof (*c); i++) {

        struct machine m = good;

        m.neighbour = c[i].kind;
        m.cpu_dead  = c[i].dead;
        m.deaf      = c[i].deaf;
        m.hurry     = HURRY;

        assert_int_equal (run (m), c[i].failed);
        assert_int_equal (count ("fail ", c[i].why), c[i].failed);
        assert_int_equal (count ("result ", ""), BENCHES_RUN - c[i].failed);
    }
}

/* What still runs disturbs: nothing can be measured after it */
static void test_hang (void **state UNUSED)
{
    struct machine m = good;

    m.hangs = true;
    m.hurry = HURRY;

    assert_int_equal (run (m), 4);
    assert_int_equal (count ("fail ", "name=b.x reason=hangs: TIMEOUT"), 1);
    assert_int_equal (count ("fail ", "an earlier benchmark hangs"), 3);
    assert_int_equal (count ("result ", "name=a.x"), 2);
}

int main (void)
{
    static struct CMUnitTest const tests[] = {
        cmocka_unit_test (test_good),
        cmocka_unit_test (test_memory),
        cmocka_unit_test (test_semaphores),
        cmocka_unit_test (test_neighbour),
        cmocka_unit_test (test_hang),
    };

    log_of = mmap (NULL, sizeof (*log_of), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    return log_of == MAP_FAILED ? 1 : cmocka_run_group_tests (tests, NULL, NULL);
}
