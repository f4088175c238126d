/* SPDX-License-Identifier: GPL-2.0-only */
/* What the root task knows about itself and the machine, and the selectors of its object space. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <abi/hip.h>
#include <abi/perm.h>
#include <abi/root.h>
#include <abi/status.h>
#include <abi/utcb.h>

#define ROOT_CMDLINE    1024                            /* bytes kept of each command line                      */
#define ROOT_RANGES     64                              /* free memory ranges kept                              */
#define ROOT_MODULES    16                              /* boot modules kept                                    */

/* Selectors in the root object space. Events of the root EC: 0...SELHST/ARCH + SELHST/NOVA - 1. From SEL_FREE: sel_alloc () */
enum {
    SEL_EVENT       = 0,
    SEL_NOVA_HST    = 0x80,
    SEL_NOVA_PIO    = 0x81,
    SEL_NOVA_MSR    = 0x82,
    SEL_ROOT_HST    = 0x83,
    SEL_ROOT_PIO    = 0x84,
    SEL_CONSOLE_SM  = 0x85,
    SEL_FREE        = 0x100,
};

/* Physical: start <= address < end */
struct range {
    uint64_t    start, end;
};

struct root_env {
    struct hip const *  hip;
    union utcb *        utcb;                           /* of the root EC                                       */
    uint64_t            started;                        /* system time counter at its begin                     */
    uint64_t            boot_magic, boot_addr;          /* Multiboot magic and information structure, or what else the
                                                           boot loader left in those two registers              */
    char                args[ROOT_CMDLINE];             /* command line of the root module                      */
    char                kernel_args[ROOT_CMDLINE];      /* command line of the kernel                           */
    struct range        module[ROOT_MODULES];           /* module 0 is the root task                            */
    char                module_args[ROOT_MODULES][128];
    unsigned            modules;
    struct range        ram[ROOT_RANGES];               /* RAM that no module, kernel or firmware uses          */
    unsigned            rams;
};

extern struct root_env root;

static inline uint64_t sel_nova_obj (void) { return root.hip->sel_num - ROOT_SEL_NOVA_OBJ; }
static inline uint64_t sel_root_obj (void) { return root.hip->sel_num - ROOT_SEL_ROOT_OBJ; }
static inline uint64_t sel_root_pd  (void) { return root.hip->sel_num - ROOT_SEL_PD; }
static inline uint64_t sel_root_ec  (void) { return root.hip->sel_num - ROOT_SEL_EC; }
static inline uint64_t sel_root_sc  (void) { return root.hip->sel_num - ROOT_SEL_SC; }

/* Reserves 2^ord free selectors, aligned to 2^ord. Not thread-safe. They do not come back: use them again after sel_revoke (). */
uint64_t    sel_alloc (unsigned ord);

/* Makes 2^ord selectors null capabilities */
enum status sel_revoke (uint64_t sel, unsigned ord);

/* Physical memory that is free: whole pages above 1 MiB, where firmware and start-up code of other CPUs are not */
void        ram_add (uint64_t start, uint64_t end);
void        ram_remove (uint64_t start, uint64_t end);

/* Called by start () in this order */
void        root_init (uint64_t magic, uint64_t addr, struct hip const *);
void        root_take_caps (void);                      /* SEL_NOVA_HST...SEL_CONSOLE_SM                        */

/* Copies the value of the word KEY=VALUE of the module's, else the kernel's command line; "" for a bare word KEY; else NULL. */
char const *root_option (char const *key, char *buf, size_t size);
uint64_t    root_option_number (char const *key, uint64_t otherwise);  /* decimal, or hexadecimal after 0x       */

/* The root task itself; its return value goes to machine_exit () */
int         main (void);
