/* SPDX-License-Identifier: GPL-2.0-only */
/* When boot came where: counter readings, for RECORD_BOOT. Boot CPU only. */
#pragma once

#include <abi/record.h>

/* This point is reached now; the first time counts. From the first C function on. */
void boot_time (enum boot_point);

/* After record_init(): adds the record, which has all points that are noted before and after */
void boot_time_publish (void);
