/* SPDX-License-Identifier: GPL-2.0-only */
/* One more probe (probe.h): reads a byte from a port. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

bool probe_in (uint16_t port);
