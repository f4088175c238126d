/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Protection of the kernel's control flow: indirect branches reach only marked places, return addresses cannot be changed. The build
 * says what is compiled in (CFP_BRANCH, CFP_RETURN), the machine what it can do, the command line what of that is used.
 */
#pragma once

#include <base/types.h>

struct cfp {
    bool branch;                                        /* targets of indirect branches                             */
    bool ret;                                           /* return addresses                                         */
};

/* What is in use; fixed after cfp_init() */
extern struct cfp cfp;

/* Boot CPU, with a command line, before the others start: decides, and says what and why not */
void cfp_init (void);

/* Contract with the architecture: what this machine can do of what is wanted. Says why it cannot do the rest. */
struct cfp cfp_arch_limit (struct cfp wanted);
