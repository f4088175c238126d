/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A stand-in for a kernel that tests the boot harness itself: prints a banner, the command line of its boot module and the
 * module's bytes on COM1, then ends QEMU and Bochs. Multiboot 1 and 2, 32 bit, no stack.
 */
        .set    MB1_FLAGS, 0x3
        .section .text
        .balign 8
        .long   0x1badb002, MB1_FLAGS, -(0x1badb002 + MB1_FLAGS)
        .balign 8
mb2:    .long   0xe85250d6, 0, mb2_end - mb2, -(0xe85250d6 + mb2_end - mb2)
        .short  0, 0
        .long   8
mb2_end:

        /* In: EAX = magic, EBX = boot information. EBP = module's command line, [ECX, EDI) = module; 0 if there is none */
        .globl  _start
_start: xor     %ebp, %ebp
        xor     %ecx, %ecx
        xor     %edi, %edi
        cmp     $0x2badb002, %eax
        jne     two
        cmpl    $0, 20(%ebx)                                /* mods_count                                       */
        je      print
        mov     24(%ebx), %esi
        mov     0(%esi), %ecx
        mov     4(%esi), %edi
        mov     8(%esi), %ebp
        jmp     print

two:    add     $8, %ebx                                    /* the tags                                         */
tag:    mov     (%ebx), %eax
        test    %eax, %eax
        je      print
        cmp     $3, %eax                                    /* module                                           */
        jne     next
        mov     8(%ebx), %ecx
        mov     12(%ebx), %edi
        lea     16(%ebx), %ebp
next:   mov     4(%ebx), %eax
        lea     7(%ebx,%eax), %ebx
        and     $-8, %ebx
        jmp     tag

print:  mov     $0x3fb, %edx                                /* 8 bits, no parity, 1 stop bit                    */
        mov     $3, %al
        out     %al, %dx
        mov     $banner, %esi
        mov     $1f, %ebx
        jmp     string
1:      mov     %ebp, %esi
        mov     $1f, %ebx
        jmp     string
1:      mov     $newline, %esi
        mov     $1f, %ebx
        jmp     string
1:      cmp     %edi, %ecx
        jae     exit
        mov     $0x3fd, %edx
2:      in      %dx, %al
        test    $0x20, %al
        jz      2b
        mov     (%ecx), %al
        mov     $0x3f8, %edx
        out     %al, %dx
        inc     %ecx
        jmp     1b

exit:   mov     $0x3fd, %edx
2:      in      %dx, %al                                    /* until the last byte has left                     */
        test    $0x40, %al
        jz      2b
        mov     $0xf4, %edx
        xor     %eax, %eax
        out     %al, %dx
        mov     $shutdown, %esi
        mov     $0x8900, %edx
        mov     $8, %ecx
        rep outsb
3:      hlt
        jmp     3b

        /* In: ESI = string or 0, EBX = return address. Changes EAX, EDX, ESI */
string: test    %esi, %esi
        jz      5f
4:      mov     $0x3fd, %edx
        in      %dx, %al
        test    $0x20, %al
        jz      4b
        lodsb
        test    %al, %al
        jz      5f
        mov     $0x3f8, %edx
        out     %al, %dx
        jmp     4b
5:      jmp     *%ebx

banner: .ascii  "Echo kernel: \0"
newline: .ascii "\n\0"
shutdown: .ascii "Shutdown"
