/* SPDX-License-Identifier: GPL-2.0-only */
/* The running total, between driver and checks. */
#pragma once

struct tap {
    char const *    theme;                              /* running now                                          */
    char const *    test;
    unsigned        count, passed, known;               /* known: deviations of NOVA, which count as passed     */
};

extern struct tap tap;
