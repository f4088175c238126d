/* SPDX-License-Identifier: GPL-2.0-only */
/* Most points come before there is a region of records. */
#include <boot_time.h>

#include <record.h>
#include <string.h>
#include <timer_arch.h>

static uint64_t at[BOOT_POINTS];                        /* 0: not reached yet                                       */
static struct record_boot *record;                      /* user space can write it: nothing is read from there      */

void boot_time (enum boot_point p)
{
    if (!at[p])
        at[p] = timer_now();

    if (record)
        record->time[p] = at[p];
}

void boot_time_publish (void)
{
    record = record_add (RECORD_BOOT, sizeof *record);

    if (record)
        memcpy (record->time, at, sizeof at);
}
