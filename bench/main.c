/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - gnomon-bench: measures, prints, never judges.
 *
 * `gnomon-bench engine --json` (or `vm`) prints one object; each figure is the median of --runs runs (README.md in this folder
 * describes the workloads and keys).  Memory is warmed by a first run that is not counted. */
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/bits.h"
#include "bench.h"
#include "pcs/pcs.h"
#include "proof/verify.h"
#include "soundness_terms.h"

double bench_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void bench_die(const char *what, const struct gn_error *err)
{
    fprintf(stderr, "gnomon-bench: %s: %s\n", what, err->text);
    exit(4);
}

static int by_value(const void *a, const void *b)
{
    double x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

double bench_median(double *values, unsigned n)
{
    qsort(values, n, sizeof *values, by_value);
    return n % 2 != 0 ? values[n / 2] : 0.5 * (values[n / 2 - 1] + values[n / 2]);
}

/* GB/s read and written by a copy of 512 MiB, all threads */
struct copy {
    uint8_t *to;
    const uint8_t *from;
};
static void copy_chunk(void *ctx, size_t begin, size_t end, unsigned worker)
{
    const struct copy *c = ctx;
    (void)worker;
    memcpy(c->to + begin, c->from + begin, end - begin);
}

static double memory_bandwidth(const struct bench_settings *s)
{
    const size_t bytes = (size_t)256 << 20;
    struct gn_error err;
    struct gn_arena arena;
    struct gn_pool *pool;
    if (gn_arena_init(&arena, 2 * bytes + 4096, &err) != GN_OK || gn_pool_create(&pool, s->threads, &err) != GN_OK) {
        bench_die("memory", &err);
    }
    struct copy c = {gn_arena_zalloc(&arena, bytes), gn_arena_zalloc(&arena, bytes)};
    double times[16];
    unsigned runs = s->runs < 16 ? s->runs : 16;
    for (unsigned i = 0; i < runs; i++) {
        double start = bench_now();
        gn_pool_for(pool, bytes, (size_t)1 << 20, copy_chunk, &c);
        times[i] = bench_now() - start;
    }
    gn_pool_destroy(pool);
    gn_arena_free(&arena);
    return 2.0 * (double)bytes / bench_median(times, runs) * 1e-9;
}

/* cells/s of committing 2^26 cells: 128 columns of 2^19, rate 1/2 */
static double commit_speed(const struct bench_settings *s)
{
    const uint32_t rows = (uint32_t)((double)(1u << 19) * s->scale), columns = 128;
    struct pcs_table table = {.height = rows, .columns_n = columns, .v = ceil_log2(rows)};
    struct pcs_layout layout;
    struct gn_error err = {0};
    struct gn_arena arena, cells_arena;
    struct gn_work work = {.arena = &arena, .isa = s->isa};
    struct gn_twiddles *twiddles;
    if (!gn_pcs_layout(&layout, &table, 1, WHIR_MAIN, GN_PRESET_FAST_128)) {
        bench_die("commit", &err);
    }
    if (gn_arena_init(&arena, gn_pcs_commit_footprint(&layout), &err) != GN_OK ||
        gn_arena_init(&cells_arena, (size_t)columns * (rows * sizeof(uint32_t) + 4096) + 4096, &err) != GN_OK ||
        gn_pool_create(&work.pool, s->threads, &err) != GN_OK ||
        gn_twiddles_create(&twiddles, gn_whir_rows_log2(layout.params), &err) != GN_OK) {
        bench_die("commit", &err);
    }
    uint32_t *cells[128];
    for (uint32_t c = 0; c < columns; c++) {
        cells[c] = gn_arena_alloc(&cells_arena, rows * sizeof(uint32_t) + 1024);
        for (uint32_t row = 0; row < rows; row++) {
            cells[c][row] = (row * 2654435761u + c) % FP_P;
        }
    }
    const uint32_t *const *const tables[1] = {(const uint32_t *const *)cells};
    double times[64];
    unsigned runs = s->runs < 64 ? s->runs : 64;
    for (unsigned i = 0; i <= runs; i++) {
        struct pcs_commitment commitment;
        gn_arena_mark mark = gn_arena_get_mark(&arena);
        double start = bench_now();
        if (gn_pcs_commit(&commitment, &layout, tables, twiddles, &work) != GN_OK) {
            bench_die("commit", &err);
        }
        if (i > 0) {
            times[i - 1] = bench_now() - start;
        }
        gn_arena_release(&arena, mark);
    }
    gn_twiddles_destroy(twiddles);
    gn_pool_destroy(work.pool);
    gn_arena_free(&arena);
    gn_arena_free(&cells_arena);
    return (double)rows * columns / bench_median(times, runs);
}

struct measured {
    double prove_s, verify_s, first_s; /* first_s: in cold memory */
    size_t proof_bytes;
    uint64_t footprint;
};

static void measure(struct measured *out, const struct workload *w, uint32_t preset, const struct bench_settings *s)
{
    static const uint8_t owner[GN_KEY_OWNER_BYTES];
    struct gn_error err = {0};
    struct gn_prove_options options = {.threads = s->threads, .isa = s->isa, .prover = gn_prover_new()};
    uint8_t record[GN_KEY_BYTES];
    const struct air_system *system = w->system;
    uint32_t none[PCS_MAX_TABLES] = {0};
    if (gn_setup(record, system, preset, w->witness.pre, w->witness.pre_pages != NULL ? w->witness.pre_pages : none,
                 owner, &options, &err) != GN_OK) {
        bench_die("setup", &err);
    }
    if (gn_prove_footprint(&out->footprint, record, &w->witness, s->threads, &err) != GN_OK) {
        bench_die("footprint", &err);
    }
    digest id = gn_key_id(record);
    size_t scratch_n = gn_verify_scratch(system);
    void *scratch = malloc(scratch_n);
    double prove[64], verify[64];
    unsigned runs = s->runs < 64 ? s->runs : 64;
    for (unsigned i = 0; i <= runs; i++) {
        struct gn_buffer proof = {0};
        double start = bench_now();
        if (gn_prove(&proof, record, &w->witness, &options, &err) != GN_OK) {
            bench_die("prove", &err);
        }
        double proven = bench_now();
        enum gn_verdict verdict =
            gn_verify(system, &id, &w->witness.statement, proof.data, proof.size, scratch, scratch_n);
        if (verdict != GN_ACCEPT) {
            snprintf(err.text, sizeof err.text, "%s: %s", system->name, gn_verdict_name(verdict));
            bench_die("verify", &err);
        }
        if (i == 0) {
            out->first_s = proven - start;
        } else {
            prove[i - 1] = proven - start;
            verify[i - 1] = bench_now() - proven;
        }
        out->proof_bytes = proof.size;
        gn_buffer_free(&proof);
    }
    free(scratch);
    gn_prover_free(options.prover);
    out->prove_s = bench_median(prove, runs);
    out->verify_s = bench_median(verify, runs);
}

void bench_progress(const struct bench_settings *s, const char *what)
{
    if (!s->json) {
        fprintf(stderr, "%s ...\n", what);
    }
}

static void put(json_t *to, const char *key, double value)
{
    json_object_set_new(to, key, json_real(value));
}

static void put_bytes(json_t *to, const char *key, size_t bytes)
{
    json_object_set_new(to, key, json_integer((json_int_t)bytes));
}

static bool wanted(const struct bench_settings *s, const char *workload)
{
    return s->only == NULL || strcmp(s->only, workload) == 0;
}

static void engine_wide(json_t *result, const struct bench_settings *s)
{
    struct gn_error err = {0};
    struct gn_arena arena;
    struct workload w;
    struct measured m;
    bench_progress(s, "wide");
    if (gn_arena_init(&arena, (size_t)3 << 30, &err) != GN_OK ||
        bench_wide(&w, (uint32_t)((1 << 15) * s->scale), &arena, &err) != GN_OK) {
        bench_die("wide", &err);
    }
    measure(&m, &w, GN_PRESET_FAST_128, s);
    put(result, "wide_cells_per_s", (double)w.cells / m.prove_s);
    put_bytes(result, "wide_proof_bytes", m.proof_bytes);
    put(result, "wide_cold_cells_per_s", (double)w.cells / m.first_s);
    put(result, "wide_verify_ms", 1e3 * m.verify_s);
    gn_arena_free(&arena);
}

static void engine_narrow(json_t *result, const struct bench_settings *s)
{
    struct gn_error err = {0};
    struct gn_arena arena;
    struct workload w;
    struct measured m;
    bench_progress(s, "narrow");
    if (gn_arena_init(&arena, (size_t)3 << 30, &err) != GN_OK ||
        bench_narrow(&w, (uint32_t)((1 << 20) * s->scale), true, &arena, &err) != GN_OK) {
        bench_die("narrow", &err);
    }
    measure(&m, &w, GN_PRESET_FAST_128, s);
    double items = (double)(w.cells + w.interactions);
    put(result, "narrow_ns_per_item", 1e9 * m.prove_s / items);
    put(result, "narrow_cold_ns_per_item", 1e9 * m.first_s / items);
    put(result, "verify_ms", 1e3 * m.verify_s);
    put_bytes(result, "proof_bytes", m.proof_bytes);
    put(result, "bytes_per_item", ((double)m.footprint + 4.0 * (double)w.cells) / items);
    put(result, "security_bits", soundness_proof_bits(GN_PRESET_FAST_128, w.cells, UINT64_C(1) << 18));

    bench_progress(s, "narrow, compact");
    measure(&m, &w, GN_PRESET_COMPACT_128, s);
    put(result, "compact_ns_per_item", 1e9 * m.prove_s / items);
    put(result, "verify_ms_compact", 1e3 * m.verify_s);
    put_bytes(result, "proof_bytes_compact", m.proof_bytes);
    gn_arena_free(&arena);
}

typedef enum gn_status bench_permutations(struct workload *out, uint32_t permutations, struct gn_arena *arena,
                                          struct gn_error *err);

static const char *key_of(char key[64], const char *name, const char *what)
{
    snprintf(key, 64, "%s_%s", name, what);
    return key;
}

static void engine_permutations(json_t *result, const struct bench_settings *s, const char *name,
                                bench_permutations *make, uint32_t permutations)
{
    struct gn_error err = {0};
    struct gn_arena arena;
    struct workload w;
    struct measured m;
    char key[64];
    bench_progress(s, name);
    if (gn_arena_init(&arena, (size_t)1 << 30, &err) != GN_OK || make(&w, permutations, &arena, &err) != GN_OK) {
        bench_die(name, &err);
    }
    measure(&m, &w, GN_PRESET_FAST_128, s);
    put(result, key_of(key, name, "per_s"), (double)permutations / m.prove_s);
    put(result, key_of(key, name, "cold_per_s"), (double)permutations / m.first_s);
    put_bytes(result, key_of(key, name, "proof_bytes"), m.proof_bytes);
    put(result, key_of(key, name, "verify_ms"), 1e3 * m.verify_s);
    gn_arena_free(&arena);
}

static void engine_keccak(json_t *result, const struct bench_settings *s)
{
    engine_permutations(result, s, "keccak", bench_keccak, (uint32_t)(1024 * s->scale));
}

static void engine_poseidon2(json_t *result, const struct bench_settings *s)
{
    engine_permutations(result, s, "poseidon2", bench_poseidon2, (uint32_t)(32768 * s->scale));
}

static void engine_small(json_t *result, const struct bench_settings *s)
{
    struct gn_error err = {0};
    struct gn_arena arena;
    struct workload w;
    struct measured m;
    bench_progress(s, "small");
    if (gn_arena_init(&arena, (size_t)64 << 20, &err) != GN_OK ||
        bench_narrow(&w, 1 << 10, false, &arena, &err) != GN_OK) {
        bench_die("small", &err);
    }
    measure(&m, &w, GN_PRESET_FAST_128, s);
    put(result, "small_ms", 1e3 * m.prove_s);
    put(result, "small_cold_ms", 1e3 * m.first_s);
    put_bytes(result, "small_proof_bytes", m.proof_bytes);
    put(result, "small_verify_ms", 1e3 * m.verify_s);
    gn_arena_free(&arena);
}

static json_t *engine(const struct bench_settings *s)
{
    static const struct {
        const char *name;
        void (*run)(json_t *result, const struct bench_settings *s);
    } workloads[] = {{"wide", engine_wide},
                     {"narrow", engine_narrow},
                     {"keccak", engine_keccak},
                     {"poseidon2", engine_poseidon2},
                     {"small", engine_small}};
    json_t *result = json_object();
    json_object_set_new(result, "schema", json_string("gnomon-bench-engine-1"));
    json_object_set_new(result, "threads", json_integer(s->threads));
    json_object_set_new(result, "isa", json_string(gn_isa_name(s->isa)));
    json_object_set_new(result, "runs", json_integer(s->runs));
    if (s->only == NULL) {
        bench_progress(s, "memory");
        put(result, "mem_bandwidth_gbs", memory_bandwidth(s));
        bench_progress(s, "commit");
        put(result, "commit_cells_per_s", commit_speed(s));
    }
    for (size_t i = 0; i < sizeof workloads / sizeof workloads[0]; i++) {
        if (wanted(s, workloads[i].name)) {
            workloads[i].run(result, s);
        }
    }
    return result;
}

/* one warm proof of each workload, by phase */
static void profile(const struct bench_settings *s)
{
    static const char *const names[] = {"wide", "narrow", "small", "keccak", "poseidon2"};
    static const uint8_t owner[GN_KEY_OWNER_BYTES];
    for (int i = 0; i < 5; i++) {
        if (!wanted(s, names[i])) {
            continue;
        }
        struct gn_error err = {0};
        struct gn_arena arena;
        struct workload w;
        uint32_t none[PCS_MAX_TABLES] = {0};
        uint8_t record[GN_KEY_BYTES];
        enum gn_status status = gn_arena_init(&arena, (size_t)3 << 30, &err);
        if (status == GN_OK) {
            status = i == 0   ? bench_wide(&w, (uint32_t)((1 << 15) * s->scale), &arena, &err)
                     : i == 1 ? bench_narrow(&w, (uint32_t)((1 << 20) * s->scale), false, &arena, &err)
                     : i == 2 ? bench_narrow(&w, 1 << 10, false, &arena, &err)
                     : i == 3 ? bench_keccak(&w, (uint32_t)(1024 * s->scale), &arena, &err)
                              : bench_poseidon2(&w, (uint32_t)(32768 * s->scale), &arena, &err);
        }
        struct bench_profile p;
        struct gn_prove_options options = {.threads = s->threads, .isa = s->isa, .prover = gn_prover_new()};
        if (status != GN_OK ||
            gn_setup(record, w.system, GN_PRESET_FAST_128, NULL, none, owner, &options, &err) != GN_OK) {
            bench_die(names[i], &err);
        }
        for (int warm = 0; warm < 2; warm++) {
            struct gn_buffer proof = {0};
            options.observer = bench_profile_observe;
            options.observer_ctx = &p;
            bench_profile_begin(&p);
            if (gn_prove(&proof, record, &w.witness, &options, &err) != GN_OK) {
                bench_die(names[i], &err);
            }
            gn_buffer_free(&proof);
        }
        (s->json ? bench_profile_json : bench_profile_print)(stdout, &p, names[i]);
        gn_prover_free(options.prover);
        gn_arena_free(&arena);
    }
    if (wanted(s, "mix")) {
        bench_vm_profile(s);
    }
}

static int usage(FILE *to, int code)
{
    fprintf(to,
            "usage: gnomon-bench engine|vm|solana|profile [--json] [--threads N] [--runs N] [--isa scalar|avx2|avx512] "
            "[--quick]\n       [--only wide|narrow|keccak|poseidon2|small|mix] (engine, profile)\n       [--elfs DIR] "
            "(solana)\n");
    return code;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"json", no_argument, NULL, 'j'},
        {"threads", required_argument, NULL, 't'},
        {"runs", required_argument, NULL, 'r'},
        {"isa", required_argument, NULL, 'i'},
        {"quick", no_argument, NULL, 'q'},
        {"only", required_argument, NULL, 'o'},
        {"elfs", required_argument, NULL, 'e'},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    struct bench_settings s = {.threads = 2, .runs = 5, .isa = gn_isa_best(), .scale = 1};
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (c) {
        case 'j':
            s.json = true;
            break;
        case 't':
            s.threads = (unsigned)strtoul(optarg, NULL, 10);
            break;
        case 'r':
            s.runs = (unsigned)strtoul(optarg, NULL, 10);
            break;
        case 'i':
            if (!gn_isa_parse(optarg, &s.isa) || !gn_isa_supported(s.isa)) {
                fprintf(stderr, "gnomon-bench: this CPU or build has no %s kernels\n", optarg);
                return 2;
            }
            setenv(GN_ISA_VARIABLE, optarg, 1); /* for commands, and for what asks gn_isa_best */
            break;
        case 'q':
            s.scale = 1.0 / 16;
            s.runs = 3;
            break;
        case 'e':
            s.elfs = optarg;
            break;
        case 'o':
            s.only = optarg;
            break;
        case 'h':
            return usage(stdout, 0);
        default:
            return usage(stderr, 2);
        }
    }
    static const char *const commands[] = {"engine", "vm", "solana", "profile"};
    static json_t *(*const benches[])(const struct bench_settings *) = {engine, bench_vm, bench_solana};
    enum { BENCHES = 3, COMMANDS = 4 };
    unsigned which = 0;
    while (optind + 1 == argc && which < COMMANDS && strcmp(argv[optind], commands[which]) != 0) {
        which++;
    }
    if (optind + 1 != argc || which == COMMANDS || s.threads == 0 || s.threads > 256 || s.runs == 0 || s.runs > 64) {
        return usage(stderr, 2);
    }
    if (which == BENCHES) {
        profile(&s);
        return 0;
    }
    json_t *result = benches[which](&s);
    json_dumpf(result, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(6));
    putchar('\n');
    json_decref(result);
    return 0;
}
