/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The first page of the raw image, with headers: an arm64 Image header (Linux, Documentation/arm64/booting.rst) that is a DOS header,
 * too, and a PE/COFF header behind it (Microsoft PE format; UEFI 2.10, 2.1.1). So one file is what QEMU, U-Boot and GRUB start as
 * Linux, and what UEFI starts as an application.
 *
 * File and memory look alike: the offset of a section in the file is its address. The sections are those of the ELF file, so firmware
 * can make none of them writable and executable. Nothing has to be relocated: before the kernel has tables of its own, all its
 * addresses are relative to the program counter (uefi_load.c).
 */
#include <memory.h>

#define MACHINE_ARM64   0xaa64
#define FILE_FLAGS      0x0206                          /* executable, no line numbers, no debugging information            */
#define PE32_PLUS       0x020b
#define APPLICATION     10                              /* subsystem: EFI application                                       */
#define DIRECTORIES     6                               /* of which none is there; firmware looks for base relocations      */
#define SECTION_ALIGN   0x1000
#define FILE_ALIGN      0x200

#define CODE            0x60000020                      /* read, execute, code                                              */
#define CONSTANTS       0x40000040                      /* read, initialized data                                           */
#define VARIABLES       0xc0000040                      /* read, write, initialized data                                    */

            .section .header, "ax", @progbits

            .globl  image_start
image_start:
            ccmp    x18, #0, #13, pl                    /* "MZ" in a register that does not matter: only flags change       */
            b       start
            .quad   0                                   /* offset from a multiple of 2 MiB                                  */
            .quad   IMAGE_SIZE                          /* of what must stay free, from the start of the file               */
            .quad   0xa                                 /* little-endian, pages of 4 KiB, anywhere in memory                */
            .quad   0, 0, 0
            .ascii  "ARM\x64"
            .long   pe_header - image_start

pe_header:  .ascii  "PE\0\0"
            .short  MACHINE_ARM64
            .short  (sections_end - sections) / 40
            .long   0, 0, 0                             /* time, symbols                                                    */
            .short  sections - optional_header
            .short  FILE_FLAGS

optional_header:
            .short  PE32_PLUS
            .byte   0, 0                                /* linker                                                           */
            .long   CODE_SIZE - SECTION_ALIGN           /* code                                                             */
            .long   INITIALIZED_SIZE                    /* initialized data                                                 */
            .long   BSS_SIZE                            /* other data                                                       */
            .long   pe_entry - image_start              /* entry point                                                      */
            .long   SECTION_ALIGN                       /* first code                                                       */
            .quad   0                                   /* preferred address: none                                          */
            .long   SECTION_ALIGN, FILE_ALIGN
            .short  0, 0                                /* operating system                                                 */
            .short  1, 0                                /* image: GRUB 2.12 offers its RAM disk by LoadFile2 from 1 on      */
            .short  0, 0                                /* subsystem                                                        */
            .long   0
            .long   CONTENTS_SIZE                       /* the image in memory. Not with the pool: it is copied (uefi_load.c) */
            .long   SECTION_ALIGN                       /* headers                                                          */
            .long   0                                   /* checksum                                                         */
            .short  APPLICATION, 0
            .quad   0, 0, 0, 0                          /* stack and heap                                                   */
            .long   0, DIRECTORIES
            .fill   DIRECTORIES, 8, 0

/* Addresses and sizes in memory, and as much of it as is in the file */
.macro      SECTION name, at, size, stored, flags
            .ascii  "\name"
            .long   \size, \at
            .long   \stored, \at
            .quad   0                                   /* relocations, line numbers                                        */
            .long   0, \flags
.endm

sections:   SECTION ".init\0\0\0", SECTION_ALIGN, TABLES_OFFSET - SECTION_ALIGN, TABLES_OFFSET - SECTION_ALIGN, CODE
            SECTION ".tables\0", TABLES_OFFSET, TABLES_SIZE, TABLES_SIZE, VARIABLES
            SECTION ".text\0\0\0", TEXT_OFFSET, TEXT_SIZE, TEXT_SIZE, CODE
            SECTION ".rodata\0", RODATA_OFFSET, RODATA_SIZE, RODATA_SIZE, CONSTANTS
            SECTION ".data\0\0\0", DATA_OFFSET, DATA_BSS_SIZE, DATA_SIZE, VARIABLES
sections_end:
            .balign SECTION_ALIGN, 0

pe_entry:   b       uefi_start
