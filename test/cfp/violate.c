/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A kernel that breaks its own rules: the objects of the kernel, with root_create() wrapped by the linker (--wrap), and what else the
 * architecture wraps. The word violate=NAME on the command line says what it does when all but the root task is there: doc/cfp.md.
 *
 * Where the rule is not in force, what does no harm is done, and "went through" says so; the rest is "not possible".
 */
#include <violate.h>

#include <base/macros.h>
#include <cfp.h>
#include <cmdline.h>
#include <console/console.h>
#include <root.h>
#include <string.h>

void __real_root_create (struct boot_info const *, uint64_t, uint64_t, uint64_t);
void __wrap_root_create (struct boot_info const *, uint64_t, uint64_t, uint64_t);

bool violate_is (char const *name) { return cmdline_is ("violate", name); }

void __wrap_root_create (struct boot_info const *boot, uint64_t p0, uint64_t p1, uint64_t p2)
{
    char const *name;
    size_t length;

    if (cmdline_value ("violate", &name, &length)) {

        char text[16] = "";

        memcpy (text, name, MIN (length, sizeof text - 1));
        print ("VIOLATE: %s, branches %s, returns %s", text, cfp.branch ? "protected" : "free", cfp.ret ? "protected" : "free");
        print ("VIOLATE: %s", violate_arch (p0) ? "went through" : "not possible");
    }

    __real_root_create (boot, p0, p1, p2);
}
