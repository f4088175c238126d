/* SPDX-License-Identifier: GPL-2.0-only */
/* ctrl_pd between host spaces */
#include <help.h>
#include <machine.h>
#include <mem.h>
#include <multiboot.h>
#include <probe.h>

static uint64_t frame, phys;                            /* a page of memory: address here, physical             */

enum { RW = PERM_MEM_R | PERM_MEM_W };

static void memory (void)
{
    void *const m = mem_alloc (4096, &phys);

    need (m, "memory");
    frame = (uintptr_t) m;
}

static enum status map (uint64_t from, uint64_t to, unsigned ord, unsigned pmm)
{
    return hyp_ctrl_pd (SEL_ROOT_HST, SEL_ROOT_HST, from >> 12, to >> 12, ord, pmm, 0);
}

static enum status map_nova (uint64_t from, uint64_t to, unsigned ord, unsigned pmm, uint32_t mad)
{
    return hyp_ctrl_pd (SEL_NOVA_HST, SEL_ROOT_HST, from >> 12, to >> 12, ord, pmm, mad);
}

static void alias (void)
{
    uint64_t const va = mem_window (1, 0);
    uint64_t v = 0;

    memory();
    check (!probe_read (va, &v), "nothing there at first");
    check_status (map (frame, va, 0, RW), STATUS_SUCCESS, "maps a page");
    *(uint64_t volatile *) frame = 0x1111;
    check (probe_read (va, &v) && v == 0x1111, "the same memory: reads");
    check (probe_write (va, 0x2222), "the same memory: writes");
    check_eq (*(uint64_t volatile *) frame, 0x2222, "which are seen");
    check_status (map (va, va, 0, 0), STATUS_SUCCESS, "unmaps it");
    check (!probe_read (va, &v), "it is gone");
    check (probe_read (frame, &v), "the source stays");
    check_status (map (frame, va, 0, PERM_MEM_R), STATUS_SUCCESS, "maps it read-only");
    check (probe_read (va, &v) && v == 0x2222, "read-only: reads");
    check (!probe_write (va, 1), "read-only: does not write");
    check (probe_denied (PERM_MEM_W), "read-only: the fault tells of the permission");
    check_status (map (frame, va, 0, RW), STATUS_SUCCESS, "maps it writable over that");
    check (probe_write (va, 3), "which can be written at once");
    check_status (map (va, va, 0, PERM_MEM_R), STATUS_SUCCESS, "takes W away");
    check (!probe_write (va, 1), "which cannot be written any more");
    check_status (map (va, va, 0, RW), STATUS_SUCCESS, "asks for W again");
    check (!probe_write (va, 1), "which does not come back");
}

static void replace (void)
{
    uint64_t const va = mem_window (1, 0);
    uint64_t v = 0, a;

    memory();
    a = frame;
    *(uint64_t volatile *) a = 0xaaaa;
    memory();
    *(uint64_t volatile *) frame = 0xbbbb;
    NEED (map (a, va, 0, RW));
    check (probe_read (va, &v) && v == 0xaaaa, "one page");
    NEED (map (frame, va, 0, RW));
    check (probe_read (va, &v) && v == 0xbbbb, "another one in its place");
    NEED (map (mem_window (1, 0), va, 0, RW));
    check (!probe_read (va, &v), "a null capability in its place");
}

static void execute (void)
{
    uint64_t const va = mem_window (1, 0);
    uint64_t v;

    memory();
    insn_return ((void *) frame);
    check (!probe_exec (frame), "a page without X is not executed");
    check (probe_denied (PERM_MEM_XU), "the fault tells of the permission");
    NEED (map_nova (phys, va, 0, PERM_MEM_R | PERM_MEM_XU, MAD_RAM));
    check (probe_exec (va), "a page with X is");
    check (!probe_write (va, 1), "but not written");
    NEED (map (va, va, 0, PERM_MEM_R));
    check (!probe_exec (va), "X can be taken away");
    check (probe_read (va, &v), "and R stays");
}

static void superpage (void)
{
    uint64_t const size = UINT64_C (1) << 21;
    uint64_t p, v, good = 0;
    uint64_t const va = mem_window (512, 9);
    uintptr_t const m = (uintptr_t) mem_alloc (2 * size, &p);

    need (m, "4 MiB of memory");

    uint64_t const start = (p + size - 1) & ~(size - 1);

    check_status (map_nova (start, va, 9, RW, MAD_RAM), STATUS_SUCCESS, "maps 2 MiB");

    for (unsigned i = 0; i < 512; i++) {
        *(uint64_t volatile *) (m + (start - p) + i * 4096) = i + 5;
        good += probe_read (va + i * 4096, &v) && v == i + 5;
    }

    check_eq (good, 512, "all of it");
    check_status (map (va + 100 * 4096, va + 100 * 4096, 0, 0), STATUS_SUCCESS, "takes a page out of the middle");

    good = 0;

    for (unsigned i = 0; i < 512; i++)
        good += probe_read (va + i * 4096, &v) == (i != 100);

    check_eq (good, 512, "and no other");
    check_status (map (va + 64 * 4096, va + 64 * 4096, 5, PERM_MEM_R), STATUS_SUCCESS, "makes 32 pages read-only");

    good = 0;

    for (unsigned i = 0; i < 512; i++)
        good += probe_write (va + i * 4096, i) == (i != 100 && (i < 64 || i >= 96));

    check_eq (good, 512, "and no others");
    check_status (map (va, va, 9, 0), STATUS_SUCCESS, "unmaps 2 MiB");

    good = 0;

    for (unsigned i = 0; i < 512; i++)
        good += !probe_read (va + i * 4096, &v);

    check_eq (good, 512, "all of it is gone");
    check_status (map_nova (start, va, 9, RW, MAD_RAM), STATUS_SUCCESS, "maps 2 MiB where page tables are");
    check (probe_read (va + size - 8, &v), "works");
    check_ge (root.hip->mco_hst, 9, "the HIP tells an order without partial failure");
}

static void bad_par (void)
{
    uint64_t const va = mem_window (4, 2), end = (uintptr_t) root.hip + 4096;

    memory();
    check_status (map (va + 4096, va, 1, RW), STATUS_BAD_PAR, "source not aligned to the order: BAD_PAR");
    check_status (map (va, va + 4096, 1, RW), STATUS_BAD_PAR, "destination not aligned to the order: BAD_PAR");
    check_status (map (va + 4096, va, 2, 0), STATUS_BAD_PAR, "source not aligned to order 2: BAD_PAR");
    check_status (map (frame, end, 0, RW), STATUS_BAD_PAR, "destination at the end of user memory: BAD_PAR");
    check_status (map (frame, UINT64_C (0xffffffff80000000), 0, RW), STATUS_BAD_PAR,
                  "destination in the kernel: BAD_PAR");
    check_status (map (UINT64_C (0xffffffff80000000), va, 0, RW), STATUS_BAD_PAR, "source in the kernel: BAD_PAR");
    check_status (map (end, va, 0, RW), STATUS_BAD_PAR, "source at the end of user memory: BAD_PAR");
    check_status (map_nova (~UINT64_C (0xfff), va, 0, RW, 0), STATUS_BAD_PAR, "largest page frame: BAD_PAR");
}

static void attributes (void)
{
    uint64_t const va = mem_window (1, 0);
    uint64_t v;

    memory();
    *(uint64_t volatile *) frame = 0x77;

    struct mad_case c;

    for (unsigned i = 0; (c = mad_case (i)).text; i++) {

        enum status const s = map_nova (phys, va, 0, RW, c.mad);

        if (check_status (s, c.good ? STATUS_SUCCESS : STATUS_BAD_PAR, c.text) && c.good)
            check (probe_read (va, &v) && v == 0x77, "reads");
    }

    check_status (hyp_ctrl_pd (SEL_ROOT_HST, SEL_ROOT_HST, frame >> 12, va >> 12, 0, RW, 7), STATUS_SUCCESS,
                  "from another space than NOVA's the attributes do not matter");
}

static void bad_cap (void)
{
    struct domain d;
    uint64_t const va = mem_window (1, 0) >> 12;

    memory();
    domain_new (&d);

    uint64_t const f = frame >> 12, hst = SEL_ROOT_HST;

#define CTRL(src, dst) hyp_ctrl_pd (src, dst, f, va, 0, RW, 0)
    check_status (CTRL (sel_alloc (0), hst), STATUS_BAD_CAP, "source is a null capability: BAD_CAP");
    check_status (CTRL (hst, sel_alloc (0)), STATUS_BAD_CAP, "destination is a null capability: BAD_CAP");
    check_status (CTRL (hst, d.pd), STATUS_BAD_CAP, "destination is a PD: BAD_CAP");
    check_status (CTRL (hst, d.pio), STATUS_BAD_CAP, "destination is a PIO space: BAD_CAP");
    check_status (CTRL (d.pio, hst), STATUS_BAD_CAP, "source is a PIO space: BAD_CAP");
    check_status (CTRL (cap_with (hst, PERM_SP_GRANT), hst), STATUS_BAD_CAP, "source without permission TAKE: BAD_CAP");
    check_status (CTRL (hst, cap_with (hst, PERM_SP_TAKE)), STATUS_BAD_CAP,
                  "destination without permission GRANT: BAD_CAP");
    check_status (CTRL (hst, SEL_NOVA_HST), STATUS_BAD_CAP, "to the NOVA host space: BAD_CAP");
    check_status (CTRL (cap_with (hst, PERM_SP_TAKE), cap_with (hst, PERM_SP_GRANT)), STATUS_SUCCESS,
                  "TAKE and GRANT are enough");
#undef CTRL
}

static void other (void)
{
    struct domain d;
    uint64_t const va = mem_window (1, 0);
    uint64_t v = 0;

    memory();
    domain_new (&d);
    *(uint64_t volatile *) frame = 0x4242;
    check_status (hyp_ctrl_pd (SEL_ROOT_HST, d.hst, frame >> 12, 0x1234, 0, PERM_MEM_R, 0), STATUS_SUCCESS,
                  "into another PD");
    check_status (hyp_ctrl_pd (d.hst, SEL_ROOT_HST, 0x1234, va >> 12, 0, RW, 0), STATUS_SUCCESS, "and back");
    check (probe_read (va, &v) && v == 0x4242, "the same memory");
    check (!probe_write (va, 1), "with the permissions that were left");
    check_status (hyp_ctrl_pd (d.hst, SEL_ROOT_HST, 0x1235, va >> 12, 0, RW, 0), STATUS_SUCCESS,
                  "takes a null capability there");
    check (!probe_read (va, &v), "which unmaps");
}

/* 8.2.1: what nobody gets */
static void guarded (uint64_t p, char const *text)
{
    uint64_t const va = mem_window (1, 0);
    uint64_t v;

    NEED (map_nova (p & ~UINT64_C (0xfff), va, 0, RW, MAD_IO));
    check (!probe_read (va, &v), text);
}

static void protected (void)
{
    guarded (root.hip->nova_start, "first page of the kernel");
    guarded (root.hip->nova_end - 1, "last page of the kernel");
    guarded ((root.hip->nova_start + root.hip->nova_end) / 2, "a page in the middle of the kernel");

    struct machine_place p;

    for (unsigned i = 0; (p = machine_guarded (i)).text; i++)
        if (p.phys)
            guarded (p.phys, p.text);
}

/* Code (5) and data (6) of firmware that live on after its boot services; the rest of its memory is to be had */
static void firmware (void)
{
    struct hip const *const h = root.hip;
    uint8_t const *const m = h->uefi_mmap_size ? mem_map (h->uefi_mmap, h->uefi_mmap_size, PERM_MEM_R, MAD_RAM) : NULL;

    for (uint32_t off = 0; m && off < h->uefi_mmap_size; off += h->uefi_desc_size) {

        struct uefi_desc const *const d = (void const *) (m + off);
        uint64_t const va = mem_window (1, 0);
        uint64_t v;

        if (d->type == 5 || d->type == 6) {
            guarded (d->phys, "first page of runtime services");
            guarded (d->phys + (d->pages - 1) * 4096, "last page of runtime services");
        } else if (d->type == 4 || d->type == 7) {
            NEED (map_nova (d->phys, va, 0, PERM_MEM_R, MAD_RAM));
            check (probe_read (va, &v), "other memory of firmware is readable");
        }
    }

    check (true, m ? "runtime services of UEFI are protected" : "there is no UEFI memory map");
}

static void kernel_pages (void)
{
    uint64_t const va = mem_window (1, 0);
    uint64_t v;

    check_status (map ((uintptr_t) root.hip, va, 0, RW), STATUS_SUCCESS, "the HIP as a source");
    check (!probe_read (va, &v), "is a null capability");
    check_status (map ((uintptr_t) root.utcb, va, 0, RW), STATUS_SUCCESS, "a UTCB as a source");
    check (!probe_read (va, &v), "is a null capability, too");
    check_status (map ((uintptr_t) worker->utcb, va, 0, RW), STATUS_SUCCESS, "the UTCB of a later EC as a source");
    check (!probe_read (va, &v), "is a null capability as well");
    check (!probe_write ((uintptr_t) root.hip, 1), "the HIP is read-only");
    check (!probe_exec ((uintptr_t) root.hip), "the HIP is not executable");
}

static struct test const test[] = {
    { "alias", alias }, { "replace", replace }, { "execute", execute }, { "superpage", superpage }, { "bad_par", bad_par },
    { "attributes", attributes }, { "bad_cap", bad_cap }, { "other", other }, { "protected", protected },
    { "firmware", firmware }, { "kernel_pages", kernel_pages },
};

TESTS ("ctrl_pd_hst", test);
