/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Real interrupts of a PC: the 8254 timer (edge-triggered) and a comparator of the HPET (level-triggered). Facts: Intel 8254
 * datasheet; IA-PC HPET specification 1.0a, 2.3; ISA interrupt 0 is pin 2 of the I/O APIC on every PC that these tests run on.
 */
#include <help.h>
#include <interrupt.h>
#include <mem.h>
#include <pio.h>

enum {
    PIT_DATA = 0x40, PIT_COMMAND = 0x43, PIT_PIN = 2, PIT_HZ = 1193182,

    HPET_BASE = 0xfed00000, HPET_CAP = 0x00, HPET_CONF = 0x10, HPET_STATUS = 0x20, HPET_COUNTER = 0xf0,
    HPET_T1_CONF = 0x120, HPET_T1_COMPARE = 0x128,
    T_LEVEL = 1 << 1, T_ENABLE = 1 << 2, T_ROUTE_SHIFT = 9,
};

/* Mode 2, a pulse every ms; mode 0 is silent after at most one more, when the old count has gone by (0xffff: 55 ms) */
static void pit (bool run)
{
    pio_out8 (PIT_COMMAND, run ? 0x34 : 0x30);

    if (run) {
        pio_out8 (PIT_DATA, (PIT_HZ / 1000) & 0xff);
        pio_out8 (PIT_DATA, (PIT_HZ / 1000) >> 8);
    } else
        sleep_ms (60);
}

static void edge (void)
{
    uint64_t const s = interrupt_pin (PIT_PIN);
    unsigned came = 0;

    NEED (root_grant_pio (PIT_DATA, 2));
    NEED (interrupt_assign (s, root.hip->cpu_bsp, 0));
    pit (true);

    for (unsigned i = 0; i < 5; i++)
        came += hyp_sm_down (s, in_ms (500)) == STATUS_SUCCESS;

    check_eq (came, 5, "five ticks of the 8254 arrive");

    NEED (interrupt_assign (s, root.hip->cpu_bsp, FLAG_INT_MASK));
    check_status (interrupt_drain (s), STATUS_TIMEOUT, "none while the pin is masked");

    NEED (interrupt_assign (s, root.hip->cpu_bsp, 0));
    check_status (hyp_sm_down (s, in_ms (500)), STATUS_SUCCESS, "and again when it is not");

    pit (false);
    check_status (interrupt_drain (s), STATUS_TIMEOUT, "none when the timer is silent");
    NEED (interrupt_assign (s, root.hip->cpu_bsp, FLAG_INT_MASK));
}

static uint64_t other_sm, other_done;
static enum status other_status;

static void wait_there (void *arg)
{
    (void) arg;
    other_status = hyp_sm_down (other_sm, in_ms (500));
    hyp_sm_up (other_done);
}

static void other_cpu (unsigned there)
{
    other_sm   = interrupt_pin (PIT_PIN);
    other_done = sm_new (0);

    NEED (root_grant_pio (PIT_DATA, 2));
    NEED (interrupt_assign (other_sm, there, 0));
    check_status (hyp_sm_down (other_sm, in_ms (1)), STATUS_BAD_CPU, "to wait on a CPU to which it is not routed: BAD_CPU");

    pit (true);
    spawn_on (there, PRIO_HIGH, wait_there, NULL);
    check_status (await (other_done), STATUS_SUCCESS, "somebody waits where it is routed");
    check_status (other_status, STATUS_SUCCESS, "and gets it");
    pit (false);
    NEED (interrupt_assign (other_sm, root.hip->cpu_bsp, FLAG_INT_MASK));
}

static void other_cpus (void)
{
    for (unsigned c = 0; c < root.hip->cpu_num; c++)
        if (c != root.hip->cpu_bsp)
            other_cpu (c);
}

static uint64_t volatile *hpet;

static uint64_t get (unsigned reg) { return hpet[reg / 8]; }

static void set (unsigned reg, uint64_t v) { hpet[reg / 8] = v; }

/* The comparator matches in about a millisecond, and asserts the pin until its status bit is cleared */
unsigned interrupt_source (void)
{
    if (!hpet)
        hpet = mem_map (HPET_BASE, 4096, PERM_MEM_R | PERM_MEM_W, MAD_IO);

    need (hpet, "maps the HPET");

    uint32_t const pins = (uint32_t) (get (HPET_T1_CONF) >> 32) & ~UINT32_C (0xffff);

    return pins ? (unsigned) __builtin_ctz (pins) : 0;   /* else only shared ISA pins, e.g. on an i440FX             */
}

void interrupt_start (unsigned pin)
{
    uint64_t const ticks = 1000000000000 / (get (HPET_CAP) >> 32);

    set (HPET_CONF, get (HPET_CONF) | 1);
    set (HPET_STATUS, 2);
    set (HPET_T1_COMPARE, (uint32_t) (get (HPET_COUNTER) + ticks));
    set (HPET_T1_CONF, T_LEVEL | T_ENABLE | (uint64_t) pin << T_ROUTE_SHIFT);
}

/* Still level-triggered and routed there: clearing the status ends it */
void interrupt_silence (void)
{
    set (HPET_T1_CONF, get (HPET_T1_CONF) & ~(uint64_t) T_ENABLE);
    set (HPET_STATUS, 2);
}

static struct test const test_pit[] = { { "edge", edge }, { "other_cpu", other_cpus } };

TESTS ("interrupt", test_pit);
