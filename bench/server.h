/* SPDX-License-Identifier: GPL-2.0-only */
/* Server sides in assembly (server.S of the architecture), and protection domains to put them in. */
#pragma once

#include <bench.h>

extern char const server_page[];                        /* the page that holds the functions below              */

void server_reply (void);
void server_invert (void);
void server_skip (void);
void server_pingpong (void *);
void server_hypercall (void);
void server_caller (void *);
void server_fpu (void);
void server_stamp (void);
void server_delay_stamp (void);
void server_stamp_delay (void);
void server_stamp_skip (void);
void server_delay_stamp_skip (void);
void server_skip_stamp (void);
void server_skip_stamp_delay (void);
void server_map (void);
void server_start (void);
void server_return (void);

/* The same, later by as many ticks as the PID of the portal says */
void server_delay_reply (void);
void server_delay_skip (void);
void server_delay_pingpong (void *);

/* A child protection domain; selectors */
struct child {
    uint64_t    pd, obj, hst, pio;
};

/* Creates a PD and its spaces, and maps server_page there */
bool child_create (struct bench_run *, struct child *);

/* Creates a local EC without stack on the CPU of the worker, its stack pointer is its UTCB. pd: selector */
bool server_create (struct bench_run *, uint64_t *ec, uint64_t pd, uint64_t evt);

/* The same, on any CPU, with flags of create_ec. Returns the address of the UTCB in that PD, 0 on failure. */
uintptr_t server_create_on (struct bench_run *, uint64_t *ec, uint64_t pd, uint64_t evt, unsigned flags, unsigned cpu);
