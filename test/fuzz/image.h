/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the fuzz targets have in common. The input of a parser of physical memory is an image: three numbers, then regions
 * of memory that the kernel sees through window_map, all little-endian and without padding:
 *
 *      uint64_t number[IMAGE_NUMBERS];                     the target says what they are; the last: end of memory, or 0
 *      { uint64_t addr; uint16_t size; uint8_t kind, zero; uint8_t data[size]; } region[];
 *
 * The last region may be cut. Its kind tells the target which checksums to make good, so that damage gets past them.
 * seeds.py writes images, and prints them (seeds.py --show FILE).
 */
#pragma once

#include <host.h>

#define IMAGE_NUMBERS   3
#define IMAGE_REGIONS   64

/* Puts an image into modelled memory; false if it has no numbers. repair may change each region first, or is null. */
bool image_load (uint64_t number[IMAGE_NUMBERS], uint8_t const *data, size_t size,
                 void (*repair) (uint8_t *data, size_t size, unsigned kind));

/* What libFuzzer and replay.c call: runs one input. A sanitizer or cmocka reports what is wrong with it. Returns 0. */
int LLVMFuzzerTestOneInput (uint8_t const *data, size_t size);

/* What libFuzzer calls first */
int LLVMFuzzerInitialize (int *argc, char ***argv);
