/* SPDX-License-Identifier: Apache-2.0 */
/* solana.c - `gnomon-bench solana`: Solana instructions, from program and accounts to the proof (README.md has the keys).
 *
 * transfer and ptoken are recorded token transfers, whose programs are looked for in a folder; loop1m is a program that is made here. */
#include <dirent.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/sha256.h"
#include "bench.h"
#include "svm/case.h"
#include "svm/execute.h"
#include "zkvm/anatomy.h"

enum { PATH_BYTES = 512, ARENA_BYTES = 64 << 20, FILES_MAX = 64, LOOP_INSTRUCTIONS = 1000000, LOOP_BUDGET = 1400000 };

struct file {
    struct gn_buffer bytes;
    uint8_t sha256[32];
};

struct solana_bench {
    const struct bench_settings *settings;
    char folder[64], proof[96];
    struct file files[FILES_MAX]; /* the folder's programs */
    unsigned files_n;
    struct gn_error err;
};

static void need(struct solana_bench *b, bool good, const char *what)
{
    if (!good) {
        bench_die(what, &b->err);
    }
}

/* ---- files ---- */
static bool read_file(const char *path, struct gn_buffer *out)
{
    uint8_t chunk[4096];
    FILE *f = fopen(path, "rb");
    for (size_t n = 1; f != NULL && n > 0;) {
        n = fread(chunk, 1, sizeof chunk, f);
        gn_buffer_append(out, chunk, n);
    }
    return f != NULL && fclose(f) == 0 && !out->failed;
}

static void write_file(struct solana_bench *b, char *path, size_t path_n, const char *name,
                       const struct gn_buffer *bytes)
{
    snprintf(path, path_n, "%s/%s", b->folder, name);
    FILE *f = fopen(path, "wb");
    need(b, f != NULL && fwrite(bytes->data, 1, bytes->size, f) == bytes->size && fclose(f) == 0, path);
}

static void read_programs(struct solana_bench *b, const char *folder)
{
    DIR *d = folder != NULL ? opendir(folder) : NULL;
    for (struct dirent *entry; d != NULL && b->files_n < FILES_MAX && (entry = readdir(d)) != NULL;) {
        char path[PATH_BYTES];
        const char *dot = strrchr(entry->d_name, '.');
        struct file *file = &b->files[b->files_n];
        bool fits = snprintf(path, sizeof path, "%s/%s", folder, entry->d_name) < PATH_BYTES;
        if (fits && dot != NULL && strcmp(dot, ".so") == 0 && strlen(entry->d_name) < FILES_MAX &&
            read_file(path, &file->bytes)) {
            gn_sha256(file->sha256, file->bytes.data, file->bytes.size);
            b->files_n++;
        }
    }
    if (d != NULL) {
        closedir(d);
    }
}

static struct svm_bytes find(void *ctx, const uint8_t sha256[32], uint64_t bytes)
{
    (void)bytes;
    const struct solana_bench *b = ctx;
    for (unsigned i = 0; i < b->files_n; i++) {
        if (memcmp(b->files[i].sha256, sha256, 32) == 0) {
            return (struct svm_bytes){b->files[i].bytes.data, b->files[i].bytes.size};
        }
    }
    return (struct svm_bytes){0};
}

/* ---- an instruction, proven inside of this process ---- */
struct proven {
    uint64_t instructions, rows, program_area, run_area, fixed_area;
    size_t file_n, compact_n;
    double verify_s, warm_s;
};

struct work {
    struct gn_recorded run;
    struct gn_tables tables;
    struct gn_anatomy anatomy;
};

static void measure_area(struct proven *out, struct solana_bench *b, struct gn_program *p,
                         const struct gn_buffer *input)
{
    const struct gn_options options = {.threads = b->settings->threads};
    struct gn_reporter reporter = {.options = &options};
    const struct vm_program *core = &p->solana->core;
    uint64_t *area = calloc(core->rows_n, sizeof *area);
    struct work *w = calloc(1, sizeof *w);
    need(b, w != NULL && area != NULL, "memory");
    need(b, gn_recorded_open(&w->run, p, input->data, input->size, &reporter, &b->err) == GN_OK, "record");
    need(b, gn_tables_open(&w->tables, &w->run, &reporter, &b->err) == GN_OK, "witness");
    gn_anatomy_of_tables(&w->anatomy, &w->tables);
    need(b, gn_anatomy_rows(area, &w->run), "memory");
    for (uint32_t row = 0; row < core->rows_n; row++) {
        out->program_area += gn_vm_row_is_kernel(core, row) ? 0 : area[row];
    }
    out->instructions = w->run.solana.vm.steps;
    out->rows = w->run.solana.vm.rows_run;
    out->run_area = w->anatomy.run_area;
    out->fixed_area = w->anatomy.fixed_area;
    gn_tables_close(&w->tables);
    gn_recorded_close(&w->run);
    free(w);
    free(area);
}

/* The proof's size with a preset; times with the last one. */
static size_t prove(struct proven *out, struct solana_bench *b, struct gn_program *p, const struct gn_buffer *input,
                    uint32_t preset)
{
    double times[64], verify[64];
    size_t n = 0, scratch_n = gn_proof_scratch();
    void *scratch = malloc(scratch_n);
    struct gn_options options = {.threads = b->settings->threads, .preset = preset, .prover = gn_prover_new()};
    need(b, scratch != NULL && options.prover != NULL, "memory");
    need(b, gn_program_setup(p, &options, &b->err) == GN_OK, "setup");
    for (unsigned i = 0; i <= b->settings->runs; i++) {
        struct gn_proof *proof;
        struct gn_statement said;
        double begun = bench_now();
        need(b, gn_program_prove(&proof, p, input->data, input->size, &options, &b->err) == GN_OK, "prove");
        double proven = bench_now();
        const uint8_t *file = gn_proof_file(proof, &n);
        need(b, gn_proof_verify(&said, gn_program_id(p), file, n, scratch, scratch_n) == GN_ACCEPT, "verify");
        verify[i > 0 ? i - 1 : 0] = bench_now() - proven;
        times[i > 0 ? i - 1 : 0] = proven - begun;
        gn_proof_free(proof);
    }
    out->warm_s = bench_median(times, b->settings->runs);
    out->verify_s = bench_median(verify, b->settings->runs);
    gn_prover_free(options.prover);
    free(scratch);
    return n;
}

struct subject {
    struct solana_bench *b;
    struct proven proven;
};

/* an svm_run */
static enum gn_status run(void *ctx, const struct svm_input *in, struct svm_bytes elf, struct svm_statement *out,
                          struct gn_arena *arena, struct gn_error *err)
{
    struct subject *s = ctx;
    struct solana_bench *b = s->b;
    struct svm_program *program;
    struct svm_execution e = {0};
    struct gn_program *p;
    enum gn_status status = gn_svm_program_load(&program, elf.data, elf.n, SBPF_CLASSIC, err);
    if (status == GN_OK) {
        status = gn_svm_execute(&e, program, in, false, NULL, NULL, arena, err);
    }
    need(b, status == GN_OK, "execute");
    *out = e.statement;
    need(b, gn_program_load(&p, elf.data, elf.n, &b->err) == GN_OK, "load");
    s->proven.compact_n = prove(&s->proven, b, p, &e.kernel_input, GN_PRESET_COMPACT_128);
    s->proven.file_n = prove(&s->proven, b, p, &e.kernel_input, GN_PRESET_FAST_128);
    measure_area(&s->proven, b, p, &e.kernel_input);
    gn_program_free(p);
    gn_svm_execution_free(&e);
    gn_svm_program_free(program);
    return status;
}

static void prove_case(struct proven *out, struct solana_bench *b, const char *path)
{
    struct gn_buffer text = {0};
    struct gn_arena arena;
    json_t *root;
    struct svm_case c;
    struct svm_outcome outcome = {0};
    struct subject s = {.b = b};
    need(b, read_file(path, &text) && gn_arena_init(&arena, ARENA_BYTES, &b->err) == GN_OK, path);
    need(b, gn_json_parse(&root, text.data, text.size, &b->err) == GN_OK, path);
    need(b, gn_svm_case_read(&c, root, &arena, find, b, &b->err) == GN_OK, path);
    need(b, gn_svm_case_run(&outcome, &c, &arena, run, &s, &b->err) == GN_OK && outcome.ok, path);
    *out = s.proven;
    gn_svm_log_free(&outcome.log);
    json_decref(root);
    gn_arena_free(&arena);
    gn_buffer_free(&text);
}

/* ---- loop1m ---- */
static void put(struct gn_buffer *out, uint64_t value, size_t bytes)
{
    uint8_t le[8];
    store_le64(le, value);
    gn_buffer_append(out, le, bytes);
}

static void put_slot(struct gn_buffer *out, unsigned opcode, unsigned dst, unsigned src, int off, int64_t imm)
{
    put(out, opcode | dst << 8 | src << 12 | (uint64_t)(uint16_t)off << 16 | (uint64_t)(uint32_t)imm << 32, 8);
}

/* Version 3 of sBPF: 6 instructions, a loop of 8, 2 more. */
static struct gn_buffer loop_elf(void)
{
    enum { R0, R1, R2, R3, R4, R5, R10 = 10, BODY = 8, OUTSIDE = 8, TEXT = 64 + 56 };
    static const uint8_t ident[16] = {0x7f, 'E', 'L', 'F', 2, 1, 1};
    struct gn_buffer text = {0}, elf = {0};
    for (unsigned r = R1; r <= R5; r++) {
        put_slot(&text, 0xb7, r, 0, 0, (int64_t)r * 0x1234567); /* mov64 imm */
    }
    put_slot(&text, 0xb7, R1, 0, 0, (LOOP_INSTRUCTIONS - OUTSIDE) / BODY);
    put_slot(&text, 0x0f, R2, R1, 0, 0);   /* add64 */
    put_slot(&text, 0xaf, R3, R2, 0, 0);   /* xor64 */
    put_slot(&text, 0x7b, R10, R3, -8, 0); /* stxdw */
    put_slot(&text, 0x67, R3, 0, 0, 7);    /* lsh64 imm */
    put_slot(&text, 0x79, R4, R10, -8, 0); /* ldxdw */
    put_slot(&text, 0x0f, R5, R4, 0, 0);
    put_slot(&text, 0x07, R1, 0, 0, -1);
    put_slot(&text, 0x55, R1, 0, -BODY, 0); /* jne imm */
    put_slot(&text, 0xb7, R0, 0, 0, 0);
    put_slot(&text, 0x95, 0, 0, 0, 0);
    gn_buffer_append(&elf, ident, sizeof ident);
    const struct {
        uint64_t value;
        size_t bytes;
    } fields[] = {{3, 2},
                  {247, 2},
                  {1, 4},
                  {SBPF_PROGRAM, 8},
                  {64, 8},
                  {0, 8},
                  {3, 4},
                  {64, 2},
                  {56, 2},
                  {1, 2},
                  {64, 2},
                  {0, 2},
                  {0, 2},
                  /* its one segment */
                  {1, 4},
                  {1, 4},
                  {TEXT, 8},
                  {SBPF_PROGRAM, 8},
                  {SBPF_PROGRAM, 8},
                  {text.size, 8},
                  {text.size, 8},
                  {8, 8}};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        put(&elf, fields[i].value, fields[i].bytes);
    }
    gn_buffer_append(&elf, text.data, text.size);
    gn_buffer_free(&text);
    return elf;
}

static void loop(json_t *o, struct solana_bench *b)
{
    char program[PATH_BYTES], input[PATH_BYTES];
    long rss_kib = 0;
    struct gn_buffer elf = loop_elf(), bytes = {0};
    struct svm_input in = gn_svm_input_default();
    in.budget = LOOP_BUDGET;
    gn_svm_input_write(&bytes, &in);
    write_file(b, program, sizeof program, "loop1m.so", &elf);
    write_file(b, input, sizeof input, "loop1m.bin", &bytes);
    const char *const arguments[] = {program, input, "-o", b->proof, NULL};
    json_object_set_new(o, "loop1m_s", json_real(bench_prove_command(b->settings, arguments, &rss_kib)));
    json_object_set_new(o, "loop1m_rss_bytes", json_integer((json_int_t)rss_kib * 1024));
    unlink(program);
    unlink(input);
    gn_buffer_free(&elf);
    gn_buffer_free(&bytes);
}

/* ---- report ---- */
static double transfer(struct proven *out, struct solana_bench *b, const char *name, const char *elfs)
{
    char path[PATH_BYTES];
    long rss_kib;
    snprintf(path, sizeof path, "%s/tests/fixtures/solana/tx/%s.json", GN_SOURCE_DIR, name);
    bench_progress(b->settings, name);
    prove_case(out, b, path);
    const char *const arguments[] = {path, "--programs", elfs, "-o", b->proof, NULL};
    return bench_prove_command(b->settings, arguments, &rss_kib);
}

static void set(json_t *o, const char *key, double value)
{
    json_object_set_new(o, key, json_real(value));
}

static void count(json_t *o, const char *key, uint64_t value)
{
    json_object_set_new(o, key, json_integer((json_int_t)value));
}

static void transfers(json_t *o, struct solana_bench *b, const char *elfs)
{
    struct proven spl = {0}, p = {0};
    set(o, "transfer_s", transfer(&spl, b, "spltoken_transfer", elfs));
    set(o, "transfer_warm_s", spl.warm_s);
    set(o, "ptoken_s", transfer(&p, b, "ptoken_transfer", elfs));
    set(o, "ptoken_warm_s", p.warm_s);
    count(o, "transfer_instructions", spl.instructions);
    count(o, "transfer_rows", spl.rows);
    set(o, "area_per_insn", (double)spl.program_area / (double)spl.instructions);
    count(o, "transfer_area", spl.run_area + spl.fixed_area);
    count(o, "ptoken_area", p.run_area + p.fixed_area);
    count(o, "fixed_area", spl.fixed_area);
    count(o, "proof_bytes", spl.file_n);
    count(o, "proof_bytes_compact", spl.compact_n);
    set(o, "verify_ms", 1e3 * spl.verify_s);
}

json_t *bench_solana(const struct bench_settings *settings)
{
    static struct solana_bench b;
    static const char *const folders[] = {GN_SBPF_ELFS, GN_SOURCE_DIR "/build/programs"};
    const char *elfs = settings->elfs;
    json_t *o = json_object();
    b = (struct solana_bench){.settings = settings, .folder = "/tmp/gnomon-bench-XXXXXX", .err = {.text = "failed"}};
    need(&b, mkdtemp(b.folder) != NULL, "temporary folder");
    snprintf(b.proof, sizeof b.proof, "%s/proof", b.folder);
    for (size_t i = 0; elfs == NULL && i < sizeof folders / sizeof *folders; i++) {
        elfs = access(folders[i], R_OK) == 0 ? folders[i] : NULL;
    }
    json_object_set_new(o, "schema", json_string("gnomon.bench.solana.v1"));
    count(o, "threads", settings->threads);
    json_object_set_new(o, "isa", json_string(gn_isa_name(settings->isa)));
    count(o, "runs", settings->runs);
    read_programs(&b, elfs);
    if (b.files_n > 0) {
        transfers(o, &b, elfs);
    } else {
        fprintf(stderr, "gnomon-bench: no programs of the recorded transfers (--elfs DIR; tools/litesvm.sh)\n");
    }
    bench_progress(settings, "loop1m");
    loop(o, &b);
    unlink(b.proof);
    rmdir(b.folder);
    for (unsigned i = 0; i < b.files_n; i++) {
        gn_buffer_free(&b.files[i].bytes);
    }
    return o;
}
