/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Real interrupts of a PC: the 8254 timer (edge-triggered) and a comparator of the HPET (level-triggered). Facts: Intel 8254
 * datasheet; IA-PC HPET specification 1.0a, 2.3; ISA interrupt 0 is pin 2 of the I/O APIC on every PC that these tests run on.
 */
#include <help.h>
#include <mem.h>
#include <pio.h>

enum {
    PIT_DATA = 0x40, PIT_COMMAND = 0x43, PIT_PIN = 2, PIT_HZ = 1193182,

    HPET_BASE = 0xfed00000, HPET_CAP = 0x00, HPET_CONF = 0x10, HPET_STATUS = 0x20, HPET_COUNTER = 0xf0,
    HPET_T1_CONF = 0x120, HPET_T1_COMPARE = 0x128,
    T_LEVEL = 1 << 1, T_ENABLE = 1 << 2, T_ROUTE_SHIFT = 9,
};

static uint64_t pin_semaphore (unsigned pin)
{
    uint64_t const s = sel_alloc (0);

    NEED (hyp_ctrl_pd (sel_nova_obj(), sel_root_obj(), NOVA_SEL_INT + pin, s, 0, PERM_MASK, 0));

    return s;
}

static enum status assign (uint64_t s, unsigned cpu, unsigned flags)
{
    uint32_t addr;
    uint16_t data;

    return hyp_assign_int (flags, s, cpu, 0, &addr, &data);
}

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

static enum status drain (uint64_t s)
{
    while (hyp_sm_down (s, 1) == STATUS_SUCCESS) ;

    return hyp_sm_down (s, in_ms (20));
}

static void edge (void)
{
    uint64_t const s = pin_semaphore (PIT_PIN);
    unsigned came = 0;

    NEED (root_grant_pio (PIT_DATA, 2));
    NEED (assign (s, root.hip->cpu_bsp, 0));
    pit (true);

    for (unsigned i = 0; i < 5; i++)
        came += hyp_sm_down (s, in_ms (500)) == STATUS_SUCCESS;

    check_eq (came, 5, "five ticks of the 8254 arrive");

    NEED (assign (s, root.hip->cpu_bsp, FLAG_INT_MASK));
    check_status (drain (s), STATUS_TIMEOUT, "none while the pin is masked");

    NEED (assign (s, root.hip->cpu_bsp, 0));
    check_status (hyp_sm_down (s, in_ms (500)), STATUS_SUCCESS, "and again when it is not");

    pit (false);
    check_status (drain (s), STATUS_TIMEOUT, "none when the timer is silent");
    NEED (assign (s, root.hip->cpu_bsp, FLAG_INT_MASK));
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
    other_sm   = pin_semaphore (PIT_PIN);
    other_done = sm_new (0);

    NEED (root_grant_pio (PIT_DATA, 2));
    NEED (assign (other_sm, there, 0));
    check_status (hyp_sm_down (other_sm, in_ms (1)), STATUS_BAD_CPU, "to wait on a CPU to which it is not routed: BAD_CPU");

    pit (true);
    spawn_on (there, PRIO_HIGH, wait_there, NULL);
    check_status (await (other_done), STATUS_SUCCESS, "somebody waits where it is routed");
    check_status (other_status, STATUS_SUCCESS, "and gets it");
    pit (false);
    NEED (assign (other_sm, root.hip->cpu_bsp, FLAG_INT_MASK));
}

static void other_cpus (void)
{
    for (unsigned c = 0; c < root.hip->cpu_num; c++)
        if (c != root.hip->cpu_bsp)
            other_cpu (c);
}

/* Before the first assignment, the CPU is not defined */
static void unassigned (void)
{
    unsigned const pin = root.hip->int_pin - 1u;
    enum status const s = hyp_sm_down (pin_semaphore (pin), in_ms (1));

    check (s == STATUS_TIMEOUT || s == STATUS_BAD_CPU, "before the first assignment: TIMEOUT or BAD_CPU");
}

static uint64_t volatile *hpet;

static uint64_t get (unsigned reg) { return hpet[reg / 8]; }

static void set (unsigned reg, uint64_t v) { hpet[reg / 8] = v; }

/* The comparator matches in about a millisecond, and asserts the pin until its status bit is cleared */
static unsigned hpet_pin (void)
{
    if (!hpet)
        hpet = mem_map (HPET_BASE, 4096, PERM_MEM_R | PERM_MEM_W, MAD_UC);

    need (hpet, "maps the HPET");

    uint32_t const pins = (uint32_t) (get (HPET_T1_CONF) >> 32) & ~UINT32_C (0xffff);

    return pins ? (unsigned) __builtin_ctz (pins) : 0;   /* else only shared ISA pins, e.g. on an i440FX             */
}

static void hpet_start (unsigned pin)
{
    uint64_t const ticks = 1000000000000 / (get (HPET_CAP) >> 32);

    set (HPET_CONF, get (HPET_CONF) | 1);
    set (HPET_STATUS, 2);
    set (HPET_T1_COMPARE, (uint32_t) (get (HPET_COUNTER) + ticks));
    set (HPET_T1_CONF, T_LEVEL | T_ENABLE | (uint64_t) pin << T_ROUTE_SHIFT);
}

/* Still level-triggered and routed there: clearing the status ends it */
static void hpet_silence (void)
{
    set (HPET_T1_CONF, get (HPET_T1_CONF) & ~(uint64_t) T_ENABLE);
    set (HPET_STATUS, 2);
}

static uint64_t level_sm, level_done;
static enum status first, second, third;

static void level_driver (void *arg)
{
    hpet_start (*(unsigned *) arg);
    first  = hyp_sm_down (level_sm, in_ms (500));
    second = hyp_sm_down (level_sm, in_ms (500));
    hpet_silence();
    third  = drain (level_sm);
    hyp_sm_up (level_done);
}

static void level (void)
{
    unsigned pin = hpet_pin();

    if (!pin)
        return;

    level_sm = pin_semaphore (pin);

    for (unsigned c = 0; c < root.hip->cpu_num; c++) {

        bool const here = c == root.hip->cpu_bsp;

        level_done = sm_new (0);
        NEED (assign (level_sm, c, FLAG_INT_LEVEL));
        spawn_on (c, PRIO_HIGH, level_driver, &pin);
        need (hyp_sm_down (level_done, in_ms (2000)) == STATUS_SUCCESS, "the driver on that CPU ends");
        check_status (first, STATUS_SUCCESS, here ? "a level-triggered interrupt arrives" :
                                                    "on another CPU: a level-triggered interrupt arrives");
        check_status (second, STATUS_SUCCESS, here ? "again, as the device was not silenced before the next down" :
                                                     "on another CPU: again, as the device was not silenced");
        check_status (third, STATUS_TIMEOUT, here ? "not any more when it is" : "on another CPU: not any more when it is");
    }

    NEED (assign (level_sm, root.hip->cpu_bsp, FLAG_INT_MASK | FLAG_INT_LEVEL));
}

static uint64_t work (void)
{
    uint64_t const start = stc_read();

    for (unsigned i = 0; i < 1000000; i++) __asm__ volatile ("");

    return stc_read() - start;
}

/* A device that nobody silences: it is told of once, and does not keep its CPU from other work */
static void storm (void)
{
    unsigned const pin = hpet_pin();

    if (!pin)
        return;

    uint64_t const s = pin_semaphore (pin);
    uint64_t const before = work();

    NEED (assign (s, root.hip->cpu_bsp, FLAG_INT_LEVEL));
    hpet_start (pin);
    sleep_ms (2);
    check (work() <= (1 + time_factor) * before, "a device that nobody silences leaves the CPU to others");
    hpet_silence();
    check_status (hyp_sm_down (s, 1), STATUS_SUCCESS, "it is signaled");
    check_status (hyp_sm_down (s, 1), STATUS_TIMEOUT, "once, until the next down");
    check_status (drain (s), STATUS_TIMEOUT, "and not any more when it is silenced");

    /* Masked while it is asserted, then not any more: the level is still there */
    NEED (assign (s, root.hip->cpu_bsp, FLAG_INT_LEVEL | FLAG_INT_MASK));
    hpet_start (pin);
    sleep_ms (3);
    check_status (hyp_sm_down (s, 1), STATUS_TIMEOUT, "while it is masked, a level is not signaled");
    NEED (assign (s, root.hip->cpu_bsp, FLAG_INT_LEVEL));
    check_status (hyp_sm_down (s, in_ms (500)), STATUS_SUCCESS, "when it is unmasked, a level that is still there is");
    hpet_silence();
    check_status (drain (s), STATUS_TIMEOUT, "silenced again");
    NEED (assign (s, root.hip->cpu_bsp, FLAG_INT_LEVEL | FLAG_INT_MASK));
}

static struct test const test[] = {
    { "edge", edge }, { "other_cpu", other_cpus }, { "unassigned", unassigned }, { "level", level }, { "storm", storm },
};

TESTS ("interrupt", test);
