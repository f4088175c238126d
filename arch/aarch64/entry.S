/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ways into the kernel and out of it: SVC with the IPC fast path, exceptions and interrupts, ERET.
 *
 * Everywhere: interrupts are off. In user mode SP_EL2 is the current EC, so that its registers go straight into struct ec; C code has
 * the stack of this CPU, which is empty on entry from user mode. ELR_EL2 and SPSR_EL2 stay as an entry has found them until the EC is
 * left: preemption_point(), the only place that lets interrupts in, puts them back. C functions are called and return; what never
 * returns is jumped to.
 */
#include <asm-offsets.h>
#include <memory.h>
#include <patch.h>
#include <sysreg.h>

#define X(n)            (EC_GPR + 8 * (n))
#define REPLY_CALL      1
#define STATUS_SUCCESS  0
#define HYPERCALL_IPC_REPLY 1
#define HYPERCALL_LAST  0xff
#define SEL_LEAF_BITS   9
#define LEAF_MASK       511
#define MTD_WORDS_MASK  0x1ff
#define CAP_PT_CALL_BIT 63
#define STACK_TOP       cpu_local + (CPU_STACK_TOP - CPU_LOCAL)
#define STACK_PANIC_TOP cpu_local + (CPU_STACK_PANIC_TOP - CPU_LOCAL)

/* op = stp or ldp of registers, each at its place behind base + at, where that of x0 is */
.macro X2_TO_X15 op, base, at
            \op     x2,  x3,  [\base, #\at + 16]
            \op     x4,  x5,  [\base, #\at + 32]
            \op     x6,  x7,  [\base, #\at + 48]
            \op     x8,  x9,  [\base, #\at + 64]
            \op     x10, x11, [\base, #\at + 80]
            \op     x12, x13, [\base, #\at + 96]
            \op     x14, x15, [\base, #\at + 112]
.endm

/* The same in an EC, for those that C preserves, without x19 */
.macro X20_TO_X29 op, ec
            \op     x20, x21, [\ec, #X(20)]
            \op     x22, x23, [\ec, #X(22)]
            \op     x24, x25, [\ec, #X(24)]
            \op     x26, x27, [\ec, #X(26)]
            \op     x28, x29, [\ec, #X(28)]
.endm

/* All registers of user mode but x0, x1, x16, x17. ec is in sp; clobbers x2...x5 */
.macro SAVE_REST
            X2_TO_X15 stp, sp, X(0)
            stp     x18, x19, [sp, #X(18)]
            X20_TO_X29 stp, sp
            mrs     x2, sp_el0
            mrs     x3, tpidr_el0
            mrs     x4, elr_el2
            mrs     x5, spsr_el2
            stp     x30, x2,  [sp, #X(30)]
            str     x3,  [sp, #EC_TPIDR]
            stp     x4,  x5,  [sp, #EC_ELR]
.endm

/* The same back and out, x2 = ELR_EL2, x5 = SPSR_EL2. ec is in sp; id: trace point, if there are any */
.macro LOAD_REST copy, id
            msr     elr_el2, x2
            ldp     x30, x2,  [sp, #X(30)]
            ldp     x3,  x4,  [sp, #EC_TPIDR]
            msr     spsr_el2, x5
            msr     sp_el0, x2
            msr     tpidr_el0, x3
            msr     tpidrro_el0, x4
            X2_TO_X15 ldp, sp, X(0)
            ldp     x16, x17, [sp, #X(16)]
            ldp     x18, x19, [sp, #X(18)]
            X20_TO_X29 ldp, sp
            TRACE   \copy, \id
            eret
.endm

/*
 * The fast paths and what leads there are macros, since there are two copies of them: the usual one, and one with trace points, whose
 * labels end in _traced. VBAR_EL2 says which one a CPU uses.
 *
 * A trace point keeps all registers and the flags. It has no stack and no CALL; TPIDR_EL2 has no other use. The ISBs keep what is before
 * it out of the time behind it and the other way around (Arm ARM, D11.1.2).
 */
.macro TRACE copy, id
            .ifnb   \copy
            TRACE_BEGIN
            isb
            TRACE_END \id
            .endif
.endm

/* &cpu_local.trace in x0, and x1...x4 are free */
.macro TRACE_BEGIN
            msr     tpidr_el2, x0
            adrp    x0, cpu_local
            add     x0, x0, #CPU_TRACE
            stp     x1, x2, [x0, #TRACE_SAVE]
            stp     x3, x4, [x0, #TRACE_SAVE + 16]
.endm

.macro TRACE_END id
            mrs     x1, cntvct_el0
            isb
            ldp     x3, x4, [x0, #TRACE_MASK]           /* and TRACE_COUNT                                      */
            ldr     x2, [x0, #TRACE_RING]
            and     x3, x3, x4
            add     x3, x2, x3, lsl #4                  /* entries of 16 bytes                                  */
            add     x4, x4, #1
            str     x4, [x0, #TRACE_COUNT]
            str     x1, [x3, #RING_TIME]
            mov     x1, #\id
            str     x1, [x3, #RING_ID]
            stlr    x4, [x2]                            /* RING_WRITTEN                                         */
            ldp     x1, x2, [x0, #TRACE_SAVE]
            ldp     x3, x4, [x0, #TRACE_SAVE + 16]
            mrs     x0, tpidr_el2
.endm

/* Message from sp's UTCB to x6's, w1 = MTD; leaves x6's root in x13. Word 0 always goes; more words are copied out of line at \more,
 * which comes back to \done. Clobbers x9...x12. The upper half of x1 does not reach the receiver. */
.macro COPY_MESSAGE more, done
            ldr     x9,  [sp, #EC_UTCB]
            ldp     x10, x13, [x6, #EC_UTCB]
            ldr     x11, [x9], #8
            str     x11, [x10], #8
            ands    w12, w1, #MTD_WORDS_MASK
            mov     w1, w1
            b.ne    \more
\done:
.endm

/* The rest of the message: x9 = source, x10 = destination, w12 = words. Clobbers x11, x14...x20 */
.macro COPY_MORE more, done
\more:      tbz     w12, #0, 1f
            ldr     x11, [x9], #8
            str     x11, [x10], #8
1:          tbz     w12, #1, 2f
            ldp     x11, x14, [x9], #16
            stp     x11, x14, [x10], #16
2:          tbz     w12, #2, 3f
            ldp     x11, x14, [x9], #32
            ldp     x15, x16, [x9, #-16]
            stp     x11, x14, [x10], #32
            stp     x15, x16, [x10, #-16]
3:          lsr     w12, w12, #3
            cbz     w12, \done
4:          ldp     x11, x14, [x9], #64
            ldp     x15, x16, [x9, #-48]
            ldp     x17, x18, [x9, #-32]
            ldp     x19, x20, [x9, #-16]
            subs    w12, w12, #1
            stp     x11, x14, [x10], #64
            stp     x15, x16, [x10, #-48]
            stp     x17, x18, [x10, #-32]
            stp     x19, x20, [x10, #-16]
            b.ne    4b
            b       \done
.endm

/* Address space with the root in x13. Clobbers x14 */
.macro SWITCH_SPACE other, done
            ldr     x14, [x8, #CPU_ROOT]
            cmp     x13, x14
            b.ne    \other
\done:
.endm

.macro OTHER_SPACE other, done
\other:     str     x13, [x8, #CPU_ROOT]
            tbnz    x13, #0, 1f                         /* ROOT_UNTAGGED                                        */
            PATCHABLE
            msr     ttbr0_el2, x13
            PATCH   PATCH_VHE, "msr vttbr_el2, x13"
            b       \done
1:          and     x13, x13, #~1
            PATCHABLE
            msr     ttbr0_el2, x13
            isb
            tlbi    aside1, xzr
            PATCH   PATCH_VHE, "msr vttbr_el2, x13; isb; tlbi vmalls12e1"
            dsb     nsh
            b       \done
.endm

/* With VHE, EL0 has the same SCTLR_EL2.EnIA as C code (cfp_arch.h): around C code that signs return addresses, it is set. x30 is saved. */
.macro SIGNING routine
#if CFP_RETURN
            PATCHABLE
            bl      \routine
            PATCH   PATCH_VHE
#endif
.endm

/* SVC. In: x0 = identifier and parameter 0, x1...x4 = parameters. Other reasons to come here are told apart on the way. */
.macro SYNC_ENTRY copy
            stp     x16, x17, [sp, #X(16)]
            mrs     x16, esr_el2                        /* bits 63:56 are 0                                     */
            movz    x17, #ESR_SVC0 >> 24, lsl #32
            sub     x16, x17, x16, lsl #8               /* 0 if it is SVC #0, otherwise one of bits 63:8 is set */
            add     x16, x16, w0, uxtb                  /* number and flags                                     */
            cbz     x16, fast_call\copy                 /* ipc_call without timeout                             */
            cmp     x16, #HYPERCALL_IPC_REPLY
            b.eq    fast_reply\copy
            cmp     x16, #HYPERCALL_LAST
            b.ls    slow
            b       exception
.endm

/* Vectors (Arm ARM, D1.3.2): 128 bytes each. With trace points, SVC needs more. */
.macro VECTORS copy
            .balign 2048
            .globl  vectors\copy
vectors\copy:
            .org    vectors\copy + 0x000                /* this EL with SP_EL0: never                           */
            b       unexpected
            .org    vectors\copy + 0x080
            b       unexpected
            .org    vectors\copy + 0x100
            b       unexpected
            .org    vectors\copy + 0x180
            b       unexpected

            .org    vectors\copy + 0x200                /* this EL: synchronous, IRQ, FIQ, SError               */
            b       unexpected
            .org    vectors\copy + 0x280
            b       irq_kernel
            .org    vectors\copy + 0x300
            b       unexpected
            .org    vectors\copy + 0x380
            b       unexpected

            .org    vectors\copy + 0x400                /* EL0: synchronous                                     */
            .ifb    \copy
            SYNC_ENTRY
            .else
            b       sync\copy
            .endif
            .org    vectors\copy + 0x480                /* IRQ                                                  */
            stp     x0,  x1,  [sp, #X(0)]
            stp     x16, x17, [sp, #X(16)]
            b       irq_user
            .org    vectors\copy + 0x500                /* FIQ: none is ever configured                         */
            stp     x0,  x1,  [sp, #X(0)]
            stp     x16, x17, [sp, #X(16)]
            b       irq_user
            .org    vectors\copy + 0x580                /* SError                                               */
            stp     x16, x17, [sp, #X(16)]
            b       exception

            .org    vectors\copy + 0x600                /* EL0 in AArch32: never                                */
            b       unexpected
            .org    vectors\copy + 0x680
            b       unexpected
            .org    vectors\copy + 0x700
            b       unexpected
            .org    vectors\copy + 0x780
            b       unexpected
            .org    vectors\copy + 0x800
.endm

/* Fast path of ipc_call: the callee is on this CPU and waits, and there is nothing else to do.
 * sp = caller. x0 and x1 stay as they are until nothing can fail any more. */
.macro FAST_CALL copy
            .balign 64
fast_call\copy:
            SAVE_REST
            TRACE   \copy, TRACE_CALL_SAVED
            lsr     x4, x0, #8 + SEL_LEAF_BITS          /* portal selector                                      */
            cmp     x4, #LEAF_MASK
            b.hi    slow_saved\copy
            ldr     x5, [sp, #EC_OBJ_ROOT]
            ubfx    x7, x0, #8, #SEL_LEAF_BITS
            ldr     x5, [x5, x4, lsl #3]
            ldr     x5, [x5, x7, lsl #3]                /* capability. Ordering: what it leads to depends on it */
            tbz     x5, #CAP_PT_CALL_BIT, slow_saved\copy
            mov     w5, w5
            PATCHABLE
            orr     x5, x5, #0xffffffff00000000         /* portal                                               */
            PATCH   PATCH_VHE, "orr x5, x5, #0x0000ffff00000000"   /* see OBJECT_ADDR() */
            ldr     x6, [x5, #PT_FAST]                  /* callee                                               */
            adrp    x8, cpu_local
            ldr     x9, [x8, #CPU_HAZARD]               /* and CPU_TOKEN                                        */
            ldr     x10, [x6, #EC_HAZARD]               /* and EC_RECV                                          */
            cmp     x9, x10
            b.ne    call_hazard\copy
call_found\copy:
            mov     x9, sp
            mov     x10, #REPLY_CALL                    /* and EC_EXIT                                          */
            str     x6, [sp, #EC_CALLEE]
            str     x9, [x6, #EC_CALLER]
            str     wzr, [x6, #EC_RECV]
            str     x10, [sp, #EC_REPLY]
            TRACE   \copy, TRACE_CALL_FOUND
            COPY_MESSAGE call_more\copy, call_done\copy
            TRACE   \copy, TRACE_CALL_COPIED
            SWITCH_SPACE call_other\copy, call_space\copy
            TRACE   \copy, TRACE_CALL_SWITCHED
            str     x6, [x8, #CPU_CURRENT]
            mov     sp, x6
            ldp     x2, x0, [x5, #PT_IP]                /* and PT_ID                                            */
            ldr     x5, [sp, #EC_ELR + 8]               /* SPSR_EL2                                             */
            LOAD_REST \copy, TRACE_CALL_LEAVE
.endm

/* Fast path of ipc_reply: there is a caller, it waits for a plain reply, and it is on this SC's chain. sp = callee. */
.macro FAST_REPLY copy
            .balign 64
fast_reply\copy:
            SAVE_REST
            TRACE   \copy, TRACE_REPLY_SAVED
            ldr     x6, [sp, #EC_CALLER]
            adrp    x8, cpu_local
            ldr     w7, [x6, #EC_REPLY]
            cmp     w7, #REPLY_CALL
            b.ne    slow_saved\copy
            ldp     w9, w10, [x8, #CPU_HAZARD]          /* and CPU_TOKEN                                        */
            ldr     w11, [x6, #EC_HAZARD]
            cmp     w9, w11
            b.ne    reply_hazard\copy
reply_found\copy:
            adrp    x7, ec_nobody
            add     x7, x7, :lo12:ec_nobody
            str     w10, [sp, #EC_RECV]
            str     x7, [sp, #EC_CALLER]
            str     xzr, [x6, #EC_CALLEE]
            TRACE   \copy, TRACE_REPLY_FOUND
            COPY_MESSAGE reply_more\copy, reply_done\copy
            TRACE   \copy, TRACE_REPLY_COPIED
            SWITCH_SPACE reply_other\copy, reply_space\copy
            TRACE   \copy, TRACE_REPLY_SWITCHED
            str     x6, [x8, #CPU_CURRENT]
            mov     sp, x6
            ldp     x2, x5, [sp, #EC_ELR]
            mov     x0, #STATUS_SUCCESS
            LOAD_REST \copy, TRACE_REPLY_LEAVE
.endm

/* Between the FPU's owner and another EC, and nothing else is to be done: the FPU goes off or on, its registers stay (ec_fpu_switch()).
 * x8 = cpu_local, here and there = hazards of the CPU and of the next EC. Clobbers x9, x12; ERET synchronizes */
.macro OTHER_FPU copy, hazard, found, here, there
\hazard:    eor     x12, \here, \there
            cmp     x12, #HAZARD_FPU
            b.ne    slow_saved\copy
            ldr     w9,  [x8, #CPU_HAZARD]
            eor     w9,  w9, #HAZARD_FPU
            str     w9,  [x8, #CPU_HAZARD]
            mrs     x9, cptr_el2
            PATCHABLE
            eor     x9, x9, #CPTR_VHE_FPEN
            PATCH   PATCH_VHE, "eor x9, x9, #0x400"     /* CPTR_TFP                                             */
            msr     cptr_el2, x9
            b       \found
.endm

/* What of them lies aside */
.macro OUT_OF_LINE copy
            OTHER_FPU \copy, call_hazard\copy, call_found\copy, x9, x10
            OTHER_FPU \copy, reply_hazard\copy, reply_found\copy, x9, x11
            COPY_MORE call_more\copy, call_done\copy
            COPY_MORE reply_more\copy, reply_done\copy
            OTHER_SPACE call_other\copy, call_space\copy
            OTHER_SPACE reply_other\copy, reply_space\copy
.endm

/* The C side of a hypercall: x0...x4 = parameters, x16 = number and flags, sp = current EC. Out: x0, and the stack. Clobbers what C may */
.macro CALL_HANDLER
            mov     x5, sp
            adrp    x8, STACK_TOP
            mov     sp, x8
            adr     x8, syscall_table
            ldr     x8, [x8, x16, lsl #3]
            blr     x8
.endm

            .section .text.entry, "ax", @progbits

            VECTORS

/* x16 = number and flags */
slow:       stp     x0,  x1,  [sp, #X(0)]               /* what C may clobber; it preserves x19...x29           */
            X2_TO_X15 stp, sp, X(0)
            str     x18, [sp, #X(18)]
            str     x30, [sp, #X(30)]
            SIGNING signing_on
            CALL_HANDLER
            tbnz    x0, #63, deferred
            adrp    x8, cpu_local
            ldr     x9, [x8, #CPU_CURRENT]
            ldr     w10, [x8, #CPU_HAZARD]
            ldr     w11, [x9, #EC_HAZARD]
            cmp     w10, w11
            b.ne    hazard
            SIGNING signing_off
            mov     sp, x9
            ldr     x1,  [sp, #X(1)]
            X2_TO_X15 ldp, sp, X(0)
            ldp     x16, x17, [sp, #X(16)]
            ldr     x18, [sp, #X(18)]
            ldr     x30, [sp, #X(30)]
            eret

hazard:     str     x0,  [x9, #X(0)]
            str     x9,  [x8, #CPU_NEXT]
deferred:   adrp    x8, cpu_local
            ldr     x9,  [x8, #CPU_CURRENT]
            mrs     x10, sp_el0
            mrs     x11, tpidr_el0
            mrs     x12, elr_el2
            mrs     x13, spsr_el2
            str     x19, [x9, #X(19)]
            X20_TO_X29 stp, x9
            str     x10, [x9, #X(31)]
            str     x11, [x9, #EC_TPIDR]
            stp     x12, x13, [x9, #EC_ELR]

/* In: the registers of the current EC are saved, the stack is empty */
run:        bl      ec_run
            mov     sp, x0
exit:       SIGNING signing_off
            ldp     x2, x5, [sp, #EC_ELR]
            ldp     x0, x1, [sp, #X(0)]
            LOAD_REST

            FAST_CALL
            FAST_REPLY

/* Left a fast path: all but x0 and x1, which are untouched, is saved. sp = current EC */
slow_saved: stp     x0,  x1,  [sp, #X(0)]
            and     x16, x0, #HYPERCALL_LAST
            ldp     x2,  x3,  [sp, #X(2)]
            ldr     x4,  [sp, #X(4)]
            str     wzr, [sp, #EC_REPLY + 4]            /* exit                                                 */
            SIGNING signing_on
            CALL_HANDLER
            tbnz    x0, #63, run
            adrp    x8, cpu_local
            ldr     x9, [x8, #CPU_CURRENT]
            ldr     w10, [x8, #CPU_HAZARD]
            ldr     w11, [x9, #EC_HAZARD]
            str     x0, [x9, #X(0)]
            mov     sp, x9
            cmp     w10, w11
            b.eq    exit
            b       other

            OUT_OF_LINE

/* The copy with trace points is entered instead. It goes where the other one does when it has to leave the fast path.
 * The first trace point does without its first ISB, since an exception is as good as one, and has the branch that leads there for it. */
            .pushsection .text.entry_traced, "ax", @progbits
            VECTORS _traced
sync_traced:
            TRACE_BEGIN
            TRACE_END TRACE_ENTER
            TRACE   _traced, TRACE_PROBE
            SYNC_ENTRY _traced
            FAST_CALL _traced
            FAST_REPLY _traced
            OUT_OF_LINE _traced
slow_saved_traced:
            b       slow_saved
            .popsection

/* Exceptions and interrupts -------------------------------------------------------------------------------------------- */

/* From user mode, with x16 and x17 saved */
exception:  stp     x0, x1, [sp, #X(0)]
            SAVE_REST
            mrs     x0, esr_el2
            mrs     x2, far_el2
            stp     x0, x2, [sp, #EC_ESR]
            SIGNING signing_on
            mov     x1, sp
            adrp    x8, STACK_TOP
            mov     sp, x8
            bl      exception_user
            b       run

/* From user mode, with x0, x1, x16 and x17 saved */
irq_user:   SAVE_REST
            SIGNING signing_on
            adrp    x8, STACK_TOP
            mov     sp, x8
            bl      interrupt_arrived
            adrp    x8, cpu_local
            ldr     x9, [x8, #CPU_CURRENT]
            ldr     w10, [x8, #CPU_HAZARD]
            ldr     w11, [x9, #EC_HAZARD]
            mov     sp, x9
            cmp     w10, w11
            b.eq    exit
other:      adrp    x10, STACK_TOP
            mov     sp, x10
            str     x9, [x8, #CPU_NEXT]
            b       run

/* In the kernel: while idle or at a preemption point. Preserves everything */
irq_kernel: sub     sp, sp, #176
            stp     x0,  x1,  [sp]
            X2_TO_X15 stp, sp, 0
            stp     x16, x17, [sp, #128]
            stp     x18, x30, [sp, #144]
            mrs     x0, elr_el2
            mrs     x1, spsr_el2
            stp     x0,  x1,  [sp, #160]
            bl      interrupt_arrived
            ldp     x0,  x1,  [sp, #160]
            msr     elr_el2, x0
            msr     spsr_el2, x1
            ldp     x18, x30, [sp, #144]
            ldp     x16, x17, [sp, #128]
            X2_TO_X15 ldp, sp, 0
            ldp     x0,  x1,  [sp], #176
            eret

/* What must not happen: only the way to panic() is left */
unexpected: mrs     x0, esr_el2
            mrs     x1, elr_el2
            mrs     x2, far_el2
            mov     x3, sp
            adrp    x8, STACK_PANIC_TOP
            mov     sp, x8
            b       exception_kernel

#if CFP_RETURN
/* Clobber x17; the ERET that follows the latter synchronizes */
signing_on: adrp    x17, cpu_local
            ldr     x17, [x17, #CPU_SCTLR_KERNEL]
            msr     sctlr_el2, x17
            isb
            ret
signing_off:
            adrp    x17, cpu_local
            ldr     x17, [x17, #CPU_SCTLR_USER]
            msr     sctlr_el2, x17
            ret
#endif

/* The first way out: the idle EC or the root EC of this CPU, on its empty stack */
            .globl  run_first
run_first:  adrp    x8, STACK_TOP
            mov     sp, x8
            b       run
