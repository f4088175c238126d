/* SPDX-License-Identifier: GPL-2.0-only */
/* Records that the kernel offers beyond the interface specification (abi/record.h). */
#pragma once

#include <abi/record.h>
#include <stdint.h>

/* The first record of that type; null if the kernel has none (NOVA has none at all). Maps the region the first time. */
void *      record_find (uint32_t type);

/* Free pages of the kernel's memory, and deleted objects that will still give some back; 0 without a record */
uint64_t    record_memory_free (void);
uint64_t    record_memory_waiting (void);

/* Traces of the IPC fast path: of all CPUs, and the ring of one. Null if the kernel was not booted with trace=ipc, or knows no such CPU */
struct record_trace *record_trace (void);
struct trace_ring * record_trace_ring (unsigned cpu);

/* What privileged registers say of the boot CPU, or null */
struct record_platform const *record_platform (void);

/* What SMBIOS says of the machine, or null: then no tables of UEFI do, and user space finds those of a BIOS (board.h) */
struct record_board const *record_board (void);

/* When boot came where; null if there is no such record, or one that is too short for the points that are known */
struct record_boot const *record_boot (void);

/* The screen, null if there is none */
struct record_screen const *record_screen (void);
