/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Large areas in one delegation, which become large pages where they can: contents, permissions and neighbours stay right when
 * such an area is made, split, put together again, delegated on and replaced, and nothing is used up.
 */
#include <cpu_pause.h>
#include <help.h>
#include <hva.h>
#include <mem.h>
#include <probe.h>

enum { RW = PERM_MEM_R | PERM_MEM_W, PAGE = 4096, ORD_2M = 9, ORD_1G = 18, ROUNDS = 10000 };

#define MB2         (UINT64_C (1) << 21)
#define GB          (UINT64_C (1) << 30)
#define PLACE(n)    (hva_end() / 4 + (n) * GB)                  /* nobody else is there                             */

static uint64_t area;                                   /* 2 MiB of RAM: address here                               */
static uint64_t phys;

static enum status map (uint64_t from, uint64_t to, unsigned ord, unsigned pmm)
{
    return hyp_ctrl_pd (SEL_ROOT_HST, SEL_ROOT_HST, from >> 12, to >> 12, ord, pmm, 0);
}

static enum status map_nova (uint64_t from, uint64_t to, unsigned ord, unsigned pmm)
{
    return hyp_ctrl_pd (SEL_NOVA_HST, SEL_ROOT_HST, from >> 12, to >> 12, ord, pmm, MAD_RAM);
}

typedef enum status map_fn (uint64_t from, uint64_t to, unsigned ord, unsigned pmm);

/* The memory of a cut-off table comes back after a grace period */
static enum status patient (map_fn *f, uint64_t from, uint64_t to, unsigned ord, unsigned pmm)
{
    enum status s = f (from, to, ord, pmm);

    for (unsigned i = 0; i < 20 && s == STATUS_MEM_CAP; i++) {
        sleep_ms (1);
        s = f (from, to, ord, pmm);
    }

    return s;
}

/* Page i of the area says i + mark */
static void start (uint64_t mark)
{
    static uint64_t at, p;

    if (!at) {
        at = (uintptr_t) mem_alloc (2 * MB2, &p);
        need (at, "4 MiB of memory");
    }

    phys = (p + MB2 - 1) & ~(MB2 - 1);
    area = at + (phys - p);

    for (unsigned i = 0; i < 512; i++)
        *(uint64_t volatile *) (area + i * PAGE) = i + mark;
}

static unsigned good (uint64_t va, uint64_t mark)
{
    uint64_t v;
    unsigned n = 0;

    for (unsigned i = 0; i < 512; i++)
        n += probe_read (va + i * PAGE, &v) && v == i + mark;

    return n;
}

static unsigned writable (uint64_t va)
{
    uint64_t v;
    unsigned n = 0;

    for (unsigned i = 0; i < 512; i++)
        n += probe_read (va + i * PAGE, &v) && probe_write (va + i * PAGE, v);

    return n;
}

static void clear (uint64_t va, unsigned ord) { NEED (map (va, va, ord, 0)); }

/* Small pages with other contents, and a large one in their place */
static void over (void)
{
    uint64_t const va = PLACE (0), other = (uintptr_t) mem_alloc (PAGE, NULL);
    uint64_t v;

    need (other, "memory");
    *(uint64_t volatile *) other = ~UINT64_C (0);
    start (100);

    for (unsigned i = 0; i < 512; i++)
        NEED (map (other, va + i * PAGE, 0, RW));

    check (probe_read (va + MB2 - PAGE, &v) && v == ~UINT64_C (0), "512 small pages");
    check_status (patient (map_nova, phys, va, ORD_2M, RW), STATUS_SUCCESS, "2 MiB in their place");
    check_eq (good (va, 100), 512, "all of them show the new contents");
    check_eq (writable (va), 512, "and can be written");
    check_status (patient (map_nova, phys, va, ORD_2M, PERM_MEM_R), STATUS_SUCCESS, "the same, read-only");
    check_eq (writable (va), 0, "then none can be written");
    check_eq (good (va, 100), 512, "and all can be read");
    check_status (map (other, va + 7 * PAGE, 0, PERM_MEM_R), STATUS_SUCCESS, "one small page in the large one");
    check_eq (good (va, 100), 511, "the others stay");
    check (probe_read (va + 7 * PAGE, &v) && v == ~UINT64_C (0), "this one has changed");
    check (probe_read (area + 7 * PAGE, &v) && v == 107, "and where it came from it has not");
    clear (va, ORD_2M);
    check_eq (good (va, 100), 0, "all is gone");
}

/* A large page as the source of another one, and of small ones */
static void onward (void)
{
    struct domain d;
    uint64_t const va = PLACE (1), back = PLACE (2);

    start (200);
    domain_new (&d);
    check_status (hyp_ctrl_pd (SEL_NOVA_HST, d.hst, phys >> 12, va >> 12, ORD_2M, RW, MAD_RAM), STATUS_SUCCESS,
                  "2 MiB into another space");
    check_status (hyp_ctrl_pd (d.hst, SEL_ROOT_HST, va >> 12, back >> 12, ORD_2M, PERM_MEM_R, 0), STATUS_SUCCESS,
                  "and back, read-only");
    check_eq (good (back, 200), 512, "the contents");
    check_eq (writable (back), 0, "the permissions");
    check_status (hyp_ctrl_pd (d.hst, SEL_ROOT_HST, (va >> 12) + 256, (back >> 12) + 256, 8, RW, 0), STATUS_SUCCESS,
                  "the upper half with W");
    check_eq (writable (back), 256, "half of it can be written");
    check_eq (good (back, 200), 512, "all of it can be read");
    check_status (hyp_ctrl_pd (d.hst, d.hst, (va >> 12) + 300, (va >> 12) + 300, 0, 0, 0), STATUS_SUCCESS,
                  "a page of the source goes");
    check_eq (good (back, 200), 512, "which does not revoke what it gave");
    check_status (hyp_ctrl_pd (d.hst, SEL_ROOT_HST, va >> 12, back >> 12, ORD_2M, RW, 0), STATUS_SUCCESS, "2 MiB with a hole");
    check_eq (good (back, 200), 511, "the hole arrives");
    check_eq (writable (back), 511, "as the only one");
    clear (back, ORD_2M);
}

/* 512 pages in a row that are next to each other in memory are as good as a large one */
static void small (void)
{
    uint64_t const va = PLACE (3), copy = PLACE (4);

    start (300);

    for (unsigned i = 0; i < 512; i++)
        NEED (map_nova (phys + i * PAGE, va + i * PAGE, 0, RW));

    check_eq (good (va, 300), 512, "512 small pages in a row");
    check_status (patient (map, va, copy, ORD_2M, RW), STATUS_SUCCESS, "delegated as one area");
    check_eq (good (copy, 300), 512, "the contents");
    clear (va, ORD_2M);
    check_eq (good (copy, 300), 512, "the source goes, they stay");
    clear (copy, ORD_2M);
}

/* 1 GiB. Its contents are checked where RAM is, that is in the part of it which the area above belongs to. */
static void giga (void)
{
    uint64_t const va = PLACE (8), copy = PLACE (9);
    uint64_t v, kernel = root.hip->nova_start;

    start (400);

    uint64_t const base = phys & ~(GB - 1), in = phys - base;

    check_status (patient (map_nova, base, va, ORD_1G, RW), STATUS_SUCCESS, "the GiB around a piece of RAM");
    check_eq (good (va + in, 400), 512, "the contents");
    check_eq (writable (va + in), 512, "can be written");
    check (kernel - base >= GB || !probe_read (va + (kernel - base), &v), "the kernel is not in it");
    check_status (patient (map, va, copy, ORD_1G, PERM_MEM_R), STATUS_SUCCESS, "delegated on, read-only");
    check_eq (good (copy + in, 400), 512, "the contents");
    check_eq (writable (copy + in), 0, "cannot be written");
    clear (va, ORD_1G);
    check_eq (good (va + in, 400), 0, "gone");
    check_eq (good (copy + in, 400), 512, "the other one stays");
    clear (copy, ORD_1G);
    check_eq (good (copy + in, 400), 0, "gone as well");
}

/* A whole GiB of one kind, which may be one page: RAM where there is so much, else addresses that nothing answers */
static void giga_whole (void)
{
    uint64_t const va = PLACE (10), copy = PLACE (11);
    uint64_t base = UINT64_C (32) * GB, v;
    unsigned ok = 0, all = 0;
    bool ram = false;

    for (unsigned i = 0; i < root.rams && !ram; i++) {
        uint64_t const at = (root.ram[i].start + GB - 1) & ~(GB - 1);
        ram = at + GB <= root.ram[i].end;
        base = ram ? at : base;
    }

    if (!ram && !READS_NOTHING)
        return;

    check_status (patient (map_nova, base, va, ORD_1G, RW), STATUS_SUCCESS, ram ? "1 GiB of RAM" : "1 GiB without RAM");

    for (uint64_t off = 0; off < GB; off += GB / 64, all++)
        ok += probe_write (va + off, off ^ 0x5a5a) && probe_read (va + off, &v) && (!ram || v == (off ^ 0x5a5a));

    check_eq (ok, all, "can be read and written");
    check_status (patient (map, va + GB / 2 + 5 * PAGE, va + GB / 2 + 5 * PAGE, 0, 0), STATUS_SUCCESS, "a small page goes");
    check (!probe_read (va + GB / 2 + 5 * PAGE, &v), "it is gone");
    check (probe_read (va + GB / 2 + 4 * PAGE, &v) && probe_read (va + GB / 2 + 6 * PAGE, &v), "its neighbours are not");
    check_status (patient (map, va + GB / 4, va + GB / 4, ORD_2M, PERM_MEM_R), STATUS_SUCCESS, "2 MiB become read-only");
    check (probe_read (va + GB / 4 + MB2 - 8, &v) && !probe_write (va + GB / 4 + MB2 - 8, 0) && !probe_write (va + GB / 4, 0),
           "they cannot be written");
    check (probe_write (va + GB / 4 - 8, 0) && probe_write (va + GB / 4 + MB2, GB / 4 + MB2), "what is around them can");
    check_status (patient (map, va, copy, ORD_1G, RW), STATUS_SUCCESS, "delegated on in pieces");

    for (uint64_t off = ok = all = 0; off < GB; off += GB / 64, all++)
        ok += probe_read (copy + off, &v) && (!ram || v == (off ^ 0x5a5a));

    check_eq (ok, all, "all of them arrive");
    check (!probe_read (copy + GB / 2 + 5 * PAGE, &v) && !probe_write (copy + GB / 4, 0), "as they are");
    check_status (patient (map_nova, base, va, ORD_1G, PERM_MEM_R), STATUS_SUCCESS, "all of it again, read-only, over the pieces");
    check (probe_read (va + GB / 2 + 5 * PAGE, &v) && !probe_write (va, 0) && !probe_write (va + GB - 8, 0), "one piece again");
    clear (va, ORD_1G);
    clear (copy, ORD_1G);
    check (!probe_read (va, &v) && !probe_read (va + GB - 8, &v) && !probe_read (copy + GB / 4, &v), "all is gone");
}

/* Far more tables than there is memory for: split, and replaced as a whole or taken away as a whole */
static void leak (void)
{
    uint64_t const two = PLACE (16), one = PLACE (17);
    enum status s = STATUS_SUCCESS;

    start (500);

    for (unsigned i = 0; i < ROUNDS && s == STATUS_SUCCESS; i++) {
        s = patient (map_nova, phys, two, ORD_2M, RW);
        if (s == STATUS_SUCCESS)
            s = patient (map, two + i % 512 * PAGE, two + i % 512 * PAGE, 0, i & 1 ? 0 : PERM_MEM_R);
        if (s == STATUS_SUCCESS && i & 2)
            s = map (two, two, ORD_2M, 0);
    }

    check_status (s, STATUS_SUCCESS, "2 MiB pages split and made again 10000 times");

    for (unsigned i = 0; i < ROUNDS / 2 && s == STATUS_SUCCESS; i++) {
        s = patient (map_nova, UINT64_C (32) * GB, one, ORD_1G, RW);
        if (s == STATUS_SUCCESS)
            s = patient (map, one + i % 512 * (MB2 + PAGE), one + i % 512 * (MB2 + PAGE), 0, i & 1 ? 0 : PERM_MEM_R);
    }

    check_status (s, STATUS_SUCCESS, "1 GiB pages 5000 times");
    clear (two, ORD_2M);
    clear (one, ORD_1G);
}

/* Another CPU looks on: what it reads never changes and is always there */
static bool volatile stop, running;
static uint64_t volatile reads, bad;

static void reader (void *arg)
{
    (void) arg;

    for (unsigned i = 0; !stop; i = (i + 7) % 512) {
        if (i % 2)                                      /* even ones come and go                                    */
            bad += *(uint64_t volatile *) (PLACE (20) + i * PAGE) != i + 600;
        reads++;
        running = true;
        if (!(reads & 0xff))
            cpu_pause();
    }

    running = false;
}

static void watched (void)
{
    uint64_t const va = PLACE (20);
    enum status s = STATUS_SUCCESS;

    if (root.hip->cpu_num < 2)
        return;

    start (600);
    stop = false;
    reads = bad = 0;
    NEED (map_nova (phys, va, ORD_2M, RW));
    spawn_on (!root.hip->cpu_bsp, PRIO_LOW, reader, NULL);

    for (uint64_t const end = in_ms (1000); !running && stc_read() < end; ) cpu_pause();

    check (running, "another CPU reads");

    uint64_t const enough = stc_read() + 2 * root.hip->stc_freq;        /* on a busy machine the other CPU may come late    */
    unsigned i = 0;

    for (; i < 300 && s == STATUS_SUCCESS && stc_read() < enough; i++) {
        uint64_t const page = va + i % 256 * 2 * PAGE;
        s = patient (map, page, page, 0, i & 1 ? 0 : PERM_MEM_R);
        if (s == STATUS_SUCCESS)
            s = patient (map_nova, phys, va, ORD_2M, i & 2 ? RW : PERM_MEM_R);
    }

    uint64_t const seen = reads;

    check_status (s, STATUS_SUCCESS, "while this one splits the page and puts it together up to 300 times");
    check_ge (i, 5, "several times at least");

    for (uint64_t const end = in_ms (1000); reads == seen && stc_read() < end; ) cpu_pause();

    check (running && reads != seen, "it goes on without an exception");
    stop = true;
    for (uint64_t const end = in_ms (1000); running && stc_read() < end; ) cpu_pause();
    check_eq (bad, 0, "and has read nothing else");
    clear (va, ORD_2M);
}

static struct test const test[] = {
    { "over", over }, { "onward", onward }, { "small", small }, { "giga", giga }, { "giga_whole", giga_whole }, { "leak", leak },
    { "watched", watched },
};

TESTS ("large", test);
