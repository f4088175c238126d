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

/*
 * How many samples are below the median has the binomial distribution B (n, 1/2), so k is the largest rank with
 * P (B (n, 1/2) < k) <= 2.5 %. By the normal approximation with correction for continuity that is
 * k = floor ((n + 1 - 1.959964 sqrt (n)) / 2), and 1.959964^2 = 3.841459. A host test compares it with the exact sum.
 */
unsigned stats_rank (unsigned count)
{
    uint64_t const square = UINT64_C (3841459) * count;     /* of the subtrahend, in millionths                 */
    uint64_t root = 0;

    /* The smallest root whose square is not less, a bit at a time: the largest one whose square is less, and 1 */
    for (uint64_t bit = UINT64_C (1) << 20; bit; bit >>= 1)
        if ((root + bit) * (root + bit) * 1000000 < square)
            root += bit;

    return root + 1 > count ? 0 : (unsigned) (count - root) / 2;
}

void stats_interval (int64_t const *sorted, unsigned count, int64_t *low, int64_t *high)
{
    unsigned const k = stats_rank (count);

    *low  = sorted[k ? k - 1 : 0];
    *high = sorted[k ? count - k : count - 1];
}
