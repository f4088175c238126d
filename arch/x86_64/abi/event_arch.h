/* SPDX-License-Identifier: GPL-2.0-only */
/* Event-specific selectors on x86 (interface specification, 8.6). Shared with user space. */
#pragma once

enum {
    EVENT_HST_ARCH      = 32,                           /* SELHST/ARCH: host exceptions 0x00...0x1f             */
    EVENT_HST_NOVA      = 2,                            /* SELHST/NOVA: startup, recall                         */
    EVENT_GST_ARCH      = 256,                          /* SELGST/ARCH                                          */
    EVENT_GST_NOVA      = 2,                            /* SELGST/NOVA                                          */
    EVENT_STARTUP       = 0,                            /* added to SELHST/ARCH or SELGST/ARCH                  */
    EVENT_RECALL        = 1,

    EXC_DE = 0, EXC_DB = 1, EXC_NMI = 2, EXC_BP = 3, EXC_OF = 4, EXC_BR = 5, EXC_UD = 6, EXC_NM = 7, EXC_DF = 8,
    EXC_TS = 10, EXC_NP = 11, EXC_SS = 12, EXC_GP = 13, EXC_PF = 14, EXC_MF = 16, EXC_AC = 17, EXC_MC = 18, EXC_XM = 19,
    EXC_VE = 20, EXC_CP = 21,
};
