/* SPDX-License-Identifier: GPL-2.0-only */
/* Port I/O spaces: the bitmap as the CPU reads it, against a model. */
#include <space_pio.h>

#include <abi/perm.h>
#include <core.h>
#include <hazard.h>
#include <ipc.h>
#include <kmem.h>
#include <memory.h>
#include <pd.h>
#include <space_hst.h>

static uint64_t progress;                               /* of a delegation                                          */
static uint64_t stops;

static struct pd *pd;
static uint64_t seed = 43;
static uint8_t model[3][PIO_PORTS];                     /* NOVA, and two others: 1 permits                          */

/* Byte n of the three pages behind the TSS (SDM 1, 19.5.2), through tables that only the kernel may read */
static uint8_t byte (uint64_t entry, unsigned n)
{
    for (unsigned l = hpt_levels - 1; l--; ) {
        assert_int_equal (entry & (HPT_P | HPT_U), HPT_P);
        entry = ((uint64_t *)kmem_virt (entry & HPT_ADDR))[l ? 0 : n / PAGE_SIZE];
    }

    assert_int_equal (entry & (HPT_P | HPT_U | HPT_W | HPT_D | HPT_NX), HPT_P | HPT_NX);       /* dirty: a shadow stack     */

    return ((uint8_t *)kmem_virt (entry & HPT_ADDR))[n % PAGE_SIZE];
}

static void check (struct space_pio const *s, uint8_t const *ports)
{
    uint64_t const e = space_pio_entry (s);

    for (unsigned n = 0; n < PIO_PORTS / 8; n++) {
        uint8_t want = 0xff;
        for (unsigned b = 0; b < 8; b++)
            if (ports[n * 8 + b])
                want &= (uint8_t)~(1U << b);
        assert_int_equal (byte (e, n), want);
    }

    assert_int_equal (byte (e, 8192), 0xff);
}

static struct space_pio *space (void)
{
    struct space_pio *s;
    assert_int_equal (space_pio_create (&s, pd), STATUS_SUCCESS);
    return s;
}

/* Somebody else may have to run, at some preemption points */
static void stop (void)
{
    if (host_random (&seed) % 2) {
        cpu_local.hazard |= HAZARD_SCHED;
        stops++;
    }
}

static void random_ports (void **state)
{
    (void)state;

    size_t const base = core_pages();
    struct space_pio *const s[3] = { &space_pio_nova, space(), space() };

    memset (model, 0, sizeof model);
    memset (model[0], 1, PIO_PORTS);
    for (unsigned i = 0; i < 5; i++) {
        uint16_t const p = (uint16_t)(0x604 + i * 12345);
        space_pio_protect (p);
        model[0][p] = 0;
    }

    check (NULL, model[1]);
    check (s[1], model[1]);

    for (unsigned n = 0; n < 400; n++) {

        uint64_t const r = host_random (&seed);
        unsigned const from = (unsigned)(r >> 4) % 3, to = 1 + (r & 1), ord = (unsigned)(r >> 8) % 17, pmm = r >> 16 & 31;
        uint64_t const port = align_dn (r >> 1 & 1 ? 0x604 : r >> 32 & 0xffff, BIT64 (ord));

        core_fail = r >> 63;
        core_preempt = r & 2 ? stop : NULL;
        progress = 0;

        long st;

        for (uint64_t last = 0; (st = space_pio_delegate (s[to], s[from], port, ord, pmm, &progress)) == SYS_DEFER; last = progress) {
            assert_true (progress > last && progress < BIT64 (ord));
            cpu_local.hazard &= ~(uint32_t)HAZARD_SCHED;
        }

        core_preempt = NULL;
        core_fail = progress = 0;

        if (st == STATUS_SUCCESS)
            for (uint64_t p = port; p < port + BIT64 (ord); p++)
                model[to][p] = pmm & PERM_PIO_A ? model[from][p] : 0;
        else
            assert_int_equal (st, STATUS_MEM_CAP);

        if (n % 8 == 0 || st != STATUS_SUCCESS)
            check (s[to], model[to]);
    }

    check (s[1], model[1]), check (s[2], model[2]);
    assert_true (stops > 50);
    kobject_unref (&s[1]->obj), kobject_unref (&s[2]->obj);
    core_settle();
    assert_int_equal (core_pages(), base);
    assert_int_equal (rlx_load (&pd->obj.refs), 1);
}

static void failures (void **state)
{
    (void)state;

    size_t const base = core_pages();

    for (unsigned n = 1, tables = hpt_levels - 1; n <= tables + 2; n++) {

        struct space_pio *const s = space();
        size_t const before = core_pages();

        core_fail = n;
        long const st = space_pio_delegate (s, &space_pio_nova, 0, 4, PERM_PIO_A, &progress);
        core_fail = 0;
        assert_int_equal (st, n <= tables + 1 ? STATUS_MEM_CAP : STATUS_SUCCESS);
        assert_int_equal (core_pages(), n <= tables + 1 ? before : before - (tables + 2));
        if (n <= tables + 1)
            assert_int_equal (space_pio_entry (s), space_pio_entry (NULL));
        kobject_unref (&s->obj);
        core_settle();
        assert_int_equal (core_pages(), base);
    }
}

/* The first port shows up in the tables of all CPUs that the PD uses */
static void cpus (void **state)
{
    (void)state;

    size_t const base = core_pages();
    struct space_hst *hst;
    struct space_pio *const s = space(), *const second = space();

    assert_int_equal (space_hst_create (&hst, pd), STATUS_SUCCESS);
    assert_true (pd_reserve (pd, KOBJECT_HST) && pd_reserve (pd, KOBJECT_PIO));
    pd_attach (pd, KOBJECT_HST, hst);
    pd_attach (pd, KOBJECT_PIO, s);

    uint64_t *const t[2] = { kmem_virt (space_hst_root (hst, s, 0)), kmem_virt (space_hst_root (hst, s, 1)) };

    rlx_store (&cpu_local.root, kmem_phys (t[0]));
    assert_int_equal (t[0][SLOT_PIO], space_pio_entry (NULL));
    assert_int_equal (space_pio_delegate (second, &space_pio_nova, 0x80, 0, PERM_PIO_A, &progress), STATUS_SUCCESS);
    assert_int_equal (t[0][SLOT_PIO], space_pio_entry (NULL));      /* not the PD's first one                       */
    core_flushes[0] = 0;
    assert_int_equal (space_pio_delegate (s, &space_pio_nova, 0x80, 0, PERM_PIO_A, &progress), STATUS_SUCCESS);
    assert_int_not_equal (space_pio_entry (s), space_pio_entry (NULL));
    assert_int_equal (t[0][SLOT_PIO], space_pio_entry (s));
    assert_int_equal (t[1][SLOT_PIO], space_pio_entry (s));
    assert_int_equal (core_flushes[0], 1);
    assert_int_equal (byte (t[1][SLOT_PIO], 0x10), 0xfe);

    kobject_unref (&s->obj);                            /* no CPU keeps what goes away                              */
    core_settle();
    assert_int_equal (t[0][SLOT_PIO], space_pio_entry (NULL));
    assert_int_equal (t[1][SLOT_PIO], space_pio_entry (NULL));
    rlx_store (&cpu_local.root, 0);
    kobject_unref (&hst->obj), kobject_unref (&second->obj);
    core_settle();
    assert_int_equal (core_pages(), base);
}

static int group (void **state)
{
    (void)state;
    core_init (2);
    assert_int_equal (pd_create (&pd), STATUS_SUCCESS);
    return 0;
}

int main (void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test (failures),
        cmocka_unit_test (cpus),
        cmocka_unit_test (random_ports),
    };

    int const failed = cmocka_run_group_tests_name ("4 levels", tests, group, NULL);

    if (!failed)
        core_raise();

    return failed ? failed : cmocka_run_group_tests_name ("5 levels", tests, NULL, NULL);
}
