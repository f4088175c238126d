/* SPDX-License-Identifier: GPL-2.0-only */
#include <patch.h>

#include <string.h>

#include <base/macros.h>
#include <console/console.h>

static void *target (int32_t const *distance) { return (void *)((uintptr_t)distance + (uintptr_t)(intptr_t)*distance); }

static size_t append (char *line, size_t used, char const *format, ...) __attribute__ ((format (printf, 3, 4)));

static size_t append (char *line, size_t used, char const *format, ...)
{
    va_list args;

    va_start (args, format);
    used += format_line (line + used, LINE_MAX - used, format, args);
    va_end (args);

    return used;
}

/* Of the entries of the site at *p, the one that decides; null: the site stays. *p is behind them afterwards. */
static struct patch const *choose (struct patch const **p, struct patch const *end)
{
    void const *const site = target (&(*p)->site);
    struct patch const *chosen = NULL;

    for (; *p < end && target (&(*p)->site) == site; ++*p)
        if (!patch_in_use ((*p)->feature))
            chosen = *p;

    return chosen;
}

static void replace (struct patch const *p)
{
    uint8_t *const site = target (&p->site);

    memcpy (site, target (&p->with), p->with_size);
    patch_fill (site + p->with_size, (size_t)(p->site_size - p->with_size));
    patch_sync (site, p->site_size);
}

void patch_apply (struct patch const *start, struct patch const *end)
{
    unsigned sites = 0, replaced = 0, missing[PATCH_FEATURES] = { 0 };
    char line[LINE_MAX];
    size_t used = 0;

    for (struct patch const *p = start; p < end; sites++) {

        struct patch const *const chosen = choose (&p, end);

        if (!chosen)
            continue;

        replace (chosen);
        missing[chosen->feature]++;
        replaced++;
    }

    used = append (line, used, "%u of %u sites replaced", replaced, sites);

    for (unsigned f = 0, n = 0; f < PATCH_FEATURES; f++)
        if (missing[f])
            used = append (line, used, "%s no %s %u", n++ ? "," : ":", patch_name[f], missing[f]);

    print ("PATCH: %s", line);
}
