/* SPDX-License-Identifier: Apache-2.0 */
/* record.h - bulk instructions as records: which words an operation touches, in which order, and what it makes of them.
 *
 * The caller (the recorder, or a test) has memory and lists of records; the functions here ask it for accesses and for new records. */
#ifndef GN_MACHINES_BULK_RECORD_H
#define GN_MACHINES_BULK_RECORD_H

#include "machines/machine.h"

struct bulk_access {
    struct mx_word_access w;
    uint8_t perm;
};

struct bulk_keccak_record { /* of MX_KECCAK; its rounds are filled from it too */
    struct mx_record r;
    struct bulk_access word[25];
};
enum { BULK_POSEIDON2_WORDS = 12 };
struct bulk_poseidon2_record { /* of MX_POSEIDON2 */
    struct mx_record r;
    struct bulk_access word[BULK_POSEIDON2_WORDS]; /* two elements each, the lower half first */
};
struct bulk_sha256_record { /* of MX_SHA256; its rounds are filled from it too */
    struct mx_record r;
    struct bulk_access state[4], block[8];
};
struct bulk_head_record { /* of MX_COPY, MX_FILL */
    struct mx_record r;   /* a, b, old: values of ra, rb, rd */
    /* of the token that comes back; words count inside of their 4 GiB */
    uint32_t end_source, end_target;
    uint64_t end_pending;
};

/* A row that writes (a part of) a target word; of the bodies of MX_COPY, MX_FILL.  COPY: the byte at place k of the target is byte k + shift of the
 * word `pending` (or low, if fresh) and the word `source`, one behind the other. */
struct bulk_row_record {
    uint32_t ts, left;       /* time of the operation; bytes to go, those of this row included */
    uint32_t source, target; /* numbers of the words inside of their 4 GiB */
    uint32_t source_c2, target_c2;
    uint8_t shift;         /* 1 ... 8 */
    uint8_t offset, count; /* bytes of the target that are written */
    uint8_t byte;          /* FILL */
    bool fresh;            /* reads the word before `source` itself; only the first row of an operation */
    bool reads;            /* reads `source` */
    uint64_t pending;      /* what the row before read; 0 if fresh or nothing is needed */
    struct bulk_access low, high, to;
};

/* The caller's memory and lists. */
struct bulk_host {
    void *ctx;
    /* An access to the word at address (a multiple of 8), at time ts, that leaves it as it is; false: no such word, and the caller knows. */
    bool (*touch)(void *ctx, uint64_t address, uint32_t ts, struct bulk_access *out);
    /* what the last access left */
    void (*store)(void *ctx, uint64_t address, uint64_t value);
    void *(*append)(void *ctx, enum mx_class class); /* a zeroed record; NULL: no memory, and the caller knows */
    void *(*list)(void *ctx, enum mx_class class, size_t *n); /* all of the class; valid until the next append */
};

/* rec->r is filled in; false if the host said so. */
bool bulk_record_keccak(struct bulk_keccak_record *rec, const struct bulk_host *host);
bool bulk_record_poseidon2(struct bulk_poseidon2_record *rec, const struct bulk_host *host);
bool bulk_record_sha256(struct bulk_sha256_record *rec, const struct bulk_host *host);
bool bulk_record_copy(struct bulk_head_record *rec, const struct bulk_host *host);
bool bulk_record_fill(struct bulk_head_record *rec, const struct bulk_host *host);

#endif
