/* SPDX-License-Identifier: GPL-2.0-only */
/* A protection domain with a server that makes hypercalls for others. */
#pragma once

#include <help.h>

struct child {
    struct domain   domain;
    uint64_t        pt;
};

void        child_new (struct child *);
enum status child_call (struct child const *, uint64_t p0, uint64_t p1, uint64_t p2);
