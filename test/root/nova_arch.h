/* SPDX-License-Identifier: GPL-2.0-only */
/* Deviations of NOVA 24.08 (nova.c), and those that it has on one architecture only. */
#pragma once

struct deviation {
    char const *    theme;                              /* NULL behind the last one                             */
    char const *    test;
    char const *    text;                               /* of the check; NULL: the whole test must not run      */
    char const *    why;
};

extern struct deviation const deviation_arch[];
