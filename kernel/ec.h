/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Execution context: a thread of a protection domain, bound to one CPU.
 *
 * Call chains. An EC that calls a portal points at the portal's EC with `callee`, which points back with `caller`. The last
 * EC of the chain that begins at an SC's EC runs on that SC's time.
 *
 * What an EC does when it runs next is its continuation: null returns to user mode with the saved registers, by the
 * way out that `exit` names; anything else is a function that finishes or repeats what the EC was doing in the kernel.
 *
 * Unless a field says otherwise, only the EC's own CPU touches it after creation.
 */
#pragma once

#include <abi/status.h>
#include <abi/utcb.h>
#include <base/compiler.h>
#include <base/list.h>
#include <hazard.h>
#include <kobject.h>
#include <regs.h>
#include <space_obj.h>
#include <timeout.h>

struct ec;
struct pt;
struct sm;
struct space_hst;
struct space_pio;

typedef void (*cont_t) (struct ec *);

/* What the caller waits for. Helped: an SC that is not the caller's runs the callee, so the reply must not simply go on with the
 * caller. The reply fast path accepts REPLY_CALL only. */
enum reply {
    REPLY_NONE,                                         /* does not wait for a reply                                */
    REPLY_CALL,                                         /* ipc_call                                                 */
    REPLY_EVENT,                                        /* an event: architectural state comes back                 */
    REPLY_HELPED        = 4,                            /* flag                                                     */
};

/* Ways out to user mode: one that need not restore what a hypercall may change, and one that restores every register */
enum exit { EXIT_SHORT, EXIT_FULL };

enum ec_kind { EC_GLOBAL, EC_LOCAL, EC_IDLE };

struct ec {
    /* First cache line: all that the IPC fast path needs of the callee besides its registers */
    struct kobject      obj;                            /* 24 bytes                                                 */
    _Atomic (uint32_t)  hazard;                         /* FPU: by its CPU; others: any CPU. Ordering: an interrupt follows the set */
    uint32_t            recv;                           /* local EC that waits for a message: cpu_local.token, otherwise 0 */
    struct ec          *callee;                         /* null: calls nobody                                       */
    struct ec          *caller;                         /* &ec_nobody: nobody calls                                 */
    union utcb         *utcb;                           /* kernel address; fixed                                    */
    paddr_t             root;                           /* page-table root of its host space on its CPU; fixed      */

    _Atomic (cap_slot_t *) *obj_root;                   /* table of its object space; fixed                         */
    uint32_t            reply;                          /* enum reply                                               */
    uint32_t            exit;                           /* enum exit                                                */
    cont_t              cont;
    struct regs         regs;

    uint64_t            evt;                            /* event selector base; fixed                               */
    cpu_t               cpu;                            /* fixed                                                    */
    uint8_t             kind;                           /* enum ec_kind; fixed                                      */
    bool                dead;
    bool                blocked;                        /* the SC that would run it waits in `waiting`              */
    uint8_t             retire_step;
    bool                dying;                          /* in cpu_local.dying: its caller does not know yet         */
    _Atomic (bool)      sc_bound;                       /* Ordering: acq_rel swap; any CPU                          */
    struct link         waiting;                        /* SCs whose chain ends here while blocked                  */

    struct link         sm_link;                        /* queue of `sm`; lock of that semaphore. Dead: see `dying` */
    _Atomic (struct sm *) sm;                           /* where it is queued, null when not. Ordering: stores under the semaphore's lock */
    struct timeout      timeout;
    struct inbox_link   wake_link;                      /* cpu_local.wake of its CPU                                */
    uint64_t            progress;                       /* of a hypercall that is repeated: what is done            */
    uint64_t            deadline;                       /* of a hypercall that waits for memory: until when; 0: it does not */

    void               *fpu;                            /* FPU state, null: must not use the FPU; fixed             */
    uint64_t            utcb_hva;                       /* fixed                                                    */
    struct space_obj   *space_obj;                      /* references; fixed                                        */
    struct space_hst   *space_hst;
    struct space_pio   *space_pio;
};

STATIC_ASSERT (offsetof (struct ec, root) + sizeof (paddr_t) <= 64);

extern struct ec ec_nobody;

struct ec_args {
    struct pd  *pd;
    enum ec_kind kind;
    bool        fpu;
    cpu_t       cpu;
    uint64_t    hva, sp, evt;
};

void        ec_init   (void);
long        ec_create (struct ec **out, struct ec_args const *) MUST_CHECK;    /* SUCCESS, ABORTED, MEM_OBJ; SYS_DEFER: to be tried again */
struct ec  *ec_create_idle (cpu_t);                     /* null: out of memory                                      */
bool        ec_retire (struct kobject *);

bool        ec_bind_sc   (struct ec *) MUST_CHECK;      /* false: it has one already; any CPU                       */
void        ec_unbind_sc (struct ec *);

/* The EC never runs again; whoever waits for its reply gets ABORTED, or dies as well if it waits with an event. */
void        ec_kill (struct ec *, char const *reason);
void        ec_mark_dead (struct ec *, char const *reason);      /* that EC alone, after its callers were dealt with  */

/* Makes a blocked EC ready, on any CPU; the caller has taken it off whatever it waited for. */
INDIRECT_NEVER void        ec_wake (struct ec *);
INDIRECT_NEVER void        ec_wake_local  (struct ec *);
void        ec_wake_remote (struct ec *);
bool        ec_wake_pending (void);                     /* those that other CPUs made ready; true: not all           */

/* Death goes up a chain of events link by link: one step; ec_dying(): is there another one? */
void        ec_bury  (void);
bool        ec_dying (void);

/* Runs ECs until one is to return to user mode, which is then cpu_local.current, and the result. The way out of every slow path. */
INDIRECT_NEVER struct ec  *ec_run (void);

/*
 * The last EC of the chain, which user space may make as long as it has ECs: interrupts come in on the way. They change no chain. No
 * lock may be held.
 */
struct ec  *ec_chain_end_far (struct ec *);

static inline struct ec *ec_chain_end (struct ec *ec)
{
    if (!ec->callee)
        return ec;

    ec = ec->callee;

    return LIKELY (!ec->callee) ? ec : ec_chain_end_far (ec->callee);
}

/* Contract, implemented by the architecture: registers */
void ec_arch_init_regs (struct ec *, uint64_t sp);
INDIRECT_NEVER void ec_arch_save_state (struct ec const *, union utcb *, uint32_t mtd); /* event: registers to UTCB      */
/* Reply: UTCB to registers; false: kill */
INDIRECT_NEVER bool ec_arch_load_state (struct ec *, union utcb const *, uint32_t mtd) MUST_CHECK;
void ec_arch_event (struct ec *, unsigned event);       /* event number within the selector base, without qualification */
void ec_arch_bad_ip (struct ec *);                      /* continuation: the exception of an IP that is no user address */
void ec_arch_full_exit (struct ec *);                   /* return by a way that restores every register             */
