/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ways into the kernel and out of it: SYSCALL with the IPC fast path, exceptions and interrupts, SYSRET and IRET.
 *
 * Everywhere: interrupts are off, DF is clear, the stack of this CPU is empty on entry from user mode. The registers of the
 * current EC go straight into struct ec. C functions are called and return; what never returns is jumped to.
 */
#include <asm-offsets.h>
#include <cr.h>
#include <memory.h>
#include <patch.h>
#include <selectors.h>
#include <vectors.h>

#define CPU(field)      cpu_local + CPU_##field
#define RFLAGS_INIT     0x202
#define REPLY_CALL      1
#define EXIT_FULL       1
#define STATUS_SUCCESS  0
#define SEL_LEAF_BITS   9
#define LEAF_MASK       511
#define MTD_WORDS_MASK  0x1ff
#define ROOT_PCID       0xfff
#define REP_WORDS       24                              /* messages longer than this are copied by REP MOVSQ    */

/* All general registers that a hypercall preserves, but rdi, rsi; rcx and r11 are free */
.macro SAVE_PRESERVED ec
            mov     %rsp, EC_RSP(\ec)
            mov     %rax, EC_RAX(\ec)
            mov     %rdx, EC_RDX(\ec)
            mov     %rbx, EC_RBX(\ec)
            mov     %rbp, EC_RBP(\ec)
            mov     %r8,  EC_R8(\ec)
            mov     %r9,  EC_R9(\ec)
            mov     %r10, EC_R10(\ec)
            mov     %r12, EC_R12(\ec)
            mov     %r13, EC_R13(\ec)
            mov     %r14, EC_R14(\ec)
            mov     %r15, EC_R15(\ec)
.endm

/* The same back; ec is in rdx, which comes last */
.macro LOAD_PRESERVED
            mov     EC_RSP(%rdx), %rsp
            mov     EC_RAX(%rdx), %rax
            mov     EC_RBX(%rdx), %rbx
            mov     EC_RBP(%rdx), %rbp
            mov     EC_R8(%rdx),  %r8
            mov     EC_R9(%rdx),  %r9
            mov     EC_R10(%rdx), %r10
            mov     EC_R12(%rdx), %r12
            mov     EC_R13(%rdx), %r13
            mov     EC_R14(%rdx), %r14
            mov     EC_R15(%rdx), %r15
            mov     EC_RDX(%rdx), %rdx
.endm

/* Message from the UTCB of src to that of dst, esi = MTD. Word 0 always goes; more words are copied out of line at \more, which
 * comes back to \done. Clobbers rax, rcx, r8. The upper half of rsi does not reach the receiver. */
.macro COPY_MESSAGE src, dst, more, done
            mov     EC_UTCB(\src), %rax
            mov     EC_UTCB(\dst), %rcx
            mov     (%rax), %r8
            mov     %r8, (%rcx)
            mov     %esi, %esi
            test    $MTD_WORDS_MASK, %esi
            jnz     \more
\done:
.endm

/* The rest of the message: rax = source, rcx = destination. Clobbers r8, r9, r10, r12, r13, r14, r15, rbp; keeps rbx, rdx, rsi, r11 */
.macro COPY_MORE more, done
\more:      mov     %esi, %r8d
            and     $MTD_WORDS_MASK, %r8d               /* words that are left                                  */
            cmp     $REP_WORDS, %r8d
            ja      2f
            lea     8(%rax,%r8,8), %rax                 /* ends, and a negative index up to 0: low words first  */
            lea     8(%rcx,%r8,8), %rcx
            neg     %r8
            test    $1, %r8b
            jz      1f
            mov     (%rax,%r8,8), %r9
            mov     %r9, (%rcx,%r8,8)
            inc     %r8
            jz      \done
1:          mov     (%rax,%r8,8), %r9
            mov     8(%rax,%r8,8), %r10
            mov     %r9, (%rcx,%r8,8)
            mov     %r10, 8(%rcx,%r8,8)
            add     $2, %r8
            jnz     1b
            jmp     \done
2:          mov     %rsi, %r9
            mov     %rdi, %r10
            lea     8(%rax), %rsi
            lea     8(%rcx), %rdi
            mov     %r8d, %ecx
            rep     movsq
            mov     %r9, %rsi
            mov     %r10, %rdi
            jmp     \done
.endm

/* Address space of ec. Clobbers rax, rcx. The store comes first, and a full barrier before the look at the marks: see tlb.c */
.macro SWITCH_SPACE copy, ec, stale, load
            mov     EC_ROOT(\ec), %rax
            cmp     CPU (ROOT), %rax
            je      9f
            mov     %rax, CPU (ROOT)
            PATCHABLE
            .ifb    \copy
            lock orq $0, CPU (STALE)
            .else                                       /* the jump is a long one: all in all, one NOP's size       */
            lock orq $0, CPU (STALE) (%rip)
            .endif
            jnz     \stale
            PATCH   PATCH_PCID
\load:      mov     %rax, %cr3
9:
.endm

/* Some PCID is stale here. rax = root, with a PCID or without; rdx and rsi stay */
.macro STALE_SPACE stale, load
\stale:     mov     %eax, %ecx
            and     $ROOT_PCID, %ecx
            bt      %rcx, CPU (STALE_PCID)
            jnc     \load
            mov     $CPU_STACK_TOP, %rsp                /* the user's is saved                                  */
            push    %rdx
            push    %rsi
            mov     %rax, %rdi
            SHSTK_BEGIN
            call    root_fresh
            SHSTK_END
            pop     %rsi
            pop     %rdx
            jmp     \load
.endm

/* Where an indirect branch may arrive, or the CPU itself */
.macro ENDBR
            .if     CFP_BRANCH
            endbr64
            .endif
.endm

/* SYSCALL leaves the CPU without a shadow stack, SSP = 0 (SDM 2B, SYSCALL), and so do fast paths, which have no CALL and no RET. From
 * IA32_PL0_SSP: the stack of this CPU is empty when user mode runs, and its token is not busy. */
.macro SHSTK_BEGIN
            .if     CFP_RETURN
            PATCHABLE
            setssbsy
            PATCH   PATCH_SHSTK
            .endif
.endm

/* Back to that: SYSRET does not look at the token, as IRET does */
.macro SHSTK_END
            .if     CFP_RETURN
            PATCHABLE
            clrssbsy CPU_SSP
            PATCH   PATCH_SHSTK
            .endif
.endm

/*
 * The fast paths and what leads there are macros, since there are two copies of them: the usual one, and one with trace points, whose
 * labels end in _traced. IA32_LSTAR says which one a CPU uses.
 *
 * A trace point keeps all registers and needs no stack: the user's is still loaded. It does change flags. The fences keep what is before it
 * out of the time behind it and the other way around (Intel SDM 2B, RDTSC). No CALL and no RET: there is no shadow stack here.
 */
.macro TRACE copy, id
            .ifnb   \copy
            mov     %rax, CPU (TRACE_SAVE)
            mov     %rcx, CPU (TRACE_SAVE) + 8
            mov     %rdx, CPU (TRACE_SAVE) + 16
            lfence
            rdtsc
            lfence
            mov     CPU (TRACE_COUNT), %rcx
            and     CPU (TRACE_MASK), %rcx
            shl     $4, %rcx                            /* entries of 16 bytes                                  */
            add     CPU (TRACE_RING), %rcx
            mov     %eax, RING_TIME(%rcx)
            mov     %edx, RING_TIME + 4(%rcx)
            movq    $\id, RING_ID(%rcx)
            mov     CPU (TRACE_COUNT), %rax
            mov     CPU (TRACE_RING), %rcx
            inc     %rax
            mov     %rax, CPU (TRACE_COUNT)
            mov     %rax, RING_WRITTEN(%rcx)
            mov     CPU (TRACE_SAVE), %rax
            mov     CPU (TRACE_SAVE) + 8, %rcx
            mov     CPU (TRACE_SAVE) + 16, %rdx
            .endif
.endm

/* Falls through with all hypercalls but ipc_call without a timeout and ipc_reply. In: as SYSCALL below. Out: r11 = current EC */
.macro SYSCALL_ENTRY copy
            .balign 64
            .globl  syscall_entry\copy
syscall_entry\copy:
            ENDBR                                       /* ENDBR_SIZE                                           */
            TRACE   \copy, TRACE_ENTER
            TRACE   \copy, TRACE_PROBE
            mov     CPU (CURRENT), %r11
            cmp     $1, %dil                            /* number and flags: 0 ipc_call without timeout, 1 ipc_reply */
            jb      fast_call\copy
            je      fast_reply\copy
.endm

/* Fast path of ipc_call: the callee is on this CPU and waits, and there is nothing else to do.
 * r11 = caller. rdi and rsi stay as they are until nothing can fail any more. */
.macro FAST_CALL copy
            .balign 64
fast_call\copy:
            mov     %rcx, EC_RIP(%r11)
            SAVE_PRESERVED %r11
            TRACE   \copy, TRACE_CALL_SAVED
            mov     %rdi, %rax
            shr     $8, %rax                            /* portal selector                                      */
            mov     %rax, %rcx
            shr     $SEL_LEAF_BITS, %rcx
            cmp     $LEAF_MASK, %rcx
            ja      slow_saved
            and     $LEAF_MASK, %eax
            mov     EC_OBJ_ROOT(%r11), %rdx
            mov     (%rdx, %rcx, 8), %rdx
            mov     (%rdx, %rax, 8), %rax               /* capability                                           */
            movslq  %eax, %rbx                          /* portal                                               */
            test    %rax, %rax                          /* CAP_PT_CALL_BIT                                      */
            jns     slow_saved
            mov     PT_FAST(%rbx), %rdx                 /* callee                                               */
            mov     CPU (TOKEN), %eax
            cmp     EC_RECV(%rdx), %eax
            jne     slow_saved
            mov     CPU (HAZARD), %eax
            cmp     EC_HAZARD(%rdx), %eax
            jne     call_hazard\copy
call_found\copy:
            mov     %rdx, EC_CALLEE(%r11)
            mov     %r11, EC_CALLER(%rdx)
            movl    $0, EC_RECV(%rdx)
            movq    $REPLY_CALL, EC_REPLY(%r11)         /* and EC_EXIT: SYSRET                                  */
            TRACE   \copy, TRACE_CALL_FOUND
            COPY_MESSAGE %r11, %rdx, call_more\copy, call_done\copy
            TRACE   \copy, TRACE_CALL_COPIED
            SWITCH_SPACE \copy, %rdx, call_stale\copy, call_load\copy
            TRACE   \copy, TRACE_CALL_SWITCHED
            mov     %rdx, CPU (CURRENT)
            mov     PT_ID(%rbx), %rdi
            mov     PT_IP(%rbx), %rcx
            LOAD_PRESERVED
            mov     $RFLAGS_INIT, %r11d
            TRACE   \copy, TRACE_CALL_LEAVE
            sysretq

            STALE_SPACE call_stale\copy, call_load\copy
.endm

/* Fast path of ipc_reply: there is a caller, it waits for a plain reply, and it is on this SC's chain. r11 = callee. */
.macro FAST_REPLY copy
            .balign 64
fast_reply\copy:
            SAVE_PRESERVED %r11
            TRACE   \copy, TRACE_REPLY_SAVED
            mov     EC_CALLER(%r11), %rdx
            cmpl    $REPLY_CALL, EC_REPLY(%rdx)
            jne     slow_saved
            mov     CPU (HAZARD), %eax
            cmp     EC_HAZARD(%rdx), %eax
            jne     reply_hazard\copy
reply_found\copy:
            mov     CPU (TOKEN), %eax
            mov     %eax, EC_RECV(%r11)
            movq    $ec_nobody, EC_CALLER(%r11)
            movq    $0, EC_CALLEE(%rdx)
            TRACE   \copy, TRACE_REPLY_FOUND
            COPY_MESSAGE %r11, %rdx, reply_more\copy, reply_done\copy
            TRACE   \copy, TRACE_REPLY_COPIED
            SWITCH_SPACE \copy, %rdx, reply_stale\copy, reply_load\copy
            TRACE   \copy, TRACE_REPLY_SWITCHED
            mov     %rdx, CPU (CURRENT)
            mov     EC_RIP(%rdx), %rcx
            xor     %edi, %edi                          /* STATUS_SUCCESS                                       */
            LOAD_PRESERVED
            mov     $RFLAGS_INIT, %r11d
            TRACE   \copy, TRACE_REPLY_LEAVE
            sysretq

            STALE_SPACE reply_stale\copy, reply_load\copy
.endm

/* Between the FPU's owner and another EC, and nothing else is to be done: the FPU goes off or on, its registers stay (ec_fpu_switch()).
 * eax = hazards of the CPU, rdx = next EC */
.macro OTHER_FPU hazard, found
\hazard:    xor     EC_HAZARD(%rdx), %eax
            cmp     $HAZARD_FPU, %eax
            jne     slow_saved
            xor     %eax, CPU (HAZARD)
            test    %eax, CPU (HAZARD)
            jnz     1f
            mov     %cr0, %rax
            or      $CR0_TS, %rax
            mov     %rax, %cr0
            jmp     \found
1:          clts
            jmp     \found
.endm

/* What of them lies aside: other states of the FPU, messages of more than a word */
.macro OUT_OF_LINE copy
            OTHER_FPU call_hazard\copy, call_found\copy
            OTHER_FPU reply_hazard\copy, reply_found\copy
            COPY_MORE call_more\copy, call_done\copy
            COPY_MORE reply_more\copy, reply_done\copy
.endm

/* The C side of a hypercall: rdi, rsi, rdx, rcx, r8 = parameters 0...4, r11 = current EC. Out: rax, and its sign in the flags */
.macro CALL_HANDLER
            mov     %r11, %r9
            movzbl  %dil, %eax
            call    *syscall_table(, %rax, 8)
            test    %rax, %rax
.endm

            .section .text.entry, "ax", @progbits

/* SYSCALL --------------------------------------------------------------------------------------------------------------
 * In:  rdi = identifier and parameter 0, rsi, rdx, rax, r8 = parameters 1...4, rcx = user RIP, r11 = user RFLAGS (dropped:
 *      every hypercall returns 0x202), rsp = user stack. IA32_FMASK has cleared IF, DF, TF, AC, NT, IOPL.
 */
            SYSCALL_ENTRY

slow:       mov     %rcx, EC_RIP(%r11)
            mov     %rsp, EC_RSP(%r11)
            mov     $CPU_STACK_TOP, %rsp
            SHSTK_BEGIN
            mov     %rax, EC_RAX(%r11)                  /* what C may clobber; it preserves rbx, rbp, r12...r15 */
            mov     %rdx, EC_RDX(%r11)
            mov     %rsi, EC_RSI(%r11)
            mov     %rdi, EC_RDI(%r11)
            mov     %r8,  EC_R8(%r11)
            mov     %r9,  EC_R9(%r11)
            mov     %r10, EC_R10(%r11)
            mov     %rax, %rcx
            CALL_HANDLER
            js      deferred
            mov     CPU (CURRENT), %r11
            mov     CPU (HAZARD), %ecx
            cmp     EC_HAZARD(%r11), %ecx
            jne     hazard
            SHSTK_END
            mov     %rax, %rdi
            mov     EC_RSP(%r11), %rsp
            mov     EC_RAX(%r11), %rax
            mov     EC_RIP(%r11), %rcx
            mov     EC_RDX(%r11), %rdx
            mov     EC_RSI(%r11), %rsi
            mov     EC_R8(%r11),  %r8
            mov     EC_R9(%r11),  %r9
            mov     EC_R10(%r11), %r10
            mov     $RFLAGS_INIT, %r11d
            sysretq

hazard:     mov     %rax, EC_RDI(%r11)
            mov     %r11, CPU (NEXT)
deferred:   mov     CPU (CURRENT), %r11
            movl    $0, EC_EXIT(%r11)
            mov     %rbx, EC_RBX(%r11)
            mov     %rbp, EC_RBP(%r11)
            mov     %r12, EC_R12(%r11)
            mov     %r13, EC_R13(%r11)
            mov     %r14, EC_R14(%r11)
            mov     %r15, EC_R15(%r11)
run:        call    ec_run
            mov     %rax, %rdx
            cmpl    $0, EC_EXIT(%rdx)
            jne     exit_iret

/* SYSRET. In: rdx = current EC; rcx gets a user address or the one behind the last user page, which is not executable */
exit_sysret:
            SHSTK_END
            mov     EC_RIP(%rdx), %rcx
            mov     EC_RDI(%rdx), %rdi
            mov     EC_RSI(%rdx), %rsi
            LOAD_PRESERVED
            mov     $RFLAGS_INIT, %r11d
            sysretq

            FAST_CALL
            FAST_REPLY

/* Left a fast path: the preserved registers are saved, rdi and rsi are untouched, r11 = current EC */
slow_saved: mov     $CPU_STACK_TOP, %rsp
            SHSTK_BEGIN
            mov     %rdi, EC_RDI(%r11)
            mov     %rsi, EC_RSI(%r11)
            movl    $0, EC_EXIT(%r11)
            CALL_HANDLER
            js      run
            mov     CPU (CURRENT), %rdx
            mov     CPU (HAZARD), %ecx
            mov     %rax, EC_RDI(%rdx)
            cmp     EC_HAZARD(%rdx), %ecx
            je      exit_sysret
            mov     %rdx, CPU (NEXT)
            jmp     run

            OUT_OF_LINE

/* The copy with trace points is entered instead. It goes where the other one does when it has to leave the fast path. */
            .pushsection .text.entry_traced, "ax", @progbits
            SYSCALL_ENTRY _traced
            jmp     slow
            FAST_CALL _traced
            FAST_REPLY _traced
            OUT_OF_LINE _traced
            .popsection

/* Exceptions and interrupts --------------------------------------------------------------------------------------------
 * The CPU pushes SS, RSP, RFLAGS, CS, RIP and for some exceptions an error code (Intel SDM 3A, 6.14.2); a stub adds a 0 where
 * there is none, and the vector. Stubs are 16 bytes apart: the IDT is made from that.
 */
            .balign 16
            .globl  idt_stubs
idt_stubs:
            .set    vec, 0
            .rept   VEC_COUNT
            .balign 16
            ENDBR
            .if !(vec == 8 || (vec >= 10 && vec <= 14) || vec == 17 || vec == 21 || vec == 29 || vec == 30)
            push    $0
            .endif
            push    $vec
            .if vec == 2 || vec == 8 || vec == 18
            jmp     entry_ist
            .elseif vec == 1 || vec == 21
            jmp     entry_ist_user
            .else
            jmp     entry_exc
            .endif
            .set    vec, vec + 1
            .endr

            .org    idt_stubs + VEC_COUNT * 16          /* an error if one is longer                            */

/* From user mode, on a stack of the IST: go on as all others do, with the shadow stack that belongs to this */
entry_ist_user:
            testb   $3, 24(%rsp)
            jz      entry_kernel
            .if     CFP_RETURN
            push    %rax
            xor     %eax, %eax
            rdsspq  %rax
            PATCHABLE
            clrssbsy (%rax)
            PATCH   PATCH_SHSTK
            pop     %rax
            .endif
            SHSTK_BEGIN
            jmp     entry_user

entry_exc:  testb   $3, 24(%rsp)                        /* CS: from user mode?                                  */
            jz      entry_kernel
entry_user: push    %r11
            mov     CPU (CURRENT), %r11
            mov     %rax, EC_RAX(%r11)
            mov     %rcx, EC_RCX(%r11)
            mov     %rdx, EC_RDX(%r11)
            mov     %rbx, EC_RBX(%r11)
            mov     %rbp, EC_RBP(%r11)
            mov     %rsi, EC_RSI(%r11)
            mov     %rdi, EC_RDI(%r11)
            mov     %r8,  EC_R8(%r11)
            mov     %r9,  EC_R9(%r11)
            mov     %r10, EC_R10(%r11)
            mov     %r12, EC_R12(%r11)
            mov     %r13, EC_R13(%r11)
            mov     %r14, EC_R14(%r11)
            mov     %r15, EC_R15(%r11)
            pop     %rax
            mov     %rax, EC_R11(%r11)
            pop     %rdi                                /* vector                                               */
            pop     %rax
            mov     %rax, EC_ERROR(%r11)
            pop     %rax
            mov     %rax, EC_RIP(%r11)
            pop     %rax                                /* CS                                                   */
            pop     %rax
            mov     %rax, EC_RFLAGS(%r11)
            pop     %rax
            mov     %rax, EC_RSP(%r11)
            movl    $EXIT_FULL, EC_EXIT(%r11)
            mov     $CPU_STACK_TOP, %rsp
            cld
            PATCHABLE
            clac                                        /* user mode can set RFLAGS.AC (SDM 2A, CLAC)           */
            PATCH   PATCH_SMAP
            mov     %r11, %rsi
            cmp     $VEC_EXC_COUNT, %edi
            jae     1f
            call    exception_user
            jmp     run
1:          call    interrupt_arrived
            mov     CPU (CURRENT), %rdx
            mov     CPU (HAZARD), %ecx
            cmp     EC_HAZARD(%rdx), %ecx
            je      exit_iret
            mov     %rdx, CPU (NEXT)
            jmp     run

/* IRET. In: rdx = current EC */
exit_iret:  pushq   $SEL_USER_DATA
            pushq   EC_RSP(%rdx)
            pushq   EC_RFLAGS(%rdx)
            pushq   $SEL_USER_CODE
            pushq   EC_RIP(%rdx)
            mov     EC_RAX(%rdx), %rax
            mov     EC_RCX(%rdx), %rcx
            mov     EC_RBX(%rdx), %rbx
            mov     EC_RBP(%rdx), %rbp
            mov     EC_RSI(%rdx), %rsi
            mov     EC_RDI(%rdx), %rdi
            mov     EC_R8(%rdx),  %r8
            mov     EC_R9(%rdx),  %r9
            mov     EC_R10(%rdx), %r10
            mov     EC_R11(%rdx), %r11
            mov     EC_R12(%rdx), %r12
            mov     EC_R13(%rdx), %r13
            mov     EC_R14(%rdx), %r14
            mov     EC_R15(%rdx), %r15
            mov     EC_RDX(%rdx), %rdx
            iretq

/* In the kernel: interrupts while idle or at a preemption point, and NMI, double fault, machine check from anywhere, on stacks of
 * their own. Preserves everything. Stack: vector, error code, RIP, CS, RFLAGS, RSP, SS */
entry_ist:
entry_kernel:
            push    %rax
            push    %rcx
            push    %rdx
            push    %rsi
            push    %rdi
            push    %r8
            push    %r9
            push    %r10
            push    %r11
            cld
            PATCHABLE
            clac
            PATCH   PATCH_SMAP
            mov     72(%rsp), %rdi                      /* vector                                               */
            lea     80(%rsp), %rsi                      /* error code and frame                                 */
            xor     %edx, %edx                          /* shadow stack, null without one: SSP, RIP, CS         */
            rdsspq  %rdx
            call    interrupt_kernel
            pop     %r11
            pop     %r10
            pop     %r9
            pop     %r8
            pop     %rdi
            pop     %rsi
            pop     %rdx
            pop     %rcx
            pop     %rax
            add     $16, %rsp
            iretq

/* The first way out: the idle EC or the root EC of this CPU, on its empty stack */
            .globl  run_first
run_first:  mov     $CPU_STACK_TOP, %rsp
            SHSTK_END                                   /* and empty shadow stack                               */
            SHSTK_BEGIN
            jmp     run
