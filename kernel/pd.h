/* SPDX-License-Identifier: GPL-2.0-only */
/* Protection domain: the owner of spaces. It has no other state of its own. */
#pragma once

#include <abi/status.h>
#include <kobject.h>

struct space_obj;
struct space_hst;
struct space_pio;

struct pd {
    struct kobject obj;

    /*
     * The first space of each kind, to which ECs are bound. Weak: a space clears its entry when it retires.
     * Ordering: release by pd_attach(), acquire by pd_space(). PD_SPACE_BUSY while a creation is under way.
     */
    _Atomic (void *) space[KOBJECT_TYPES];
};

extern struct pd *pd_root;

void        pd_init   (void);
enum status pd_create (struct pd **out) MUST_CHECK;     /* MEM_OBJ                                                  */
bool        pd_retire (struct kobject *);

/* Reserves, fills and releases the place of the first space of a kind */
bool pd_reserve (struct pd *, enum kobject_type) MUST_CHECK;
void pd_attach  (struct pd *, enum kobject_type, void *space);   /* null: gives the reservation back                */
void pd_detach  (struct pd *, enum kobject_type, void const *space);    /* when the space's last reference goes; pd may be null */

/* The first space of a kind with a new reference, or null */
void *pd_space (struct pd *, enum kobject_type) MUST_CHECK;
