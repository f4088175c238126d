/* SPDX-License-Identifier: GPL-2.0-only */
/* Delegation, revocation and destruction of spaces: the largest orders, full tables, last references. */
#include <mem.h>
#include <wcet.h>

enum { SEL_ORD = 18, HALF = 17, LEAF = 9, OBJECTS_ORD = 12, PIO_ORD = 6, MAP_R = PERM_MEM_R, GIB_ORD = 18, MIB2_ORD = 9, ORD_MAX = 31 };

#define GIB     (UINT64_C (1) << GIB_ORD)               /* pages                                                */
#define AREA    (UINT64_C (1) << (user_ord - 1))        /* addresses that nobody else uses, page number         */
#define END     (UINT64_C (1) << user_ord)

static uint64_t objects;

static void objects_new (void)
{
    if (!objects)
        objects = sel_alloc (OBJECTS_ORD);

    for (unsigned i = 0; i < 1U << OBJECTS_ORD; i++)
        NEED (hyp_create_sm (objects + i, sel_root_pd(), 0));
}

/* To every leaf of a fresh space, over it again, and all away in one go; then last references go in one hypercall. */
SCENARIO (objects)
{
    struct domain d;

    domain_new (&d);
    objects_new();

    for (uint64_t to = 0; to < UINT64_C (1) << SEL_ORD; to += 1 << OBJECTS_ORD)
        NEED (hyp_ctrl_pd (sel_root_obj(), d.obj, objects, to, OBJECTS_ORD, PERM_MASK, 0));

    NEED (hyp_ctrl_pd (d.obj, d.obj, 0, UINT64_C (1) << HALF, HALF, PERM_MASK, 0));
    NEED (hyp_ctrl_pd (d.obj, d.obj, 0, 0, SEL_ORD, 0, 0));
    NEED (hyp_ctrl_pd (sel_root_obj(), d.obj, 0, 0, SEL_ORD, PERM_MASK, 0));
    NEED (sel_revoke (objects, OBJECTS_ORD));
    NEED (hyp_ctrl_pd (d.obj, d.obj, 0, 0, SEL_ORD, 0, 0));
    sleep_ms (10);
    domain_end (&d);
    sleep_ms (20);
}

/* A space goes that is full: in each leaf 512 capabilities, some of them the last references of their objects. */
SCENARIO (objects_death)
{
    struct domain d;

    domain_new (&d);
    objects_new();

    for (uint64_t to = 0; to < UINT64_C (1) << SEL_ORD; to += 1 << OBJECTS_ORD)
        NEED (hyp_ctrl_pd (sel_root_obj(), d.obj, objects, to, OBJECTS_ORD, PERM_MASK, 0));

    NEED (sel_revoke (objects, OBJECTS_ORD));
    domain_end (&d);
    sleep_ms (100);
}

/* Last references of PIO spaces that have ports: each is taken out of the tables of its domain. */
SCENARIO (pio_spaces)
{
    if (!HAS_PORTS)
        return;

    uint64_t const pio = sel_alloc (PIO_ORD);
    struct domain d;

    domain_new (&d);

    for (unsigned i = 0; i < 1U << PIO_ORD; i++) {
        NEED (hyp_create_pd (CREATE_PIO, pio + i, d.pd));
        NEED (hyp_ctrl_pd (SEL_NOVA_PIO, pio + i, 0x80, 0x80, 0, PERM_PIO_A, 0));
    }

    NEED (sel_revoke (pio, PIO_ORD));
    sleep_ms (2);
    domain_end (&d);
    sleep_ms (2);
}

/* All of physical memory that the architecture has, as far as the order goes; and pages of 4 KiB one by one. */
SCENARIO (map)
{
    enum { PAGES_ORD = 11 };

    struct domain d;
    uint64_t phys;
    uintptr_t const small = mem_window (1 << PAGES_ORD, PAGES_ORD);
    unsigned const most = user_ord - 1 < 27 ? user_ord - 1 : 27;    /* behind AREA is as much                       */

    domain_new (&d);

    for (unsigned ord = 0; ord <= most; ord += 3)
        NEED (hyp_ctrl_pd (SEL_NOVA_HST, d.hst, 0, AREA, ord, PERM_MASK, MAD_RAM));

    NEED (hyp_ctrl_pd (d.hst, d.hst, AREA, AREA, most, 0, 0));

    NEED (mem_alloc (4096, &phys) ? STATUS_SUCCESS : STATUS_MEM_OBJ);
    for (unsigned i = 0; i < 1 << PAGES_ORD; i++)
        NEED (hyp_ctrl_pd (SEL_NOVA_HST, SEL_ROOT_HST, phys >> 12, (small >> 12) + i, 0, MAP_R, MAD_RAM));

    NEED (hyp_ctrl_pd (SEL_ROOT_HST, d.hst, small >> 12, AREA, PAGES_ORD, PERM_MASK, 0));
    NEED (hyp_ctrl_pd (SEL_ROOT_HST, SEL_ROOT_HST, small >> 12, small >> 12, PAGES_ORD, 0, 0));
    domain_end (&d);
    sleep_ms (10);
}

/* One page out of 1 GiB: two levels are split. Then pieces of all orders. */
SCENARIO (split)
{
    struct domain d;

    domain_new (&d);

    for (unsigned ord = 0; ord < GIB_ORD; ord++) {
        NEED (hyp_ctrl_pd (SEL_NOVA_HST, d.hst, 8 * GIB, AREA + 8 * GIB, GIB_ORD, PERM_MASK, MAD_RAM));
        NEED (hyp_ctrl_pd (d.hst, d.hst, AREA + 8 * GIB, AREA + 8 * GIB, ord, 0, 0));
        NEED (hyp_ctrl_pd (SEL_NOVA_HST, d.hst, 9 * GIB, AREA + 9 * GIB, GIB_ORD, PERM_MASK, MAD_RAM));
        NEED (hyp_ctrl_pd (SEL_NOVA_HST, d.hst, 0, AREA + 9 * GIB, ord, MAP_R, MAD_IO));
    }

    domain_end (&d);
    sleep_ms (10);
}

/* 512 tables side by side, in each a page */
static void tables_new (struct domain const *d, uint64_t phys)
{
    for (unsigned i = 0; i < 512; i++)
        NEED (hyp_ctrl_pd (SEL_NOVA_HST, d->hst, phys >> 12, AREA + ((uint64_t) i << MIB2_ORD), 0, MAP_R, MAD_RAM));
}

/* Tables are cut off: one by one in one hypercall, and as a tree */
SCENARIO (tables)
{
    struct domain d;
    uint64_t phys;

    NEED (mem_alloc (4096, &phys) ? STATUS_SUCCESS : STATUS_MEM_OBJ);
    domain_new (&d);

    tables_new (&d, phys);
    NEED (hyp_ctrl_pd (d.hst, d.hst, AREA, AREA, GIB_ORD - 1, 0, 0));
    sleep_ms (10);
    tables_new (&d, phys);
    NEED (hyp_ctrl_pd (SEL_NOVA_HST, d.hst, 8 * GIB, AREA, GIB_ORD - 1, PERM_MASK, MAD_RAM));
    sleep_ms (10);
    NEED (hyp_ctrl_pd (d.hst, d.hst, AREA, AREA, GIB_ORD, 0, 0));
    sleep_ms (10);
    tables_new (&d, phys);
    NEED (hyp_ctrl_pd (d.hst, d.hst, AREA, AREA, GIB_ORD, 0, 0));
    sleep_ms (10);
    NEED (hyp_ctrl_pd (d.hst, d.hst, 0, 0, user_ord < ORD_MAX ? user_ord : ORD_MAX, 0, 0));

    domain_end (&d);
    sleep_ms (10);
}

/* A domain with ECs goes whose host space has a table in each slot of the top level, and 512 tables in one place. */
SCENARIO (space_death)
{
    struct domain d;
    uint64_t const ec = sel_alloc (4);
    uint64_t phys;

    NEED (mem_alloc (4096, &phys) ? STATUS_SUCCESS : STATUS_MEM_OBJ);
    domain_new (&d);

    for (unsigned i = 0; i < 16; i++)
        NEED (hyp_create_ec (FLAG_EC_FPU, ec + i, d.pd, 0x1000 + i, i % root.hip->cpu_num, 0, 0));

    for (uint64_t i = 0; i < (END >> top_ord) - 1; i++)
        NEED (hyp_ctrl_pd (SEL_NOVA_HST, d.hst, phys >> 12, i << top_ord, 0, MAP_R, MAD_RAM));

    tables_new (&d, phys);
    NEED (sel_revoke (ec, 4));
    domain_end (&d);
    sleep_ms (20);
}

/* The same with a guest space, whose top level may be several tables in a row: full, emptied, filled again, and gone. */
SCENARIO (guest)
{
    struct domain d;
    uint64_t const gst = sel_alloc (0);
    uint64_t phys;

    domain_new (&d);

    if (hyp_create_pd (CREATE_GST, gst, d.pd) == STATUS_SUCCESS) {

        NEED (mem_alloc (4096, &phys) ? STATUS_SUCCESS : STATUS_MEM_OBJ);

        for (unsigned turn = 0; turn < 2; turn++) {

            for (uint64_t i = 0; i < END >> top_ord; i++)
                NEED (hyp_ctrl_pd (SEL_NOVA_HST, gst, phys >> 12, i << top_ord, 0, MAP_R, MAD_RAM));

            for (unsigned ord = 0; ord < GIB_ORD; ord += LEAF) {
                NEED (hyp_ctrl_pd (SEL_NOVA_HST, gst, 8 * GIB, AREA, GIB_ORD, PERM_MASK, MAD_RAM));
                NEED (hyp_ctrl_pd (SEL_NOVA_HST, gst, 0, AREA, ord, MAP_R, MAD_IO));
            }

            if (!turn)
                for (uint64_t i = 0; i < END; i += UINT64_C (1) << top_ord)
                    NEED (hyp_ctrl_pd (SEL_NOVA_HST, gst, 0, i, top_ord, 0, 0));

            sleep_ms (10);
        }

        NEED (sel_revoke (gst, 0));
    }

    sleep_ms (20);
    domain_end (&d);
    sleep_ms (10);
}

/* Up to the end of user space. Where its last page is never executable, what ends there consists of pieces of all orders. */
SCENARIO (last_page)
{
    struct domain d;

    domain_new (&d);

    for (unsigned ord = 0; ord <= GIB_ORD; ord++) {
        NEED (hyp_ctrl_pd (SEL_NOVA_HST, d.hst, 8 * GIB, END - (UINT64_C (1) << ord), ord, PERM_MASK, MAD_RAM));
        if (ord % 3 == 0)
            NEED (hyp_ctrl_pd (d.hst, d.hst, 0, END - GIB, GIB_ORD, 0, 0));
    }

    domain_end (&d);
    sleep_ms (10);
}

/* All ports to a new space, again, and away. */
SCENARIO (ports)
{
    if (!HAS_PORTS)
        return;

    struct domain d;

    domain_new (&d);
    NEED (hyp_ctrl_pd (SEL_NOVA_PIO, d.pio, 0, 0, 16, PERM_PIO_A, 0));
    NEED (hyp_ctrl_pd (SEL_NOVA_PIO, d.pio, 0, 0, 16, PERM_PIO_A, 0));
    NEED (hyp_ctrl_pd (d.pio, d.pio, 0, 0, 16, 0, 0));

    for (unsigned i = 0; i < 256; i++)
        NEED (hyp_ctrl_pd (SEL_NOVA_PIO, d.pio, i, i, 0, PERM_PIO_A, 0));

    domain_end (&d);
    sleep_ms (10);
}
