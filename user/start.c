/* SPDX-License-Identifier: GPL-2.0-only */
#include <boot.h>
#include <console.h>
#include <exit.h>
#include <start.h>
#include <stc.h>

_Noreturn void start (uint64_t magic, uint64_t addr, struct hip const *hip)
{
    root.started = stc_read();

    root_init (magic, addr, hip);
    root_take_caps();
    boot_parse();
    console_init();

    machine_exit ((unsigned) main());
}
