/* SPDX-License-Identifier: GPL-2.0-only */
/* Words of the command line, beside what the C library makes of them. Input: a name, a line end, the command line. */
#include <cmdline.h>
#include <image.h>
#include <multiboot.h>

#define BLANKS  " \t\r\n"

/* What the two look-ups should say */
static bool look (char const *text, char const *name, bool *flag, char const **value, size_t *length)
{
    size_t const n = strlen (name);
    bool found = false;

    *flag = false;

    for (char const *word = text + strspn (text, BLANKS); *word; word += strspn (word, BLANKS)) {

        size_t const len = strcspn (word, BLANKS);

        *flag |= len == n && !strncmp (word, name, n);

        if (len > n && !strncmp (word, name, n) && word[n] == '=') {
            *value = word + n + 1;
            *length = len - n - 1;
            found = true;
        }

        word += len;
    }

    return found;
}

int LLVMFuzzerTestOneInput (uint8_t const *data, size_t size)
{
    char *const name = malloc (size + 1);               /* of exactly this size: reads beyond it are seen           */
    char const *mine = NULL, *value = NULL;
    size_t mine_length = 0, length = 0;
    bool flag;

    memcpy (name, data, size);
    name[size] = 0;

    char *const end = strchr (name, '\n');

    if (!end) {
        free (name);
        return 0;
    }

    *end = 0;
    cmdline_set (end + 1);
    end[1 + strnlen (end + 1, CMDLINE_MAX - 1)] = 0;    /* where the kernel cuts it                                 */

    bool const found = look (end + 1, name, &flag, &value, &length);

    assert_int_equal (cmdline_flag (name), flag);
    assert_int_equal (cmdline_value (name, &mine, &mine_length), found);
    assert_int_equal (mine_length, length);

    if (found)
        assert_memory_equal (mine, value, length);

    free (name);
    return 0;
}
