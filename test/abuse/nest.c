/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Nested calls, events, interrupts and deaths (nest.h): more than a thousand random plans. Each status is as the plan says, each
 * register that is to be preserved is, in the server, in the handler, behind; and when the servers have gone, so has their memory.
 */
#include <nest.h>

#include <console.h>
#include <mem.h>
#include <record.h>
#include <string.h>

enum { PLANS = 1000, PLANS_OF_WORLD = 32, IMAGE = 0x10000000, PLAN_MS = 3000, PERM_RWX = PERM_MEM_R | PERM_MEM_W | PERM_MEM_XU };

extern char const image_end[];

static struct nest_world world[NEST_WORLDS];
static unsigned worlds;

/* Null in the object spaces of all domains, that of the root task last */
static void forget (struct nest_world const *w, uint64_t sel)
{
    for (unsigned d = NEST_PDS; d--; )
        hyp_ctrl_pd (sel_root_obj(), w->domain[d].obj, w->null, sel, 0, 0, 0);
}

static uint64_t event_sel (struct nest_self const *s, unsigned event) { return s->thread->evt + nest_vector (event); }

/* Object spaces hold ECs, which hold them */
static void part (struct nest_world const *w)
{
    for (unsigned d = 1; d < NEST_PDS; d++)
        for (struct nest_self const *s = w->server; s < w->server + NEST_SERVERS; s++) {
            NEED (hyp_ctrl_pd (sel_root_obj(), w->domain[d].obj, s->portal.sel, s->portal.sel, 0, 0, 0));
            NEED (hyp_ctrl_pd (sel_root_obj(), w->domain[d].obj, s->thread->ec, s->thread->ec, 0, 0, 0));
            NEED (hyp_ctrl_pd (sel_root_obj(), w->domain[d].obj, s->thread->evt, s->thread->evt, THREAD_EVENT_ORD, 0, 0));
        }
}

/* All that leads to a server goes, and then, a little later, itself */
static void destroy (struct nest_world const *w, unsigned ec)
{
    for (struct nest_self const *s = w->server; s < w->server + NEST_SERVERS; s++)
        for (unsigned e = 0; e < NEST_EVENTS; e++)
            if (s->handler[e] == ec)
                forget (w, event_sel (s, e));

    forget (w, w->server[ec].portal.sel);
    forget (w, w->server[ec].thread->ec);
}

static void reaper (void *arg)
{
    struct nest_world const *const w = arg;

    while (hyp_sm_down (w->reap, 0) == STATUS_SUCCESS)
        if (w->request.kill)
            destroy (w, w->request.ec);
        else
            forget (w, w->server[w->request.ec].portal.sel);
}

static void client (void *arg)
{
    struct nest_self *const s = arg;

    while (hyp_sm_down (s->go, 0) == STATUS_SUCCESS) {
        nest_client (s);
        hyp_sm_up (s->world->done);
    }
}

/* Timer interrupts at all moments, and recalls of whoever works there or on another CPU */
static void ticker (void *arg)
{
    struct nest_world *const w = arg;
    uint64_t rng = w->stc_us * 2 + 1;

    while (!pool_stop) {

        struct nest_world const *const v = world + rng_below (&rng, worlds);

        hyp_sm_down (w->waits, stc_read() + (20 + rng_below (&rng, 180)) * w->stc_us * time_factor);
        hyp_ctrl_ec (rng_below (&rng, 4) ? 0 : FLAG_RECALL_STRONG, v->server[rng_below (&rng, NEST_SERVERS)].thread->ec);
    }

    pool_done();
}

static void share (struct domain const *d, uintptr_t start, uintptr_t end)
{
    for (uint64_t p = start >> 12; p < end >> 12; p++)
        NEED (hyp_ctrl_pd (SEL_ROOT_HST, d->hst, p, p, 0, PERM_RWX, 0));
}

static void give (struct domain const *d, uint64_t sel, unsigned ord)
{
    NEED (hyp_ctrl_pd (sel_root_obj(), d->obj, sel, sel, ord, PERM_MASK, 0));
}

static void portals (struct nest_world *w, unsigned i, uint64_t *rng)
{
    struct nest_self *const s = w->server + i;

    for (unsigned e = 0; e < NEST_EVENTS; e++) {

        s->handler[e] = (uint8_t) (i < NEST_SERVERS - 1 ? i + 1 + rng_below (rng, i + 5 < NEST_SERVERS ? 4 : NEST_SERVERS - 1 - i) : i);

        if (e && nest_vector (e - 1) == nest_vector (e))    /* of one vector: one portal                        */
            s->handler[e] = s->handler[e - 1];

        else if (s->handler[e] != i)
            NEED (portal_create (s->event + e, event_sel (s, e), w->server[s->handler[e]].thread, nest_event, s, nest_event_mtd()));
    }

    NEED (portal_create (&s->portal, pool_sel (0), s->thread, nest_called, s, 0));
    NEED (portal_create (w->recall + i, s->thread->evt + EVENT_HST_ARCH + EVENT_RECALL, w->listener, nest_recalled, s, 0));
}

static void build (struct nest_world *w, unsigned cpu, unsigned clients, bool storm, uint64_t *rng)
{
    memset (w, 0, sizeof (*w));

    w->cpu     = cpu;
    w->clients = clients;
    w->storm   = storm;
    w->exact   = clients == 1 && !storm;
    w->null    = pool_sel (0);
    w->done    = pool_sm (0);
    w->reap    = pool_sm (0);
    w->waits   = pool_sm (0);
    w->stc_us  = root.hip->stc_freq / 1000000;
    w->domain[0] = (struct domain) { sel_root_pd(), sel_root_obj(), SEL_ROOT_HST, SEL_ROOT_PIO };
    w->listener  = pool_server (sel_root_pd(), 0, cpu);

    for (unsigned d = 1; d < NEST_PDS; d++)
        pool_domain (w->domain + d);

    for (unsigned i = 0; i < NEST_SERVERS; i++) {

        struct nest_self *const s = w->server + i;

        s->world  = w;
        s->pd     = rng_below (rng, NEST_PDS);
        s->fpu    = rng_below (rng, 2);
        s->rng    = rng_next (rng) | 1;
        s->thread = pool_server (w->domain[s->pd].pd, s->fpu ? FLAG_EC_FPU : 0, cpu);
    }

    for (unsigned i = 0; i < NEST_SERVERS; i++)
        portals (w, i, rng);

    if (root.hip->cpu_num > 1) {
        w->far = pool_sel (0);
        NEED (hyp_create_pt (w->far, sel_root_pd(), pool_bare (sel_root_pd(), (cpu + 1) % root.hip->cpu_num, 0), 0));
    }

    for (unsigned d = 1; d < NEST_PDS; d++) {

        share (w->domain + d, IMAGE, (uintptr_t) image_end);
        give (w->domain + d, w->reap, 0);
        give (w->domain + d, w->waits, 0);

        if (w->far)
            give (w->domain + d, w->far, 0);

        for (struct nest_self *s = w->server; s < w->server + NEST_SERVERS; s++) {

            give (w->domain + d, s->portal.sel, 0);

            if (s->pd == d) {
                share (w->domain + d, s->thread->stack_top - THREAD_STACK, s->thread->stack_top);
                give (w->domain + d, s->thread->ec, 0);
                give (w->domain + d, s->thread->evt, THREAD_EVENT_ORD);
            }
        }
    }

    for (unsigned c = 0; c < clients; c++) {
        w->client[c] = (struct nest_self) { .world = w, .rng = rng_next (rng) | 1, .go = pool_sm (0) };
        w->client[c].thread = pool_spawn (cpu, PRIO_LOW + 5 * (c == 2), client, w->client + c);
    }

    pool_spawn (cpu, PRIO_LOW + 20, reaper, w);
}

/* One plan for each client; false if they do not all come back */
static bool round (uint64_t *rng)
{
    bool ok = true;

    for (struct nest_world *w = world; w < world + worlds; w++) {

        for (unsigned c = 0; c < w->clients; c++)
            nest_plan (w->client + c, rng);

        for (unsigned c = 0; c < w->clients; c++)
            hyp_sm_up (w->client[c].go);
    }

    for (struct nest_world *w = world; w < world + worlds; w++) {

        uint64_t const end = in_ms (PLAN_MS);

        if (w->storm) {
            hyp_sm_down (w->waits, stc_read() + rng_below (rng, 300) * w->stc_us * time_factor);
            destroy (w, rng_below (rng, NEST_SERVERS));
        }

        for (unsigned c = 0; c < w->clients; c++)
            ok &= hyp_sm_down (w->done, end) == STATUS_SUCCESS;
    }

    return ok;
}

/* Somebody does not come back: what everybody does */
static void told (struct nest_world const *w)
{
    for (struct nest_node const *k = w->node; k < w->node + w->nodes; k++)
        if (k->state == NEST_BEGUN)
            console_printf ("# CPU %u: node %lu of server %u does %u with %u, node %u\n", w->cpu, k - w->node, k->ec, k->action[k->at].kind,
                            k->action[k->at].ec, k->action[k->at].child);
}

/* Each node was left as it had to be; without a plan for all, some were not entered */
static uint64_t unlike (struct nest_world const *w)
{
    uint64_t n = 0;

    for (struct nest_node const *k = w->node; !w->storm && k < w->node + w->nodes; k++)
        if (k->state != k->want && (w->exact || k->state) && !n++)
            console_printf ("# node %lu of server %u: state %u instead of %u\n", k - w->node, k->ec, k->state, k->want);

    struct nest_node const *const first = w->node + w->first.node % NEST_NODES;

    if (w->wrong)
        console_printf ("# node %u of server %u, action %u (%u): got %#lx\n", w->first.node, first->ec, w->first.action,
                        first->action[w->first.action % NEST_ACTIONS].kind, w->first.got);

    return n;
}

static struct { uint64_t plans, deep, steps, recalls, deaths, cuts, wrong, unlike, lost; } sum;

static void account (void)
{
    for (struct nest_world const *w = world; w < world + worlds; w++) {

        sum.steps  += w->steps;
        sum.wrong  += w->wrong;
        sum.unlike += unlike (w);
        sum.deep   += w->nodes;
        sum.cuts   += w->cuts;

        for (unsigned i = 0; i < NEST_SERVERS; i++) {
            sum.recalls += w->server[i].recalls;
            sum.deaths  += w->fate[i] != NEST_ALIVE;
        }
    }
}

static void nest (unsigned cpus, unsigned clients, bool storm, unsigned plans)
{
    uint64_t rng = abuse_seed();
    bool ok = true;

    memset (&sum, 0, sizeof (sum));
    worlds = cpus;

    for (unsigned n = 0; ok && sum.plans < plans; n++) {

        uint64_t const state = rng, wrong = sum.wrong + sum.unlike;

        pool_begin();

        for (unsigned c = 0; c < worlds; c++)
            build (world + c, (root.hip->cpu_bsp + c) % root.hip->cpu_num, clients, storm, &rng);

        for (unsigned c = 0; c < worlds; c++)
            pool_spawn (world[c].cpu, PRIO_LOW + 25, ticker, world + c);

        for (unsigned k = 0; k < PLANS_OF_WORLD && ok && nest_room (world) && nest_room (world + worlds - 1); k++) {
            ok = round (&rng);
            sum.plans += worlds * clients;
        }

        for (unsigned c = 0; c < worlds && !ok; c++)
            told (world + c);

        ok &= pool_join (worlds);
        account();
        for (unsigned c = 0; c < worlds; c++)
            part (world + c);

        int64_t const diff = pool_recycle();

        if (diff || !ok || sum.wrong + sum.unlike != wrong)
            console_printf ("# world %u, state %#lx: %ld pages lost\n", n, state, diff);

        sum.lost += diff != 0;
    }

    console_printf ("# %lu plans, %lu nodes, %lu actions, %lu recalls, %lu dead, %lu cuts\n", sum.plans, sum.deep, sum.steps,
                    sum.recalls, sum.deaths, sum.cuts);
    check (ok, "all clients come back");
    check_ge (sum.plans, plans, "from so many plans");
    check_ge (sum.deep, sum.plans * 3, "which go deep");
    check_eq (sum.wrong, 0, "statuses, messages, registers and events are as they should be");
    check_eq (sum.unlike, 0, "and servers live and die as they should");
    check_eq (sum.lost, 0, "all memory is back after each world");
}

/* All is known, with deaths */
static void planned (void)
{
    nest (1, 1, false, PLANS);
    check_ge (sum.deaths, PLANS / 50, "servers died");
    check_ge (sum.cuts, PLANS / 100, "some in the middle of a chain, whose end was then helped or forgotten");
}

/* Three clients share the servers on each of two CPUs and help each other */
static void shared (void) { nest (root.hip->cpu_num > 1 ? NEST_WORLDS : 1, NEST_CLIENTS, false, PLANS / 2); }

/* Servers are destroyed at any time */
static void killed (void) { nest (root.hip->cpu_num > 1 ? NEST_WORLDS : 1, NEST_CLIENTS, true, PLANS / 2); }

static struct test const test[] = { { "planned", planned }, { "shared", shared }, { "killed", killed } };

TESTS_OF_SECONDS ("nest", test, 120);
