/* SPDX-License-Identifier: GPL-2.0-only */
/* The end of a root task that cannot go on. */
#pragma once

#include <abi/status.h>

enum { PANIC_EXIT = 0x3f };                             /* machine_exit () value: QEMU's exit status is 127     */

_Noreturn void panic (char const *fmt, ...) __attribute__ ((format (printf, 1, 2)));

char const *status_name (enum status);                  /* "SUCCESS", ..., "?"                                  */

/* For what must work: panics with the call and the name of the status otherwise */
#define MUST(call)                                                                                                          \
    do {                                                                                                                    \
        enum status const must_status = (call);                                                                             \
        if (must_status != STATUS_SUCCESS)                                                                                  \
            panic ("%s:%d: %s: %s", __FILE__, __LINE__, #call, status_name (must_status));                                  \
    } while (0)
