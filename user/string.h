/* SPDX-License-Identifier: GPL-2.0-only */
/* The string functions that freestanding C and the runtime need. */
#pragma once

#include <stddef.h>

void *  memcpy (void *restrict, void const *restrict, size_t);
void *  memmove (void *, void const *, size_t);
void *  memset (void *, int, size_t);
int     memcmp (void const *, void const *, size_t);
size_t  strlen (char const *);
size_t  strnlen (char const *, size_t max);
int     strcmp (char const *, char const *);
int     strncmp (char const *, char const *, size_t);
char *  strchr (char const *, int);

/* Copies at most size - 1 bytes and always terminates; size must not be 0 */
void    string_copy (char *, char const *, size_t size);
