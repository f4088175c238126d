/* SPDX-License-Identifier: GPL-2.0-only */
/* Images of physical memory as fuzz inputs. */
#include <image.h>

#define NUMBERS_SIZE    (IMAGE_NUMBERS * sizeof (uint64_t))
#define HEAD_SIZE       12

/* Outside of a cmocka test, a check that fails must end as a crash does: libFuzzer then keeps the input */
int LLVMFuzzerInitialize (int *argc UNUSED, char ***argv UNUSED) { return setenv ("CMOCKA_TEST_ABORT", "1", 1); }

bool image_load (uint64_t number[IMAGE_NUMBERS], uint8_t const *data, size_t size,
                 void (*repair) (uint8_t *data, size_t size, unsigned kind))
{
    static uint8_t copy[UINT16_MAX];

    if (size < NUMBERS_SIZE)
        return false;

    memcpy (number, data, NUMBERS_SIZE);
    data += NUMBERS_SIZE;
    size -= NUMBERS_SIZE;

    host_mem_reset();
    host_lines_reset();

    if (number[IMAGE_NUMBERS - 1])
        host_phys_end = MIN (number[IMAGE_NUMBERS - 1], UINT64_C (1) << HOST_PHYS_BITS);

    for (unsigned i = 0; i < IMAGE_REGIONS && size > HEAD_SIZE; i++) {

        uint64_t addr;
        uint16_t length;

        memcpy (&addr, data, sizeof addr);
        memcpy (&length, data + 8, sizeof length);

        unsigned const kind = data[10];
        size_t const n = MIN (length, size - HEAD_SIZE);

        memcpy (copy, data + HEAD_SIZE, n);

        if (repair)
            repair (copy, n, kind);

        host_mem_put (addr, copy, MIN (n, addr < host_phys_end ? host_phys_end - addr : 0));

        data += HEAD_SIZE + n;
        size -= HEAD_SIZE + n;
    }

    return true;
}
