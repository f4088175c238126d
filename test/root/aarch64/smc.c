/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Secure monitor calls that the kernel makes for the root PD: SVC #1, filtered (7.9). QEMU's firmware knows none of them. On a CPU without
 * EL3 there is nobody to call, and a kernel may refuse them all; programs cannot tell, so the first call decides.
 */
#include <event.h>
#include <isolation.h>

enum { FIRST_KEPT = 18, NOT_SUPPORTED = -1 };           /* SMCCC 1.2: result of an unknown function             */

static struct { uint32_t id; char const *text; } const permitted[] = {
    { 0x82000000, "SiP service: made" }, { 0xc200ffff, "SiP service, 64-bit, last function: made" }, { 0x84000050, "TRNG_VERSION: made" },
    { 0xc4000053, "TRNG_RND, 64-bit: made" }, { 0x8400005f, "last TRNG function: made" }, { 0x84000130, "PCI_VERSION: made" },
    { 0x8400013f, "last PCI function: made" }, { 0xb0000000, "trusted application: made" }, { 0x31001234, "another one, yielding: made" },
    { 0xb2000000, "trusted OS: made" }, { 0xbf00ff01, "last trusted OS: made" },
}, refused[] = {
    { 0x80000000, "SMCCC_VERSION: an exception" }, { 0x81000000, "CPU service: an exception" }, { 0x83000000, "OEM service: an exception" },
    { 0x84000000, "PSCI_VERSION: an exception" }, { 0x84000008, "SYSTEM_OFF: an exception" }, { 0xc4000003, "CPU_ON: an exception" },
    { 0x8400004f, "below TRNG: an exception" }, { 0x84000060, "behind TRNG: an exception" }, { 0x8400012f, "below PCI: an exception" },
    { 0x84000140, "behind PCI: an exception" }, { 0x85000000, "hypervisor service: an exception" },
    { 0xaf000000, "below trusted applications: an exception" },
};

static struct regs smc;
static uint32_t id;

static void call (void)
{
    iso_fill (smc.gpr, GPRS, OURS);
    smc.gpr[0] = id;
    smc.flags  = FLAGS_STATUS;
    regs_smc (&smc);
}

static uint32_t skip (union utcb *u) { u->arch.elr_el2 = (uintptr_t) regs_smc_next; return MTD_EL2_ELR_SPSR; }

/* True if it was made. Which event a refused one is, the specification leaves open */
static bool make (uint32_t function)
{
    id = function;
    event_prepare (call, skip);
    event_add (EXC_SVC, MTD_EL2_ELR_SPSR);
    event_add (EXC_UNKNOWN, MTD_EL2_ELR_SPSR);
    event_go();

    return !event_seen.count;
}

static void made (void)
{
    bool const there = make (permitted[0].id);
    unsigned lost = 0;

    for (size_t i = 0; i < sizeof (permitted) / sizeof (permitted[0]); i++) {
        check (make (permitted[i].id) == there && event_ended && event_seen.count <= 1 &&
               (!there || (int64_t) smc.gpr[0] == NOT_SUPPORTED), permitted[i].text);
        lost += iso_differ (smc.gpr, FIRST_KEPT, SP, FILL (OURS)) + (smc.gpr[SP] != smc.sp) + (smc.flags != FLAGS_STATUS);
    }

    check_eq (lost, 0, "X18...X30, SP and flags survive");
}

static void none (void)
{
    for (size_t i = 0; i < sizeof (refused) / sizeof (refused[0]); i++)
        check (!make (refused[i].id) && event_ended && event_seen.count == 1, refused[i].text);
}

/* Only the root PD may: a server there, and one elsewhere, whose exceptions find no portal */
static uint32_t serve (uintptr_t pid, uint32_t mtd)
{
    (void) pid, (void) mtd;
    call();

    return 0;
}

static enum status served (struct iso_ec *e, struct domain const *d)
{
    uint32_t mtd = 0;

    iso_server_make (e, d);

    for (unsigned v = EXC_UNKNOWN; v <= EXC_SVC; v += EXC_SVC - EXC_UNKNOWN)
        NEED (hyp_ctrl_pd (sel_root_obj(), d ? d->obj : sel_root_obj(), e->t.evt + v, e->t.evt + v, 0, 0, 0));

    return hyp_ipc_call (e->pt, &mtd);
}

static void other_pd (void)
{
    static struct iso_ec here, there;
    bool const monitored = make (permitted[0].id);

    iso_setup();
    witness_serve = serve;
    check_status (served (&here, NULL), monitored ? STATUS_SUCCESS : STATUS_ABORTED, "by a server of the root PD: made, or refused");
    check_eq (smc.gpr[0], monitored ? (uint64_t) NOT_SUPPORTED : id, "with that result");
    check_status (served (&there, &iso_twin), STATUS_ABORTED, "by one of another PD: an exception");
}

static struct test const test[] = { { "made", made }, { "none", none }, { "other_pd", other_pd } };

TESTS ("smc", test);
