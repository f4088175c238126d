/* SPDX-License-Identifier: GPL-2.0-only */
#include <features.h>

/* A block of level 1, which the granule of 4 KiB always has (Arm ARM, D8.3) */
bool features_page_1g (void) { return true; }

/* Class of service is not supported (interface specification, 7.5) */
bool features_cos (enum cos_resource resource, bool cdp, uint64_t *limit)
{
    (void) resource;
    (void) cdp;
    (void) limit;

    return false;
}
