/* SPDX-License-Identifier: GPL-2.0-only */
#include <nova_arch.h>
#include <stddef.h>

struct deviation const deviation_arch[] = {
    { "ctrl_pd_hst", "protected", "interrupt translation of the GIC", "leaves the ITS to root tasks" },
    { NULL, NULL, NULL, NULL },
};
