/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Hypercalls, in the order of their numbers. A handler reads as the table of its status codes: one line for each precondition,
 * then the work. Parameters come straight from user space; anything is possible.
 */
#include <syscall.h>

#include <console/console.h>
#include <cos.h>
#include <cpu.h>
#include <cpu_local.h>
#include <hw.h>
#include <interrupt.h>
#include <ipc.h>
#include <memattr.h>
#include <memory.h>
#include <pd.h>
#include <preempt.h>
#include <pt.h>
#include <recall.h>
#include <sc.h>
#include <scheduler.h>
#include <sm.h>
#include <space_hst.h>
#include <space_msr.h>
#include <space_pio.h>
#include <space_stage2.h>
#include <timer.h>

#define HANDLER(name)                                                                                               \
    static INDIRECT_TARGET long sys_##name (UNUSED uint64_t p0, UNUSED uint64_t p1, UNUSED uint64_t p2,             \
                                            UNUSED uint64_t p3, UNUSED uint64_t p4, UNUSED struct ec *self)

#define RECLAIM_MS      20
#define CAPS_PER_POINT  32                              /* references that a hypercall copies and drops in one go   */

#define OBJECT(cap, type) container_of (cap_object (cap), struct type, obj)

static unsigned flags (uint64_t p0) { return (unsigned)(p0 >> HYPERCALL_FLAG_SHIFT) & 0xf; }

static inline struct cap lookup (struct ec const *self, uint64_t sel) { return cap_lookup (self->obj_root, sel); }

/* The new object's only reference goes into the capability; without a capability the object goes, too. */
static enum status insert (struct ec *self, uint64_t sel, struct kobject *o, enum kobject_type type, unsigned perm)
{
    enum status const s = space_obj_insert (self->space_obj, sel, cap_make (o, type, perm));

    if (UNLIKELY (s != STATUS_SUCCESS))
        kobject_unref (o);

    return s;
}

/* Selectors in use are found before anything is created; the insertion decides again. */
static bool slot_free (struct ec const *self, uint64_t sel) { return sel < SEL_NUM && cap_is_null (lookup (self, sel)); }

HANDLER (ipc_call)
{
    return ipc_call (self, abi_get_ipc_call_pt (p0), flags (p0) & FLAG_CALL_TIMEOUT, (uint32_t)abi_get_ipc_call_mtd (p1));
}

HANDLER (ipc_reply)
{
    return ipc_reply (self, (uint32_t)abi_get_ipc_reply_mtd (p1));
}

static enum status new_space (struct kobject **out, struct pd *pd, enum kobject_type type)
{
    union {
        struct space_obj *obj;
        struct space_hst *hst;
        struct space_pio *pio;
        struct space_msr *msr;
        struct space_stage2 *stage2;
    } n;
    enum status s;

#define NEW(call, member) s = call; if (LIKELY (s == STATUS_SUCCESS)) *out = &n.member->obj; return s

    switch ((unsigned)type) {
        case KOBJECT_OBJ: NEW (space_obj_create (&n.obj, pd), obj);
        case KOBJECT_HST: NEW (space_hst_create (&n.hst, pd), hst);
        case KOBJECT_GST:
        case KOBJECT_DMA: NEW (space_stage2_create (&n.stage2, pd, type), stage2);
#if SPACE_PIO_REQUIRED
        case KOBJECT_PIO: NEW (space_pio_create (&n.pio, pd), pio);
#endif
#if SPACE_MSR_REQUIRED
        case KOBJECT_MSR: NEW (space_msr_create (&n.msr, pd), msr);
#endif
        default:          return STATUS_BAD_FTR;
    }

#undef NEW
}

/* Of object and host spaces a PD has one. Of the others it has any number; the first PIO space is that of its host ECs. */
static enum status create_space (struct ec *self, uint64_t sel, struct pd *pd, enum kobject_type type, unsigned perm)
{
    bool const bound = type == KOBJECT_OBJ || type == KOBJECT_HST || type == KOBJECT_PIO;
    bool const first = bound && pd_reserve (pd, type);

    if (bound && !first && type != KOBJECT_PIO)
        return STATUS_ABORTED;

    struct kobject *o;
    enum status const s = new_space (&o, pd, type);

    if (UNLIKELY (s != STATUS_SUCCESS)) {
        if (first)
            pd_attach (pd, type, NULL);
        return s;
    }

    if (first)                                          /* a failed insertion detaches it again                     */
        pd_attach (pd, type, o);

    return insert (self, sel, o, type, perm);
}

HANDLER (create_pd)
{
    uint64_t const sel = abi_get_create_pd_sel (p0);
    struct cap const cpd = lookup (self, abi_get_create_pd_pd (p1));

    if (UNLIKELY (!cap_is (cpd, KOBJECT_PD, PERM_PD_PD) || !slot_free (self, sel)))
        return STATUS_BAD_CAP;

    struct pd *const pd = OBJECT (cpd, pd);

    switch (flags (p0)) {

        case CREATE_PD: {
            struct pd *n;
            enum status const s = pd_create (&n);
            return s != STATUS_SUCCESS ? s : insert (self, sel, &n->obj, KOBJECT_PD, cap_perm (cpd));
        }

        case CREATE_OBJ: return create_space (self, sel, pd, KOBJECT_OBJ, PERM_OBJ_ALL);
        case CREATE_HST: return create_space (self, sel, pd, KOBJECT_HST, PERM_HST_ALL);
        case CREATE_GST: return create_space (self, sel, pd, KOBJECT_GST, PERM_GST_ALL);
        case CREATE_DMA: return create_space (self, sel, pd, KOBJECT_DMA, PERM_DMA_ALL);
        case CREATE_PIO: return create_space (self, sel, pd, KOBJECT_PIO, PERM_PIO_ALL);
        case CREATE_MSR: return create_space (self, sel, pd, KOBJECT_MSR, PERM_MSR_ALL);
    }

    return STATUS_BAD_PAR;
}

/* Interrupted half-way: goes on where it stopped, which is at the beginning unless there is progress */
static long again (struct ec *self)
{
    self->cont     = syscall_again;
    self->deadline = 0;                                 /* it got further: the next shortage is another one         */
    cpu_local.next = NULL;

    return SYS_DEFER;
}

HANDLER (create_ec)
{
    uint64_t const sel = abi_get_create_ec_sel (p0), hvp = abi_get_create_ec_hvp (p2);
    cpu_t const cpu = (cpu_t)abi_get_create_ec_cpu (p2);

    if (UNLIKELY (hvp >= USER_END >> PAGE_BITS))
        return STATUS_BAD_PAR;

    if (UNLIKELY (cpu >= cpu_count()))
        return STATUS_BAD_CPU;

    struct cap const cpd = lookup (self, abi_get_create_ec_pd (p1));

    if (UNLIKELY (!cap_is (cpd, KOBJECT_PD, PERM_PD_EC) || !slot_free (self, sel)))
        return STATUS_BAD_CAP;

    if (flags (p0) & FLAG_EC_GUEST)
        return STATUS_BAD_FTR;

    struct ec *ec;
    long const s = ec_create (&ec, &(struct ec_args) {
        .pd   = OBJECT (cpd, pd),
        .kind = flags (p0) & FLAG_EC_GLOBAL ? EC_GLOBAL : EC_LOCAL,
        .fpu  = flags (p0) & FLAG_EC_FPU,
        .cpu  = cpu,
        .hva  = hvp << PAGE_BITS,
        .sp   = abi_get_create_ec_sp (p3),
        .evt  = abi_get_create_ec_evt (p4),
    });

    return s == SYS_DEFER ? again (self) : s != STATUS_SUCCESS ? s : insert (self, sel, &ec->obj, KOBJECT_EC, PERM_EC_ALL);
}

HANDLER (create_sc)
{
    uint64_t const sel = abi_get_create_sc_sel (p0);
    uint16_t const budget = (uint16_t)abi_get_create_sc_budget (p3), cos = (uint16_t)abi_get_create_sc_cos (p3);
    uint8_t const prio = (uint8_t)abi_get_create_sc_prio (p3);

    if (UNLIKELY (!budget || !prio || !cos_valid (cos)))
        return STATUS_BAD_PAR;

    struct cap const cpd = lookup (self, abi_get_create_sc_pd (p1));
    struct cap const cec = lookup (self, abi_get_create_sc_ec (p2));

    if (UNLIKELY (!cap_is (cpd, KOBJECT_PD, PERM_PD_SC) || !cap_is (cec, KOBJECT_EC, PERM_EC_BIND_SC) || !slot_free (self, sel)))
        return STATUS_BAD_CAP;

    struct ec *const ec = OBJECT (cec, ec);

    if (UNLIKELY (ec->kind != EC_GLOBAL))
        return STATUS_BAD_CAP;

    if (UNLIKELY (!ec_bind_sc (ec)))
        return STATUS_ABORTED;

    struct sc *sc;
    enum status s = sc_create (&sc, ec, budget, prio, cos);

    if (UNLIKELY (s != STATUS_SUCCESS)) {
        ec_unbind_sc (ec);
        return s;
    }

    kobject_ref (&sc->obj);                             /* somebody may overwrite the capability at once            */
    s = insert (self, sel, &sc->obj, KOBJECT_SC, PERM_SC_ALL);

    if (LIKELY (s == STATUS_SUCCESS))
        scheduler_admit (sc);

    kobject_unref (&sc->obj);

    return s;
}

HANDLER (create_pt)
{
    uint64_t const sel = abi_get_create_pt_sel (p0);
    struct cap const cpd = lookup (self, abi_get_create_pt_pd (p1));
    struct cap const cec = lookup (self, abi_get_create_pt_ec (p2));

    if (UNLIKELY (!cap_is (cpd, KOBJECT_PD, PERM_PD_PT) || !cap_is (cec, KOBJECT_EC, PERM_EC_BIND_PT) || !slot_free (self, sel)))
        return STATUS_BAD_CAP;

    struct ec *const ec = OBJECT (cec, ec);

    if (UNLIKELY (ec->kind != EC_LOCAL))
        return STATUS_BAD_CAP;

    struct pt *pt;
    enum status const s = pt_create (&pt, ec, abi_get_create_pt_ip (p3));

    return s != STATUS_SUCCESS ? s : insert (self, sel, &pt->obj, KOBJECT_PT, PERM_PT_ALL);
}

HANDLER (create_sm)
{
    uint64_t const sel = abi_get_create_sm_sel (p0);
    struct cap const cpd = lookup (self, abi_get_create_sm_pd (p1));

    if (UNLIKELY (!cap_is (cpd, KOBJECT_PD, PERM_PD_SM) || !slot_free (self, sel)))
        return STATUS_BAD_CAP;

    struct sm *sm;
    enum status const s = sm_create (&sm, abi_get_create_sm_cnt (p2), SM_NO_INT);

    return s != STATUS_SUCCESS ? s : insert (self, sel, &sm->obj, KOBJECT_SM, PERM_SM_ALL);
}

static long delegate_obj (struct ec *self, struct space_obj *dst, struct space_obj const *src, uint64_t ssb, uint64_t dsb,
                          unsigned ord, unsigned pmm)
{
    uint64_t const count = BIT64 (ord);

    if (UNLIKELY (ssb + count > SEL_NUM || dsb + count > SEL_NUM))
        return STATUS_BAD_PAR;

    for (uint64_t i = self->progress;;) {

        enum status const s = space_obj_delegate (dst, src, dsb + i, ssb + i, pmm);
        if (UNLIKELY (s != STATUS_SUCCESS)) {
            self->progress = i;
            return s;
        }

        if (++i == count)
            return STATUS_SUCCESS;

        if (!(i % CAPS_PER_POINT)) {
            preemption_point();
            if (cpu_local.hazard & (HAZARD_PREEMPT | HAZARD_RCU)) {
                self->progress = i;
                return SYS_DEFER;
            }
        }
    }
}

/* From a host space; dst_end: selectors of the destination. Those of the NOVA host space are page frames. */
ALWAYS_INLINE bool mem_valid (struct space_hst const *src, uint64_t ssb, uint64_t dsb, unsigned ord, uint32_t mad, uint64_t dst_end)
{
    uint64_t const count = BIT64 (ord);
    uint64_t const src_end = src == &space_hst_nova ? phys_end() >> PAGE_BITS : USER_END >> PAGE_BITS;

    if (UNLIKELY (ssb + count > src_end || dsb + count > dst_end))
        return false;

    return LIKELY (src != &space_hst_nova || mad_valid (mad));
}

static long delegate_hst (struct ec *self, struct space_hst *dst, struct space_hst *src, uint64_t ssb, uint64_t dsb, unsigned ord,
                          unsigned pmm, uint32_t mad)
{
    if (UNLIKELY (!mem_valid (src, ssb, dsb, ord, mad, USER_END >> PAGE_BITS)))
        return STATUS_BAD_PAR;

    return space_hst_delegate (dst, src, ssb, dsb, ord, pmm, mad, &self->progress);
}

static long delegate_stage2 (struct ec *self, struct space_stage2 *dst, struct space_hst *src, uint64_t ssb, uint64_t dsb, unsigned ord,
                             unsigned pmm, uint32_t mad)
{
    if (UNLIKELY (!mem_valid (src, ssb, dsb, ord, mad, space_stage2_pages (dst))))
        return STATUS_BAD_PAR;

    return space_stage2_delegate (dst, src, ssb, dsb, ord, pmm, mad, &self->progress);
}

/* Out of line: who maps a page of host memory does not carry the rest along */
static NOINLINE long delegate_other (struct ec *self, struct cap src, struct cap dst, uint64_t ssb, uint64_t dsb, unsigned ord,
                                     unsigned pmm, uint32_t mad)
{
    if (cap_is (src, KOBJECT_HST, PERM_SP_TAKE) && (cap_is (dst, KOBJECT_GST, PERM_SP_GRANT) || cap_is (dst, KOBJECT_DMA, PERM_SP_GRANT)))
        return delegate_stage2 (self, OBJECT (dst, space_stage2), OBJECT (src, space_hst), ssb, dsb, ord, pmm, mad);

#if SPACE_PIO_REQUIRED
    if (cap_is (src, KOBJECT_PIO, PERM_SP_TAKE) && cap_is (dst, KOBJECT_PIO, PERM_SP_GRANT)) {

        if (UNLIKELY (ssb != dsb || ssb + BIT64 (ord) > PIO_PORTS))
            return STATUS_BAD_PAR;

        return space_pio_delegate (OBJECT (dst, space_pio), OBJECT (src, space_pio), ssb, ord, pmm, &self->progress);
    }
#endif

#if SPACE_MSR_REQUIRED
    if (cap_is (src, KOBJECT_MSR, PERM_SP_TAKE) && cap_is (dst, KOBJECT_MSR, PERM_SP_GRANT)) {

        if (UNLIKELY (ssb != dsb || ssb + BIT64 (ord) > MSR_SELECTORS))
            return STATUS_BAD_PAR;

        space_msr_delegate (OBJECT (dst, space_msr), OBJECT (src, space_msr), ssb, ord, pmm);

        return STATUS_SUCCESS;
    }
#endif

    return STATUS_BAD_CAP;
}

static long delegate (struct ec *self, struct cap src, struct cap dst, uint64_t ssb, uint64_t dsb, unsigned ord, unsigned pmm, uint32_t mad)
{
    if (cap_is (src, KOBJECT_OBJ, PERM_SP_TAKE) && cap_is (dst, KOBJECT_OBJ, PERM_SP_GRANT))
        return delegate_obj (self, OBJECT (dst, space_obj), OBJECT (src, space_obj), ssb, dsb, ord, pmm);

    if (cap_is (src, KOBJECT_HST, PERM_SP_TAKE) && cap_is (dst, KOBJECT_HST, PERM_SP_GRANT))
        return delegate_hst (self, OBJECT (dst, space_hst), OBJECT (src, space_hst), ssb, dsb, ord, pmm, mad);

    return delegate_other (self, src, dst, ssb, dsb, ord, pmm, mad);
}

/*
 * Memory of objects that are already deleted may still wait for its grace period: whoever finds none lets the pending
 * reclamation run and tries again, for a bounded time. Other CPUs may have to pass a quiescent state first. A delegation goes
 * on where it failed.
 */
static NOINLINE long wait_for_memory (long status, struct ec *self)
{
    uint64_t const now = timer_now();

    if (!rlx_load (&rcu_outstanding) || (self->deadline && now >= self->deadline)) {
        self->progress = self->deadline = 0;
        return status;
    }

    if (!self->deadline)
        self->deadline = now + timer_ms_to_ticks (RECLAIM_MS);

    self->cont = syscall_again;
    cpu_local.next = self;

    /* Whoever completes the batch that this CPU waits for interrupts it; and the time is bounded, whatever the others do. */
    if (cpu_local.hazard & HAZARD_RCU && !(cpu_local.hazard & HAZARD_PREEMPT) && !rcu_ready() && !ec_dying()) {
        timeout_soon (RECLAIM_MS);
        cpu_idle();
    } else
        preemption_point();

    return SYS_DEFER;
}

ALWAYS_INLINE long retry (long status, struct ec *self)
{
    return LIKELY (status != STATUS_MEM_OBJ && status != STATUS_MEM_CAP) ? status : wait_for_memory (status, self);
}

HANDLER (ctrl_pd)
{
    uint64_t const ssb = abi_get_ctrl_pd_ssb (p2), dsb = abi_get_ctrl_pd_dsb (p3);
    unsigned const ord = (unsigned)abi_get_ctrl_pd_ord (p2);

    if (UNLIKELY ((ssb | dsb) & (BIT64 (ord) - 1)))
        return STATUS_BAD_PAR;

    long const s = delegate (self, lookup (self, abi_get_ctrl_pd_src (p0)), lookup (self, abi_get_ctrl_pd_dst (p1)),
                             ssb, dsb, ord, (unsigned)abi_get_ctrl_pd_pmm (p3), (uint32_t)abi_get_ctrl_pd_mad (p4));

    return UNLIKELY (s == SYS_DEFER) ? again (self) : retry (s, self);
}

HANDLER (ctrl_ec)
{
    struct cap const cec = lookup (self, abi_get_ctrl_ec_ec (p0));

    if (UNLIKELY (!cap_is (cec, KOBJECT_EC, PERM_EC_CTRL)))
        return STATUS_BAD_CAP;

    recall (OBJECT (cec, ec), flags (p0) & FLAG_RECALL_STRONG);

    return STATUS_SUCCESS;
}

HANDLER (ctrl_sc)
{
    struct cap const csc = lookup (self, abi_get_ctrl_sc_sc (p0));

    if (UNLIKELY (!cap_is (csc, KOBJECT_SC, PERM_SC_CTRL)))
        return STATUS_BAD_CAP;

    REGS_P1 (&self->regs) = sc_time (OBJECT (csc, sc));

    return STATUS_SUCCESS;
}

HANDLER (ctrl_pt)
{
    struct cap const cpt = lookup (self, abi_get_ctrl_pt_pt (p0));

    if (UNLIKELY (!cap_is (cpt, KOBJECT_PT, PERM_PT_CTRL)))
        return STATUS_BAD_CAP;

    struct pt *const pt = OBJECT (cpt, pt);

    rlx_store (&pt->id, abi_get_ctrl_pt_pid (p1));
    rlx_store (&pt->mtd, (uint32_t)abi_get_ctrl_pt_mtd (p2));

    return STATUS_SUCCESS;
}

/* Down in general: all of the counter, or an interrupt, which may then arrive again; BAD_CPU where it never arrives. */
static NOINLINE long sm_down_other (uint64_t p0, uint64_t timeout, struct ec *self)
{
    struct cap const csm = lookup (self, abi_get_ctrl_sm_sm (p0));
    struct sm *const sm = OBJECT (csm, sm);

    if (cap_is (csm, KOBJECT_SM_INT, PERM_SM_DN)) {

        if (UNLIKELY (interrupt_cpu (sm->interrupt) != cpu_local.id))
            return STATUS_BAD_CPU;

        interrupt_deactivate (sm->interrupt);

    } else if (!cap_is (csm, KOBJECT_SM, PERM_SM_DN))
        return STATUS_BAD_CAP;

    return sm_down (sm, self, p0 & FLAG_SM_ZERO << HYPERCALL_FLAG_SHIFT, timeout);
}

HANDLER (ctrl_sm_up)
{
    struct cap const csm = lookup (self, abi_get_ctrl_sm_sm (p0));

    return LIKELY (csm.word >> CAP_SM_UP_BIT & 1) ? sm_up (OBJECT (csm, sm), self) : STATUS_BAD_CAP;
}

HANDLER (ctrl_sm_down)
{
    struct cap const csm = lookup (self, abi_get_ctrl_sm_sm (p0));
    uint64_t const timeout = abi_get_ctrl_sm_stc (p1);

    return LIKELY (csm.word >> CAP_SM_DN_BIT & 1) ? sm_down (OBJECT (csm, sm), self, false, timeout) :
                                                     sm_down_other (p0, timeout, self);
}

HANDLER (ctrl_sm_down_zero) { return sm_down_other (p0, abi_get_ctrl_sm_stc (p1), self); }

HANDLER (ctrl_hw)
{
    if (UNLIKELY (self->space_obj->pd != pd_root))
        return STATUS_BAD_HYP;

    switch (flags (p0)) {
        case CTRL_HW_SLEEP: return hw_sleep (abi_get_ctrl_hw_desc (p0));
        case CTRL_HW_QOS:
        case CTRL_HW_L3:
        case CTRL_HW_L2:
        case CTRL_HW_MBA:   return STATUS_BAD_FTR;
    }

    return STATUS_BAD_PAR;
}

HANDLER (assign_int)
{
    uint64_t const cpu = abi_get_assign_int_cpu (p1);

    if (UNLIKELY (cpu >= cpu_count()))
        return STATUS_BAD_CPU;

    struct cap const csm = lookup (self, abi_get_assign_int_sm (p0));

    if (UNLIKELY (!cap_is (csm, KOBJECT_SM_INT, PERM_SM_ASSIGN)))
        return STATUS_BAD_CAP;

    uint32_t addr;
    uint16_t data;

    if (UNLIKELY (!hw_assign_int (OBJECT (csm, sm)->interrupt, (cpu_t)cpu, flags (p0), &addr, &data)))
        return STATUS_BAD_CPU;

    REGS_P1 (&self->regs) = addr;
    REGS_P2 (&self->regs) = data;

    return STATUS_SUCCESS;
}

/* There is no IOMMU that this kernel manages, so no physical address names one. */
HANDLER (assign_dev)
{
    if (UNLIKELY (self->space_obj->pd != pd_root))
        return STATUS_BAD_HYP;

    return cap_is (lookup (self, abi_get_assign_dev_dma (p0)), KOBJECT_DMA, PERM_SP_ASSIGN) ? STATUS_BAD_DEV : STATUS_BAD_CAP;
}

HANDLER (reserved) { return STATUS_BAD_HYP; }

#define RETRY(name)                                                                                                 \
    static INDIRECT_TARGET long retry_##name (uint64_t p0, uint64_t p1, uint64_t p2, uint64_t p3, uint64_t p4,      \
                                              struct ec *self)                                                      \
    { return retry (sys_##name (p0, p1, p2, p3, p4, self), self); }

RETRY (create_pd)
RETRY (create_ec)
RETRY (create_sc)
RETRY (create_pt)
RETRY (create_sm)

/* All hypercalls with the same flags; ctrl_sm is so frequent that its flags choose the function */
#define ROW(sm) {                                                                                                   \
    [HYPERCALL_ipc_call]    = sys_ipc_call,                                                                         \
    [HYPERCALL_ipc_reply]   = sys_ipc_reply,                                                                        \
    [HYPERCALL_create_pd]   = retry_create_pd,                                                                      \
    [HYPERCALL_create_ec]   = retry_create_ec,                                                                      \
    [HYPERCALL_create_sc]   = retry_create_sc,                                                                      \
    [HYPERCALL_create_pt]   = retry_create_pt,                                                                      \
    [HYPERCALL_create_sm]   = retry_create_sm,                                                                      \
    [HYPERCALL_ctrl_pd]     = sys_ctrl_pd,                                                                          \
    [HYPERCALL_ctrl_ec]     = sys_ctrl_ec,                                                                          \
    [HYPERCALL_ctrl_sc]     = sys_ctrl_sc,                                                                          \
    [HYPERCALL_ctrl_pt]     = sys_ctrl_pt,                                                                          \
    [HYPERCALL_ctrl_sm]     = sm,                                                                                   \
    [HYPERCALL_ctrl_hw]     = sys_ctrl_hw,                                                                          \
    [HYPERCALL_assign_int]  = sys_assign_int,                                                                       \
    [HYPERCALL_assign_dev]  = sys_assign_dev,                                                                       \
    [HYPERCALL_reserved]    = sys_reserved,                                                                         \
}

/* Of the flags of ctrl_sm, the upper two are ignored */
#define ROWS ROW (sys_ctrl_sm_up), ROW (sys_ctrl_sm_down), ROW (sys_ctrl_sm_up), ROW (sys_ctrl_sm_down_zero)

STATIC_ASSERT (FLAG_SM_DOWN == 1 && FLAG_SM_ZERO == 2);

syscall_t const syscall_table[HYPERCALL_FLAGS][HYPERCALL_COUNT] = { ROWS, ROWS, ROWS, ROWS };

INDIRECT_TARGET void syscall_again (struct ec *self)
{
    struct regs *const r = &self->regs;

    self->cont = NULL;

    long const s = syscall_table[flags (REGS_P0 (r))][REGS_P0 (r) & HYPERCALL_NUMBER_MASK]
                   (REGS_P0 (r), REGS_P1 (r), REGS_P2 (r), REGS_P3 (r), REGS_P4 (r), self);

    if (s != SYS_DEFER) {
        self->progress = self->deadline = 0;
        REGS_P0 (r) = (uint64_t)s;
        cpu_local.next = self;
    }
}
