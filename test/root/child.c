/* SPDX-License-Identifier: GPL-2.0-only */
#include <child.h>
#include <server.h>

void child_new (struct child *c)
{
    uint64_t const page = (uintptr_t) server_page >> 12;

    domain_new (&c->domain);
    c->pt = sel_alloc (0);
    NEED (hyp_ctrl_pd (SEL_ROOT_HST, c->domain.hst, page, page, 0, PERM_MEM_R | PERM_MEM_XU, 0));
    NEED (hyp_create_pt (c->pt, sel_root_pd(), local_bare (c->domain.pd, 0), (uintptr_t) server_call));
}

enum status child_call (struct child const *c, uint64_t p0, uint64_t p1, uint64_t p2)
{
    uint32_t mtd = mtd_words (4);
    uint64_t *const w = worker->utcb->word;

    w[0] = p0;
    w[1] = p1;
    w[2] = p2;
    NEED (hyp_ipc_call (c->pt, &mtd));

    return (enum status) w[0];
}
