/* SPDX-License-Identifier: GPL-2.0-only */
/* ctrl_pd between PIO spaces, and what IN does then */
#include <help.h>
#include <probe.h>
#include <probe_in.h>

enum { PORT = 0x80, PM1A_CNT_Q35 = 0x604 };             /* the option pm1a= names that of another machine       */

static enum status grant (uint64_t port, unsigned ord, unsigned pmm)
{
    return hyp_ctrl_pd (SEL_NOVA_PIO, SEL_ROOT_PIO, port, port, ord, pmm, 0);
}

static void access (void)
{
    check (!probe_in (PORT), "no port is accessible at first");
    check_eq (probe_fault.vector, EXC_GP, "IN: #GP");
    check_status (grant (PORT, 0, PERM_PIO_A), STATUS_SUCCESS, "grants a port");
    check (probe_in (PORT), "IN works");
    check (!probe_in (PORT + 1), "not on the next port");
    check (!probe_in (PORT - 1), "nor on the one before");
    check_status (grant (PORT, 0, 0), STATUS_SUCCESS, "revokes it");
    check (!probe_in (PORT), "IN: #GP again");
    check_status (grant (PORT, 0, PERM_MASK & ~PERM_PIO_A), STATUS_SUCCESS, "grants it without A");
    check (!probe_in (PORT), "IN: #GP");
}

static void order (void)
{
    check_status (grant (0x1000, 4, PERM_MASK), STATUS_SUCCESS, "grants 16 ports");
    check (probe_in (0x1000) && probe_in (0x1007) && probe_in (0x100f), "IN works");
    check (!probe_in (0x0fff) && !probe_in (0x1010), "not beside them");
    check_status (grant (0x1008, 3, 0), STATUS_SUCCESS, "revokes 8 of them");
    check (probe_in (0x1007) && !probe_in (0x1008) && !probe_in (0x100f), "and no others");
    check_status (grant (0x1000, 3, 0), STATUS_SUCCESS, "revokes the rest");
    check_status (grant (0xf000, 12, PERM_MASK), STATUS_SUCCESS, "grants the last 4096 ports");
    check (probe_in (0xf000), "IN works on the first one");
    check (probe_in (0xfffe), "IN works on the last but one");
    check (probe_in (0xffff), "IN works on the last one");
    check_status (grant (0xf000, 12, 0), STATUS_SUCCESS, "revokes them");
    check (!probe_in (0xffff) && !probe_in (0xf000), "IN: #GP");
}

static void self (void)
{
    NEED (grant (PORT, 0, PERM_MASK));
    check_status (hyp_ctrl_pd (SEL_ROOT_PIO, SEL_ROOT_PIO, PORT, PORT, 0, 0, 0), STATUS_SUCCESS,
                  "takes a port from oneself");
    check (!probe_in (PORT), "it is gone");
    check_status (hyp_ctrl_pd (SEL_ROOT_PIO, SEL_ROOT_PIO, PORT, PORT, 0, PERM_MASK, 0), STATUS_SUCCESS,
                  "a null capability from oneself");
    check (!probe_in (PORT), "stays one");
}

static void bad_par (void)
{
    uint64_t const n = SEL_NOVA_PIO, r = SEL_ROOT_PIO;

    check_status (hyp_ctrl_pd (n, r, PORT, PORT + 1, 0, PERM_MASK, 0), STATUS_BAD_PAR,
                  "other port in the destination: BAD_PAR");
    check_status (grant (0x1001, 1, PERM_MASK), STATUS_BAD_PAR, "not aligned to the order: BAD_PAR");
    check_status (grant (0x10000, 0, PERM_MASK), STATUS_BAD_PAR, "port 0x10000: BAD_PAR");
    check_status (grant (0, 17, 0), STATUS_BAD_PAR, "order 17: BAD_PAR");
    check_status (grant (~UINT64_C (0) >> 12, 0, PERM_MASK), STATUS_BAD_PAR, "largest selector: BAD_PAR");
}

static void bad_cap (void)
{
    struct domain d;

    domain_new (&d);
#define CTRL(src, dst) hyp_ctrl_pd (src, dst, PORT, PORT, 0, PERM_MASK, 0)
    check_status (CTRL (sel_alloc (0), SEL_ROOT_PIO), STATUS_BAD_CAP, "source is a null capability: BAD_CAP");
    check_status (CTRL (SEL_NOVA_PIO, sel_alloc (0)), STATUS_BAD_CAP, "destination is a null capability: BAD_CAP");
    check_status (CTRL (SEL_NOVA_PIO, SEL_ROOT_HST), STATUS_BAD_CAP, "destination is a host space: BAD_CAP");
    check_status (CTRL (SEL_NOVA_HST, SEL_ROOT_PIO), STATUS_BAD_CAP, "source is a host space: BAD_CAP");
    check_status (CTRL (SEL_ROOT_PIO, SEL_NOVA_PIO), STATUS_BAD_CAP, "to the NOVA PIO space: BAD_CAP");
    check_status (CTRL (cap_with (SEL_ROOT_PIO, PERM_SP_GRANT), d.pio), STATUS_BAD_CAP,
                  "source without permission TAKE: BAD_CAP");
    check_status (CTRL (SEL_NOVA_PIO, cap_with (d.pio, PERM_PIO_ALL & ~PERM_SP_GRANT)), STATUS_BAD_CAP,
                  "destination without permission GRANT: BAD_CAP");
    check_status (CTRL (SEL_NOVA_PIO, d.pio), STATUS_SUCCESS, "into another PD");
    check (!probe_in (PORT), "does not give it to this one");
    check_status (CTRL (d.pio, SEL_ROOT_PIO), STATUS_SUCCESS, "and from there to this one");
    check (probe_in (PORT), "does");
    NEED (grant (PORT, 0, 0));
#undef CTRL
}

static void protected (void)
{
    uint16_t const pm1a = (uint16_t)root_option_number ("pm1a", PM1A_CNT_Q35);

    check_status (grant (pm1a, 0, PERM_MASK), STATUS_SUCCESS, "grants PM1a_CNT");
    check (!probe_in (pm1a), "which is a null capability");
    check_status (grant (pm1a & ~0xf, 4, PERM_MASK), STATUS_SUCCESS, "grants ports around it");
    check (!probe_in (pm1a) && probe_in (pm1a - 4), "it stays one");
    NEED (grant (pm1a & ~0xf, 4, 0));
}

static struct test const test[] = {
    { "access", access }, { "order", order }, { "self", self }, { "bad_par", bad_par }, { "bad_cap", bad_cap },
    { "protected", protected },
};

TESTS ("ctrl_pd_pio", test);
