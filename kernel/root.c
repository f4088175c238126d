/* SPDX-License-Identifier: GPL-2.0-only */
/* What exists before the root task runs: the NOVA spaces' contents, the root PD and its spaces, EC and SC. */
#include <root.h>

#include <abi/hip.h>
#include <abi/mad_arch.h>
#include <abi/perm.h>
#include <abi/root.h>
#include <boot_info.h>
#include <boot_time.h>
#include <console/console.h>
#include <console_sm.h>
#include <cpu.h>
#include <cpu_local.h>
#include <ec.h>
#include <elf.h>
#include <hip.h>
#include <hw.h>
#include <memory.h>
#include <panic.h>
#include <pd.h>
#include <sc.h>
#include <scheduler.h>
#include <sm.h>
#include <space_hst.h>
#include <space_msr.h>
#include <space_obj.h>
#include <space_pio.h>

#define ROOT_BUDGET_MS  1000
#define HIP_ADDR        (USER_END - PAGE_SIZE)
#define UTCB_ADDR       (USER_END - 2 * PAGE_SIZE)

static struct sm *int_sm[HW_INT_MAX];                   /* fixed after nova_init(); references of the kernel        */

void interrupt_signal (unsigned interrupt)
{
    if (sm_up (int_sm[interrupt], NULL) != STATUS_SUCCESS)    /* at its maximum: as many as anybody can count             */
        return;
}

static bool insert (struct space_obj *s, uint64_t sel, struct kobject *o, enum kobject_type type, unsigned perm)
{
    kobject_ref (o);

    return space_obj_insert (s, sel, cap_make (o, type, perm)) == STATUS_SUCCESS;
}

bool nova_init (void)
{
    struct space_obj *const nova = &space_obj_nova;
    struct sm *sm;

    kobject_init (&space_hst_nova.obj, KOBJECT_HST);

    if (sm_create (&sm, 0, SM_NO_INT) != STATUS_SUCCESS)
        return false;

    console_sm_set (sm);

    if (!insert (nova, SEL_NUM - NOVA_SEL_CONSOLE,  &sm->obj,            KOBJECT_SM,  PERM_SM_ALL)  ||
        !insert (nova, SEL_NUM - NOVA_SEL_NOVA_OBJ, &space_obj_nova.obj, KOBJECT_OBJ, PERM_SP_TAKE) ||
        !insert (nova, SEL_NUM - NOVA_SEL_NOVA_HST, &space_hst_nova.obj, KOBJECT_HST, PERM_SP_TAKE))
        return false;

#if SPACE_PIO_REQUIRED
    if (!insert (nova, SEL_NUM - NOVA_SEL_NOVA_PIO, &space_pio_nova.obj, KOBJECT_PIO, PERM_SP_TAKE))
        return false;
#endif

#if SPACE_MSR_REQUIRED
    if (!insert (nova, SEL_NUM - NOVA_SEL_NOVA_MSR, &space_msr_nova.obj, KOBJECT_MSR, PERM_SP_TAKE))
        return false;
#endif

    for (unsigned i = 0; i < hw_int_pins() + hw_int_msis(); i++) {
        if (sm_create (&int_sm[i], 0, i) != STATUS_SUCCESS ||
            !insert (nova, NOVA_SEL_INT + i, &int_sm[i]->obj, KOBJECT_SM_INT, PERM_SM_INT))
            return false;
    }

    return true;
}

struct root {
    struct space_obj *obj;
    struct space_hst *hst;
    struct space_pio *pio;
    struct ec        *ec;
    struct sc        *sc;
};

/* The spaces and the PD belong to the kernel as well: its references are never dropped. */
static bool make_spaces (struct root *r)
{
    struct space_obj *const nova = &space_obj_nova;

    if (pd_create (&pd_root) != STATUS_SUCCESS || !pd_reserve (pd_root, KOBJECT_OBJ) || !pd_reserve (pd_root, KOBJECT_HST) ||
        space_obj_create (&r->obj, pd_root) != STATUS_SUCCESS || space_hst_create (&r->hst, pd_root) != STATUS_SUCCESS)
        return false;

    pd_attach (pd_root, KOBJECT_OBJ, r->obj);
    pd_attach (pd_root, KOBJECT_HST, r->hst);

#if SPACE_PIO_REQUIRED
    if (!pd_reserve (pd_root, KOBJECT_PIO) || space_pio_create (&r->pio, pd_root) != STATUS_SUCCESS)
        return false;

    pd_attach (pd_root, KOBJECT_PIO, r->pio);

    if (!insert (nova, SEL_NUM - NOVA_SEL_ROOT_PIO, &r->pio->obj, KOBJECT_PIO, PERM_PIO_ALL))
        return false;
#endif

    return insert (nova, SEL_NUM - NOVA_SEL_ROOT_OBJ, &r->obj->obj, KOBJECT_OBJ, PERM_OBJ_ALL) &&
           insert (nova, SEL_NUM - NOVA_SEL_ROOT_HST, &r->hst->obj, KOBJECT_HST, PERM_HST_ALL) &&
           insert (r->obj, SEL_NUM - ROOT_SEL_NOVA_OBJ, &space_obj_nova.obj, KOBJECT_OBJ, PERM_SP_TAKE) &&
           insert (r->obj, SEL_NUM - ROOT_SEL_ROOT_OBJ, &r->obj->obj, KOBJECT_OBJ, PERM_OBJ_ALL) &&
           insert (r->obj, SEL_NUM - ROOT_SEL_PD, &pd_root->obj, KOBJECT_PD, PERM_PD_ALL);
}

static bool make_thread (struct root *r)
{
    return ec_create (&r->ec, &(struct ec_args) { .pd = pd_root, .kind = EC_GLOBAL, .fpu = true, .cpu = (cpu_t)cpu_local.id,
                                                  .hva = UTCB_ADDR, .sp = HIP_ADDR }) == STATUS_SUCCESS &&
           ec_bind_sc (r->ec) &&
           sc_create (&r->sc, r->ec, ROOT_BUDGET_MS, PRIO_MAX, 0) == STATUS_SUCCESS &&
           insert (r->obj, SEL_NUM - ROOT_SEL_EC, &r->ec->obj, KOBJECT_EC, PERM_EC_ALL) &&
           insert (r->obj, SEL_NUM - ROOT_SEL_SC, &r->sc->obj, KOBJECT_SC, PERM_SC_ALL);
}

static bool map_segment (struct space_hst *hst, struct elf_segment const *s)
{
    unsigned const perm = (s->r ? PERM_MEM_R : 0) | (s->w ? PERM_MEM_W : 0) | (s->x ? PERM_MEM_XU | PERM_MEM_XS : 0);

    for (uint64_t off = 0; off < s->size; off += PAGE_SIZE) {

        uint64_t progress = 0;

        if (space_hst_delegate (hst, &space_hst_nova, (s->paddr + off) >> PAGE_BITS, (s->vaddr + off) >> PAGE_BITS, 0, perm,
                                MAD_RAM, &progress) != STATUS_SUCCESS)
            return false;
    }

    return true;
}

void root_create (struct boot_info const *boot, uint64_t p0, uint64_t p1, uint64_t p2)
{
    struct elf_image elf;
    struct root r = { 0 };
    paddr_t start = ~UINT64_C (0), end = 0;

    if (!boot->root_end) {
        print ("ROOT: no image: the boot loader passed no module");
        return;
    }

    if (!elf_parse (&elf, boot->root_start, boot->root_end, UTCB_ADDR, ELF_MACHINE))
        return;

    if (!make_spaces (&r) || !make_thread (&r)) {
        print ("ROOT: out of memory");
        return;
    }

    for (unsigned i = 0; i < elf.segments; i++) {

        struct elf_segment const *const s = &elf.segment[i];

        if (!map_segment (r.hst, s)) {
            print ("ROOT: out of memory for the segment at %#lx", s->vaddr);
            return;
        }

        start = MIN (start, s->paddr);
        end   = MAX (end, s->paddr + s->size);
    }

    struct hip *const hip = hip_build (start, end);

    if (!hip || space_hst_map_kernel (r.hst, HIP_ADDR, hip, false) != STATUS_SUCCESS) {
        print ("ROOT: out of memory");
        return;
    }

    REGS_P0 (&r.ec->regs) = p0;
    REGS_P1 (&r.ec->regs) = p1;
    REGS_P2 (&r.ec->regs) = p2;
    REGS_IP (&r.ec->regs) = elf.entry;
    r.ec->cont = NULL;                                  /* starts without an event                                  */

    print ("ROOT: %#lx-%#lx, entry %#lx", start, end, elf.entry);
    console_boot_done();
    boot_time (BOOT_ROOT);
    scheduler_admit (r.sc);
}
