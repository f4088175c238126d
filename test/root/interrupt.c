/* SPDX-License-Identifier: GPL-2.0-only */
/* Real interrupts: a level-triggered pin of a device that the architecture chooses (interrupt.h). */
#include <help.h>
#include <interrupt.h>

uint64_t interrupt_pin (unsigned pin)
{
    uint64_t const s = sel_alloc (0);

    NEED (hyp_ctrl_pd (sel_nova_obj(), sel_root_obj(), NOVA_SEL_INT + pin, s, 0, PERM_MASK, 0));

    return s;
}

enum status interrupt_assign (uint64_t s, unsigned cpu, unsigned flags)
{
    uint32_t addr;
    uint16_t data;

    return hyp_assign_int (flags, s, cpu, 0, &addr, &data);
}

enum status interrupt_drain (uint64_t s)
{
    while (hyp_sm_down (s, 1) == STATUS_SUCCESS) ;

    return hyp_sm_down (s, in_ms (20));
}

/* Before the first assignment, the CPU is not defined */
static void unassigned (void)
{
    unsigned const pin = root.hip->int_pin - 1u;
    enum status const s = hyp_sm_down (interrupt_pin (pin), in_ms (1));

    check (s == STATUS_TIMEOUT || s == STATUS_BAD_CPU, "before the first assignment: TIMEOUT or BAD_CPU");
}

static uint64_t level_sm, level_done;
static enum status first, second, third;

static void level_driver (void *arg)
{
    interrupt_start (*(unsigned *) arg);
    first  = hyp_sm_down (level_sm, in_ms (500));
    second = hyp_sm_down (level_sm, in_ms (500));
    interrupt_silence();
    third  = interrupt_drain (level_sm);
    hyp_sm_up (level_done);
}

static void level (void)
{
    unsigned pin = interrupt_source();

    if (!pin)
        return;

    level_sm = interrupt_pin (pin);

    for (unsigned c = 0; c < root.hip->cpu_num; c++) {

        bool const here = c == root.hip->cpu_bsp;

        level_done = sm_new (0);
        NEED (interrupt_assign (level_sm, c, FLAG_INT_LEVEL));
        spawn_on (c, PRIO_HIGH, level_driver, &pin);
        need (hyp_sm_down (level_done, in_ms (2000)) == STATUS_SUCCESS, "the driver on that CPU ends");
        check_status (first, STATUS_SUCCESS, here ? "a level-triggered interrupt arrives" :
                                                    "on another CPU: a level-triggered interrupt arrives");
        check_status (second, STATUS_SUCCESS, here ? "again, as the device was not silenced before the next down" :
                                                     "on another CPU: again, as the device was not silenced");
        check_status (third, STATUS_TIMEOUT, here ? "not any more when it is" : "on another CPU: not any more when it is");
    }

    NEED (interrupt_assign (level_sm, root.hip->cpu_bsp, FLAG_INT_MASK | FLAG_INT_LEVEL));
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
    unsigned const pin = interrupt_source();

    if (!pin)
        return;

    uint64_t const s = interrupt_pin (pin);
    uint64_t const before = work();

    NEED (interrupt_assign (s, root.hip->cpu_bsp, FLAG_INT_LEVEL));
    interrupt_start (pin);
    sleep_ms (2);
    check (work() <= (1 + time_factor) * before, "a device that nobody silences leaves the CPU to others");
    interrupt_silence();
    check_status (hyp_sm_down (s, 1), STATUS_SUCCESS, "it is signaled");
    check_status (hyp_sm_down (s, 1), STATUS_TIMEOUT, "once, until the next down");
    check_status (interrupt_drain (s), STATUS_TIMEOUT, "and not any more when it is silenced");

    /* Masked while it is asserted, then not any more: the level is still there */
    NEED (interrupt_assign (s, root.hip->cpu_bsp, FLAG_INT_LEVEL | FLAG_INT_MASK));
    interrupt_start (pin);
    sleep_ms (3);
    check_status (hyp_sm_down (s, 1), STATUS_TIMEOUT, "while it is masked, a level is not signaled");
    NEED (interrupt_assign (s, root.hip->cpu_bsp, FLAG_INT_LEVEL));
    check_status (hyp_sm_down (s, in_ms (500)), STATUS_SUCCESS, "when it is unmasked, a level that is still there is");
    interrupt_silence();
    check_status (interrupt_drain (s), STATUS_TIMEOUT, "silenced again");
    NEED (interrupt_assign (s, root.hip->cpu_bsp, FLAG_INT_LEVEL | FLAG_INT_MASK));
}

static struct test const test[] = { { "unassigned", unassigned }, { "level", level }, { "storm", storm } };

TESTS ("interrupt", test);
