/* SPDX-License-Identifier: Apache-2.0 */
/* vm.c - `gnomon-bench vm`: from program to proof, for RISC-V (README.md has the keys).
 *
 * The programs are guest/examples/mix.c (2^20 instructions when proven) and fibonacci.c (1,000), built with the guest SDK first. */
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "bench.h"
#include "riscv/build.h"
#include "zkvm/anatomy.h"
#include "zkvm/ready.h"

/* Rounds of mix, iterations of fibonacci. */
enum { MIX_PROVEN = 9, MIX_EXECUTED = 600, FIBONACCI = 143 };

struct bytes {
    uint8_t *data;
    size_t n;
};

struct vm_bench {
    const struct bench_settings *settings;
    char folder[64];
    char mix[96], fibonacci[96], nine[96], few[96], proof[96];
    struct gn_error err;
};

static void need(struct vm_bench *b, bool good, const char *what)
{
    if (!good) {
        bench_die(what, &b->err);
    }
}

/* ---- files ---- */
static struct bytes read_file(struct vm_bench *b, const char *path)
{
    struct bytes out = {NULL, 0};
    FILE *f = fopen(path, "rb");
    need(b, f != NULL && fseek(f, 0, SEEK_END) == 0, path);
    out.n = (size_t)ftell(f);
    rewind(f);
    out.data = malloc(out.n + 1);
    need(b, out.data != NULL && fread(out.data, 1, out.n, f) == out.n, path);
    fclose(f);
    return out;
}

static void build(struct vm_bench *b, char *out, size_t out_n, const char *name)
{
    char source[512];
    const char *arguments[] = {source};
    snprintf(source, sizeof source, "%s/guest/examples/%s.c", GN_SOURCE_DIR, name);
    snprintf(out, out_n, "%s/%s.elf", b->folder, name);
    const struct rv_build order = {.sdk = GN_SOURCE_DIR "/guest", .arguments = arguments, .arguments_n = 1, .out = out};
    need(b, gn_riscv_build(&order, &b->err) == GN_OK, source);
}

static void write_number(struct vm_bench *b, char *out, size_t out_n, const char *name, uint64_t value)
{
    uint8_t number[8];
    store_le64(number, value);
    snprintf(out, out_n, "%s/%s", b->folder, name);
    FILE *f = fopen(out, "wb");
    need(b, f != NULL && fwrite(number, 1, sizeof number, f) == sizeof number && fclose(f) == 0, out);
}

/* ---- execution ---- */
static void ignore(void *ctx, const struct vm *vm, const struct vm_event *event)
{
    (void)vm;
    *(uint64_t *)ctx += event->result;
}

/* Millions of instructions a second. */
static double execution_speed(struct vm_bench *b, const struct bytes *elf, bool observed)
{
    uint8_t rounds[8];
    double times[64];
    uint64_t steps = 0, sum = 0;
    struct rv_program *p;
    store_le64(rounds, MIX_EXECUTED);
    need(b, gn_riscv_load(&p, elf->data, elf->n, &b->err) == GN_OK, "mix");
    for (unsigned i = 0; i < b->settings->runs; i++) {
        struct rv_machine m;
        need(b, gn_riscv_start(&m, p, rounds, sizeof rounds, &b->err) == GN_OK, "mix");
        double begun = bench_now();
        need(b, gn_riscv_run(&m, UINT64_MAX, observed ? ignore : NULL, &sum, &b->err) == GN_OK, "mix");
        times[i] = bench_now() - begun;
        steps = m.vm.steps;
        gn_riscv_stop(&m);
        gn_buffer_free(&m.result.output);
        gn_buffer_free(&m.result.diagnostics);
    }
    gn_riscv_free(p);
    return 1e-6 * (double)steps / bench_median(times, b->settings->runs);
}

/* ---- proving inside of this process ---- */
struct work {
    struct gn_recorded run;
    struct gn_tables tables;
    struct gn_anatomy anatomy;
};

/* Record and fill: what a witness costs beyond running, ns per instruction; and the areas. */
static double witness_time(struct vm_bench *b, struct gn_program *p, const struct bytes *input, struct work *w)
{
    double times[64];
    const struct gn_options options = {.threads = b->settings->threads};
    struct gn_reporter reporter = {.options = &options};
    for (unsigned i = 0; i < b->settings->runs; i++) {
        double begun = bench_now();
        need(b, gn_recorded_open(&w->run, p, input->data, input->n, &reporter, &b->err) == GN_OK, "record");
        need(b, gn_tables_open(&w->tables, &w->run, &reporter, &b->err) == GN_OK, "witness");
        times[i] = bench_now() - begun;
        gn_anatomy_of_tables(&w->anatomy, &w->tables);
        gn_tables_close(&w->tables);
        gn_recorded_close(&w->run);
    }
    return 1e9 * bench_median(times, b->settings->runs) / (double)reporter.instructions;
}

static int remember(void *ctx, const struct gn_progress *p)
{
    *(uint64_t *)ctx = p->instructions;
    return 0;
}

struct proven {
    double warm_s, cold_s, verify_s;
    uint64_t instructions;
    size_t file_n;
};

/* Whole proofs, execution included: the first in cold memory, the others with what it left. */
static void prove(struct proven *out, struct vm_bench *b, struct gn_program *p, const struct bytes *input)
{
    double times[64], verify[64];
    struct gn_options options = {.threads = b->settings->threads,
                                 .prover = gn_prover_new(),
                                 .progress = remember,
                                 .progress_ctx = &out->instructions};
    size_t scratch_n = gn_proof_scratch();
    void *scratch = malloc(scratch_n);
    need(b, scratch != NULL && options.prover != NULL, "memory");
    for (unsigned i = 0; i <= b->settings->runs; i++) {
        struct gn_proof *proof;
        struct gn_statement said;
        double begun = bench_now();
        need(b, gn_program_prove(&proof, p, input->data, input->n, &options, &b->err) == GN_OK, "prove");
        double proven = bench_now();
        const uint8_t *file = gn_proof_file(proof, &out->file_n);
        need(b, gn_proof_verify(&said, gn_program_id(p), file, out->file_n, scratch, scratch_n) == GN_ACCEPT, "verify");
        verify[i > 0 ? i - 1 : 0] = bench_now() - proven;
        if (i == 0) {
            out->cold_s = proven - begun;
        } else {
            times[i - 1] = proven - begun;
        }
        gn_proof_free(proof);
    }
    free(scratch);
    gn_prover_free(options.prover);
    out->warm_s = bench_median(times, b->settings->runs);
    out->verify_s = bench_median(verify, b->settings->runs);
}

/* One proof as prove() makes it, by phase: *execute_s, *witness_s, and p for what the engine does. */
static void profile_once(double *execute_s, double *witness_s, struct bench_profile *profile, struct vm_bench *b,
                         struct gn_program *p, const struct bytes *input, struct gn_prover *prover)
{
    struct work *w = calloc(1, sizeof *w);
    const struct gn_options options = {.threads = b->settings->threads, .prover = prover};
    struct gn_reporter reporter = {.options = &options};
    struct gn_prove_options engine = gn_engine_options(&reporter);
    struct gn_buffer proof = {0};
    need(b, w != NULL, "memory");
    engine.isa = b->settings->isa;
    engine.observer = bench_profile_observe;
    engine.observer_ctx = profile;
    double begun = bench_now();
    need(b, gn_recorded_open(&w->run, p, input->data, input->n, &reporter, &b->err) == GN_OK, "record");
    double recorded = bench_now();
    need(b, gn_tables_open(&w->tables, &w->run, &reporter, &b->err) == GN_OK, "witness");
    need(b, gn_tables_complete(&w->tables, &engine, &w->run, &options, &b->err) == GN_OK, "key");
    *execute_s = recorded - begun;
    *witness_s = bench_now() - recorded;
    need(b, gn_tables_complete(&w->tables, &engine, &w->run, &options, &b->err) == GN_OK, "key");
    bench_profile_begin(profile);
    need(b, gn_prove(&proof, gn_program_record(p), &w->tables.witness, &engine, &b->err) == GN_OK, "prove");
    gn_buffer_free(&proof);
    gn_tables_close(&w->tables);
    gn_recorded_close(&w->run);
    free(w);
}

/* ---- the command ---- */

static double command_time(struct vm_bench *b, const char *program, const char *input, long *rss_kib)
{
    const char *const arguments[] = {program, input, "-o", b->proof, NULL};
    return bench_prove_command(b->settings, arguments, rss_kib);
}

/* ---- report ---- */
static struct gn_program *load(struct vm_bench *b, const struct bytes *elf)
{
    struct gn_program *p;
    need(b, gn_program_load(&p, elf->data, elf->n, &b->err) == GN_OK, "load");
    need(b, gn_program_setup(p, &(struct gn_options){.threads = b->settings->threads}, &b->err) == GN_OK, "setup");
    return p;
}

static void set(json_t *o, const char *key, double value)
{
    json_object_set_new(o, key, json_real(value));
}

static void measure(json_t *o, struct vm_bench *b)
{
    struct bytes mix = read_file(b, b->mix), nine = read_file(b, b->nine);
    struct bytes fibonacci = read_file(b, b->fibonacci), few = read_file(b, b->few);
    struct work *w = calloc(1, sizeof *w);
    struct proven proven = {0};
    long rss_kib = 0;
    need(b, w != NULL, "memory");
    bench_progress(b->settings, "execute");
    set(o, "exec_mips", execution_speed(b, &mix, false));
    set(o, "observed_mips", execution_speed(b, &mix, true));

    struct gn_program *p = load(b, &mix);
    bench_progress(b->settings, "witness");
    set(o, "witness_ns", witness_time(b, p, &nine, w));
    bench_progress(b->settings, "prove");
    prove(&proven, b, p, &nine);
    set(o, "prove_ips", (double)proven.instructions / proven.warm_s);
    set(o, "prove_cold_ips", (double)proven.instructions / proven.cold_s);
    set(o, "verify_ms", 1e3 * proven.verify_s);
    set(o, "area_per_insn", (double)w->anatomy.run_area / (double)proven.instructions);
    json_object_set_new(o, "mix_instructions", json_integer((json_int_t)proven.instructions));
    json_object_set_new(o, "mix_fixed_area", json_integer((json_int_t)w->anatomy.fixed_area));
    json_object_set_new(o, "proof_bytes", json_integer((json_int_t)proven.file_n));
    gn_program_free(p);
    (void)command_time(b, b->mix, b->nine, &rss_kib);
    json_object_set_new(o, "rss_bytes", json_integer((json_int_t)rss_kib * 1024));

    bench_progress(b->settings, "small");
    p = load(b, &fibonacci);
    (void)witness_time(b, p, &few, w);
    prove(&proven, b, p, &few);
    json_object_set_new(o, "fixed_area", json_integer((json_int_t)w->anatomy.fixed_area));
    json_object_set_new(o, "small_instructions", json_integer((json_int_t)proven.instructions));
    set(o, "small_s", command_time(b, b->fibonacci, b->few, &rss_kib));
    set(o, "small_warm_s", proven.warm_s);
    json_object_set_new(o, "small_proof_bytes", json_integer((json_int_t)proven.file_n));
    gn_program_free(p);
    free(w);
    free(mix.data);
    free(nine.data);
    free(fibonacci.data);
    free(few.data);
}

static void open_bench(struct vm_bench *b, const struct bench_settings *settings)
{
    *b = (struct vm_bench){.settings = settings, .folder = "/tmp/gnomon-bench-XXXXXX", .err = {.text = "failed"}};
    need(b, mkdtemp(b->folder) != NULL, "temporary folder");
    build(b, b->mix, sizeof b->mix, "mix");
    build(b, b->fibonacci, sizeof b->fibonacci, "fibonacci");
    write_number(b, b->nine, sizeof b->nine, "rounds", MIX_PROVEN);
    write_number(b, b->few, sizeof b->few, "n", FIBONACCI);
    snprintf(b->proof, sizeof b->proof, "%s/proof", b->folder);
}

static void close_bench(struct vm_bench *b)
{
    const char *const made[] = {b->mix, b->fibonacci, b->nine, b->few, b->proof};
    for (size_t i = 0; i < sizeof made / sizeof made[0]; i++) {
        unlink(made[i]);
    }
    rmdir(b->folder);
}

void bench_vm_profile(const struct bench_settings *settings)
{
    struct vm_bench b;
    struct bench_profile profile[64];
    double execute_s[64], witness_s[64];
    const unsigned runs = settings->runs;
    open_bench(&b, settings);
    struct bytes mix = read_file(&b, b.mix), nine = read_file(&b, b.nine);
    struct gn_program *p = load(&b, &mix);
    struct gn_prover *prover = gn_prover_new();
    need(&b, prover != NULL, "memory");
    for (unsigned i = 0; i <= runs; i++) { /* the first warms memory */
        unsigned at = i > 0 ? i - 1 : 0;
        profile_once(&execute_s[at], &witness_s[at], &profile[at], &b, p, &nine, prover);
    }
    for (unsigned k = 0; k < sizeof profile->seconds / sizeof *profile->seconds; k++) {
        double phase[64];
        for (unsigned i = 0; i < runs; i++) {
            phase[i] = profile[i].seconds[k];
        }
        profile->seconds[k] = bench_median(phase, runs);
    }
    profile->seconds[BENCH_EXECUTE] = bench_median(execute_s, runs);
    profile->seconds[BENCH_WITNESS] = bench_median(witness_s, runs);
    (settings->json ? bench_profile_json : bench_profile_print)(stdout, profile, "mix");
    gn_prover_free(prover);
    gn_program_free(p);
    free(mix.data);
    free(nine.data);
    close_bench(&b);
}

json_t *bench_vm(const struct bench_settings *settings)
{
    struct vm_bench b;
    json_t *o = json_object();
    open_bench(&b, settings);
    json_object_set_new(o, "schema", json_string("gnomon.bench.vm.v1"));
    json_object_set_new(o, "threads", json_integer(settings->threads));
    json_object_set_new(o, "isa", json_string(gn_isa_name(settings->isa)));
    json_object_set_new(o, "runs", json_integer(settings->runs));
    measure(o, &b);
    close_bench(&b);
    return o;
}
