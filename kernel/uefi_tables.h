/* SPDX-License-Identifier: GPL-2.0-only */
/* Tables and protocols of UEFI, as far as they are used. Section numbers: UEFI specification 2.10. */
#pragma once

#include <base/compiler.h>
#include <base/types.h>
#include <uefi_arch.h>

/* Status codes, appendix D */
#define EFI_ERROR(n)            (UINT64_C (0x8000000000000000) | (n))
#define EFI_SUCCESS             UINT64_C (0)
#define EFI_LOAD_ERROR          EFI_ERROR (1)
#define EFI_UNSUPPORTED         EFI_ERROR (3)
#define EFI_BUFFER_TOO_SMALL    EFI_ERROR (5)
#define EFI_OUT_OF_RESOURCES    EFI_ERROR (9)
#define EFI_NOT_FOUND           EFI_ERROR (14)

enum { ALLOCATE_ANY_PAGES = 0, ALLOCATE_MAX_ADDRESS = 1 };                      /* 7.2.1                            */

/* 7.2.1, memory types */
enum { LOADER_CODE = 1, LOADER_DATA = 2, BOOT_DATA = 4, RUNTIME_CODE = 5, RUNTIME_DATA = 6, ACPI_RECLAIM = 9, ACPI_NVS = 10 };

struct uefi_header {                                    /* 4.2.1                                                    */
    uint64_t    signature;
    uint32_t    revision, size, crc, reserved;
};

struct uefi_text_output {                               /* 12.4.1                                                   */
    uint64_t reset;
    uint64_t (EFIAPI *output_string) (struct uefi_text_output *, uint16_t const *);
};

struct system_table {                                   /* 4.3.1                                                    */
    struct uefi_header header;
    uint64_t        vendor, vendor_revision, console_in[2], console_out_handle;
    struct uefi_text_output *console_out;
    uint64_t        error[2], runtime_services;
    paddr_t         boot_services;
    uint64_t        configurations;
    paddr_t         configuration;
};

struct configuration {                                  /* 4.6.1                                                    */
    uint64_t    guid[2];
    paddr_t     table;
};

struct descriptor {                                     /* 7.2.3, version 1; later ones may append fields           */
    uint32_t    type, pad;
    paddr_t     start;
    uint64_t    virtual, pages, attributes;
};

struct boot_services {                                  /* 4.4.1, up to what is used                                */
    struct uefi_header header;
    uint64_t raise_tpl, restore_tpl;
    uint64_t (EFIAPI *allocate_pages) (unsigned how, unsigned type, uint64_t pages, paddr_t *addr);
    uint64_t (EFIAPI *free_pages) (paddr_t addr, uint64_t pages);
    uint64_t (EFIAPI *get_memory_map) (uint64_t *size, paddr_t map, uint64_t *key, uint64_t *desc_size, uint32_t *desc_version);
    uint64_t others[11];
    uint64_t (EFIAPI *handle_protocol) (uint64_t handle, uint64_t const *guid, void *interface);
    uint64_t others2[3];
    uint64_t (EFIAPI *locate_device_path) (uint64_t const *guid, void const **path, uint64_t *handle);
    uint64_t others3[5];
    uint64_t (EFIAPI *exit_boot_services) (paddr_t image, uint64_t key);
};

/* 4.4.1, further up: what an application of UEFI uses besides, before anything else of the kernel runs */
struct boot_services_more {
    struct boot_services first;
    uint64_t others[10];
    uint64_t (EFIAPI *locate_protocol) (uint64_t const *guid, void *registration, void *interface);
};

struct graphics_mode {                                  /* 12.9.2                                                   */
    uint32_t    version, width, height;
    uint32_t    format;                                 /* GRAPHICS_*                                               */
    uint32_t    mask[3], reserved;                      /* of red, green, blue if the format says so                */
    uint32_t    pixels;                                 /* of a line, with what is not seen                         */
};

enum { GRAPHICS_RGB = 0, GRAPHICS_BGR = 1, GRAPHICS_MASKS = 2 };       /* others have no memory                    */

struct graphics {                                       /* 12.9.2                                                   */
    uint64_t    query_mode, set_mode, blt;
    struct graphics_now {
        uint32_t    modes, mode;
        struct graphics_mode const *info;
        uint64_t    info_size;
        paddr_t     addr;
        uint64_t    size;
    } const *now;
};

struct loaded_image {                                   /* 9.1.1                                                    */
    uint32_t    revision, pad;
    uint64_t    parent, system_table, device, path, reserved;
    uint32_t    options_size, pad2;                     /* bytes                                                    */
    void const *options;
};

struct load_file {                                      /* 13.2.1                                                   */
    uint64_t (EFIAPI *load) (struct load_file *, void const *path, bool boot_policy, uint64_t *size, void *to);
};

struct file {                                           /* 13.5.1                                                   */
    uint64_t revision;
    uint64_t (EFIAPI *open) (struct file *, struct file **, uint16_t const *name, uint64_t mode, uint64_t attributes);
    uint64_t (EFIAPI *close) (struct file *);
    uint64_t delete;
    uint64_t (EFIAPI *read) (struct file *, uint64_t *size, void *to);
    uint64_t write;
    uint64_t (EFIAPI *get_position) (struct file *, uint64_t *);
    uint64_t (EFIAPI *set_position) (struct file *, uint64_t);
};

struct file_system {                                    /* 13.4.1                                                   */
    uint64_t revision;
    uint64_t (EFIAPI *open_volume) (struct file_system *, struct file **);
};

STATIC_ASSERT (sizeof (struct uefi_header) == 24);
STATIC_ASSERT (sizeof (struct system_table) == 120);
STATIC_ASSERT (sizeof (struct configuration) == 24);
STATIC_ASSERT (sizeof (struct descriptor) == 40);
STATIC_ASSERT (offsetof (struct system_table, console_out) == 64);
STATIC_ASSERT (offsetof (struct boot_services, get_memory_map) == 56);
STATIC_ASSERT (offsetof (struct boot_services, handle_protocol) == 152);
STATIC_ASSERT (offsetof (struct boot_services, locate_device_path) == 184);
STATIC_ASSERT (offsetof (struct boot_services, exit_boot_services) == 232);
STATIC_ASSERT (offsetof (struct boot_services_more, locate_protocol) == 320);
STATIC_ASSERT (sizeof (struct graphics_mode) == 36);
STATIC_ASSERT (offsetof (struct graphics_now, addr) == 24);
STATIC_ASSERT (offsetof (struct loaded_image, options) == 56);
STATIC_ASSERT (offsetof (struct file, set_position) == 56);
