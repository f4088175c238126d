/* SPDX-License-Identifier: GPL-2.0-only */
#include <hypercall.h>
#include <root.h>
#include <string.h>

struct root_env root;

static uint64_t sel_next = SEL_FREE;

uint64_t sel_alloc (unsigned ord)
{
    uint64_t const n = UINT64_C (1) << ord, sel = (sel_next + n - 1) & ~(n - 1);

    sel_next = sel + n;

    return sel;
}

/* Masking all permissions makes null capabilities, whatever the source holds */
enum status sel_revoke (uint64_t sel, unsigned ord) { return hyp_ctrl_pd (sel_root_obj(), sel_root_obj(), sel, sel, ord, 0, 0); }

void root_init (uint64_t magic, uint64_t addr, struct hip const *hip)
{
    root.hip        = hip;
    root.utcb       = (union utcb *) ((uintptr_t) hip - sizeof (union utcb));
    root.boot_magic = magic;
    root.boot_addr  = addr;
}

void root_take_caps (void)
{
    static struct { uint64_t nova, sel; } const take[] = {
        { NOVA_SEL_NOVA_HST, SEL_NOVA_HST }, { NOVA_SEL_NOVA_PIO, SEL_NOVA_PIO }, { NOVA_SEL_NOVA_MSR, SEL_NOVA_MSR },
        { NOVA_SEL_ROOT_HST, SEL_ROOT_HST }, { NOVA_SEL_ROOT_PIO, SEL_ROOT_PIO }, { NOVA_SEL_CONSOLE,  SEL_CONSOLE_SM },
    };

    /* Not every architecture has ports and MSRs, and there is no console yet to complain on: who needs what is missing gets BAD_CAP */
    for (size_t i = 0; i < sizeof (take) / sizeof (take[0]); i++)
        hyp_ctrl_pd (sel_nova_obj(), sel_root_obj(), root.hip->sel_num - take[i].nova, take[i].sel, 0, PERM_MASK, 0);
}

static char const *find_word (char const *args, char const *key, char *buf, size_t size)
{
    size_t const len = strlen (key);

    for (char const *p = args; *p; ) {

        size_t n = 0;

        while (*p == ' ')
            p++;

        while (p[n] && p[n] != ' ')
            n++;

        if (n == len && !strncmp (p, key, len)) {
            buf[0] = 0;
            return buf;
        }

        if (n > len && !strncmp (p, key, len) && p[len] == '=') {
            size_t const v = n - len - 1;
            string_copy (buf, p + len + 1, v + 1 < size ? v + 1 : size);
            return buf;
        }

        p += n;
    }

    return NULL;
}

char const *root_option (char const *key, char *buf, size_t size)
{
    char const *v = find_word (root.args, key, buf, size);

    return v ? v : find_word (root.kernel_args, key, buf, size);
}

uint64_t root_option_number (char const *key, uint64_t otherwise)
{
    char buf[24];
    char const *s = root_option (key, buf, sizeof (buf));
    uint64_t v = 0;
    unsigned base = 10;

    if (!s || !*s)
        return otherwise;

    if (s[0] == '0' && s[1] == 'x') {
        s += 2;
        base = 16;
    }

    for (; *s; s++) {
        unsigned const d = *s >= '0' && *s <= '9' ? (unsigned) (*s - '0') :
                           *s >= 'a' && *s <= 'f' ? (unsigned) (*s - 'a') + 10 : 16;
        if (d >= base)
            return otherwise;
        v = v * base + d;
    }

    return v;
}
