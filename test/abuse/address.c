/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Addresses that no user may have, wherever the kernel takes one: entry points of portals, RIP and RSP of startup and of event
 * replies, initial stack pointers, UTCBs, event bases. SYSRET to a non-canonical address faults in the kernel on Intel CPUs
 * (SDM 2B, SYSRET), and so does IRET on all: both must never be tried. QEMU checks neither, Bochs both.
 */
#include <abuse.h>
#include <entries.h>
#include <faults.h>
#include <hva.h>
#include <regs.h>
#include <server.h>

static struct { bool end; uint64_t value; } const table[] = {       /* end: counted from the end of user memory     */
    { true, 0 }, { true, 1 }, { true, 4096 }, { true, (uint64_t) -1 }, { true, (uint64_t) -2 }, { true, (uint64_t) -4096 },
    { false, 0 }, { false, ~UINT64_C (0) }, { false, UINT64_C (0xfffffffffffffff0) }, { false, UINT64_C (0xffff7fffffffffff) },
    { false, UINT64_C (0xfeffffffffffffff) }, { false, UINT64_C (0xffff800000000000) }, { false, UINT64_C (0xff00000000000000) },
    { false, UINT64_C (0xffffff8000000000) }, { false, UINT64_C (0xffffffff80000000) }, { false, UINT64_C (0xffffffff80100000) },
    { false, UINT64_C (0xffffffffffff0000) }, { false, UINT64_C (1) << 63 }, { false, UINT64_C (1) << 57 }, { false, UINT64_C (1) << 48 },
    { false, UINT64_C (0x7fffffffffffffff) }, { false, UINT64_C (0x0000900000000000) },
};

enum { ADDRESSES = sizeof (table) / sizeof (table[0]) };

static uint64_t address (unsigned i) { return (table[i].end ? hva_end() : 0) + table[i].value; }

static struct {
    unsigned    count, vector;
    uint64_t    ip, sp;
} volatile seen;

static uint64_t good_ip, good_sp;                       /* the event handler repairs it with these              */
static uint64_t evt;

static uint32_t repair (struct portal *p, union utcb *u, uint32_t mtd)
{
    (void) mtd;

    seen.count++;
    seen.vector = (unsigned) (p->sel - evt);
    seen.ip     = utcb_ip (&u->arch);
    seen.sp     = *utcb_reg (&u->arch, REG_SP);

    if (!good_ip || seen.count > 4)
        return MTD_POISON;

    utcb_set_ip (&u->arch, good_ip);
    *utcb_reg (&u->arch, REG_SP) = good_sp;

    return MTD_IP | MTD_GPRS;
}

static bool volatile back;
static enum status volatile got;
static uint64_t pt;

static void call (void *arg)
{
    uint32_t mtd = 0;

    (void) arg;
    got  = hyp_ipc_call (pt, &mtd);
    back = true;
    pool_done();
}

/* A handler for all faults that such an address may raise; evt: the selectors of a raiser that is watched */
static void watch (void)
{
    static unsigned const vector[] = { FAULT_VECTORS };
    struct thread *const handler = pool_local (root.hip->cpu_bsp);

    for (unsigned i = 0; i < sizeof (vector) / sizeof (vector[0]); i++)
        pool_portal (evt + vector[i], handler, repair, NULL, MTD_IP | MTD_GPRS);

    seen.count = 0;
    seen.ip    = seen.sp = 0;
}

static void come_back (void)
{
    back = false;
    got  = STATUS_BAD_HYP;
    pool_spawn (root.hip->cpu_bsp, PRIO_LOW, call, NULL);

    for (uint64_t const end = in_ms (500); !back && stc_read() < end; )
        sleep_ms (1);
}

/* A portal enters there: the server finds itself there and faults; its handler sets it right, or it dies */
static void portals (void)
{
    unsigned wrong = 0, dead = 0;

    for (unsigned i = 0; i < ADDRESSES; i++)
        for (unsigned fix = 0; fix < 2; fix++) {

            pool_begin();
            evt = pool_sel (THREAD_EVENT_ORD);
            pt  = pool_sel (0);
            watch();

            uintptr_t const u = pool_pages (0);
            uint64_t const ec = pool_sel (0);

            good_ip = fix ? (uintptr_t) server_tell : 0;
            good_sp = u;
            NEED (hyp_create_ec (0, ec, sel_root_pd(), u >> 12, root.hip->cpu_bsp, u, evt));
            NEED (hyp_create_pt (pt, sel_root_pd(), ec, address (i)));
            come_back();
            wrong += !back || seen.count != 1 || seen.ip != address (i);
            dead  += got == STATUS_ABORTED;
            wrong += got != (fix ? STATUS_SUCCESS : STATUS_ABORTED);
            wrong += pool_recycle() != 0;
        }

    check_eq (wrong, 0, "a portal's IP: the server gets an exception there, and goes on or dies as its handler says");
    check_eq (dead, ADDRESSES, "its caller is told");
}

/* A stack pointer of create_ec: nobody but the EC itself uses it */
static void stacks (void)
{
    unsigned wrong = 0;

    for (unsigned i = 0; i < ADDRESSES; i++) {

        pool_begin();
        evt = pool_sel (THREAD_EVENT_ORD);
        pt  = pool_sel (0);
        watch();

        uintptr_t const u = pool_pages (0);
        uint64_t const ec = pool_sel (0);
        bool const usable = address (i) == hva_end() - 4096;     /* the HIP: reading works, a store does not  */

        good_ip = (uintptr_t) server_tell;
        good_sp = u;
        NEED (hyp_create_ec (0, ec, sel_root_pd(), u >> 12, root.hip->cpu_bsp, address (i), evt));
        NEED (hyp_create_pt (pt, sel_root_pd(), ec, (uintptr_t) server_add));
        come_back();
        wrong += got != STATUS_SUCCESS || seen.count < 1 || seen.sp != address (i);
        wrong += usable && seen.vector != EVENT_NO_PAGE;
        wrong += pool_recycle() != 0;
    }

    check_eq (wrong, 0, "an initial stack pointer: the EC faults when it uses it");
}

/* Startup: the EC begins there */
static uint64_t first_ip, first_sp;

static uint32_t begin (struct portal *p, union utcb *u, uint32_t mtd)
{
    (void) p, (void) mtd;
    utcb_set_ip (&u->arch, first_ip);
    *utcb_reg (&u->arch, REG_SP) = first_sp;
    *utcb_reg (&u->arch, REG_P0) = HYPERCALL_reserved;

    return MTD_IP | MTD_GPRS;
}

static void started (void *arg)
{
    (void) arg;
    back = true;

    for (;;)
        hyp_sm_down (test_never, 0);
}

static void startups (void)
{
    unsigned wrong = 0;

    for (unsigned i = 0; i < ADDRESSES; i++)
        for (unsigned what = 0; what < 3; what++) {

            pool_begin();

            struct thread *const t = pool_global (root.hip->cpu_bsp, started, NULL);
            struct thread *const starter = pool_local (root.hip->cpu_bsp);

            evt = t->evt;
            NEED (sel_revoke (evt, __builtin_ctz (EVENT_HST_ARCH)));
            NEED (sel_revoke (evt + EVENT_HST_ARCH, 0));
            watch();
            pool_portal (evt + EVENT_HST_ARCH, starter, begin, NULL, MTD_IP | MTD_GPRS);
            first_ip = what == 1 ? (uintptr_t) entry_raise : address (i);
            first_sp = what == 0 ? t->stack_top : address (i);
            good_ip  = (uintptr_t) started;
            good_sp  = t->stack_top - STACK_ENTRY;
            back     = false;
            NEED (hyp_create_sc (pool_sel (0), sel_root_pd(), t->ec, hyp_scd (1, PRIO_LOW, 0)));

            for (uint64_t const end = in_ms (500); !back && stc_read() < end; )
                sleep_ms (1);

            wrong += !back || seen.count != 1 || seen.ip != first_ip || seen.sp != first_sp;
            wrong += pool_recycle() != 0;
        }

    check_eq (wrong, 0, "instruction and stack pointer of the reply to a startup event: a fault there, which can be repaired");
}

/* The reply to an exception of a server in the middle of its work, twice as bad */
static uint64_t bad_ip;

static uint32_t worse (struct portal *p, union utcb *u, uint32_t mtd)
{
    (void) mtd;

    if (p->sel - evt == EVENT_UNDEFINED && !seen.count) {
        seen.count = 1;
        utcb_set_ip (&u->arch, bad_ip);
        *utcb_reg (&u->arch, REG_SP) = bad_ip;
        return MTD_IP | MTD_GPRS;
    }

    return repair (p, u, mtd);
}

static void replies (void)
{
    unsigned wrong = 0;

    for (unsigned i = 0; i < ADDRESSES; i++) {

        pool_begin();
        evt = pool_sel (THREAD_EVENT_ORD);
        pt  = pool_sel (0);
        watch();

        struct thread *const handler = pool_local (root.hip->cpu_bsp);
        uintptr_t const u = pool_pages (0);
        uint64_t const ec = pool_sel (0);

        NEED (sel_revoke (evt + EVENT_UNDEFINED, 0));
        pool_portal (evt + EVENT_UNDEFINED, handler, worse, NULL, MTD_IP | MTD_GPRS);
        bad_ip  = address (i);
        good_ip = (uintptr_t) server_tell;
        good_sp = u;
        NEED (hyp_create_ec (0, ec, sel_root_pd(), u >> 12, root.hip->cpu_bsp, u, evt));
        NEED (hyp_create_pt (pt, sel_root_pd(), ec, (uintptr_t) entry_raise));
        come_back();
        wrong += got != STATUS_SUCCESS || seen.count != 2 || seen.ip != bad_ip || seen.sp != bad_ip;
        wrong += pool_recycle() != 0;
    }

    check_eq (wrong, 0, "instruction and stack pointer of the reply to an exception: the next fault there, which can be repaired");
}

/* UTCBs outside of user memory, event selectors at the ends of the scale */
static void creations (void)
{
    unsigned wrong = 0, ok = 0;

    pool_begin();
    pt = pool_sel (0);

    for (unsigned i = 0; i < ADDRESSES; i++) {

        uint64_t const ec = pool_sel (0), events = pool_sel (0);
        uintptr_t const u = pool_pages (0);

        if (address (i) >= hva_end())                   /* below is the HIP of this task                        */
            wrong += hyp_create_ec (0, ec, sel_root_pd(), address (i) >> 12, root.hip->cpu_bsp, 0, 0) != STATUS_BAD_PAR;

        /* Its exceptions find no portal, since there is no such selector: it dies */
        NEED (hyp_create_ec (0, events, sel_root_pd(), u >> 12, root.hip->cpu_bsp, u, address (i)));
        NEED (hyp_create_pt (pt, sel_root_pd(), events, (uintptr_t) entry_raise));
        come_back();
        ok += got == STATUS_ABORTED;
        NEED (sel_revoke (pt, 0));
    }

    check_eq (wrong, 0, "a UTCB outside of user memory: BAD_PAR");
    check_eq (ok, ADDRESSES, "an event base beyond all selectors: its EC dies of an exception, the caller is told");
    NEED (hyp_ctrl_pd (sel_root_obj(), sel_root_obj(), pt, pt, 0, 0, 0));
    pool_end();
}

/* A hypercall in the last bytes of user memory would return behind it: on x86 to a non-canonical address, so it may not execute */
static void last_page (void)
{
    struct domain d;
    uint64_t const page = (uintptr_t) entry_syscall_page >> 12, last = (hva_end() >> 12) - 1;

    pool_begin();
    pool_domain (&d);
    evt = pool_sel (THREAD_EVENT_ORD);
    pt  = pool_sel (0);
    watch();
    NEED (hyp_ctrl_pd (sel_root_obj(), d.obj, evt, evt, __builtin_ctz (EVENT_HST_ARCH), PERM_MASK, 0));
    NEED (hyp_ctrl_pd (SEL_ROOT_HST, d.hst, page, last, 0, PERM_MEM_R | PERM_MEM_XU, 0));

    uint64_t const ec = pool_bare (d.pd, root.hip->cpu_bsp, evt);

    good_ip = 0;
    NEED (hyp_create_pt (pt, sel_root_pd(), ec, hva_end() - SYSCALL_BYTES));
    come_back();
    check_eq (got, STATUS_ABORTED, "a portal enters at a hypercall in the last bytes of user memory: the server dies");
    check_eq (seen.count, 1, "of one exception");
    check_eq (seen.vector, EVENT_NO_EXEC, "a fault: it may not execute there");
    check_eq (seen.ip, hva_end() - (LAST_PAGE_RUNS ? 0 : SYSCALL_BYTES), LAST_PAGE_RUNS ? "behind it" : "at that address");
    pool_end();
}

static struct test const test[] = {
    { "portals", portals }, { "stacks", stacks }, { "startups", startups }, { "replies", replies }, { "creations", creations },
    { "last_page", last_page },
};

TESTS_OF_SECONDS ("address", test, 120);
