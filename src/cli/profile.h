/* SPDX-License-Identifier: Apache-2.0 */
/* profile.h - what a program did, counted while it runs: executions by core row, accesses by shape, rows over time; for stats. */
#ifndef GN_CLI_PROFILE_H
#define GN_CLI_PROFILE_H

#include "cli/code.h"

enum { PROFILE_LOAD, PROFILE_STORE, PROFILE_DIRECTIONS };
enum { PROFILE_WIDTHS = 4 };

/* accesses of one direction and width */
struct profile_accesses {
    uint64_t all;
    uint64_t misaligned; /* address not a multiple of the width */
    uint64_t straddling; /* part of them: cross an 8-byte boundary */
};

/* Rows by what they do, over time.  The run's length is unknown while it goes on: when all buckets are full, pairs of them become one. */
enum profile_kind {
    PROFILE_MOVE,
    PROFILE_LOGIC,
    PROFILE_MULTIPLY,
    PROFILE_BRANCH,
    PROFILE_CALL,
    PROFILE_READ,
    PROFILE_WRITE,
    PROFILE_KERNEL,
    PROFILE_KINDS
};
extern const char *const gn_cli_profile_kinds[PROFILE_KINDS]; /* names */
enum { PROFILE_BUCKETS = 120 };
struct profile_timeline {
    uint64_t width, filled; /* rows in a bucket; rows so far */
    uint64_t rows[PROFILE_BUCKETS][PROFILE_KINDS];
};

struct cli_profile {
    const struct vm_program *core;
    bool solana;
    uint8_t kinds[VM_OPS]; /* enum profile_kind by operation */
    uint64_t *of_row;      /* core->rows_n: how often each was executed; 0 for the kernel's */
    uint64_t *trapped;     /* Solana: instructions that the kernel executed or found at fault */
    uint64_t rows;         /* of the program */
    uint64_t kernel_rows;  /* with traps */
    struct profile_accesses accesses[PROFILE_DIRECTIONS][PROFILE_WIDTHS];
    struct profile_timeline timeline;
};
int gn_cli_profile_open(struct cli_profile *p,
                        const struct cli_code *code); /* CLI_DONE, or the exit status after a message */
void gn_cli_profile_observe(void *profile, const struct vm *vm, const struct vm_event *event); /* a vm_observer */
void gn_cli_profile_close(struct cli_profile *p);

/* ---- sums ---- */
struct profile_item {
    char name[CLI_NAME];
    const char *machine; /* of core instructions */
    uint64_t address;    /* of functions, as people call it */
    uint64_t count;
};
struct profile_list { /* the largest first, none of count 0 */
    struct profile_item *items;
    size_t n;
};
struct profile_report {
    struct profile_list machines, operations;    /* rows */
    struct profile_list instructions, functions; /* instructions */
    uint64_t kinds[PROFILE_KINDS];               /* rows */
};
int gn_cli_profile_report(struct profile_report *r, const struct cli_profile *p, const struct cli_code *code);
void gn_cli_profile_report_close(struct profile_report *r);

#endif
