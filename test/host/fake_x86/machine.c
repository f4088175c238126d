/* SPDX-License-Identifier: GPL-2.0-only */
#include <machine.h>

#include <cmdline.h>
#include <cr.h>
#include <insn.h>
#include <mmio.h>
#include <mmio_access.h>
#include <msr.h>
#include <pio.h>

#include <host.h>

struct machine machine;

void machine_reset (void)
{
    machine = (struct machine) { .tsc = 1000, .cost_tsc = 10, .cost_io = 50 };
}

static void pass (uint64_t ticks) { machine.tsc += ticks + (machine.stall ? machine.stall() : 0); }

/* Half of the time of an access passes before the device sees it */
static void access (void)
{
    pass (machine.cost_io - machine.cost_io / 2);
}

static void accessed (void)
{
    pass (machine.cost_io / 2);
}

uint64_t rdtsc (void)           { pass (machine.cost_tsc); return machine.tsc; }
void     mfence_lfence (void)   { machine.fenced = true; }

void triple_fault (void)
{
    assert_non_null (machine.triple_fault);
    machine.triple_fault();
}

struct cpuid cpuid (uint32_t leaf, uint32_t sub)
{
    assert_non_null (machine.cpuid);
    return machine.cpuid (leaf, sub);
}

uint64_t rdmsr (uint32_t msr)
{
    assert_non_null (machine.rdmsr);
    access();
    uint64_t const v = machine.rdmsr (msr);
    accessed();
    return v;
}

void wrmsr (uint32_t msr, uint64_t val)
{
    assert_non_null (machine.wrmsr);
    access();
    machine.wrmsr (msr, val);
    machine.fenced = false;
    accessed();
}

uint64_t cr0_read (void)        { return machine.cr0; }
uint64_t cr4_read (void)        { return machine.cr4; }
void     cr0_write (uint64_t v) { machine.cr0 = v; }
void     cr4_write (uint64_t v) { machine.cr4 = v; }

volatile void *mmio_map (paddr_t addr, size_t size)
{
    assert_true (addr && size && !(addr % 4));
    return machine.mmio_full ? NULL : (volatile void *)(uintptr_t)addr;
}

static uint32_t mmio_read (volatile void *base, size_t off, unsigned bytes)
{
    assert_non_null (machine.mmio_read);
    access();
    uint32_t const v = machine.mmio_read ((uintptr_t)base + off, bytes);
    accessed();
    return v;
}

static void mmio_write (volatile void *base, size_t off, unsigned bytes, uint32_t v)
{
    assert_non_null (machine.mmio_write);
    access();
    machine.mmio_write ((uintptr_t)base + off, bytes, v);
    machine.fenced = false;
    accessed();
}

uint8_t  mmio_read8   (volatile void *base, size_t off)             { return (uint8_t)mmio_read (base, off, 1); }
uint16_t mmio_read16  (volatile void *base, size_t off)             { return (uint16_t)mmio_read (base, off, 2); }
uint32_t mmio_read32  (volatile void *base, size_t off)             { return mmio_read (base, off, 4); }
void     mmio_write8  (volatile void *base, size_t off, uint8_t v)  { mmio_write (base, off, 1, v); }
void     mmio_write16 (volatile void *base, size_t off, uint16_t v) { mmio_write (base, off, 2, v); }
void     mmio_write32 (volatile void *base, size_t off, uint32_t v) { mmio_write (base, off, 4, v); }

static uint32_t pio_in (uint16_t port, unsigned bytes)
{
    assert_non_null (machine.pio_in);
    access();
    uint32_t const v = machine.pio_in (port, bytes);
    accessed();
    return v;
}

static void pio_out (uint16_t port, unsigned bytes, uint32_t v)
{
    assert_non_null (machine.pio_out);
    access();
    machine.pio_out (port, bytes, v);
    accessed();
}

uint8_t  pio_in8   (uint16_t port)              { return (uint8_t)pio_in (port, 1); }
uint16_t pio_in16  (uint16_t port)              { return (uint16_t)pio_in (port, 2); }
uint32_t pio_in32  (uint16_t port)              { return pio_in (port, 4); }
void     pio_out8  (uint16_t port, uint8_t v)   { pio_out (port, 1, v); }
void     pio_out16 (uint16_t port, uint16_t v)  { pio_out (port, 2, v); }
void     pio_out32 (uint16_t port, uint32_t v)  { pio_out (port, 4, v); }

bool cmdline_flag (char const *name) { return machine.flags && !strcmp (machine.flags, name); }
