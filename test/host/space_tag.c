/* SPDX-License-Identifier: GPL-2.0-only */
/* Tags of host spaces in the TLBs, with the real PCIDs: what a CPU must have been told when it gets tables of a space. */
#include <space_hst.h>

#include <core.h>
#include <cpu.h>
#include <pcid.h>
#include <pd.h>

static bool stale (unsigned cpu, uint64_t tag)
{
    struct cpu_arch const *const a = &cpu_remote[cpu]->arch;
    unsigned const n = (unsigned)(tag & ROOT_PCID);

    return rlx_load (&a->stale_pcid[n / 64]) >> n % 64 & rlx_load (&a->stale) >> n / 64 & 1;
}

/* A CPU that gets tables of a space has to forget what it knows by that tag: of the tag's last owner */
static void tags (void **state)
{
    (void)state;

    struct pd *pd;
    uint64_t tag = 0;

    core_init (CORE_CPUS);
    assert_int_equal (pd_create (&pd), STATUS_SUCCESS);
    pcid_enable();

    for (unsigned i = 0; i < 3; i++) {

        struct space_hst *s;

        assert_int_equal (space_hst_create (&s, pd), STATUS_SUCCESS);
        assert_true (s->tag & ROOT_KEEP && s->tag & ROOT_PCID);
        assert_true (!i || s->tag == tag);              /* the same again                                           */
        tag = s->tag;

        for (unsigned c = 0; c < CORE_CPUS; c++) {

            assert_false (stale (c, tag));
            paddr_t const root = space_hst_root (s, NULL, (cpu_t)c);
            assert_int_equal (root & ~HPT_ADDR, tag);
            assert_true (stale (c, tag));

            core_cpu (c);
            assert_int_equal (root_fresh (root), root & ~ROOT_KEEP);
            assert_false (stale (c, tag));
            assert_int_equal (root_fresh (root), root);
            assert_int_equal (space_hst_root (s, NULL, (cpu_t)c), root);
            assert_false (stale (c, tag));
        }

        core_cpu (0);
        kobject_unref (&s->obj);
        core_settle();
    }
}

int main (void)
{
    struct CMUnitTest const tests[] = { cmocka_unit_test (tags) };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
