/* SPDX-License-Identifier: GPL-2.0-only */
/* Contract of kernel/tlb.c: interrupts another CPU, whose tlb_serve() then runs. */
#pragma once

#include <cpu.h>

void ipi_tlb (cpu_t);
