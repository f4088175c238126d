/* SPDX-License-Identifier: GPL-2.0-only */
/* The record of facts; what they are is the architecture's. */
#include <facts.h>

#include <record.h>

void facts_publish (void)
{
    struct record_platform *const p = record_add (RECORD_PLATFORM, sizeof *p);

    if (p)
        facts_arch (p);
}
