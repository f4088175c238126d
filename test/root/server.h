/* SPDX-License-Identifier: GPL-2.0-only */
/* Portal entries in assembly. They use no data, so that one page, mapped anywhere at the same address, is all that a PD needs. */
#pragma once

extern char const server_page[];                        /* the page that holds the functions below              */

/* For ECs of local_bare (), whose stack pointer is the UTCB. Each replies with four words and leaves the others alone. */
void server_add (void);                                 /* adds 1 to word 0                                     */
void server_tell (void);                                /* words 0, 1: PID, MTD                                 */
void server_call (void);                                /* hypercall with parameters in words 0...2; status: 0  */
