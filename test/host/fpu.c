/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The FPU's state, saved and loaded by the CPU below in each form that user mode can execute: all but XSAVES. The kernel's own
 * instructions are patched for it. And what the kernel makes of CPUID for other CPUs.
 */
#include <fpu.h>

#include <sys/mman.h>
#include <cpuid.h>

#include <cfp.h>
#include <cpu_features.h>
#include <cr.h>
#include <msr.h>
#include <patch.h>
#include <pcid.h>

#include <host.h>

enum { AREA = 4096, LEGACY = 512, EXTENDED = 576, FCW = 0x37f, MXCSR = 0x1f80, COMPONENTS_MAX = 8 };

/* What CPUID says of a component: bytes, offset in the standard format, aligned in the compacted one (Intel SDM 2A, leaf 0xd) */
struct component { uint32_t size, offset, aligned; };

static struct model {
    struct component component[COMPONENTS_MAX];
    uint64_t         supported;                         /* XCR0                                                     */
    uint32_t         compacted;                         /* the total that the CPU claims for the compacted format   */
    bool             xsave, xsaveopt, xsavec, xsaves;
} m;

struct cfp cfp;

static uint64_t xcr0;
static unsigned xss_writes;

/* The CPU below ------------------------------------------------------------------------------------------------------ */

static struct cpuid native_cpuid (uint32_t leaf, uint32_t sub)
{
    struct cpuid r;
    __asm__ volatile ("cpuid" : "=a" (r.eax), "=b" (r.ebx), "=c" (r.ecx), "=d" (r.edx) : "a" (leaf), "c" (sub));
    return r;
}

static void native_save (void *p)
{
    __asm__ volatile ("xsave64 (%0)" : : "r" (p), "a" ((uint32_t)m.supported), "d" (0) : "memory");
}

static void native_load (void const *p)
{
    __asm__ volatile ("xrstor64 (%0)" : : "r" (p), "a" ((uint32_t)m.supported), "d" (0) : "memory");
}

static void model_native (void)
{
    bool const osxsave = native_cpuid (1, 0).ecx >> 27 & 1;
    uint32_t const features = osxsave ? native_cpuid (0xd, 1).eax : 0;

    m = (struct model){ .xsave = osxsave, .xsaveopt = features & 1, .xsavec = features >> 1 & 1,
                        .supported = osxsave ? xcr0_read() & (XCR0_X87 | XCR0_SSE | XCR0_AVX | XCR0_AVX512) : 0,
                        .compacted = EXTENDED };

    for (unsigned i = 2; i < COMPONENTS_MAX; i++) {

        if (!(m.supported >> i & 1))
            continue;

        struct cpuid const r = native_cpuid (0xd, i);

        m.component[i] = (struct component){ r.eax, r.ebx, r.ecx >> 1 & 1 };
        m.compacted    = (m.component[i].aligned ? (m.compacted + 63) & ~63U : m.compacted) + r.eax;
    }
}

/* A modelled one ----------------------------------------------------------------------------------------------------- */

struct cpuid cpuid (uint32_t leaf, uint32_t sub)
{
    struct cpuid r = { 0, 0, 0, 0 };

    if (leaf != 0xd)                                    /* to serialize                                             */
        return r;

    if (sub == 0) {

        r.eax = (uint32_t)m.supported;
        r.ebx = EXTENDED;

        for (unsigned i = 2; i < COMPONENTS_MAX; i++)   /* for this XCR0                                            */
            if (xcr0 >> i & 1)
                r.ebx = MAX (r.ebx, m.component[i].offset + m.component[i].size);

    } else if (sub == 1)
        r.ebx = m.compacted;
    else if (sub < COMPONENTS_MAX)
        r = (struct cpuid){ m.component[sub].size, m.component[sub].offset, m.component[sub].aligned << 1, 0 };

    return r;
}

bool cpu_has (enum cpu_feature f)
{
    switch ((unsigned)f) {
        case CPU_XSAVE:    return m.xsave;
        case CPU_XSAVEOPT: return m.xsaveopt;
        case CPU_XSAVEC:   return m.xsavec;
        case CPU_XSAVES:   return m.xsaves;
    }

    return false;
}

enum cpu_vendor cpu_vendor (void)   { return CPU_VENDOR_INTEL; }
uint32_t cpu_leaf_max (void)        { return 0xd; }
bool     pcid_in_use (void)         { return false; }
uint64_t cr0_read (void)            { return 0; }
void     cr0_write (uint64_t v)     { (void)v; }

void xcr0_write (uint64_t v)
{
    assert_true (m.xsave && (v & 1) && !(v & ~m.supported));
    xcr0 = v;
}

void wrmsr (uint32_t msr, uint64_t v)
{
    assert_true (m.xsaves && msr == IA32_XSS && v == 0);
    xss_writes++;
}

static void detect (enum fpu_form form, size_t size)
{
    xcr0 = m.supported & 1;
    fpu_detect();
    assert_int_equal (fpu_form(), form);
    assert_int_equal (fpu_size(), size);
}

/* Forms of modelled CPUs: components of a CPU with AVX-512 --------------------------------------------------------------- */

static void model_avx512 (void)
{
    m = (struct model){ .supported = 0xe7, .compacted = 2432, .xsave = true, .xsaveopt = true, .xsavec = true, .xsaves = true,
                        .component = { [2] = { 256, 576, 0 }, [5] = { 64, 1088, 0 }, [6] = { 512, 1152, 0 }, [7] = { 1024, 1664, 0 } } };
}

static void forms (void **state)
{
    (void)state;

    model_avx512();
    detect (FPU_XSAVES, 2432);
    assert_int_equal (xcr0, 0xe7);

    m.xsaves = false;
    detect (FPU_XSAVEC, 2432);
    m.xsavec = false;
    detect (FPU_XSAVEOPT, 2688);
    m.xsaveopt = false;
    detect (FPU_XSAVE, 2688);
    m.supported = 0x67;                                 /* AVX-512 not whole                                        */
    detect (FPU_XSAVE, 832);
    assert_int_equal (xcr0, 7);
    m.supported = 3;
    detect (FPU_XSAVE, 576);
    m.xsave = false;
    detect (FPU_FXSAVE, 512);

    model_avx512();                                     /* a component on a boundary                                */
    m.component[5].size = 8;
    m.component[6].aligned = 1;
    m.compacted = 576 + 256 + 64 + 512 + 1024;
    detect (FPU_XSAVES, m.compacted);
    m.component[6].aligned = 0;
    m.compacted = 576 + 256 + 8 + 512 + 1024;
    detect (FPU_XSAVES, (m.compacted + 63) & ~63U);
}

static void contradiction (void **state)
{
    (void)state;

    model_avx512();
    m.compacted = 2688;                                 /* as Bochs 2.7 has it                                      */
    detect (FPU_XSAVEOPT, 2688);
    assert_true (xss_writes);
    m.xsaveopt = false;
    detect (FPU_XSAVE, 2688);
    m.compacted = 0;
    detect (FPU_XSAVE, 2688);
}

/* Through the instructions ---------------------------------------------------------------------------------------------- */

static uint8_t pattern[2][AREA] ALIGNED (64), seen[AREA] ALIGNED (64), outer[AREA] ALIGNED (64), area[3][AREA] ALIGNED (64);
static uint8_t text[64][16];

/* The sites as the compiler made them, or as they are now */
static void sites (bool put)
{
    unsigned n = 0;

    for (struct patch const *p = PATCH_START; p < PATCH_END; p++, n++) {

        uint8_t *const site = (uint8_t *)((uintptr_t)&p->site + (uintptr_t)(intptr_t)p->site);
        uintptr_t const page = (uintptr_t)site & ~UINT64_C (4095);

        assert_true (n < 64 && p->site_size <= 16);
        assert_int_equal (mprotect ((void *)page, 2 * 4096, PROT_READ | PROT_WRITE | PROT_EXEC), 0);

        if (put)
            memcpy (site, text[n], p->site_size);
        else
            memcpy (text[n], site, p->site_size);
    }

    assert_int_equal (n, 6);
}

static void fill (uint8_t *p, uint8_t tag)
{
    memset (p, 0, AREA);
    memset (p + 160, tag, 256);                         /* XMM                                                      */

    for (unsigned i = 0; i < 8; i++)
        memset (p + 32 + i * 16, tag, 10);              /* ST: the rest of the 16 bytes is not kept                 */

    *(uint16_t *)(void *)(p + 0)       = 0x27f;
    *(uint16_t *)(void *)(p + 4)       = 0xff;
    *(uint32_t *)(void *)(p + 24)      = MXCSR | 3 << 13;
    *(uint64_t *)(void *)(p + LEGACY)  = m.supported;

    for (unsigned i = 2; i < COMPONENTS_MAX; i++)
        memset (p + m.component[i].offset, tag, m.component[i].size);
}

/* Components that the form keeps: FXSAVE none of AVX */
static void check_seen (uint8_t const *expect)
{
    assert_memory_equal (seen, expect, 5);              /* FCW, FSW, FTW                                            */
    assert_memory_equal (seen + 24, expect + 24, 4);
    assert_memory_equal (seen + 160, expect + 160, 256);

    for (unsigned i = 0; i < 8; i++)
        assert_memory_equal (seen + 32 + i * 16, expect + 32 + i * 16, 10);

    for (unsigned i = 2; i < COMPONENTS_MAX && fpu_form() != FPU_FXSAVE; i++)
        assert_memory_equal (seen + m.component[i].offset, expect + m.component[i].offset, m.component[i].size);
}

/* Nothing between two of these lines may use a register of the FPU that is not at stake */
static void exchange (void)
{
    native_save (outer);
    native_load (pattern[0]);
    fpu_save (area[0]);
    fpu_load (area[2]);                                 /* a fresh one                                              */
    native_load (pattern[1]);
    fpu_save (area[1]);
    fpu_load (area[0]);
    native_save (seen);
    native_load (outer);
}

static void exchange_back (void)
{
    native_save (outer);
    fpu_load (area[1]);
    native_save (seen);
    native_load (outer);
}

static void fresh (void)
{
    native_save (outer);
    native_load (pattern[0]);
    fpu_load (area[2]);
    native_save (seen);
    native_load (outer);
}

static void through (enum fpu_form form)
{
    static uint8_t zero[AREA];

    xcr0 = 1;
    fpu_detect();
    assert_int_equal (fpu_form(), form);
    assert_true (fpu_size() + 64 <= AREA);

    sites (false);
    patch_apply (PATCH_START, PATCH_END);

    fill (pattern[0], 0xa5);
    fill (pattern[1], 0x3c);

    for (unsigned i = 0; i < 3; i++) {
        memset (area[i], 0xee, AREA);
        fpu_reset (area[i]);
    }

    memset (seen, 0, AREA);
    exchange();
    check_seen (pattern[0]);

    memset (seen, 0, AREA);
    exchange_back();
    check_seen (pattern[1]);

    memset (seen, 0, AREA);
    memset (zero, 0, AREA);
    *(uint16_t *)(void *)zero = FCW;
    *(uint32_t *)(void *)(zero + 24) = MXCSR;
    fresh();
    check_seen (zero);

    for (unsigned i = 0; i < 3; i++)
        for (size_t b = fpu_size(); b < AREA; b++)
            assert_int_equal (area[i][b], 0xee);

    /* Only XSAVEC writes XCOMP_BV (SDM 1, 13.10), and FXSAVE nothing of the header */
    memset (area[2], 0, LEGACY + 64);
    fpu_save (area[2]);
    assert_int_equal (*(uint64_t *)(void *)(area[2] + LEGACY + 8), form == FPU_XSAVEC ? BIT64 (63) | m.supported : 0);
    assert_int_equal (*(uint64_t *)(void *)(area[2] + LEGACY) != 0, form != FPU_FXSAVE);

    sites (true);
}

static void xsavec (void **state)
{
    (void)state;

    model_native();

    if (!m.xsavec)
        skip();

    through (FPU_XSAVEC);
}

static void xsaveopt (void **state)
{
    (void)state;

    model_native();

    if (!m.xsaveopt)
        skip();

    m.xsavec = false;
    through (FPU_XSAVEOPT);
}

static void xsave (void **state)
{
    (void)state;

    model_native();

    if (!m.xsave)
        skip();

    m.xsavec = m.xsaveopt = false;
    through (FPU_XSAVE);
}

static void fxsave (void **state)
{
    (void)state;

    model_native();

    if (!m.xsave)                                       /* needed to look at the registers                          */
        skip();

    m.xsave = m.xsavec = m.xsaveopt = false;
    through (FPU_FXSAVE);
}

int main (void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test (forms),
        cmocka_unit_test (contradiction),
        cmocka_unit_test (xsavec),
        cmocka_unit_test (xsaveopt),
        cmocka_unit_test (xsave),
        cmocka_unit_test (fxsave),
    };

    return cmocka_run_group_tests_name ("fpu", tests, NULL, NULL);
}
