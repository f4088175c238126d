/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Plans, and what the interface specification says must come of them.
 *
 * A server may die of an event without a handler, of a handler that dies, of a poisoned reply, or since it is destroyed. Who called it
 * goes on with ABORTED; who waited for it with an event dies as well. Is it destroyed in the middle of the chain, then those behind
 * it have lost their scheduling context: they stay busy, as orphans, until somebody calls one of them and helps. What comes
 * back from a deeper level is the level of the one that died, or GO_ON.
 */
#include <nest.h>

enum { GO_ON = -1, CLIENT = NEST_SERVERS, NEAR = 4 };

#define MAY(status)     (UINT16_C (1) << (status))
#define MAY_ANY         (MAY (STATUS_SUCCESS) | MAY (STATUS_TIMEOUT) | MAY (STATUS_ABORTED) | MAY (STATUS_BAD_CAP))

struct plan {
    struct nest_world   *w;
    uint64_t            *rng;
    unsigned            left;                           /* nodes that it may have                               */
    uint8_t             chain[NEST_SERVERS + 2];        /* servers by level; level 0 is the client              */
};

static int enter (struct plan *, unsigned ec, int level, uint16_t *node);

/* Somebody helps: this orphan and those behind it reply. The one before has it back then, but not the SC. */
static void release (struct nest_world *w, unsigned ec)
{
    uint16_t const chain = w->orphan[ec];

    for (unsigned e = ec; chain && e < NEST_SERVERS; e++)
        if (w->orphan[e] == chain) {
            w->node[w->node_of[e]].want = NEST_DONE;
            w->busy[e]   = false;
            w->orphan[e] = 0;
        }
}

static int call (struct plan *p, struct nest_action *a, unsigned me, int level)
{
    struct nest_world *const w = p->w;
    unsigned const first = me == CLIENT ? 0 : me + 1;
    unsigned const near  = first + NEAR < NEST_SERVERS ? NEAR : NEST_SERVERS - first;
    bool const timeout   = !near || !rng_below (p->rng, 3), any = !near || (timeout && !rng_below (p->rng, 3));
    unsigned const t     = any ? rng_below (p->rng, NEST_SERVERS) : first + rng_below (p->rng, near);

    a->kind = DO_CALL;
    a->what = timeout ? FLAG_CALL_TIMEOUT : 0;
    a->ec   = (uint8_t) t;
    a->may  = 0;

    if (w->portal_gone[t] || w->fate[t] == NEST_GONE)
        a->may = MAY (STATUS_BAD_CAP);

    else if (w->fate[t] == NEST_DEAD)
        a->may = MAY (STATUS_ABORTED);

    else if (timeout && w->busy[t] && !(w->storm && t < first))
        a->may = MAY (STATUS_TIMEOUT);

    else if (t < first) {                               /* it is free, or may be in a storm, and calls go up    */
        a->kind = DO_SPIN;
        a->may  = MAY (STATUS_SUCCESS);
    }

    if (a->may)
        return GO_ON;

    release (w, t);

    int const cut = enter (p, t, level + 1, &a->child);

    a->may = cut == level + 1 ? MAY (STATUS_ABORTED) : MAY (STATUS_SUCCESS);

    if (!w->exact && timeout)                           /* another client's plan has it busy                    */
        a->may |= MAY (STATUS_TIMEOUT);

    return cut == level + 1 ? GO_ON : cut;
}

static int raise (struct plan *p, struct nest_action *a, unsigned me, int level)
{
    struct nest_world *const w = p->w;
    unsigned const event = rng_below (p->rng, NEST_EVENTS), h = w->server[me].handler[event];

    if ((nest_wants_fpu (event) && w->server[me].fpu) || h == me || (w->fate[h] != NEST_ALIVE && rng_below (p->rng, 8))) {
        a->kind = DO_SPIN;
        return GO_ON;
    }

    a->kind = DO_RAISE;
    a->what = (uint8_t) event;

    if (w->fate[h] != NEST_ALIVE)
        return level;

    release (w, h);

    int const cut = enter (p, h, level + 1, &a->child);

    if (cut == GO_ON && w->exact && !rng_below (p->rng, 48)) {
        w->node[a->child].poison = true;
        return level;
    }

    return cut == level + 1 ? level : cut;
}

/* One who kills waits until he is helped; if he kills himself, for his end */
static int kill (struct plan *p, struct nest_action *a, int level)
{
    int const victim = 1 + (int) rng_below (p->rng, (unsigned) level);

    a->kind = DO_KILL;
    a->ec   = p->chain[victim];
    p->w->fate[a->ec] = NEST_GONE;

    if (victim < level)
        p->w->cuts++;

    return victim;
}

static int act (struct plan *p, struct nest_action *a, unsigned me, int level)
{
    struct nest_world *const w = p->w;
    unsigned const dice = rng_below (p->rng, 16);
    bool const server = me != CLIENT;

    *a = (struct nest_action) { .kind = DO_SPIN, .what = (uint8_t) rng_next (p->rng), .may = MAY (STATUS_SUCCESS) };

    if (!server || (dice < 5 && p->left))
        return p->left ? call (p, a, me, level) : GO_ON;

    if (dice < 9 && p->left)
        return raise (p, a, me, level);

    if (dice == 10) {
        a->kind = DO_WAIT;
        a->what = a->what % 64;
        a->may  = MAY (STATUS_TIMEOUT);
    }

    if (dice == 11)
        a->kind = DO_RECALL;

    if (dice == 12) {
        a->kind = DO_WRONG;
        a->what &= FLAG_CALL_TIMEOUT;
        a->ec   = w->far && rng_below (p->rng, 2);
        a->may  = a->ec ? MAY (STATUS_BAD_CPU) : MAY (STATUS_BAD_CAP);
    }

    if (dice < 13 || !w->exact || rng_below (p->rng, 12))
        return GO_ON;

    if (dice == 13) {
        a->kind = DO_REVOKE;
        a->ec   = (uint8_t) rng_below (p->rng, NEST_SERVERS);
        w->portal_gone[a->ec] = true;
        return GO_ON;
    }

    if (dice == 14 || level > 3)
        return kill (p, a, level);

    a->kind = DO_DIE;

    return level;
}

static int enter (struct plan *p, unsigned ec, int level, uint16_t *node)
{
    struct nest_world *const w = p->w;
    struct nest_node *const n = w->node + w->nodes;
    unsigned const actions = 1 + rng_below (p->rng, NEST_ACTIONS);
    int cut = GO_ON;

    *node = w->nodes++;
    *n    = (struct nest_node) { .ec = (uint8_t) ec, .want = NEST_DONE };
    p->left--;
    p->chain[level] = (uint8_t) ec;

    if (ec != CLIENT) {
        w->busy[ec]    = true;
        w->node_of[ec] = *node;
    }

    while (n->actions < actions && cut == GO_ON) {

        struct nest_action *const a = n->action + n->actions++;

        cut = act (p, a, ec, level);

        if (w->storm && (a->kind == DO_CALL || a->kind == DO_RECALL))
            a->may |= MAY_ANY;
    }

    if (cut != GO_ON) {

        n->want = NEST_BEGUN;

        if (cut < level) {
            w->orphan[ec] = w->cuts;
            return cut;
        }

        if (w->fate[ec] == NEST_ALIVE)
            w->fate[ec] = NEST_DEAD;
    }

    if (ec != CLIENT)
        w->busy[ec] = false;

    return cut;
}

void nest_plan (struct nest_self *client, uint64_t *rng)
{
    struct nest_world *const w = client->world;
    struct plan p = { .w = w, .rng = rng, .left = 3 + rng_below (rng, 40) };

    enter (&p, CLIENT, 0, &client->node);

    if (!w->exact)                                      /* the same servers are free for the next client's plan */
        for (unsigned e = 0; e < NEST_SERVERS; e++)
            w->busy[e] = false;
}
