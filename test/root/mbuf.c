/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory-buffer console (interface specification, C.1). */
#include <help.h>
#include <mem.h>

struct mbuf {
    uint32_t volatile   read, write;
    char                text[];
};

static struct mbuf *mbuf;
static uint32_t     size;

static void map (void)
{
    struct hip const *const h = root.hip;

    if (!mbuf)
        mbuf = mem_map (h->mbuf_start, h->mbuf_end - h->mbuf_start, PERM_MEM_R | PERM_MEM_W, MAD_RAM);
    need (mbuf, "maps the buffer");
    size = (uint32_t) (h->mbuf_end - h->mbuf_start - sizeof *mbuf);
}

static void contents (void)
{
    map();

    uint32_t const r = mbuf->read, w = mbuf->write;
    unsigned printable = 0, lines = 0;

    check (r < size && w < size, "the indices are inside of the buffer");
    check (r != w, "the kernel has printed something");

    for (uint32_t i = r; i != w; i = (i + 1) % size) {
        printable += mbuf->text[i] >= ' ' && mbuf->text[i] < 0x7f;
        lines     += mbuf->text[i] == '\n';
    }

    check_ge (lines, 5, "several lines");
    check_ge (printable, 10 * lines, "of text");
    check (mbuf->text[(w + size - 1) % size] == '\n', "the last one is complete");
}

static void die (void *arg)
{
    (void) arg;
    insn_undefined();
}

/* An EC without event portal dies, and the kernel says so */
static void semaphore (void)
{
    map();

    while (hyp_sm_down (SEL_CONSOLE_SM, 1) == STATUS_SUCCESS) ;

    uint32_t const w = mbuf->write;

    struct thread *const t = global_new (0, die, NULL);
    NEED (sel_revoke (t->evt + EVENT_UNDEFINED, 0));
    NEED (thread_start (t, hyp_scd (BUDGET_MS, PRIO_HIGH, 0)));

    check_status (await (SEL_CONSOLE_SM), STATUS_SUCCESS, "a new line raises the console semaphore");
    check (mbuf->write != w, "the write index has moved");

    mbuf->read = mbuf->write;
    check (mbuf->read == mbuf->write, "the consumer empties the buffer");
}

/* One up for each line, however many end in one stay in the kernel: a handler of events dies, and who waits for it as well */
static uint32_t die_too (struct portal *p, union utcb *u, uint32_t mtd)
{
    (void) p, (void) u, (void) mtd;
    die (NULL);
    return 0;
}

static void count (void)
{
    enum { CHAINS = 5 };
    unsigned lines = 0, ups = 0;

    map();

    while (hyp_sm_down (SEL_CONSOLE_SM, 1) == STATUS_SUCCESS) ;

    uint32_t const w = mbuf->write;

    for (unsigned i = 0; i < CHAINS; i++) {

        struct thread *const t = global_new (0, die, NULL), *const handler = local_new (0);

        NEED (sel_revoke (handler->evt + EVENT_UNDEFINED, 0));
        event_new (t, EVENT_UNDEFINED, handler, die_too, NULL, 0);
        NEED (thread_start (t, hyp_scd (BUDGET_MS, PRIO_HIGH, 0)));
    }

    for (uint32_t i = w; i != mbuf->write; i = (i + 1) % size)
        lines += mbuf->text[i] == '\n';

    while (hyp_sm_down (SEL_CONSOLE_SM, 1) == STATUS_SUCCESS)
        ups++;

    check_ge (lines, CHAINS, "a line for each chain of deaths, at least");
    check_eq (ups, lines, "the semaphore was raised once for each line");
    mbuf->read = mbuf->write;
}

/* Nothing that the consumer writes there stops the kernel */
static void hostile (void)
{
    map();

    mbuf->read  = ~UINT32_C (0);
    mbuf->write = ~UINT32_C (0);

    struct thread *const t = global_new (0, die, NULL);
    NEED (sel_revoke (t->evt + EVENT_UNDEFINED, 0));
    NEED (thread_start (t, hyp_scd (BUDGET_MS, PRIO_HIGH, 0)));
    sleep_ms (5);

    check (mbuf->write < size, "the kernel goes on with its own write index");
    mbuf->read = mbuf->write;
}

static struct test const test[] = {
    { "contents", contents }, { "semaphore", semaphore }, { "count", count }, { "hostile", hostile },
};

TESTS ("mbuf", test);
