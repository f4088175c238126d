/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What one protection domain leaves behind, and another one finds. ECs of two domains fill all that is theirs - registers,
 * FPU state, UTCB - with patterns; after each kind of switch the other one's pattern is searched for in everything that an
 * EC can see. The second domain has the program at the same addresses, so that all functions work in both.
 *
 * isolation.c has the helpers and messages; isolation_event.c events; isolation_switch.c switches without a message, and
 * ECs that come and go; isolation_page.c pages and results; isolation_fpu.c the FPU; the architecture's isolation_arch.c what else it has.
 */
#pragma once

#include <witness.h>
#include <help.h>

/* Patterns: every 16 bits tell whose they are. PLAIN is sent on purpose. */
enum { OURS = 0xc3a5, THEIRS = 0x96b7, OTHERS = 0x5ad3, PLAIN = 0x1111 };

#define FILL(tag)   (UINT64_C (0x0001000100010001) * (tag))

struct iso_ec {
    struct thread   t;
    uint64_t        pt;                                 /* local EC: its portal                                 */
    bool            fresh;                              /* does not fill its UTCB                               */
    bool            event;                              /* answers events: the EC goes on at `ip`               */
    uint64_t        ip;
    unsigned        words;                              /* of a reply                                           */
    uint64_t        gate;                               /* semaphore that it waits for before it replies, or 0  */
    unsigned        served;
    uint64_t        got[UTCB_WORDS];                    /* its UTCB, as it found it                             */
};

extern struct domain iso_twin;

void        iso_setup (void);                           /* first of all in each test: a new iso_twin            */
void        iso_domain_make (struct domain *);
void        iso_give (uint64_t sel);                    /* a capability, to iso_twin at the same selector       */
uint64_t    iso_shared_sm (void);                       /* a semaphore for both domains                         */

/* d: null for the root domain. fn: null to begin at witness_start, with nothing but the instruction pointer set */
void        iso_ec_make (struct iso_ec *, struct domain const *d, unsigned flags, thread_fn *fn, void *arg);
void        iso_server_make (struct iso_ec *, struct domain const *);
void        iso_begin (struct iso_ec *, unsigned budget, unsigned prio);
void        iso_stack_back (void);                      /* of the last EC, which is gone                        */

void        iso_fill (uint64_t *, size_t words, uint16_t tag);
unsigned    iso_pieces (void const *, size_t size, uint16_t tag);               /* 16-bit pieces of the pattern  */
unsigned    iso_differ (uint64_t const *, size_t from, size_t to, uint64_t v);  /* words that are not v          */
void        iso_copy_seen (struct seen *);
void        iso_regs_fill (struct regs *, uint16_t tag);
unsigned    iso_regs_lost (struct regs const *, uint16_t tag);      /* that a hypercall must keep, and does not  */

/* ipc_call with the pattern in all registers, and behind the message in the UTCB */
void        iso_call (struct regs *, union utcb *, uint64_t pt, unsigned flags, unsigned words, uint16_t tag);

/*
 * Architecture: all state of the FPU, in an area as the CPU stores it. Full of a pattern, false: the test is left out; what is not as it
 * was loaded; what a new EC must have.
 */
enum { ISO_FPU_SIZE = 4096 };

bool        iso_fpu_prepare (void *, uint16_t tag);
void        iso_fpu_load (void const *);
void        iso_fpu_save (void *);
unsigned    iso_fpu_lost (void const *seen, void const *prepared, uint16_t tag);
void        iso_fpu_check_initial (void const *);

/*
 * Architecture: words of an event's UTCB. Those that an MTD names; the MTD bits of host ECs, and the rest; words that
 * tell nothing of an undefined instruction; of what is named, the words whose contents an EC with iso_regs_fill () has not.
 */
bool        iso_named (unsigned word, uint32_t mtd);
enum { ISO_MTDS = 6 };
extern uint32_t const iso_mtd[ISO_MTDS];
extern unsigned const iso_ip_word, iso_old_from, iso_old_to;
extern uint32_t const iso_old_mtd;                      /* names the old ones                                   */
unsigned    iso_event_wrong (uint64_t const *got, uint32_t mtd);
