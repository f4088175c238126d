/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Message-signaled interrupts, with a device that sends one whenever it is told to: QEMU's `edu` (docs/specs/edu.rst of
 * QEMU: a write to register 0x60 raises, one to 0x64 acknowledges). Without it, only the messages are looked at. Facts: PCI
 * Local Bus 3.0, 3.2.2.3.2, 6.2 and 6.8.1; Intel SDM 3A, 11.11.
 */
#include <cpu_pause.h>
#include <help.h>
#include <mem.h>
#include <pio.h>

enum {
    PCI_ADDRESS = 0xcf8, PCI_DATA = 0xcfc, PCI_SLOTS = 32,
    PCI_ID = 0x00, PCI_COMMAND = 0x04, PCI_BAR0 = 0x10, PCI_CAPS = 0x34,
    COMMAND_MEMORY_MASTER = 0x6, CAP_MSI = 5, MSI_ENABLE = 1 << 16, MSI_64 = 1 << 23,
    EDU_RAISE = 0x60 / 4, EDU_ACK = 0x64 / 4,
};

#define EDU_ID          UINT32_C (0x11e81234)
#define ADDR_FIXED      UINT32_C (0xfff00fff)           /* all but the destination; hint and mode are 0         */
#define ADDR_VALUE      UINT32_C (0xfee00000)

static uint32_t volatile *edu;
static unsigned slot, msi;                              /* of the device; its capability                        */

struct message { uint32_t addr; uint16_t data; };

static uint32_t config (unsigned s, unsigned reg)
{
    pio_out32 (PCI_ADDRESS, UINT32_C (1) << 31 | s << 11 | reg);
    return pio_in32 (PCI_DATA);
}

static void config_set (unsigned reg, uint32_t v)
{
    pio_out32 (PCI_ADDRESS, UINT32_C (1) << 31 | slot << 11 | reg);
    pio_out32 (PCI_DATA, v);
}

static bool find (void)
{
    NEED (root_grant_pio (PCI_ADDRESS, 3));

    for (slot = 0; slot < PCI_SLOTS && config (slot, PCI_ID) != EDU_ID; slot++) ;

    if (slot == PCI_SLOTS)
        return false;

    msi = config (slot, PCI_CAPS) & 0xfc;

    while (msi && (config (slot, msi) & 0xff) != CAP_MSI)
        msi = config (slot, msi) >> 8 & 0xfc;

    need (msi, "the device has an MSI capability");

    if (!edu)
        edu = mem_map (config (slot, PCI_BAR0) & ~UINT32_C (0xf), 4096, PERM_MEM_R | PERM_MEM_W, MAD_UC);

    need (edu, "maps the device");
    config_set (PCI_COMMAND, config (slot, PCI_COMMAND) | COMMAND_MEMORY_MASTER);

    return true;
}

static void program (struct message m)
{
    bool const wide = config (slot, msi) & MSI_64;

    config_set (msi + 4, m.addr);

    if (wide)
        config_set (msi + 8, 0);

    config_set (msi + (wide ? 12 : 8), m.data);
    config_set (msi, config (slot, msi) | MSI_ENABLE);
}

/* Some time, so that a local APIC does not see two messages as one */
static void raise (void)
{
    edu[EDU_RAISE] = 1;
    edu[EDU_ACK]   = 1;

    for (uint64_t const end = stc_read() + time_factor * root.hip->stc_freq / 20000; stc_read() < end; ) cpu_pause();
}

static uint64_t semaphore (unsigned i)
{
    uint64_t const s = sel_alloc (0);

    NEED (hyp_ctrl_pd (sel_nova_obj(), sel_root_obj(), NOVA_SEL_INT + root.hip->int_pin + i, s, 0, PERM_MASK, 0));

    return s;
}

static struct message assign (uint64_t s, unsigned cpu, unsigned flags)
{
    struct message m = { 0, 0 };

    NEED (hyp_assign_int (flags, s, cpu, 0, &m.addr, &m.data));

    return m;
}

/* On the CPU to which it is routed */
static unsigned count (uint64_t s)
{
    unsigned n = 0;

    while (hyp_sm_down (s, 1) == STATUS_SUCCESS)
        n++;

    return n;
}

static void messages (void)
{
    static uint8_t seen[256][256];                      /* APIC ID, vector                                      */
    unsigned good = 0, twice = 0, bad_cpu = 0;

    check_ge (root.hip->int_msi, 16, "INTMSI");

    for (unsigned i = 0; i < root.hip->int_msi; i++) {

        uint64_t const s = semaphore (i);

        for (unsigned c = 0; c < root.hip->cpu_num; c++) {

            struct message const m = assign (s, c, FLAG_INT_MASK);
            uint8_t *const n = &seen[m.addr >> 12 & 0xff][m.data & 0xff];

            good  += (m.addr & ADDR_FIXED) == ADDR_VALUE && m.data >= 0x20 && m.data < 0xff;
            twice += (*n)++;
        }

        if (root.hip->cpu_num > 1)
            assign (s, (root.hip->cpu_bsp + 1u) % root.hip->cpu_num, FLAG_INT_MASK);

        bad_cpu += hyp_sm_down (s, 1) == STATUS_BAD_CPU;
        NEED (sel_revoke (s, 0));
    }

    check_eq (good, root.hip->int_msi * root.hip->cpu_num, "address and data: edge, fixed delivery to one CPU");
    check_eq (twice, 0, "no message stands for two interrupts");
    check_eq (bad_cpu, root.hip->cpu_num > 1 ? root.hip->int_msi : 0, "down on a CPU to which it is not routed: BAD_CPU");
}

/* A waiter on the CPU of the interrupt */
enum { ROUNDS = 50 };

static uint64_t irq, ready, came;
static unsigned volatile got;

static void wait_there (void *arg)
{
    (void) arg;

    for (unsigned i = 0; i < ROUNDS; i++) {
        hyp_sm_up (ready);
        got = got + (hyp_sm_down (irq, in_ms (500)) == STATUS_SUCCESS);
        hyp_sm_up (came);
    }

    hyp_sm_up (ready);
    got = got + 1000 * (hyp_sm_down (irq, in_ms (5)) != STATUS_TIMEOUT);
    hyp_sm_up (came);
}

static void arrive (void)
{
    if (!find())
        return;

    irq = semaphore (0);

    for (unsigned c = 0; c < root.hip->cpu_num; c++) {

        program (assign (irq, c, 0));
        got   = 0;
        ready = sm_new (0);
        came  = sm_new (0);
        spawn_on (c, PRIO_HIGH, wait_there, NULL);

        for (unsigned i = 0; i < ROUNDS; i++) {
            need (await (ready) == STATUS_SUCCESS, "somebody waits on that CPU");
            raise();
            need (await (came) == STATUS_SUCCESS, "and goes on");
        }

        need (await (ready) == STATUS_SUCCESS && await (came) == STATUS_SUCCESS, "and ends");
        check_eq (got, ROUNDS, c == root.hip->cpu_bsp ? "each message of the device arrives here, and none twice" :
                                                         "each message of the device arrives on another CPU, and none twice");
    }

    assign (irq, root.hip->cpu_bsp, FLAG_INT_MASK);
}

static void counted (void)
{
    if (!find())
        return;

    uint64_t const s = semaphore (1), other = semaphore (2);

    program (assign (s, root.hip->cpu_bsp, 0));
    assign (other, root.hip->cpu_bsp, 0);

    for (unsigned i = 0; i < ROUNDS; i++)
        raise();

    check_eq (count (s), ROUNDS, "messages that nobody waits for are counted");
    check_eq (count (other), 0, "on their own semaphore");
    program (assign (other, root.hip->cpu_bsp, FLAG_INT_LEVEL | FLAG_INT_LOW));
    raise();
    raise();
    check_eq (count (other), 2, "trigger and polarity mean nothing: a message is an edge");
    check_eq (count (s), 0, "and needs no down between two");
}

static void masked (void)
{
    if (!find())
        return;

    uint64_t const s = semaphore (3);
    struct message const m = assign (s, root.hip->cpu_bsp, FLAG_INT_MASK);

    check ((m.addr & ADDR_FIXED) == ADDR_VALUE, "a masked interrupt has a message, too");
    program (m);
    raise();
    check_eq (count (s), 0, "while it is masked, it is not signaled");
    assign (s, root.hip->cpu_bsp, 0);
    check_eq (count (s), 0, "nor later");
    raise();
    check_eq (count (s), 1, "then it is again");
    assign (s, root.hip->cpu_bsp, FLAG_INT_MASK);
    raise();
    check_eq (count (s), 0, "masked again");
}

/*
 * The driver reads the new message some time after the interrupt was routed elsewhere, and the device goes on with the old
 * one. The waiter has begun to wait when the interrupt was routed to its CPU, and goes on wherever the message arrives.
 */
static uint64_t go;

static void wait_for_any (void *arg)
{
    for (uint64_t const s = *(uint64_t *) arg; ; hyp_sm_up (came)) {
        hyp_sm_down (go, 0);
        got = got + (hyp_sm_down (s, 0) == STATUS_SUCCESS);
    }
}

static void reroute (void)
{
    if (!find())
        return;

    uint64_t s = semaphore (4);
    struct message m;

    go   = sm_new (0);
    came = sm_new (0);
    got  = 0;
    program (assign (s, root.hip->cpu_bsp, 0));
    spawn (PRIO_HIGH, wait_for_any, &s);

    for (unsigned i = 0; i < ROUNDS; i++) {

        assign (s, root.hip->cpu_bsp, 0);
        hyp_sm_up (go);
        m = assign (s, i % root.hip->cpu_num, 0);

        if (i % 3)
            program (m);

        raise();
        need (await (came) == STATUS_SUCCESS, "a message to the new or to the old CPU arrives");
    }

    check_eq (got, ROUNDS, "rerouted while it is used, on old and new CPU, no message is lost");
    m = assign (s, root.hip->cpu_bsp, 0);
    check_eq (count (s), 0, "nor comes twice");
    program (m);
    raise();
    check_eq (count (s), 1, "and the next one arrives here again");
    assign (s, root.hip->cpu_bsp, FLAG_INT_MASK);
}

static struct test const test[] = {
    { "messages", messages }, { "arrive", arrive }, { "counted", counted }, { "masked", masked }, { "reroute", reroute },
};

TESTS ("msi", test);
