/* SPDX-License-Identifier: GPL-2.0-only */
/* Device trees: the input is the blob. All that the kernel asks of one, and what it relies on in the answers. */
#include <boot_info.h>
#include <fdt.h>
#include <host.h>
#include <image.h>
#include <platform.h>

int LLVMFuzzerTestOneInput (uint8_t const *data, size_t size)
{
    uint8_t *const blob = malloc (size ? size : 1);     /* of this size: the sanitizer sees what is read behind it  */
    struct boot_info info;
    struct fdt f;
    struct fdt_walk w;
    struct platform p = { .timer_ppi = 26 };

    memcpy (blob, data, size);

    if (size && fdt_open (&f, blob, size)) {

        size_t n = 0;

        for (fdt_walk (&w, &f); fdt_next (&w); n++) {
            assert_true (w.depth < FDT_DEPTH && n < size);
            assert_true (w.name >= (char *)blob && w.name + strlen (w.name) < (char *)blob + size);
        }

        fdt_boot_info (&f, &info);
        assert_non_null (memchr (info.cmdline, 0, sizeof info.cmdline));
        assert_true (info.root_start < info.root_end || (!info.root_start && !info.root_end));

        platform_fdt (&p, &f);
        assert_true (p.gic == 0 || p.gic == 2 || p.gic == 3);
        assert_true (p.gicrs <= GICR_REGIONS && (p.gic != 3 || p.gicrs) && p.smmus <= RESERVED_MAX && p.msis <= RESERVED_MAX);
        assert_true (p.uart != UART_16550 || p.uart_width <= p.uart_stride);
        assert_in_range (p.timer_ppi, 16, 31);
        assert_true (p.cpus <= CPU_MAX && p.gicd.addr + p.gicd.size >= p.gicd.addr);

        for (unsigned i = 0; i < p.cpus; i++)
            for (unsigned j = 0; j < i; j++)
                assert_true (p.mpidr[i] != p.mpidr[j]);
    }

    free (blob);

    return 0;
}
