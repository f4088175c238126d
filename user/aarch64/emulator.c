/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Arm semihosting: QEMU with -semihosting-config enable=on,userspace=on ends with the status it is given. Elsewhere the instruction is
 * undefined, so it is executed by a local EC, on the caller's CPU, that is killed there; the caller goes on.
 */
#include <exit.h>
#include <hypercall.h>
#include <portal.h>
#include <root.h>
#include <stdbool.h>

enum { SYS_EXIT = 0x18, ADP_STOPPED_APPLICATION_EXIT = 0x20026 };      /* Semihosting for AArch32 and AArch64, 2.0      */

static uint64_t volatile block[2];

static uint32_t semihost (struct portal *p, union utcb *u, uint32_t mtd)
{
    register uint64_t op  __asm__ ("x0") = SYS_EXIT;
    register uint64_t arg __asm__ ("x1") = (uintptr_t) block;

    (void) p;
    (void) u;

    __asm__ volatile ("hlt #0xf000" : "+r" (op) : "r" (arg) : "memory");

    return mtd;
}

void emulator_exit (unsigned value)
{
    static struct thread thread;
    static struct portal portal;
    bool called = false;
    uint32_t mtd = 0;

    block[0] = ADP_STOPPED_APPLICATION_EXIT;
    block[1] = value << 1 | 1;

    /* Which CPU is this? A portal of another one refuses the call. */
    for (unsigned cpu = 0; cpu < root.hip->cpu_num && !called; cpu++)
        called = thread_create_local (&thread, 0, cpu) == STATUS_SUCCESS &&
                 portal_create (&portal, 0, &thread, semihost, NULL, 0) == STATUS_SUCCESS &&
                 hyp_ipc_call (portal.sel, &mtd) != STATUS_BAD_CPU;

    if (!called)                                        /* no memory, and nothing else to lose                  */
        semihost (NULL, NULL, 0);
}
