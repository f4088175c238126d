/* SPDX-License-Identifier: GPL-2.0-only */
#include <stats.h>

static void sift (int64_t *v, unsigned root, unsigned count)
{
    int64_t const x = v[root];

    for (unsigned child; (child = 2 * root + 1) < count; root = child) {

        if (child + 1 < count && v[child] < v[child + 1])
            child++;

        if (v[child] <= x)
            break;

        v[root] = v[child];
    }

    v[root] = x;
}

/* Heap sort: in place, and never worse than n log n */
void stats_sort (int64_t *v, unsigned count)
{
    for (unsigned i = count / 2; i--; )
        sift (v, i, count);

    for (unsigned end = count; end > 1; ) {
        int64_t const top = v[0];
        v[0] = v[--end];
        v[end] = top;
        sift (v, 0, end);
    }
}
