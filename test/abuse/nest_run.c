/* SPDX-License-Identifier: GPL-2.0-only */
/* What servers and clients do. It runs in domains that share memory and nothing else: no allocator, no console, no selector of root. */
#include <nest.h>

static void wrong (struct nest_world *w, unsigned node, unsigned action, uint64_t got)
{
    if (!w->wrong) {
        w->first.node   = node;
        w->first.action = action;
        w->first.got    = got;
    }

    w->wrong = w->wrong + 1;
}

enum { WRONG_REGS = 0x100, WRONG_EVENT, WRONG_WORDS, WRONG_REPLY, WRONG_FPU, WRONG_RECALL, WRONG_ALIVE };

static uint64_t pattern (unsigned node, unsigned i) { return (node * UINT64_C (0x100000001b3) + i) * UINT64_C (0x9e3779b97f4a7c15); }

static unsigned length (unsigned node, unsigned reply) { return 1 + (unsigned) (pattern (node, 1000 + reply) >> 40) % NEST_WORDS; }

static void message_write (union utcb *u, unsigned node, unsigned reply)
{
    for (unsigned i = 0; i < length (node, reply); i++)
        u->word[i] = i || reply ? pattern (node, i + reply) : node;
}

static bool message_good (union utcb const *u, unsigned node, unsigned reply, uint32_t mtd)
{
    bool ok = mtd == mtd_words (length (node, reply));

    for (unsigned i = 0; ok && i < length (node, reply); i++)
        ok = u->word[i] == (i || reply ? pattern (node, i + reply) : node);

    return ok;
}

static uint64_t hypercall (struct nest_self *s, unsigned node, unsigned action, uint64_t p0, uint64_t *p1)
{
    if (!nest_hypercall (&s->cpu, rng_next (&s->rng), &p0, p1))
        wrong (s->world, node, action, WRONG_REGS);

    return p0 & 0xff;
}

static uint64_t call (struct nest_self *s, unsigned node, unsigned action, struct nest_action const *a, uint64_t pt)
{
    uint64_t mtd = mtd_words (length (a->child, 0));

    message_write (s->thread->utcb, a->child, 0);

    uint64_t const status = hypercall (s, node, action, hyp_id (HYPERCALL_ipc_call, a->what) | abi_put_ipc_call_pt (pt), &mtd);

    if (status == STATUS_SUCCESS && !message_good (s->thread->utcb, a->child, 1, (uint32_t) mtd))
        wrong (s->world, node, action, WRONG_REPLY);

    return status;
}

static uint64_t sm (struct nest_self *s, unsigned node, unsigned action, unsigned flags, uint64_t sel, uint64_t stc)
{
    return hypercall (s, node, action, hyp_id (HYPERCALL_ctrl_sm, flags) | abi_put_ctrl_sm_sm (sel), &stc);
}

static uint64_t act (struct nest_self *s, unsigned node, unsigned i, struct nest_action const *a)
{
    struct nest_world *const w = s->world;
    uint64_t none = 0;

    switch (a->kind) {

        case DO_CALL:
            return call (s, node, i, a, w->server[a->ec].portal.sel);

        case DO_WRONG:
            return call (s, node, i, a, a->ec ? w->far : w->null);

        case DO_RAISE:
            s->event_now   = a->what;
            s->event_child = a->child;
            if (!nest_raise (&s->cpu, rng_next (&s->rng), a->what))
                wrong (w, node, i, WRONG_REGS);
            return STATUS_SUCCESS;

        case DO_DIE:
            nest_die (&s->cpu);
            wrong (w, node, i, WRONG_ALIVE);
            return STATUS_SUCCESS;

        case DO_SPIN:
            for (unsigned volatile n = 0; n < a->what * 16U; n++) ;
            return STATUS_SUCCESS;

        case DO_WAIT:
            return sm (s, node, i, FLAG_SM_DOWN, w->waits, stc_read() + a->what * w->stc_us);

        case DO_RECALL: {
            uint64_t const before = s->recalls;
            uint64_t const status = hypercall (s, node, i, hyp_id (HYPERCALL_ctrl_ec, 0) | abi_put_ctrl_ec_ec (s->thread->ec), &none);
            if (status == STATUS_SUCCESS && s->recalls == before)
                wrong (w, node, i, WRONG_RECALL);
            return status;
        }

        default:                                        /* DO_REVOKE, DO_KILL; the reaper has a higher priority */
            w->request.ec   = a->ec;
            w->request.kill = a->kind == DO_KILL;
            w->killer       = (uint16_t) node;

            uint64_t const status = sm (s, node, i, 0, w->reap, 0);

            while (a->kind == DO_KILL && w->killer == node) ;   /* until who called the victim has gone on, and helps */
            return status;
    }
}

static void run (struct nest_self *s, unsigned node)
{
    struct nest_world *const w = s->world;
    struct nest_node *const n = w->node + node;
    uint64_t const fpu = pattern (node, 2000);

    n->state = NEST_BEGUN;

    if (s->fpu)
        nest_fpu_set (fpu);

    for (unsigned i = 0; i < n->actions; i++) {

        n->at = (uint8_t) i;

        uint64_t const status = act (s, node, i, n->action + i);

        w->killer = NEST_NODES;

        if (status >= 16 || !(n->action[i].may >> status & 1))
            wrong (w, node, i, status);

        if (s->fpu && !nest_fpu_is (fpu))
            wrong (w, node, i, WRONG_FPU);

        __atomic_fetch_add (&w->steps, 1, __ATOMIC_RELAXED);
    }

    n->state = NEST_DONE;
}

void nest_client (struct nest_self *s) { run (s, s->node); }

uint32_t nest_called (struct portal *p, union utcb *u, uint32_t mtd)
{
    struct nest_self *const s = p->arg;
    unsigned const node = (unsigned) u->word[0] % NEST_NODES;

    if (message_good (u, node, 0, mtd) && s->world->node[node].ec == s - s->world->server)
        run (s, node);
    else
        wrong (s->world, node, 0, WRONG_WORDS);

    message_write (u, node, 1);

    return mtd_words (length (node, 1));
}

/* By the handler, for the one that raised the event */
uint32_t nest_event (struct portal *p, union utcb *u, uint32_t mtd)
{
    struct nest_self *const from = p->arg;
    struct nest_world *const w = from->world;
    unsigned const event = from->event_now, node = from->event_child;

    if (!nest_event_good (&from->cpu, event, u, mtd)) {
        wrong (w, node, event, WRONG_EVENT);
        return MTD_POISON;
    }

    struct nest_self *const s = w->server + from->handler[event];

    run (s, node);

    uint32_t const reply = nest_event_reply (&from->cpu, event, u, rng_next (&s->rng));

    return w->node[node].poison ? reply | MTD_POISON : reply;
}

/* By the listener, which waits a little now and then, while whoever was recalled waits for it */
uint32_t nest_recalled (struct portal *p, union utcb *u, uint32_t mtd)
{
    struct nest_self *const s = p->arg;

    (void) u, (void) mtd;
    s->recalls = s->recalls + 1;

    if (!(s->recalls % 4))
        hyp_sm_down (s->world->waits, stc_read() + 20 * s->world->stc_us);

    return 0;
}
