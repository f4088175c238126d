/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs a target on recorded inputs, each a test named by its file: those of the arguments, or without any, those of
 * test/fuzz/corpus/NAME, where NAME is that of the program. With any compiler; libFuzzer takes its place in make fuzz.
 */
#include <dirent.h>
#include <stdio.h>

#include <image.h>

#define INPUTS_MAX  1000

static struct CMUnitTest inputs[INPUTS_MAX];
static size_t count;

static void run (void **state)
{
    FILE *const file = fopen (*state, "rb");

    assert_non_null (file);
    assert_int_equal (fseek (file, 0, SEEK_END), 0);

    long const size = ftell (file);

    assert_true (size >= 0);
    rewind (file);

    uint8_t *const data = malloc ((size_t)size);        /* of exactly this size: reads beyond it are seen           */

    assert_int_equal (fread (data, 1, (size_t)size, file), size);
    fclose (file);

    LLVMFuzzerTestOneInput (data, (size_t)size);
    free (data);
}

static void add (char const *path)
{
    if (count == INPUTS_MAX) {
        fprintf (stderr, "more than %d inputs\n", INPUTS_MAX);
        exit (2);
    }

    char *const name = strdup (path);

    inputs[count++] = (struct CMUnitTest){ .name = name, .test_func = run, .initial_state = name };
}

int main (int argc, char **argv)
{
    char const *const slash = strrchr (argv[0], '/');
    char path[1024];
    struct dirent **entry;

    for (int i = 1; i < argc; i++)
        add (argv[i]);

    snprintf (path, sizeof path, "test/fuzz/corpus/%s", slash ? slash + 1 : argv[0]);

    int const entries = argc > 1 ? 0 : scandir (path, &entry, NULL, alphasort);

    for (int i = 0; i < entries; i++)
        if (entry[i]->d_name[0] != '.') {
            snprintf (path, sizeof path, "test/fuzz/corpus/%s/%s", slash ? slash + 1 : argv[0], entry[i]->d_name);
            add (path);
        }

    if (!count) {
        fprintf (stderr, "no inputs in %s\n", path);
        return 2;
    }

    return _cmocka_run_group_tests ("corpus", inputs, count, NULL, NULL);
}
