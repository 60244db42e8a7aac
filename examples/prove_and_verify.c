/* SPDX-License-Identifier: Apache-2.0 */
/* prove_and_verify.c - the library from outside: run a program, prove the run, verify the proof.
 *
 *     cc prove_and_verify.c $(pkg-config --cflags --libs gnomon) -o prove_and_verify
 *     ./prove_and_verify program.elf [input]
 *
 * Prints the program's output and how it ended, as the proof says it. */
#include <gnomon/gnomon.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct bytes {
    unsigned char *data;
    size_t n;
};

static int read_file(struct bytes *out, const char *path)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL || fseek(f, 0, SEEK_END) != 0) {
        perror(path);
        return 0;
    }
    long n = ftell(f);
    rewind(f);
    out->data = malloc(n > 0 ? (size_t)n : 1);
    out->n = out->data != NULL && n > 0 ? fread(out->data, 1, (size_t)n, f) : 0;
    fclose(f);
    return out->data != NULL;
}

/* A real application would show a bar, or return 1 to give up. */
static int show(void *ctx, const struct gn_progress *p)
{
    (void)ctx;
    fprintf(stderr, "%-14s %3u %%  %" PRIu64 " instructions\n", p->step, p->permille / 10, p->instructions);
    return 0;
}

/* What a verifier does: it has the id from somewhere that it trusts, and the file from somewhere that it does not. */
static int verify(const uint8_t id[GN_ID_BYTES], const uint8_t *file, size_t file_n)
{
    struct gn_statement s;
    size_t scratch_n = gn_proof_scratch();
    void *scratch = malloc(scratch_n);
    if (scratch == NULL) {
        return 1;
    }
    enum gn_verdict verdict = gn_proof_verify(&s, id, file, file_n, scratch, scratch_n);
    free(scratch);
    if (verdict != GN_ACCEPT) {
        fprintf(stderr, "rejected: %s\n", gn_verdict_text(verdict));
        return 1;
    }
    fwrite(s.output, 1, s.output_n, stdout);
    printf("\nproven, %zu bytes: ", file_n);
    if (s.outcome == GN_OUTCOME_EXITED) {
        printf("exit %" PRIu64 "\n", s.exit_code);
    } else {
        printf("fault %u at 0x%" PRIx64 "\n", s.outcome, s.fault_pc);
    }
    return 0;
}

static int prove_and_verify(const struct bytes *elf, const struct bytes *input)
{
    struct gn_program *program = NULL;
    struct gn_proof *proof = NULL;
    struct gn_error err;
    const struct gn_options options = {.progress = show, .max_memory = (uint64_t)8 << 30};
    int failed = gn_program_load(&program, elf->data, elf->n, &err) != GN_OK ||
                 gn_program_setup(program, &options, &err) != GN_OK ||
                 gn_program_prove(&proof, program, input->data, input->n, &options, &err) != GN_OK;
    if (failed) {
        fprintf(stderr, "%s: %s\n", gn_status_name(err.status), err.text);
    } else {
        size_t n;
        const uint8_t *file = gn_proof_file(proof, &n);
        failed = verify(gn_program_id(program), file, n);
    }
    gn_proof_free(proof);
    gn_program_free(program);
    return failed;
}

int main(int argc, char **argv)
{
    struct bytes elf = {NULL, 0}, input = {NULL, 0};
    if (argc < 2 || argc > 3) {
        fprintf(stderr, "usage: %s PROGRAM [INPUT]\n", argv[0]);
        return 2;
    }
    int failed =
        !read_file(&elf, argv[1]) || (argc == 3 && !read_file(&input, argv[2])) || prove_and_verify(&elf, &input);
    free(elf.data);
    free(input.data);
    return failed;
}
