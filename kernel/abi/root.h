/* SPDX-License-Identifier: GPL-2.0-only */
/* Well-known selectors, counted down from SELNUM (interface specification, 6.1.3.1 and 6.2.3.1). Shared with user space. */
#pragma once

/* Root object space: selector SELNUM - ROOT_SEL_x */
enum {
    ROOT_SEL_NOVA_OBJ   = 1,
    ROOT_SEL_ROOT_OBJ   = 2,
    ROOT_SEL_PD         = 3,
    ROOT_SEL_EC         = 4,
    ROOT_SEL_SC         = 5,
};

/* NOVA object space: selector SELNUM - NOVA_SEL_x */
enum {
    NOVA_SEL_CONSOLE    = 1,
    NOVA_SEL_NOVA_OBJ   = 2,
    NOVA_SEL_NOVA_HST   = 3,
    NOVA_SEL_NOVA_PIO   = 4,
    NOVA_SEL_NOVA_MSR   = 5,
    NOVA_SEL_ROOT_OBJ   = 6,
    NOVA_SEL_ROOT_HST   = 7,
    NOVA_SEL_ROOT_PIO   = 8,
};

/* NOVA object space: interrupt semaphores from here, idle scheduling contexts from 0 */
#define NOVA_SEL_INT    (1 << 16)
