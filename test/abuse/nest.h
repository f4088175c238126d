/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Nested calls, events and deaths. A world is a dozen servers in several protection domains, on one CPU. A plan says what each server
 * does when it is entered, by a call or as the handler of an event: a node, which has actions, some of which enter further nodes in
 * other servers. Whoever calls or raises has a lower number than who serves it, so that nobody waits for himself.
 *
 * nest_plan.c makes plans and knows what must come of them; nest_run.c carries them out, in any domain; nest.c builds worlds and
 * compares. All of it is mapped into all domains.
 */
#pragma once

#include <abuse.h>
#include <nest_arch.h>

enum { NEST_PDS = 4, NEST_SERVERS = 12, NEST_ACTIONS = 5, NEST_NODES = 768, NEST_CLIENTS = 3, NEST_WORLDS = 2, NEST_WORDS = 64 };

enum nest_do { DO_CALL, DO_RAISE, DO_DIE, DO_SPIN, DO_WAIT, DO_RECALL, DO_WRONG, DO_REVOKE, DO_KILL };

struct nest_action {
    uint8_t             kind;                           /* enum nest_do                                         */
    uint8_t             what;                           /* flags of the call, event, loops, microseconds        */
    uint8_t             ec;                             /* whom                                                 */
    uint16_t            child;                          /* node that it enters                                  */
    uint16_t            may;                            /* bits: statuses that it may have                      */
};

enum nest_state { NEST_UNTOUCHED, NEST_BEGUN, NEST_DONE };

struct nest_node {
    uint8_t             ec, actions;
    bool                poison;                         /* handler of an event: kills who raised it             */
    uint8_t             want;                           /* enum nest_state, in the end                          */
    uint8_t volatile    state, at;                      /* at: which of its actions it does                     */
    struct nest_action  action[NEST_ACTIONS];
};

/* A server, or a client, which only calls */
struct nest_self {
    struct nest_world   *world;
    struct thread       *thread;
    unsigned            pd;
    bool                fpu;
    uint8_t             handler[NEST_EVENTS];
    struct portal       portal, event[NEST_EVENTS];
    uint8_t             event_now;                      /* that it is about to raise, and                       */
    uint16_t            event_child;                    /* the node that it enters                              */
    uint64_t            rng;
    uint64_t volatile   recalls;
    uint16_t            node;                           /* client: what it is to do                             */
    uint64_t            go;                             /* client: semaphore                                    */
    struct nest_cpu     cpu;
};

enum nest_fate { NEST_ALIVE, NEST_DEAD, NEST_GONE };    /* dead: its portals are there                          */

struct nest_world {
    /* Built by nest.c */
    unsigned            cpu, clients;
    bool                exact;                          /* one client, and nobody else kills: all is known      */
    bool                storm;                          /* servers are destroyed whenever it may be             */
    struct domain       domain[NEST_PDS];               /* the first one is that of the root task               */
    struct nest_self    server[NEST_SERVERS], client[NEST_CLIENTS];
    struct thread       *listener;                      /* handles all recalls                                  */
    struct portal       recall[NEST_SERVERS];
    uint64_t            done, reap, waits, null, far;   /* selectors                                    */
    uint64_t            stc_us;

    /* The model, by nest_plan.c */
    uint16_t            nodes, cuts;
    enum nest_fate      fate[NEST_SERVERS];
    bool                busy[NEST_SERVERS], portal_gone[NEST_SERVERS];
    uint16_t            orphan[NEST_SERVERS], node_of[NEST_SERVERS];
    struct nest_node    node[NEST_NODES];

    /* While it runs */
    uint16_t volatile   killer;                         /* node that waits for a death; others do nothing meanwhile */
    struct { uint8_t ec; bool kill; } volatile request; /* to the reaper                                        */
    uint64_t volatile   steps, wrong;
    struct { unsigned node, action; uint64_t got; } volatile first;     /* that was wrong                       */
};

/* Is there room for one more plan? */
static inline bool nest_room (struct nest_world const *w) { return w->nodes < NEST_NODES - 48 * NEST_CLIENTS; }

/* A plan for a client: its node is client->node */
void        nest_plan (struct nest_self *client, uint64_t *rng);

/* By clients: does what the plan says */
void        nest_client (struct nest_self *);

/* Functions of portals: calls, events, recalls */
portal_fn   nest_called, nest_event, nest_recalled;
