/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs the scenarios. Options: only=NAME,NAME; n=SIZE (up to 4096); watch=TICKS: a thread of the highest priority sleeps that long
 * over and over, and tells how late it has been at most in each scenario.
 */
#include <console.h>
#include <mem.h>
#include <panic.h>
#include <portal.h>
#include <string.h>
#include <wcet.h>
#include <wcet_arch.h>

enum { SEL_ORD_EVENTS = 6, CPUS = 64, LEAF_ORD = 9, TOP_ORD_MAX = 10 };     /* two tables of 512 entries at the top, at most */

unsigned crowd_size, crowd_ord, user_ord, top_ord;

static uint64_t volatile crowd_status[256];              /* threads of the crowd by the status of their hypercall */
static uint64_t never;

void need (enum status s, char const *what, char const *file, unsigned line)
{
    if (s != STATUS_SUCCESS)
        panic ("%s:%u: status %#x: %s", file, line, s, what);
}

void sleep_ms (uint64_t ms) { hyp_sm_down (never, stc_read() + ms * root.hip->stc_freq / 1000); }

uint64_t id_down (uint64_t sm) { return hyp_id (HYPERCALL_ctrl_sm, FLAG_SM_DOWN) | abi_put_ctrl_sm_sm (sm); }
uint64_t id_call (uint64_t pt) { return hyp_id (HYPERCALL_ipc_call, 0) | abi_put_ipc_call_pt (pt); }

void domain_new (struct domain *d)
{
    uint64_t const sel = sel_alloc (2);

    *d = (struct domain) { sel, sel + 1, sel + 2, sel + 3 };

    NEED (hyp_create_pd (CREATE_PD,  d->pd,  sel_root_pd()));
    NEED (hyp_create_pd (CREATE_OBJ, d->obj, d->pd));
    NEED (hyp_create_pd (CREATE_HST, d->hst, d->pd));

    if (HAS_PORTS)
        NEED (hyp_create_pd (CREATE_PIO, d->pio, d->pd));
}

void domain_end (struct domain *d) { NEED (sel_revoke (d->pd, 2)); }

/* Startup events of a crowd, all through one portal on each CPU */
static struct crowd_cpu {
    struct thread   server;
    struct portal   portal;
    uint64_t        evt, p0, p1;
} crowd_cpu[CPUS];

static uint32_t startup (struct portal *p, union utcb *u, uint32_t mtd)
{
    struct crowd_cpu const *const c = p->arg;

    (void) mtd;

    memset (u->arch.gpr, 0, sizeof (u->arch.gpr));
    crowd_regs (u->arch.gpr, c->p0, c->p1, id_down (never), (uintptr_t) crowd_status);
    utcb_set_ip (&u->arch, (uintptr_t) stub_crowd);

    return MTD_GPRS | MTD_IP;
}

uint64_t crowd_events (unsigned cpu)
{
    struct crowd_cpu *const c = crowd_cpu + cpu % CPUS;

    if (!c->evt) {
        NEED (thread_create_local (&c->server, 0, cpu));
        c->evt = sel_alloc (SEL_ORD_EVENTS);
        NEED (portal_create (&c->portal, c->evt + root.hip->sel_hst_arch, &c->server, startup, c, 0));
    }

    return c->evt;
}

void crowd_new (struct crowd *c, unsigned cpu, uint64_t evt)
{
    if (!c->ec) {
        c->ec   = sel_alloc (crowd_ord);
        c->sc   = sel_alloc (crowd_ord);
        c->utcb = mem_window (crowd_size, 9);
    }

    c->cpu = cpu;

    for (unsigned i = 0; i < crowd_size; i++)
        NEED (hyp_create_ec (FLAG_EC_GLOBAL, c->ec + i, sel_root_pd(), (c->utcb >> 12) + i, cpu, 0, evt));
}

void crowd_start (struct crowd *c, uint64_t p0, uint64_t p1)
{
    for (unsigned i = 0; i < sizeof (crowd_status) / sizeof (*crowd_status); i++)
        crowd_status[i] = 0;

    crowd_cpu[c->cpu].p0 = p0;
    crowd_cpu[c->cpu].p1 = p1;

    for (unsigned i = 0; i < crowd_size; i++)
        NEED (hyp_create_sc (c->sc + i, sel_root_pd(), c->ec + i, hyp_scd (1000, PRIO_CROWD, 0)));

    sleep_ms (40);
}

void crowd_expect (enum status s, unsigned count)
{
    if (crowd_status[s] != count)
        panic ("%lu threads of the crowd got status %#x, %u expected", crowd_status[s], s, count);
}

void crowd_end (struct crowd *c)
{
    NEED (sel_revoke (c->sc, crowd_ord));
    NEED (sel_revoke (c->ec, crowd_ord));
    sleep_ms (40);
}

/* The order matters: the memory of a scenario is used again by the next one. */
#define SCENARIOS(X) X (single) X (ipc) X (interrupts) X (timeouts) X (sm_death) X (waiting) X (waiting_death) X (no_handler) \
                     X (call_chain) X (event_chain) X (objects) X (objects_death) X (pio_spaces) X (map) X (split) X (tables) \
                     X (space_death) X (guest) X (last_page) X (ports) X (remote)

#define X(name) void scenario_##name (void);
SCENARIOS (X)
#undef X

static struct { char const *name; void (*fn) (void); } const scenario[] = {
#define X(name) { #name, scenario_##name },
SCENARIOS (X)
#undef X
};

static bool selected (char const *list, char const *s)
{
    size_t const n = strlen (s);

    for (; *list; list++) {
        if (!strncmp (list, s, n) && (!list[n] || list[n] == ',' || list[n] == '+'))
            return true;
        while (*list && *list != ',' && *list != '+')
            list++;
        if (!*list)
            break;
    }

    return false;
}

static uint64_t watch;
static uint64_t volatile lateness;

static void look (void *arg)
{
    uint64_t const sm = *(uint64_t *) arg;

    for (;;) {
        uint64_t const due = stc_read() + watch;
        hyp_sm_down (sm, due);
        uint64_t const late = stc_read() - due;
        lateness = late > lateness ? late : lateness;
    }
}

static void watch_start (void)
{
    static struct thread t;
    static uint64_t sm;

    sm = sel_alloc (0);
    NEED (hyp_create_sm (sm, sel_root_pd(), 0));
    NEED (thread_create_global (&t, 0, root.hip->cpu_bsp, look, &sm));
    NEED (thread_start (&t, hyp_scd (1000, PRIO_WATCH, 0)));
}

static void work (void *arg)
{
    static char only[256];
    bool const all = !root_option ("only", only, sizeof (only));
    unsigned count = 0;

    watch = root_option_number ("watch", 0);
    if (watch)
        watch_start();

    for (unsigned i = 0; i < sizeof (scenario) / sizeof (*scenario); i++)
        if (all || selected (only, scenario[i].name)) {
            console_printf ("scenario %s\n", scenario[i].name);
            lateness = 0;
            scenario[i].fn();
            if (watch)
                console_printf ("lateness %s %lu\n", scenario[i].name, lateness);
            count++;
        }

    console_printf ("%u scenarios of size %u\n", count, crowd_size);

    hyp_sm_up (*(uint64_t *) arg);
}

int main (void)
{
    static struct thread t;
    static uint64_t done;

    crowd_size = (unsigned) root_option_number ("n", 1024);

    while ((uintptr_t) root.hip >> (user_ord + 12))
        user_ord++;

    for (top_ord = LEAF_ORD; user_ord - top_ord > TOP_ORD_MAX; top_ord += LEAF_ORD) ;

    while (1U << crowd_ord < crowd_size && crowd_ord < CROWD_ORD_MAX)
        crowd_ord++;

    if (!crowd_size || crowd_size > 1U << crowd_ord)
        panic ("n=%u is not a size from 1 to %u", crowd_size, 1U << CROWD_ORD_MAX);

    done  = sel_alloc (0);
    never = sel_alloc (0);
    NEED (hyp_create_sm (done,  sel_root_pd(), 0));
    NEED (hyp_create_sm (never, sel_root_pd(), 0));
    NEED (thread_create_global (&t, FLAG_EC_FPU, root.hip->cpu_bsp, work, &done));
    NEED (thread_start (&t, hyp_scd (1000, PRIO_MAIN, 0)));
    NEED (hyp_sm_down (done, 0));

    return 0;
}
