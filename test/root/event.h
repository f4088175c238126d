/* SPDX-License-Identifier: GPL-2.0-only */
/* Events of a host EC, the victim, whose handler keeps what it was sent. Used by the tests of all architectures and of one. */
#pragma once

#include <help.h>
#include <victim.h>

typedef uint32_t event_react_fn (union utcb *);         /* in the handler; returns the MTD of the reply         */

struct event_seen {
    unsigned            count, vector;
    uint32_t            mtd;
    struct utcb_arch    utcb;                           /* of the last event                                    */
};

extern struct event_seen volatile event_seen;
extern struct thread *event_victim, *event_handler;
extern bool volatile event_ended;                       /* the victim's function returned                       */

/* A victim that runs fn; portals: event_add () */
void        event_prepare (void (*fn) (void), event_react_fn *);
void        event_add (unsigned vector, uint32_t mtd);

/* It has a higher priority: when this returns, it has ended, died or blocked */
void        event_go (void);

uint32_t    event_skip (union utcb *);                  /* the victim goes on at victim_next                    */
uint32_t    event_poison (union utcb *);
uint32_t    event_as_it_was (union utcb *);

/* fn raises an exception at ip and is let go on. text: event, its instruction pointer, going on, MTD of the portal */
void        event_exception (void (*fn) (void), unsigned vector, uint64_t ip, char const *const text[4]);
#define EVENT_TEXT(name) \
    (char const *const[]) { name ": event", name ": instruction pointer", name ": goes on where the reply says", \
                            name ": MTD of the portal" }

/* Architecture: instruction pointers that are not executed, and stack pointers that kill, each with a text; NULL behind the last one */
struct event_bad {
    uint64_t        value;
    char const *    text;
};

extern struct event_bad const event_bad_ip[], event_bad_sp[];
extern unsigned const event_bad_vector[];               /* what these lead to; the last one is EVENT_UNDEFINED  */

/* Architecture: functions that fault, the vector, and bits of the error; an address that no user has */
enum event_access { READ_NOTHING, WRITE_NOTHING, WRITE_RO, EXEC_NX, EXEC_NOTHING, READ_HIGH, EVENT_ACCESSES };

struct event_fault {
    void            (*fn) (void);
    unsigned        vector;
    uint64_t        error, mask;
};

extern struct event_fault const event_fault[EVENT_ACCESSES];
uint64_t            event_high (void);

/* Architecture: flags before an event, in the reply, and what of them is then there; NULL behind the last text */
struct event_flags {
    uint64_t        before, reply, mask, want;
    char const *    text;
};

extern struct event_flags const event_flags[];
extern unsigned const event_flags_vector[];             /* what a wrong one may lead to; the last one is EVENT_UNDEFINED */
