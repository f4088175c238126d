/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A root task from nothing but the interface specification: no header of this tree, no runtime, no linker script. It takes the serial
 * port, says hello and ends the emulator. doc/porting-clients.md builds it by hand and explains it.
 */
#include <stdint.h>

enum { COM1 = 0x3f8, QEMU_EXIT = 0xf4 };
enum { CTRL_PD = 7 };                                   /* hypercall number (5.1.1)                             */
enum { NOVA_PIO = 0x100, ROOT_PIO };                    /* free selectors of ours                               */

/* In the file, not in .bss: the kernel maps the image and copies nothing, so p_filesz must be p_memsz (6.2.1) */
static char stack[4096] __attribute__ ((aligned (4096), used, section (".data")));

/* RSP is the address of the hypervisor information page (8.1.2): keep it, and take a stack */
__asm__ (".globl _start\n"
         "_start: mov %rsp, %rdi\n"
         "        lea stack + 4096(%rip), %rsp\n"
         "        call start\n"
         "        ud2\n");

/* ctrl_pd (8.8): RDI = source and number, RSI = destination, RDX = source selector and order, RAX = destination selector and
 * permission mask, R8 = memory attributes. RCX and R11 are lost. */
static unsigned ctrl_pd (uint64_t src, uint64_t dst, uint64_t ssb, uint64_t dsb, unsigned ord, unsigned pmm)
{
    register uint64_t status __asm__ ("rdi") = src << 8 | CTRL_PD;
    register uint64_t to     __asm__ ("rsi") = dst;
    register uint64_t from   __asm__ ("rdx") = ssb << 12 | ord;
    register uint64_t into   __asm__ ("rax") = dsb << 12 | pmm;
    register uint64_t mad    __asm__ ("r8")  = 0;

    __asm__ volatile ("syscall" : "+r" (status), "+r" (to), "+r" (from), "+r" (into), "+r" (mad) : : "rcx", "r11", "memory");

    return status & 0xff;
}

static void out (uint16_t port, uint8_t value) { __asm__ volatile ("outb %0, %1" : : "a" (value), "Nd" (port)); }

static uint8_t in (uint16_t port)
{
    uint8_t value;
    __asm__ volatile ("inb %1, %0" : "=a" (value) : "Nd" (port));
    return value;
}

static void say (char const *text)
{
    for (; *text; text++) {
        while (!(in (COM1 + 5) & 0x20)) ;               /* transmitter empty                                    */
        out (COM1, (uint8_t)*text);
    }
}

_Noreturn __attribute__ ((used)) void start (char const *hip)
{
    uint64_t const sel_num = *(uint64_t const *)(hip + 0x58);           /* 6.3                                  */
    uint16_t const cpu_num = *(uint16_t const *)(hip + 0x68);
    uint64_t const nova_obj = sel_num - 1, root_obj = sel_num - 2;      /* 6.2.3.1                              */

    /* The PIO spaces are in the NOVA object space (6.1.3.1): take all permissions that they have */
    if (!ctrl_pd (nova_obj, root_obj, sel_num - 4, NOVA_PIO, 0, 0x1f) &&
        !ctrl_pd (nova_obj, root_obj, sel_num - 8, ROOT_PIO, 0, 0x1f) &&
        !ctrl_pd (NOVA_PIO, ROOT_PIO, COM1, COM1, 3, 1) && !ctrl_pd (NOVA_PIO, ROOT_PIO, QEMU_EXIT, QEMU_EXIT, 0, 1)) {

        char cpus[] = { (char)('0' + cpu_num % 10), 0 };

        say ("A bare client, CPUs: ");
        say (cpus);
        say ("\r\n");
        out (QEMU_EXIT, 0);
    }

    __builtin_trap();                                   /* no portal for #UD: the kernel kills us and says so    */
}
