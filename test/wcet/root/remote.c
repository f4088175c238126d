/* SPDX-License-Identifier: GPL-2.0-only */
/* What one CPU hands over to another in great numbers: new SCs, wake-ups, deaths. Nothing with one CPU. */
#include <wcet.h>

SCENARIO (remote)
{
    static struct crowd crowd;
    unsigned const cpu = root.hip->cpu_bsp ? 0 : 1;
    uint64_t const sm = sel_alloc (0);

    if (root.hip->cpu_num < 2)
        return;

    NEED (hyp_create_sm (sm, sel_root_pd(), 0));

    for (unsigned turn = 0; turn < 2; turn++) {

        crowd_new (&crowd, cpu, crowd_events (cpu));
        crowd_start (&crowd, id_down (sm), 0);

        if (turn)
            NEED (sel_revoke (sm, 0));                  /* all of them are made ready by this CPU               */
        else
            for (unsigned i = 0; i < crowd_size; i++)
                NEED (hyp_sm_up (sm));

        sleep_ms (50);
        crowd_expect (turn ? STATUS_ABORTED : STATUS_SUCCESS, crowd_size);
        crowd_end (&crowd);
    }
}
