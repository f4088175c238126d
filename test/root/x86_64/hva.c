/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The range of host-virtual addresses (8.4.1): 0 <= HVA < 2^H, H = 47, or 56 when the kernel has been told la57 and the CPU has
 * five levels. What lies in the range is used up to its end; what does not is refused.
 */
#include <help.h>
#include <hva.h>
#include <mem.h>
#include <probe.h>
#include <server.h>

enum { RW = PERM_MEM_R | PERM_MEM_W, RX = PERM_MEM_R | PERM_MEM_XU, PAGE = 4096 };

uint64_t hva_end (void)
{
    char value[2];
    uint32_t a = 7, b, c = 0, d;

    __asm__ volatile ("cpuid" : "+a" (a), "=b" (b), "+c" (c), "=d" (d));

    return UINT64_C (1) << (c >> 16 & 1 && root_option ("la57", value, sizeof (value)) ? 56 : 47);
}

static uint64_t page_new (uint64_t value)
{
    uint64_t *const m = mem_alloc (PAGE, NULL);

    need (m, "memory");
    *m = value;

    return (uintptr_t) m;
}

static enum status map (uint64_t from, uint64_t to, unsigned ord, unsigned pmm)
{
    return hyp_ctrl_pd (SEL_ROOT_HST, SEL_ROOT_HST, from >> 12, to >> 12, ord, pmm, 0);
}

static void range (void)
{
    check_eq ((uintptr_t) root.hip, hva_end() - PAGE, "the HIP is in the last page");
    check_eq ((uintptr_t) root.utcb, hva_end() - 2 * PAGE, "the first UTCB is below it");
    check_eq (root.hip->signature, HIP_SIGNATURE, "the last page is there");
}

/* First and last pages of what an entry of each level spans, and of the range. */
static void everywhere (void)
{
    uint64_t const end = hva_end(), from = page_new (0);
    static uint64_t at[64];
    unsigned n = 0, mapped = 0, seen = 0, gone = 0, refused = 0, beyond_end = 0;
    uint64_t v;

    for (unsigned bit = 33; bit < 56; bit++) {          /* below 2^33 there is the program                          */
        at[n++] = UINT64_C (1) << bit;
        if (UINT64_C (1) << bit != end)                 /* there is the HIP                                         */
            at[n++] = (UINT64_C (1) << bit) - PAGE;
    }

    at[n++] = end - 3 * PAGE;

    for (unsigned i = 0; i < n; i++) {

        enum status const s = map (from, at[i], 0, RW);

        if (at[i] >= end) {
            beyond_end++;
            refused += s == STATUS_BAD_PAR && !probe_read (at[i], &v);
            continue;
        }

        mapped += s == STATUS_SUCCESS;
        *(uint64_t volatile *) from = i + 1;
        seen += probe_read (at[i], &v) && v == i + 1 && probe_write (at[i], ~v) && *(uint64_t volatile *) from == ~v;
    }

    check_eq (mapped, n - beyond_end, "a page at each power of two and before it: those in the range are mapped");
    check_eq (seen, mapped, "and are the memory that was meant");
    check_eq (refused, beyond_end, "those outside are refused with BAD_PAR and stay empty");

    for (unsigned i = 0; i < n; i++) {

        if (at[i] >= end)
            continue;

        NEED (map (at[i], at[i], 0, 0));
        gone += !probe_read (at[i], &v);
    }

    check_eq (gone, mapped, "each is gone when it is unmapped");
    check (probe_read (from, &v), "the source stays");
}

/* Addresses that differ in one bit only, from bit 33 on */
static void distinct (void)
{
    uint64_t const end = hva_end(), base = UINT64_C (0x200000000) + 5 * PAGE;
    unsigned n = 0, good = 0;
    uint64_t v;

    for (unsigned bit = 34; UINT64_C (1) << bit < end; bit++)
        NEED (map (page_new (bit), base | UINT64_C (1) << bit, 0, PERM_MEM_R));

    for (unsigned bit = 34; UINT64_C (1) << bit < end; bit++, n++)
        good += probe_read (base | UINT64_C (1) << bit, &v) && v == bit;

    check_eq (good, n, "each address bit counts");
    check (!probe_read (base, &v), "and the page without any of them is empty");

    for (unsigned bit = 34; UINT64_C (1) << bit < end; bit++)
        NEED (map (base | UINT64_C (1) << bit, base | UINT64_C (1) << bit, 0, 0));
}

/* A hypercall, and a return, across and above each boundary. The one at the end of the range needs a page that is not the HIP. */
static void code (void)
{
    static uint8_t const call[] = { 0xbf, 0x0f, 0, 0, 0, 0x0f, 0x05 };  /* mov $15, %edi; syscall                  */
    uint64_t const end = hva_end();
    uint64_t phys[2];
    uint8_t *const low = mem_alloc (PAGE, phys), *const high = mem_alloc (PAGE, phys + 1);
    unsigned n = 0, ran = 0, fault = 0;

    need (low && high, "memory");

    for (size_t i = 0; i < sizeof (call); i++)
        low[PAGE - sizeof (call) + i] = call[i];

    high[0] = 0xc3;                                     /* ret                                                      */

    for (unsigned bit = 36; UINT64_C (1) << bit < end; bit++, n++) {

        uint64_t const at = UINT64_C (1) << bit;

        NEED (hyp_ctrl_pd (SEL_NOVA_HST, SEL_ROOT_HST, phys[0] >> 12, (at - PAGE) >> 12, 0, RX, MAD_WB));
        NEED (hyp_ctrl_pd (SEL_NOVA_HST, SEL_ROOT_HST, phys[1] >> 12, at >> 12, 0, RX, MAD_WB));
        ran += probe_exec (at - sizeof (call));
        NEED (map (at, at, 0, 0));
        fault += !probe_exec (at) && probe_fault.vector == EXC_PF && probe_fault.address == at && probe_fault.ip == at;
        NEED (map (at - PAGE, at - PAGE, 0, 0));
    }

    check_eq (ran, n, "SYSCALL in the last bytes before each boundary comes back behind it");
    check_eq (fault, n, "without a page there: #PF at that address, with all its bits");
}

static void large (void)
{
    uint64_t const size = UINT64_C (1) << 21, end = hva_end(), at[] = { end - size * 512, end / 2, end / 2 - size };
    uint64_t p, v;
    uintptr_t const m = (uintptr_t) mem_alloc (2 * size, &p);
    unsigned good = 0;

    need (m, "4 MiB of memory");

    uint64_t const start = (p + size - 1) & ~(size - 1);

    for (unsigned k = 0; k < 3; k++) {

        NEED (hyp_ctrl_pd (SEL_NOVA_HST, SEL_ROOT_HST, start >> 12, at[k] >> 12, 9, RW, MAD_WB));

        for (unsigned i = 0; i < 512; i++) {
            *(uint64_t volatile *) (m + (start - p) + i * PAGE) = i + k;
            good += probe_read (at[k] + i * PAGE, &v) && v == i + k;
        }

        NEED (map (at[k], at[k], 9, 0));
        good += !probe_read (at[k], &v) && !probe_read (at[k] + size - PAGE, &v);
    }

    check_eq (good, 3 * 513, "2 MiB pages up there");
}

/* In a domain of its own, where there is no HIP */
static void last (void)
{
    struct domain d;
    uint64_t const end = hva_end(), top = end - PAGE, from = page_new (0x7a57), va = mem_window (1, 0);
    uint64_t const ec = sel_alloc (0), pt = sel_alloc (0), page = (uintptr_t) server_page >> 12;
    uint32_t mtd = mtd_words (1);
    uint64_t v = 0;

    domain_new (&d);
    check_status (hyp_ctrl_pd (SEL_ROOT_HST, d.hst, from >> 12, top >> 12, 0, RW, 0), STATUS_SUCCESS, "a page at the very end");
    check_status (hyp_ctrl_pd (d.hst, SEL_ROOT_HST, top >> 12, va >> 12, 0, RW, 0), STATUS_SUCCESS, "which is a source as well");
    check (probe_read (va, &v) && v == 0x7a57 && probe_write (va, 1) && *(uint64_t volatile *) from == 1, "the same memory");
    check_status (hyp_ctrl_pd (SEL_ROOT_HST, d.hst, from >> 12, end >> 12, 0, RW, 0), STATUS_BAD_PAR, "one page further: BAD_PAR");

    /* The UTCB of a server replaces it, and serves as its stack */
    NEED (hyp_ctrl_pd (SEL_ROOT_HST, d.hst, page, page, 0, RX, 0));
    check_status (hyp_create_ec (0, ec, d.pd, end >> 12, root.hip->cpu_bsp, end, 0), STATUS_BAD_PAR, "a UTCB at the end: BAD_PAR");
    check_status (hyp_create_ec (0, ec, d.pd, top >> 12, root.hip->cpu_bsp, top, 0), STATUS_SUCCESS, "a UTCB in the last page");
    NEED (hyp_create_pt (pt, sel_root_pd(), ec, (uintptr_t) server_add));
    worker->utcb->word[0] = 41;
    check_status (hyp_ipc_call (pt, &mtd), STATUS_SUCCESS, "its owner is called");
    check_eq (worker->utcb->word[0], 42, "and uses it");
}

static void portal (void)
{
    uint64_t const end = hva_end();
    uint64_t const ip[] = { end, end - 1, end - PAGE, end | end >> 1, -end, -end - 1 };
    static char const *const text[] = { "portal IP 2^H: ABORTED", "portal IP 2^H - 1: ABORTED", "portal IP in the HIP: ABORTED",
        "portal IP beyond the range: ABORTED", "portal IP -2^H: ABORTED", "portal IP -2^H - 1: ABORTED" };

    for (size_t i = 0; i < sizeof (ip) / sizeof (ip[0]); i++) {

        uint64_t const pt = sel_alloc (0);
        uint32_t mtd = 0;

        if (hyp_create_pt (pt, sel_root_pd(), local_bare (sel_root_pd(), sel_alloc (6)), ip[i]) == STATUS_SUCCESS)
            check_status (hyp_ipc_call (pt, &mtd), STATUS_ABORTED, text[i]);
        else
            check (true, text[i]);
    }
}

static struct test const test[] = {
    { "range", range }, { "everywhere", everywhere }, { "distinct", distinct }, { "code", code }, { "large", large }, { "last", last },
    { "portal", portal },
};

TESTS ("hva", test);
