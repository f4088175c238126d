/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's page allocator with failures to order. Free pages cannot be touched; allocated ones are garbage unless filled. */
#define buddy_alloc kernel_buddy_alloc
#define buddy_free  kernel_buddy_free
#include <../kernel/buddy.c>
#undef buddy_alloc
#undef buddy_free

#include <core.h>

#include <kmem.h>

#include <sanitizer/asan_interface.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <signal.h>
#define pause posix_pause
#include <unistd.h>
#undef pause

uint64_t kmem_offset;
uint64_t core_allocs, core_fail;
bool     core_fail_all;
void   (*core_alloc) (void);

void *buddy_alloc (unsigned order, enum buddy_fill fill) MUST_CHECK;
void  buddy_free (void *block);

void *buddy_alloc (unsigned order, enum buddy_fill fill)
{
    core_allocs++;

    if (core_alloc) {
        void (*const f) (void) = core_alloc;
        core_alloc = NULL;
        f();
    }

    if (core_fail_all || (core_fail && !--core_fail))
        return NULL;

    void *const p = kernel_buddy_alloc (order, BUDDY_DIRTY);

    if (!p)
        return NULL;

    ASAN_UNPOISON_MEMORY_REGION (p, PAGE_SIZE << order);
    memset (p, fill == BUDDY_ZERO ? 0 : fill == BUDDY_ONES ? 0xff : 0xa5, PAGE_SIZE << order);

    return p;
}

void buddy_free (void *block)
{
    if (block) {
        assert_true ((char *)block >= CORE_POOL && (char *)block < CORE_POOL + CORE_POOL_SIZE);
        assert_true (!((uintptr_t)block % PAGE_SIZE) && page[page_index (block)].state == PAGE_USED);
        ASAN_POISON_MEMORY_REGION (block, PAGE_SIZE << page[page_index (block)].order);
    }

    kernel_buddy_free (block);
}

void core_pool_init (void)
{
    int const flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE;
    void *const p = mmap (CORE_POOL, CORE_POOL_SIZE, PROT_READ | PROT_WRITE, flags, -1, 0);

    assert_ptr_equal (p, CORE_POOL);
    kmem_offset = (uintptr_t)CORE_POOL - CORE_PHYS;
    buddy_init (CORE_POOL, CORE_POOL + CORE_POOL_SIZE);

    char *const first = CORE_POOL + CORE_POOL_SIZE - buddy_total_pages() * PAGE_SIZE;

    ASAN_POISON_MEMORY_REGION (first, (size_t)(CORE_POOL + CORE_POOL_SIZE - first));
}

size_t core_pages (void) { return buddy_free_pages(); }

bool core_panics (void (*f) (void))
{
    int fd[2], status;
    char text[512];

    assert_int_equal (pipe (fd), 0);
    fflush (NULL);

    pid_t const child = fork();

    if (!child) {
        dup2 (fd[1], 1);
        dup2 (fd[1], 2);
        close (fd[0]);
        signal (SIGABRT, SIG_DFL);
        f();
        _exit (0);
    }

    close (fd[1]);

    size_t n = 0;
    for (ssize_t r; n < sizeof text - 1 && (r = read (fd[0], text + n, sizeof text - 1 - n)) > 0; n += (size_t)r) ;
    text[n] = 0;
    close (fd[0]);

    assert_int_equal (waitpid (child, &status, 0), child);

    return WIFSIGNALED (status) && WTERMSIG (status) == SIGABRT && strstr (text, "assertion \"");
}
