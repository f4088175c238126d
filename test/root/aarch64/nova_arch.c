/* SPDX-License-Identifier: GPL-2.0-only */
#include <nova_arch.h>
#include <stddef.h>

struct deviation const deviation_arch[] = {
    { NULL, NULL, NULL, NULL },
};
