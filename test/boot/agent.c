/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A driver of UEFI that leaves its device running: QEMU's edu, which copies memory 100 ms after it is told to. The driver shows
 * that this works, and starts one more copy when the boot services end, into a page whose memory type tells the root task
 * (dma.c) where to look. Whoever boots must have stopped the device by then, or the copy lands in a running system. Variants
 * turn the device on again at that moment, or get in the way of the exit.
 *
 * UEFI 2.10; QEMU docs/specs/edu.txt. Built as a boot-service driver, so that it stays when GRUB has started it.
 */
#include <stdint.h>

#include <agent.h>

#define EDU_ID              0x11e81234                  /* device, vendor                                           */
#define EDU_DMA_SRC         0x80
#define EDU_DMA_DST         0x88
#define EDU_DMA_COUNT       0x90
#define EDU_DMA_COMMAND     0x98
#define EDU_BUFFER          0x40000                     /* 4 KiB of its own memory, as its DMA sees it              */
#define EDU_START           1
#define EDU_TO_MEMORY       2

#define COM1                0x3f8
#define MASTER              6                           /* PCI command: memory, bus master                          */

#define ALLOCATE_MAX        1
#define EVENT_EXIT          0x201                       /* EVT_SIGNAL_EXIT_BOOT_SERVICES                            */
#define TPL_CALLBACK        8
#define INVALID_PARAMETER   0x8000000000000002

struct header { uint64_t signature; uint32_t revision, size, crc, reserved; };

struct services {                                       /* 4.4.1                                                    */
    struct header   header;
    uint64_t        tpl[2];
    uint64_t     (* allocate_pages) (uint32_t how, uint32_t type, uint64_t pages, uint64_t *addr);
    uint64_t        others[4];
    uint64_t     (* create_event) (uint32_t type, uint64_t tpl, void (*) (void *, void *), void *context, void **event);
    uint64_t        others2[18];
    uint64_t     (* exit_boot_services) (void *image, uint64_t key);
    uint64_t        others3[13];
    uint64_t     (* crc32) (void *data, uint64_t size, uint32_t *crc);
};

_Static_assert (__builtin_offsetof (struct services, create_event) == 80, "4.4.1");
_Static_assert (__builtin_offsetof (struct services, exit_boot_services) == 232, "4.4.1");
_Static_assert (__builtin_offsetof (struct services, crc32) == 344, "4.4.1");

struct system_table {                                   /* 4.3.1                                                    */
    struct header    header;
    uint64_t         fields[9];
    struct services *services;
};

static uint8_t volatile *target;                        /* one page                                                 */
static uint32_t device;                                 /* CONFIG_ADDRESS of edu                                    */
static uint64_t registers;

static void     out8  (uint16_t port, uint8_t v)  { __asm__ volatile ("outb %0, %w1" : : "a" (v), "Nd" (port)); }
static void     out16 (uint16_t port, uint16_t v) { __asm__ volatile ("outw %0, %w1" : : "a" (v), "Nd" (port)); }
static void     out32 (uint16_t port, uint32_t v) { __asm__ volatile ("outl %0, %w1" : : "a" (v), "Nd" (port)); }
static uint32_t in32  (uint16_t port)             { uint32_t v; __asm__ volatile ("inl %w1, %0" : "=a" (v) : "Nd" (port)); return v; }

static uint32_t config (uint32_t address)
{
    out32 (0xcf8, address);
    return in32 (0xcfc);
}

static void say (char const *s)
{
    while (*s)
        out8 (COM1, (uint8_t) *s++);
}

static void master_on (void)
{
    uint32_t const command = config (device + 4);

    out32 (0xcf8, device + 4);
    out16 (0xcfc, (uint16_t) (command | MASTER));
}

static void set (unsigned reg, uint64_t v) { *(uint64_t volatile *) (registers + reg) = v; }

static void start (uint64_t from, uint64_t to, uint64_t direction)
{
    set (EDU_DMA_SRC, from);
    set (EDU_DMA_DST, to);
    set (EDU_DMA_COUNT, AGENT_SIZE);
    set (EDU_DMA_COMMAND, EDU_START | direction);
}

static void fill (uint8_t v)
{
    for (unsigned i = 0; i < AGENT_SIZE; i++)
        target[i] = v;
}

static void wait (void)
{
    while (*(uint64_t volatile *) (registers + EDU_DMA_COMMAND) & EDU_START)
        __asm__ volatile ("pause");
}

static void at_exit (void *event, void *context)
{
    (void) event, (void) context;

    fill (AGENT_BEFORE);

#ifdef AGENT_AGAIN
    master_on();
#endif

    say (config (device + 4) & 4 ? "\r\nAGENT: at the end of boot services edu is a bus master\r\n"
                                 : "\r\nAGENT: at the end of boot services edu is no bus master\r\n");
    start (EDU_BUFFER, (uint64_t) target, EDU_TO_MEMORY);
}

/* Firmware that is not ready to exit: AGENT_REFUSE times. Without AGENT_CRC, the table is left with a wrong checksum. */
#ifdef AGENT_REFUSE
static uint64_t (* exit_services) (void *image, uint64_t key);
static unsigned refused;

static uint64_t refuse (void *image, uint64_t key)
{
    if (refused == AGENT_REFUSE)
        return exit_services (image, key);

    refused++;
    say ("\r\nAGENT: exit refused\r\n");

    return INVALID_PARAMETER;
}

static void refuse_exit (struct services *s)
{
    exit_services = s->exit_boot_services;
    s->exit_boot_services = refuse;

#ifdef AGENT_CRC
    uint32_t crc = 0;
    s->header.crc = 0;
    s->crc32 (s, s->header.size, &crc);
    s->header.crc = crc;
#endif
}
#endif

uint64_t agent (void *image, struct system_table *system)
{
    struct services *const s = system->services;
    uint64_t page = 0xfffffff;                          /* edu reaches 256 MiB                                      */
    void *event;

    (void) image;

#ifdef AGENT_REFUSE
    refuse_exit (s);
#endif

    for (uint32_t d = 0; d < 32 && !device; d++)
        if (config (0x80000000 | d << 11) == EDU_ID)
            device = 0x80000000 | d << 11;

    if (!device || s->allocate_pages (ALLOCATE_MAX, AGENT_MEMORY, 1, &page)) {
        say ("\r\nAGENT: no edu device or no memory\r\n");
        return 0;
    }

    target    = (uint8_t volatile *) page;
    registers = config (device + 0x10) & ~15U;

    master_on();
    fill (AGENT_AFTER);
    start (page, EDU_BUFFER, 0);
    wait();
    fill (AGENT_BEFORE);
    start (EDU_BUFFER, page, EDU_TO_MEMORY);
    wait();

    say (target[0] == AGENT_AFTER && target[AGENT_SIZE - 1] == AGENT_AFTER ? "\r\nAGENT: edu writes to memory\r\n"
                                                                     : "\r\nAGENT: edu does not work\r\n");

    return s->create_event (EVENT_EXIT, TPL_CALLBACK, at_exit, 0, &event);
}
