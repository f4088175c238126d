/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Instructions that are put in place once at boot, according to what the CPU has. The best one stands in the code:
 *
 *              PATCHABLE                                               __asm__ volatile (PATCHABLE "best %0"
 *              best    %rax                                                PATCH (PATCH_BEST, "good %0")
 *              PATCH   PATCH_BEST, "good %rax"                             PATCH (PATCH_GOOD, "") : : "r" (v));
 *              PATCH   PATCH_GOOD
 *
 * Where feature BEST is not in use, its replacement, filled up with NOPs, takes the place of everything since PATCHABLE; where GOOD is
 * not in use either, that of GOOD, here nothing but NOPs. The last line whose feature is not in use decides. So each feature of a
 * chain must be in use wherever the one before it is: "GOOD or better". doc/patching.md says more.
 *
 * A replacement longer than its site fails to assemble, as "moves .org backwards". It runs at another address than the assembler
 * thinks: nothing in it may be relative to the instruction pointer.
 */
#pragma once

#include <patch_arch.h>

/* An entry of the table, struct patch. Labels 771 and 772 are around the site, 773 and 774 around the replacement. The last section is
 * not linked: it exists so that moving backwards in it, by what the replacement is too long, is an error. */
#define PATCH_HEAD          772: ; .pushsection .rodata.patch, "a", @progbits ; .balign 4 ; 773:
#define PATCH_TAIL(feature)  774: ; .popsection ; .pushsection .patch, "a", @progbits ; .balign 4 ; .long 771b - . ; .long 773b - . ; \
                            .byte 772b - 771b ; .byte 774b - 773b ; .short feature ; .popsection ; \
                            .pushsection .patch.fit, "", @progbits ; .org . + (772b - 771b) - (774b - 773b) ; .popsection

#ifdef __ASSEMBLY__

.macro PATCHABLE
771:
.endm

.macro PATCH feature, with=
            PATCH_HEAD
            \with
            PATCH_TAIL (\feature)
.endm

#else

#include <base/types.h>

#define PATCH_TEXT_(...)        #__VA_ARGS__
#define PATCH_TEXT(...)         PATCH_TEXT_ (__VA_ARGS__)
#define PATCHABLE               "771: "
#define PATCH(feature, with)    "\n" PATCH_TEXT (PATCH_HEAD) " " with "\n" PATCH_TEXT (PATCH_TAIL (feature)) "\n"

/* Addresses are distances from the field itself */
struct patch {
    int32_t     site, with;
    uint8_t     site_size, with_size;                   /* bytes, with_size <= site_size                            */
    uint16_t    feature;                                /* of patch_arch.h; entries of one site follow each other   */
};

/* The table of the kernel image, see kernel.ld */
extern struct patch const PATCH_START[], PATCH_END[];

/*
 * Replaces what the table from start to end says, and prints one line: how many sites, and how many for want of which feature. Boot
 * CPU, once, before the others start, while the text is writable, and before a site is executed on a CPU that lacks its feature.
 */
void patch_apply (struct patch const *start, struct patch const *end);

/* Contract of the architecture --------------------------------------------------------------------------------------- */

extern char const *const patch_name[PATCH_FEATURES];

bool patch_in_use (unsigned feature);                   /* the same answer whenever it is asked                     */
void patch_fill (void *, size_t);                       /* NOPs, as few as possible                                 */
void patch_sync (void *, size_t);                       /* this CPU executes what has been written there            */

#endif
