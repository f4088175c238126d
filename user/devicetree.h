/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads a flattened devicetree (Devicetree Specification 0.4, 2.3, 3 and 5). */
#pragma once

#include <root.h>
#include <stdbool.h>

/* Maps the tree at a physical address. False if there is none; then the functions below find nothing. */
bool        dt_open (uint64_t phys);

/* The i-th range of RAM, and of those that are not free: the tree itself, and what it reserves */
bool        dt_memory (unsigned i, struct range *);
bool        dt_reserved (unsigned i, struct range *);

/* /chosen: boot arguments ("" without), initial RAM disk */
char const *dt_bootargs (void);
bool        dt_initrd (struct range *);

/* What the first CPU calls itself, for example "arm,cortex-a57"; "" if nothing says it */
char const *dt_cpu (void);

/* What the machine calls itself; "" if nothing says it */
char const *dt_model (void);

/* An entry of reg of the first device with that binding */
bool        dt_device (char const *compatible, unsigned entry, struct range *);

/* Of the console of /chosen, if it is such a device: its physical address, and the pin that is its first interrupt, a shared peripheral
 * interrupt of a GIC, counted from 0 */
bool        dt_console (char const *compatible, uint64_t *addr);
bool        dt_console_pin (char const *compatible, unsigned *pin);
