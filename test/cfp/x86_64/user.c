/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A root task under indirect-branch tracking, which a test kernel has switched on for user mode: it jumps to where no ENDBR64 is, and
 * its own handler of event 21 sees #CP, error code 3. From nothing but the interface specification, like user/example/bare.c: all
 * that the runtime would call through pointers has no ENDBR64.
 */
#include <pio.h>
#include <stdint.h>

enum { COM1 = 0x3f8, QEMU_EXIT = 0xf4, BOCHS_EXIT = 0x8900 };
enum { CREATE_EC = 3, CREATE_PT = 5, CTRL_PD = 7, CTRL_PT = 10 };       /* hypercall numbers (5.1.1)            */
enum { EVENT_CP = 21, NOVA_PIO = 0x100, ROOT_PIO, HANDLER };            /* selectors: events of the root EC begin at 0  */
enum { MTD_RIP = 1 << 4, MTD_QUAL = 1 << 6, CP_ENDBRANCH = 3 };

#define UTCB    UINT64_C (0x20000000)

static char stack[2][4096] __attribute__ ((aligned (4096), used, section (".data")));

/* The handler enters with RSP as its EC was made; every reply leaves RSP as it was (8.8). Both entry and resumed have an ENDBR64, since
 * the CPU still waits for one in IA32_U_CET, which belongs to the CPU, not to an EC (SDM 1, 17.3.4). */
__asm__ (".globl _start, entry, nowhere, resumed\n"
         "_start:  mov %rsp, %rdi\n"
         "         lea stack + 4096(%rip), %rsp\n"
         "         call start\n"
         "entry:   endbr64\n"
         "         call handle\n"
         "         mov %eax, %esi\n"
         "         mov $1, %edi\n"
         "         syscall\n"
         "         ud2\n"
         "nowhere: ud2\n"
         "resumed: endbr64\n"
         "         and $-16, %rsp\n"
         "         call end\n");

extern char const entry[], nowhere[], resumed[];

struct call { uint64_t p0, p1, p2, p3, p4; };

static unsigned hypercall (struct call c)
{
    register uint64_t p0 __asm__ ("rdi") = c.p0;
    register uint64_t p1 __asm__ ("rsi") = c.p1;
    register uint64_t p2 __asm__ ("rdx") = c.p2;
    register uint64_t p3 __asm__ ("rax") = c.p3;
    register uint64_t p4 __asm__ ("r8")  = c.p4;

    __asm__ volatile ("syscall" : "+r" (p0), "+r" (p1), "+r" (p2), "+r" (p3), "+r" (p4) : : "rcx", "r11", "memory");

    return p0 & 0xff;
}

static unsigned take (uint64_t src, uint64_t dst, uint64_t ssb, uint64_t dsb, unsigned ord, unsigned pmm)
{
    return hypercall ((struct call) { src << 8 | CTRL_PD, dst, ssb << 12 | ord, dsb << 12 | pmm, 0 });
}

static void say (char const *text)
{
    for (; *text; text++) {
        while (!(pio_in8 (COM1 + 5) & 0x20)) ;            /* transmitter empty                                    */
        pio_out8 (COM1, (uint8_t)*text);
    }
}

/* gpr[16], rflags, rip, 16 bytes, qual[3] (8.7.3) */
__attribute__ ((used)) unsigned handle (void)
{
    uint64_t *const rip = (uint64_t *)(UTCB + 0x88), *const qual = (uint64_t *)(UTCB + 0xa0);
    char error[] = { (char)('0' + *qual % 10), 0 };

    say ("user: event 21, error ");
    say (error);
    say (*rip == (uint64_t)nowhere ? " where it jumped to\r\n" : " elsewhere\r\n");

    *rip = (uint64_t)(*qual == CP_ENDBRANCH && *rip == (uint64_t)nowhere ? resumed : nowhere);

    return MTD_RIP;
}

_Noreturn __attribute__ ((used)) void end (void)
{
    say ("user: went on\r\n");

    for (char const *text = "Shutdown"; *text; text++)
        pio_out8 (BOCHS_EXIT, (uint8_t)*text);

    pio_out8 (QEMU_EXIT, 0);

    for (;;) ;
}

_Noreturn __attribute__ ((used)) void start (uint64_t const *hip)
{
    uint64_t const sel_num = hip[0x58 / 8];              /* 6.3                                          */
    uint64_t const nova_obj = sel_num - 1, root_obj = sel_num - 2, root_pd = sel_num - 3;   /* 6.2.3.1           */

    /* The PIO spaces are in the NOVA object space (6.1.3.1) */
    if (!take (nova_obj, root_obj, sel_num - 4, NOVA_PIO, 0, 0x1f) && !take (nova_obj, root_obj, sel_num - 8, ROOT_PIO, 0, 0x1f) &&
        !take (NOVA_PIO, ROOT_PIO, COM1, COM1, 3, 1) && !take (NOVA_PIO, ROOT_PIO, QEMU_EXIT, QEMU_EXIT, 0, 1) &&
        !take (NOVA_PIO, ROOT_PIO, BOCHS_EXIT, BOCHS_EXIT, 0, 1)) {

        say ("user: jumps\r\n");

        if (!hypercall ((struct call) { HANDLER << 8 | CREATE_EC, root_pd, UTCB, (uint64_t)stack[2], 0 }) &&
            !hypercall ((struct call) { EVENT_CP << 8 | CREATE_PT, root_pd, HANDLER, (uint64_t)entry, 0 }) &&
            !hypercall ((struct call) { EVENT_CP << 8 | CTRL_PT, 0, MTD_RIP | MTD_QUAL, 0, 0 }))
            __asm__ volatile ("jmp *%0" : : "r" (nowhere));
    }

    __builtin_trap();
}
