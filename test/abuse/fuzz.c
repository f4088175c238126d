/* SPDX-License-Identifier: GPL-2.0-only */
#include <abuse.h>
#include <fuzz.h>

/* What a field means, by its name */
enum kind { KIND_PD, KIND_PT, KIND_EC, KIND_SC, KIND_SM, KIND_NEW, KIND_CPU, KIND_PAGE, KIND_SPACE, KIND_ADDR, KIND_EVT, KIND_IP,
            KIND_BUDGET, KIND_PRIO, KIND_SMALL, KIND_ORD, KIND_TIME, KIND_ANY };

#define KIND_pt     KIND_PT
#define KIND_mtd    KIND_ANY
#define KIND_sel    KIND_NEW
#define KIND_pd     KIND_PD
#define KIND_ec     KIND_EC
#define KIND_sc     KIND_SC
#define KIND_sm     KIND_SM
#define KIND_src    KIND_SPACE
#define KIND_dst    KIND_SPACE
#define KIND_dma    KIND_SPACE
#define KIND_cpu    KIND_CPU
#define KIND_hvp    KIND_PAGE
#define KIND_sp     KIND_ADDR
#define KIND_evt    KIND_EVT
#define KIND_ip     KIND_IP
#define KIND_budget KIND_BUDGET
#define KIND_prio   KIND_PRIO
#define KIND_cos    KIND_SMALL
#define KIND_cnt    KIND_SMALL
#define KIND_ord    KIND_ORD
#define KIND_ssb    KIND_ANY                            /* these two depend on the spaces: see ranges ()        */
#define KIND_dsb    KIND_ANY
#define KIND_pmm    KIND_ANY
#define KIND_mad    KIND_SMALL
#define KIND_pid    KIND_ANY
#define KIND_stc    KIND_TIME
#define KIND_desc   KIND_ANY
#define KIND_dev    KIND_ANY
#define KIND_smmu   KIND_ANY
#define KIND_dad    KIND_ANY

static struct field { uint8_t call, param, shift, width, kind; } const field[] = {
#define X(call, field, param, shift, width) { HYPERCALL_##call, param, shift, width, KIND_##field },
    ABI_INPUTS (X)
#undef X
};

#define S(name) (1u << STATUS_##name)
#define MEMORY  (S (MEM_OBJ) | S (MEM_CAP))

/* What each hypercall may answer (interface specification, 5.2 ... 5.5) */
static uint16_t const legal[HYPERCALL_COUNT] = {
    [HYPERCALL_ipc_call]    = S (SUCCESS) | S (TIMEOUT) | S (ABORTED) | S (BAD_CAP) | S (BAD_CPU),
    [HYPERCALL_ipc_reply]   = 0,                        /* does not come back to who has not been called        */
    [HYPERCALL_create_pd]   = S (SUCCESS) | S (ABORTED) | S (BAD_CAP) | S (BAD_PAR) | S (BAD_FTR) | MEMORY,
    [HYPERCALL_create_ec]   = S (SUCCESS) | S (ABORTED) | S (BAD_CAP) | S (BAD_PAR) | S (BAD_FTR) | S (BAD_CPU) | MEMORY,
    [HYPERCALL_create_sc]   = S (SUCCESS) | S (ABORTED) | S (BAD_CAP) | S (BAD_PAR) | MEMORY,
    [HYPERCALL_create_pt]   = S (SUCCESS) | S (BAD_CAP) | MEMORY,
    [HYPERCALL_create_sm]   = S (SUCCESS) | S (BAD_CAP) | MEMORY,
    [HYPERCALL_ctrl_pd]     = S (SUCCESS) | S (BAD_CAP) | S (BAD_PAR) | S (MEM_CAP),
    [HYPERCALL_ctrl_ec]     = S (SUCCESS) | S (BAD_CAP),
    [HYPERCALL_ctrl_sc]     = S (SUCCESS) | S (BAD_CAP),
    [HYPERCALL_ctrl_pt]     = S (SUCCESS) | S (BAD_CAP),
    [HYPERCALL_ctrl_sm]     = S (SUCCESS) | S (TIMEOUT) | S (ABORTED) | S (OVRFLOW) | S (BAD_CAP) | S (BAD_CPU),
    [HYPERCALL_ctrl_hw]     = S (SUCCESS) | S (ABORTED) | S (BAD_PAR) | S (BAD_FTR),
    [HYPERCALL_assign_int]  = S (SUCCESS) | S (BAD_CAP) | S (BAD_CPU),
    [HYPERCALL_assign_dev]  = S (SUCCESS) | S (BAD_CAP) | S (BAD_PAR) | S (BAD_DEV),
    [HYPERCALL_reserved]    = S (BAD_HYP),
};

/* Addresses from here up are nobody's, or not canonical, or the kernel's: a stray store of a server does no harm */
#define HIGH    (UINT64_C (1) << 46)

static uint64_t any (struct fuzz *f)
{
    uint64_t const v = rng_next (&f->rng);

    switch (rng_below (&f->rng, 4)) {
        case 0: return v;
        case 1: return v >> (v & 63);
        case 2: return (UINT64_C (1) << (v & 63)) - (v >> 6 & 1);
        default: return v & 0xff;
    }
}

static uint64_t own (struct fuzz *f) { return f->sel + (rng_next (&f->rng) >> 20 & (f->sels - 1)); }
static uint64_t own_page (struct fuzz *f) { return f->page + (rng_next (&f->rng) >> 20 & (f->pages - 1)); }

/* One that surely names nothing */
static uint64_t behind (struct fuzz *f) { return f->sel_num + (rng_below (&f->rng, 2) ? own (f) : any (f) % f->sel_num); }

/* A capability of that type, most of the time */
static uint64_t object (struct fuzz *f, enum fuzz_object o)
{
    unsigned const odd = rng_below (&f->rng, 32);

    if (odd < 2)
        return odd ? any (f) | f->sel_num : behind (f);

    uint64_t const made = f->made[o][rng_below (&f->rng, FUZZ_MADE)];

    return odd < 6 ? own (f) : odd < 8 ? f->special[rng_below (&f->rng, FUZZ_SPECIALS)] :
           odd < 14 || !made ? f->special[o] : made;
}

static uint64_t value (struct fuzz *f, enum kind k)
{
    unsigned const odd = rng_below (&f->rng, 32);

    switch (k) {
        case KIND_PD:       return object (f, FUZZ_PD);
        case KIND_PT:       return object (f, FUZZ_PT);
        case KIND_EC:       return object (f, FUZZ_EC);
        case KIND_SC:       return object (f, FUZZ_SC);
        case KIND_SM:       return object (f, FUZZ_SM);
        case KIND_SPACE:    return object (f, FUZZ_OBJ + rng_below (&f->rng, 3));
        case KIND_NEW:      return odd == 0 ? behind (f) : own (f);
        case KIND_CPU:      return odd == 0 ? any (f) : rng_below (&f->rng, f->cpus + (odd == 1));
        case KIND_PAGE:     return odd == 0 ? (any (f) | UINT64_C (1) << 44) : own_page (f);
        case KIND_ADDR:     return odd < 4 ? any (f) | HIGH : own_page (f) << 12;
        case KIND_EVT:      return odd < 2 ? any (f) | f->sel_num : own (f);
        case KIND_IP:       return odd < 4 ? any (f) | HIGH : f->ip[rng_below (&f->rng, 4)];
        case KIND_BUDGET:   return odd == 0 ? 0 : 1 + rng_below (&f->rng, 3);
        case KIND_PRIO:     return odd == 0 ? 0 : 1 + rng_below (&f->rng, PRIO_LOW + 4);
        case KIND_SMALL:    return odd < 2 ? any (f) : rng_below (&f->rng, 3) & rng_below (&f->rng, 3);
        case KIND_ORD:      return odd == 0 ? rng_below (&f->rng, 32) : rng_below (&f->rng, 4) * rng_below (&f->rng, 4);
        case KIND_TIME:     return odd == 0 ? 1 : stc_read() + rng_below (&f->rng, 100) * (f->frequency >> 20);
        case KIND_ANY:      break;
    }

    return any (f);
}

/* The ranges of ctrl_pd: in one's own spaces, those that may be changed, in others anywhere that can be cleared again */
static void ranges (struct fuzz *f, struct hyp_regs *r)
{
    uint64_t const src = r->p0 >> 8, dst = r->p1;
    unsigned ord = r->p2 & 0x1f;
    bool const host = dst == f->hst || (dst != f->obj && rng_below (&f->rng, 2));
    uint64_t const base = host ? f->page : f->sel, n = host ? f->pages : f->sels;

    if (UINT64_C (1) << ord > n)                        /* as large as all of it, or refused for its size           */
        ord = dst == f->hst || dst == f->obj ? (unsigned) __builtin_ctzll (n) : 31;

    uint64_t const mask = ~((UINT64_C (1) << ord) - 1), odd = !rng_below (&f->rng, 32);
    uint64_t ssb = (base + (rng_next (&f->rng) >> 20 & (n - 1))) & mask;
    uint64_t dsb = (base + (rng_next (&f->rng) >> 20 & (n - 1))) & mask;

    if (odd && src != f->obj && src != f->hst)
        ssb = any (f);
    if (odd && dst != f->obj && dst != f->hst)
        dsb = any (f) | UINT64_C (1) << 44;             /* too large for any space                              */
    if (ord < 12 && !rng_below (&f->rng, 4))
        ssb = dsb;

    r->p2 = abi_put_ctrl_pd_ssb (ssb) | ord;
    r->p3 = abi_put_ctrl_pd_dsb (dsb) | (rng_below (&f->rng, 4) ? r->p3 & 0x1f : 0x1f);
}

static void note (struct fuzz *f, struct hyp_regs const *in, struct hyp_regs const *out)
{
    unsigned const call = in->p0 & HYPERCALL_NUMBER_MASK, s = out->p0 & 0xff;
    unsigned may = legal[call];

    if (f->confined && (call == HYPERCALL_ctrl_hw || call == HYPERCALL_assign_dev))
        may = S (BAD_HYP);

    if (s < FUZZ_STATUSES)
        f->count[call][s] = f->count[call][s] + 1;

    if ((s >= FUZZ_STATUSES || !(may >> s & 1)) && !f->illegal++) {
        f->bad_in  = *in;
        f->bad_out = *out;
    }
}

static void remember (struct fuzz *f, unsigned call, unsigned op, uint64_t sel)
{
    enum fuzz_object const o = call == HYPERCALL_create_ec ? FUZZ_EC : call == HYPERCALL_create_sc ? FUZZ_SC :
                               call == HYPERCALL_create_pt ? FUZZ_PT : call == HYPERCALL_create_sm ? FUZZ_SM :
                               op == CREATE_PD ? FUZZ_PD : op == CREATE_OBJ ? FUZZ_OBJ : op == CREATE_HST ? FUZZ_HST : FUZZ_PIO;

    f->made[o][rng_below (&f->rng, FUZZ_MADE)] = sel;
}

void fuzz_step (struct fuzz *f)
{
    unsigned const call = rng_below (&f->rng, HYPERCALL_COUNT);
    uint64_t p[5] = { 0 };

    f->steps = f->steps + 1;

    if (call == HYPERCALL_ipc_reply && (!f->confined || rng_below (&f->rng, 1000)))
        return;                                         /* the end of it                                        */

    for (struct field const *i = field; i < field + sizeof (field) / sizeof (field[0]); i++)
        if (i->call == call)
            p[i->param] |= (value (f, i->kind) & ~UINT64_C (0) >> (64 - i->width)) << i->shift;

    unsigned flag = rng_below (&f->rng, 16);

    if (call == HYPERCALL_create_ec && rng_below (&f->rng, 16))
        flag &= FLAG_EC_GLOBAL | FLAG_EC_FPU;
    if (call == HYPERCALL_ctrl_hw && !f->confined)
        flag |= flag == CTRL_HW_SLEEP;                  /* it would work                                        */
    if (call == HYPERCALL_assign_int)
        flag |= FLAG_INT_MASK;
    if (call == HYPERCALL_ipc_call && rng_below (&f->rng, 2))
        flag |= FLAG_CALL_TIMEOUT;

    struct hyp_regs in = { hyp_id (call, flag) | p[0], p[1], p[2], p[3], p[4] };
    bool const space = call == HYPERCALL_create_pd && flag == CREATE_OBJ && f->graves;
    uint64_t const to = in.p0 >> 8;

    if (space) {
        if (f->graved == f->graves)
            return;
        in.p0 = hyp_id (call, flag) | (f->grave + f->graved) << 8;
    }

    if (call == HYPERCALL_ctrl_pd)
        ranges (f, &in);

    /* Selectors are few, and most of them in use: it is often made free before */
    if (call >= HYPERCALL_create_pd && call <= HYPERCALL_create_sm && !space && to - f->sel < f->sels && rng_below (&f->rng, 2))
        hyp_ctrl_pd (f->obj, f->obj, to, to, 0, 0, 0);

    struct hyp_regs const out = hyp_raw (in);

    note (f, &in, &out);

    if (call >= HYPERCALL_create_pd && call <= HYPERCALL_create_sm && hyp_status (out) == STATUS_SUCCESS)
        remember (f, call, flag, in.p0 >> 8);

    if (space && hyp_status (out) == STATUS_SUCCESS) {
        if (to - f->sel < f->sels)
            hyp_ctrl_pd (f->obj, f->obj, f->grave + f->graved, to, 0, PERM_MASK, 0);
        f->graved++;
    }
}
