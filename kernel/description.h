/* SPDX-License-Identifier: Apache-2.0 */
/* description.h - what the monitor knows of the program that it serves, and what it says of a run: shared by setup, host (src/riscv) and monitor (kernel/monitor).
 *
 * The description is an image in kernel memory that nobody writes, made by setup from the program's own lowering, and part of the key.  Everything is a
 * little-endian u64.  Behind the struct stand the regions, then the marks: four bits for each halfword of text, lowest first. */
#ifndef GN_KERNEL_DESCRIPTION_H
#define GN_KERNEL_DESCRIPTION_H

#include <stdint.h>

#define GN_RV_DESCRIPTION       UINT64_C(0x1020000000)       /* where it stands */
#define GN_RV_DESCRIPTION_MAGIC UINT64_C(0x3130303044524e47) /* "GNRD0001" */

struct gn_rv_description {
    uint64_t magic;
    uint64_t entry;               /* where the program begins */
    uint64_t text_base, text_end; /* even; outside of them no instruction begins */
    uint64_t regions_n;
    uint64_t marks; /* their address */
};
/* Memory that exists for the program, ascending, disjoint, to the byte; without the input, whose size belongs to a run. */
struct gn_rv_region {
    uint64_t base, end;
    uint64_t permissions; /* GN_RV_READ, GN_RV_WRITE */
};
enum { GN_RV_READ = 1, GN_RV_WRITE = 2 };

enum gn_rv_mark {
    GN_RV_MARK_NONE,       /* no instruction begins here */
    GN_RV_MARK_PLAIN,      /* one that cannot fault */
    GN_RV_MARK_CHECKED,    /* loads, stores, atomics, jalr: they fault or not as registers say */
    GN_RV_MARK_ILLEGAL,    /* an illegal one */
    GN_RV_MARK_BREAKPOINT, /* ebreak */
    GN_RV_MARK_OUTSIDE,    /* a direct jump or branch to outside of the text span */
};

/* ---- the statement: eight bytes a word, these, then the output padded with zeros ---- */
#define GN_RV_STATEMENT_MAGIC UINT64_C(0x3130303056524e47) /* "GNRV0001" */
enum gn_rv_statement {
    GN_RV_MAGIC,
    GN_RV_OUTCOME, /* enum gn_rv_outcome */
    GN_RV_VALUE,   /* exit code (a0), or where the fault is */
    GN_RV_ADDRESS, /* of the fault: accessed or jumped to; 0 if there is none */
    GN_RV_OUTPUT_BYTES,
    GN_RV_PUBLIC, /* 32 words: the beginning of the output region */
    GN_RV_OUTPUT = GN_RV_PUBLIC + 32,
};
/* numbered as enum vm_fault */
enum gn_rv_outcome {
    GN_RV_EXITED,
    GN_RV_ILLEGAL,
    GN_RV_PC,
    GN_RV_LOAD,
    GN_RV_STORE,
    GN_RV_MISALIGNED,
    GN_RV_BREAKPOINT,
};
#define GN_RV_OUTPUT_MAX (UINT64_C(1) << 20)

/* Calls that Linux does not have (riscv/riscv.h), and the bytes that they change or read. */
enum gn_rv_call { GN_RV_CALL_KECCAK = 2000, GN_RV_CALL_SHA256, GN_RV_CALL_POSEIDON2 };
enum { GN_RV_KECCAK_BYTES = 200, GN_RV_SHA256_BYTES = 32, GN_RV_SHA256_BLOCK = 64, GN_RV_POSEIDON2_BYTES = 96 };

#endif
