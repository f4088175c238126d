/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Flattened device tree (Devicetree Specification 0.4, chapter 5). Nothing in it is trusted: every offset, length and string is checked
 * against the block that it must lie in, and what is damaged ends the walk. The blob must not change while it is read.
 *
 * A walk goes through all nodes in the order of the blob, and knows of each one how addresses become those of the CPU.
 */
#pragma once

#include <base/types.h>

struct boot_info;

struct fdt {
    char const *blob;
    uint32_t    structs, structs_end;                   /* offsets of the blocks                                    */
    uint32_t    strings, strings_end;
};

#define FDT_DEPTH   8                                   /* nodes that lie deeper are skipped                        */

struct fdt_prop {
    void const *data;                                   /* aligned to 4, big-endian; null: there is no such property */
    uint32_t    size;                                   /* bytes                                                    */
};

struct fdt_walk {
    struct fdt const *fdt;
    char const *name;                                   /* of the node, with its unit address; terminated           */
    unsigned    depth;                                  /* 0: root                                                  */
    uint32_t    props;                                  /* offset of its first property                             */
    uint32_t    next;                                   /* offset of the next token after its properties            */
    bool        damaged;                                /* it ended before the end of the tree                      */
    struct {
        uint8_t         address_cells, size_cells;      /* of the children of the node at that depth                */
        bool            bus;                            /* it has ranges, or is the root                            */
        struct fdt_prop ranges;
    } level[FDT_DEPTH];
};

/* size: what is known to be there at most; 0: as much as the header says, at most FDT_SIZE_MAX. False: no tree of a known version. */
#define FDT_SIZE_MAX (2 * MIB)
bool fdt_open (struct fdt *, void const *blob, size_t size);

/* Bytes of the blob that begins with these FDT_HEADER bytes, 0: it is none */
#define FDT_HEADER 40
uint32_t fdt_size (void const *header);

/* Before the root. fdt_next() goes to it, and then from node to node. False: there are no more. */
void fdt_walk (struct fdt_walk *, struct fdt const *);
bool fdt_next (struct fdt_walk *);

/* The node of a path, which may begin with an alias, and end with ":" and options. False: there is none. */
bool fdt_find (struct fdt_walk *, struct fdt const *, char const *path);

/* Of the current node */
struct fdt_prop fdt_prop (struct fdt_walk const *, char const *name);
bool fdt_compatible (struct fdt_walk const *, char const *model);
bool fdt_enabled (struct fdt_walk const *);             /* no status, or "okay"                                     */

/* Region n of "reg" as the CPU addresses it. False: there is none, or no CPU can. */
bool fdt_reg (struct fdt_walk const *, unsigned n, paddr_t *addr, uint64_t *size);

/* Cell i, 0 if the property ends before; all of a property of one or two cells, 0 if it has another size */
uint32_t fdt_cell (struct fdt_prop, unsigned i);
uint64_t fdt_value (struct fdt_prop);

/* Does a property hold this string, as all of it or as one of several? */
bool fdt_string (struct fdt_prop, char const *);

/* What /chosen says: command line and the initial RAM disk, which is the image of the root task. The rest of *out stays as it is. */
void fdt_boot_info (struct fdt const *, struct boot_info *out);
