/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The slow half of IPC: everything that the fast path in entry.S leaves, and the same result where both apply.
 *
 * A busy callee is helped: the caller lends its SC to the callee's chain and tries again when that SC comes back to it. The
 * EC that the callee works for is marked REPLY_HELPED, so that the reply takes the slow way, where the SC goes on with its
 * own chain instead of running the other caller.
 */
#include <ipc.h>

#include <base/assert.h>
#include <cpu_local.h>
#include <preempt.h>
#include <pt.h>
#include <scheduler_hot.h>
#include <string.h>
#include <syscall.h>

static void copy_message (union utcb *dst, union utcb const *src, uint32_t mtd)
{
    memcpy (dst->word, src->word, ((mtd & MTD_WORDS_MASK) + 1) * sizeof *dst->word);
}

static void link (struct ec *caller, struct ec *callee, enum reply reply)
{
    caller->callee = callee;
    caller->reply  = reply;
    callee->caller = caller;
    callee->recv   = 0;
}

static void unlink (struct ec *caller, struct ec *callee)
{
    caller->callee = NULL;
    caller->reply  = REPLY_NONE;
    callee->caller = &ec_nobody;
}

static void enter_portal (struct ec *callee, struct pt const *pt, uint32_t mtd)
{
    REGS_P0 (&callee->regs) = rlx_load (&pt->id);
    REGS_P1 (&callee->regs) = mtd;
    REGS_IP (&callee->regs) = pt->ip;

    callee->exit = EXIT_SHORT;
    callee->cont = UNLIKELY (pt->fast != callee) ? ec_arch_bad_ip : NULL;

    cpu_local.next = callee;
}

/* Runs the callee's chain on the caller's SC. The caller's continuation is to try again. */
static NOINLINE void help (struct ec *self, struct ec *callee, cont_t again)
{
    self->cont = again;

    if (callee->caller != &ec_nobody)
        callee->caller->reply |= REPLY_HELPED;

    preemption_point();                                 /* two ECs may help each other without end                  */

    struct ec *const ec = ec_chain_end (callee);

    if (ec->blocked) {
        scheduler_wait (ec);
        cpu_local.next = NULL;
    } else
        cpu_local.next = ec;
}

INDIRECT_NEVER long ipc_call (struct ec *self, uint64_t sel, bool timeout, uint32_t mtd)
{
    struct cap const cap = cap_lookup (self->obj_root, sel);

    if (UNLIKELY (!cap_is (cap, KOBJECT_PT, PERM_PT_CALL)))
        return STATUS_BAD_CAP;

    struct pt const *const pt = container_of (cap_object (cap), struct pt, obj);
    struct ec *const callee = pt->ec;

    if (UNLIKELY (callee->cpu != self->cpu))
        return STATUS_BAD_CPU;

    if (UNLIKELY (callee->dead))
        return STATUS_ABORTED;

    if (LIKELY (callee->recv)) {
        self->cont = NULL;
        link (self, callee, REPLY_CALL);
        copy_message (callee->utcb, self->utcb, mtd);
        enter_portal (callee, pt, mtd);
        return SYS_DEFER;
    }

    if (timeout)
        return STATUS_TIMEOUT;

    help (self, callee, syscall_again);

    return SYS_DEFER;
}

/* Continuation. Exceptions call ipc_event() directly, and often: it is not an indirect target itself. */
static INDIRECT_TARGET void event_again (struct ec *self) { ipc_event (self); }

INDIRECT_NEVER void ipc_event (struct ec *self)
{
    struct cap const cap = cap_lookup (self->obj_root, self->evt + self->regs.event);

    if (UNLIKELY (!cap_is (cap, KOBJECT_PT, PERM_PT_EVENT))) {
        ec_kill (self, "no event portal");
        return;
    }

    struct pt const *const pt = container_of (cap_object (cap), struct pt, obj);
    struct ec *const callee = pt->ec;

    if (UNLIKELY (callee->cpu != self->cpu || callee->dead)) {
        ec_kill (self, callee->dead ? "event handler is dead" : "event handler on another CPU");
        return;
    }

    if (UNLIKELY (!callee->recv)) {
        help (self, callee, event_again);
        return;
    }

    uint32_t const mtd = rlx_load (&pt->mtd);

    self->cont = NULL;
    link (self, callee, REPLY_EVENT);
    enter_portal (callee, pt, mtd);
    ec_arch_save_state (self, callee->utcb, mtd);       /* last: a jump, and nothing is kept across it             */
}

INDIRECT_NEVER long ipc_reply (struct ec *self, uint32_t mtd)
{
    struct ec *const caller = self->caller;
    uint32_t const reply = caller->reply;

    cpu_local.next = NULL;

    if (UNLIKELY (self->kind != EC_LOCAL)) {            /* no portal will ever lead to it: it waits forever          */
        self->cont = syscall_again;
        self->blocked = true;
        return SYS_DEFER;
    }

    self->recv = cpu_local.token;

    if (caller == &ec_nobody)
        return SYS_DEFER;

    unlink (caller, self);

    if (LIKELY (!(reply & REPLY_HELPED)))
        cpu_local.next = caller;

    if (reply & REPLY_EVENT) {

        if (UNLIKELY (!ec_arch_load_state (caller, self->utcb, mtd)))
            ec_kill (caller, "event reply");

    } else {
        copy_message (caller->utcb, self->utcb, mtd);
        REGS_P0 (&caller->regs) = STATUS_SUCCESS;
        REGS_P1 (&caller->regs) = mtd;
    }

    return SYS_DEFER;
}

struct ec *ipc_abort_caller (struct ec *callee)
{
    struct ec *const caller = callee->caller;

    if (caller == &ec_nobody)
        return NULL;

    bool const event = caller->reply & REPLY_EVENT;

    unlink (caller, callee);

    if (event)
        return caller;

    REGS_P0 (&caller->regs) = STATUS_ABORTED;

    return NULL;
}
