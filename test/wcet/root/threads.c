/* SPDX-License-Identifier: GPL-2.0-only */
/* Many threads at once: timeouts, semaphores, busy servers, deaths. */
#include <mem.h>
#include <portal.h>
#include <wcet.h>

static struct crowd crowd;

static uint64_t sm_new (uint64_t count)
{
    uint64_t const sm = sel_alloc (0);

    NEED (hyp_create_sm (sm, sel_root_pd(), count));

    return sm;
}

/* All of them are due at the same moment. */
SCENARIO (timeouts)
{
    uint64_t const sm = sm_new (0);
    unsigned const cpu = root.hip->cpu_bsp;

    crowd_new (&crowd, cpu, crowd_events (cpu));
    crowd_start (&crowd, id_down (sm), stc_read() + root.hip->stc_freq / 1000 * 60);
    sleep_ms (60);
    crowd_expect (STATUS_TIMEOUT, crowd_size);
    crowd_end (&crowd);
}

/* A semaphore goes, and all who wait for it go on. */
SCENARIO (sm_death)
{
    uint64_t const sm = sm_new (0);
    unsigned const cpu = root.hip->cpu_bsp;

    crowd_new (&crowd, cpu, crowd_events (cpu));
    crowd_start (&crowd, id_down (sm), 0);
    NEED (sel_revoke (sm, 0));
    sleep_ms (20);
    crowd_expect (STATUS_ABORTED, crowd_size);
    crowd_end (&crowd);
}

static uint64_t server_sm, server_pt, server_ec;

static void server_new (void)
{
    uint64_t const utcb = mem_window (1, 0);

    server_sm = sm_new (0);
    server_ec = sel_alloc (0);
    server_pt = sel_alloc (0);
    NEED (hyp_create_ec (0, server_ec, sel_root_pd(), utcb >> 12, root.hip->cpu_bsp, 0, 0));
    NEED (hyp_create_pt (server_pt, sel_root_pd(), server_ec, (uintptr_t) stub_relay));
    NEED (hyp_ctrl_pt (server_pt, id_down (server_sm), 0));
}

/* All call one server, which waits for a semaphore each time: their SCs wait in it, go on together, and find it waiting again. */
SCENARIO (waiting)
{
    unsigned const cpu = root.hip->cpu_bsp;

    server_new();
    crowd_new (&crowd, cpu, crowd_events (cpu));
    crowd_start (&crowd, id_call (server_pt), 0);

    for (unsigned i = 0; i < 3; i++) {
        NEED (hyp_sm_up (server_sm));
        sleep_ms (20);
    }

    crowd_expect (STATUS_SUCCESS, crowd_size < 3 ? crowd_size : 3);
    crowd_end (&crowd);
    NEED (sel_revoke (server_pt, 0));
    NEED (sel_revoke (server_ec, 0));
    sleep_ms (10);
}

/* The server that they wait in dies. */
SCENARIO (waiting_death)
{
    unsigned const cpu = root.hip->cpu_bsp;

    server_new();
    crowd_new (&crowd, cpu, crowd_events (cpu));
    crowd_start (&crowd, id_call (server_pt), 0);
    NEED (sel_revoke (server_pt, 0));
    NEED (sel_revoke (server_ec, 0));
    sleep_ms (20);
    crowd_expect (STATUS_ABORTED, 1);                   /* whom it served; the others find no portal            */
    crowd_expect (STATUS_BAD_CAP, crowd_size - 1);
    crowd_end (&crowd);
}

/* Nobody handles the startup event: all die at once, each with a line on the console. */
SCENARIO (no_handler)
{
    crowd_new (&crowd, root.hip->cpu_bsp, sel_alloc (6));
    crowd_start (&crowd, 0, 0);
    sleep_ms (200);
    crowd_end (&crowd);
}
