/* SPDX-License-Identifier: GPL-2.0-only */
/* Permission bits of capabilities (interface specification, 4.1). Shared with user space. */
#pragma once

enum {
    PERM_BITS       = 5,                            /* width of the permission field of every capability    */
    PERM_MASK       = (1 << PERM_BITS) - 1,

    /* Space capabilities: object, host, guest, DMA, PIO, MSR */
    PERM_SP_GRANT   = 1 << 0,
    PERM_SP_TAKE    = 1 << 1,
    PERM_SP_ASSIGN  = 1 << 2,
    PERM_OBJ_ALL    = PERM_SP_GRANT | PERM_SP_TAKE,
    PERM_HST_ALL    = PERM_SP_GRANT | PERM_SP_TAKE,
    PERM_GST_ALL    = PERM_SP_GRANT | PERM_SP_ASSIGN,
    PERM_DMA_ALL    = PERM_SP_GRANT | PERM_SP_ASSIGN,
    PERM_PIO_ALL    = PERM_SP_GRANT | PERM_SP_TAKE | PERM_SP_ASSIGN,
    PERM_MSR_ALL    = PERM_SP_GRANT | PERM_SP_TAKE | PERM_SP_ASSIGN,

    /* Protection domain capability */
    PERM_PD_PD      = 1 << 0,
    PERM_PD_EC      = 1 << 1,
    PERM_PD_SC      = 1 << 2,
    PERM_PD_PT      = 1 << 3,
    PERM_PD_SM      = 1 << 4,
    PERM_PD_ALL     = PERM_PD_PD | PERM_PD_EC | PERM_PD_SC | PERM_PD_PT | PERM_PD_SM,

    /* Execution context capability */
    PERM_EC_CTRL    = 1 << 0,
    PERM_EC_BIND_PT = 1 << 2,
    PERM_EC_BIND_SC = 1 << 3,
    PERM_EC_ALL     = PERM_EC_CTRL | PERM_EC_BIND_PT | PERM_EC_BIND_SC,

    /* Scheduling context capability */
    PERM_SC_CTRL    = 1 << 0,
    PERM_SC_ALL     = PERM_SC_CTRL,

    /* Portal capability */
    PERM_PT_CTRL    = 1 << 0,
    PERM_PT_CALL    = 1 << 1,
    PERM_PT_EVENT   = 1 << 2,
    PERM_PT_ALL     = PERM_PT_CTRL | PERM_PT_CALL | PERM_PT_EVENT,

    /* Semaphore capability; ASSIGN exists for interrupt semaphores only */
    PERM_SM_UP      = 1 << 0,
    PERM_SM_DN      = 1 << 1,
    PERM_SM_ASSIGN  = 1 << 4,
    PERM_SM_ALL     = PERM_SM_UP | PERM_SM_DN,
    PERM_SM_INT     = PERM_SM_DN | PERM_SM_ASSIGN,

    /* Memory capability */
    PERM_MEM_R      = 1 << 0,
    PERM_MEM_W      = 1 << 1,
    PERM_MEM_XU     = 1 << 2,
    PERM_MEM_XS     = 1 << 3,

    /* Port I/O capability */
    PERM_PIO_A      = 1 << 0,

    /* MSR capability */
    PERM_MSR_R      = 1 << 0,
    PERM_MSR_W      = 1 << 1,
};
