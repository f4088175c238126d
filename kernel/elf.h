/* SPDX-License-Identifier: GPL-2.0-only */
/* The root task's ELF image: checked in full before anything is mapped. */
#pragma once

#include <base/types.h>

#define ELF_SEGMENTS_MAX    16

struct elf_segment {
    uint64_t    vaddr;                              /* page-aligned down                                        */
    paddr_t     paddr;                              /* page-aligned down: may begin before an unaligned module  */
    uint64_t    size;                               /* bytes, multiple of the page size                         */
    bool        r, w, x;
};

struct elf_image {
    uint64_t    entry;
    unsigned    segments;
    struct elf_segment segment[ELF_SEGMENTS_MAX];
};

/*
 * Parses the ELF at physical [start, end). Checks: 64-bit little-endian ET_EXEC of this machine (EM_X86_64 or
 * EM_AARCH64: elf_machine), program headers inside the image, every PT_LOAD with p_filesz == p_memsz, inside the image, below
 * user_end, congruent to its load address, not overlapping another one page-wise, entry inside an executable segment.
 * Segments without flags or of size 0 are skipped. Returns false after one line that names the fault; *out is then unchanged.
 */
bool elf_parse (struct elf_image *out, paddr_t start, paddr_t end, uint64_t user_end, uint16_t elf_machine);
