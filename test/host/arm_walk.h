/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A CPU of aarch64 that walks tables of the 4 KiB granule, written from the manual (Arm ARM, D8.2 and D8.3, and the pseudocode of
 * AArch64.S1Walk and S2Walk, J1.1.5). A value that a register must not have fails the test; one that a descriptor must not have is WRONG.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum fault { NONE, TRANSLATION, ADDRESS_SIZE, ACCESS_FLAG, WRONG };

struct walk {
    enum fault fault;
    unsigned   level;                                   /* of the fault or of the leaf, by the architecture's numbers */
    uint64_t   pa, leaf;                                /* leaf: the descriptor                                     */
    uint64_t   above;                                   /* all descriptors of tables, ORed                          */
    unsigned   type, sh;                                /* type: MemAttr of stage 2, AttrIndx of stage 1            */
    unsigned   s2ap, xn;                                /* stage 2                                                  */
    unsigned   ap;                                      /* stage 1: AP[2:1]                                         */
    bool       pxn, uxn, ng;
};

extern unsigned const arm_pa_bits[7];                   /* by PARange, PS and IPS                                   */

/* Bits high ... low */
static inline uint64_t bits_of (uint64_t v, unsigned high, unsigned low) { return v >> low & (~UINT64_C (0) >> (63 - (high - low))); }

struct walk walk_stage2 (uint64_t vtcr, uint64_t vttbr, uint64_t ipa);

/* Of the lower range of a regime with two, without FEAT_LPA2 and FEAT_LVA */
struct walk walk_stage1 (uint64_t tcr, uint64_t ttbr0, uint64_t va);
