/* SPDX-License-Identifier: GPL-2.0-only */
/* Server sides in assembly (server.S of the architecture), and protection domains to put them in. */
#pragma once

#include <bench.h>

extern char const server_page[];                        /* the page that holds the functions below              */

void server_reply (void);
void server_invert (void);
void server_skip (void);
void server_pingpong (void *);

/* A child protection domain; selectors */
struct child {
    uint64_t    pd, obj, hst, pio;
};

/* Creates a PD and its spaces, and maps server_page there */
bool child_create (struct bench_run *, struct child *);

/* Creates a local EC without stack on the CPU of the worker, its stack pointer is its UTCB. pd: selector */
bool server_create (struct bench_run *, uint64_t *ec, uint64_t pd, uint64_t evt);
