/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Port I/O space: a bitmap of 64 Ki ports, a clear bit permits (Intel SDM 1, 19.5.2). The bitmap of the PD's first PIO space
 * is mapped behind the TSS of every CPU while an EC of that PD runs, so that switching spaces switches the ports.
 */
#pragma once

#include <abi/status.h>
#include <base/macros.h>
#include <kobject.h>
#include <spinlock.h>

#define SPACE_PIO_REQUIRED  1
#define PIO_PORTS           65536U

struct pd;

struct space_pio {
    struct kobject    obj;
    struct pd        *pd;                               /* reference; null for the NOVA PIO space                   */
    _Atomic (uint64_t) *_Atomic bitmap;                 /* 2 pages; null: no ports. Ordering: release by the one who sets it, under
                                                           lock, acquire by everyone else                           */
    uint64_t         *table[4];                         /* hpt_levels - 1 tables of slot 510, from its level down; lock */
    struct spinlock   lock;
};

extern struct space_pio space_pio_nova;

/* Boot: shared tables for spaces without ports */
enum status space_pio_init (void) MUST_CHECK;

/* Boot: there is a fifth level now, and no PIO space but NOVA's. MEM_OBJ. */
enum status space_pio_raise (void) MUST_CHECK;

enum status space_pio_create (struct space_pio **out, struct pd *) MUST_CHECK;     /* BAD_CAP, MEM_OBJ               */
void        space_pio_unlink (struct kobject *);
bool        space_pio_retire (struct kobject *);

/* Boot: a port that nobody gets */
void        space_pio_protect (uint16_t port);

/*
 * Ports [base, base + 2^ord). Continues at *progress (ports done) and stores there how far it came. SUCCESS, MEM_CAP; SYS_DEFER (-1):
 * interrupted, to be called again.
 */
long        space_pio_delegate (struct space_pio *dst, struct space_pio *src, uint64_t base, unsigned ord, unsigned pmm,
                                uint64_t *progress) MUST_CHECK;

/* Top-level entry for slot 510; pio may be null */
uint64_t    space_pio_entry (struct space_pio const *);
