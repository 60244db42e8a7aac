/* SPDX-License-Identifier: Apache-2.0 */
/* loading.c - cases of the program loader and of the verifier. */
#include <stdio.h>
#include <string.h>

#include "host.h"
#include "vectors.h"

/* ---- verifier ---- */
void check_verifier(struct tally *t, const json_t *test, size_t number)
{
    char name[160], got[128], wanted[160];
    snprintf(name, sizeof name, "%s.%zu", text_of(test, "test"), number);
    if (strstr(text_of(test, "verifier"), "RequisiteVerifier") == NULL) {
        tally_skip(t, name, "a verifier of the reference's tests, not of the chain");
        return;
    }
    struct gn_buffer text = bytes_of(test, "text_hex");
    struct sbpf_bare bare = {.version = (enum sbpf_version)(text_of(test, "sbpf_version")[1] - '0'),
                             .text = text.data,
                             .text_n = text.size,
                             .text_address = SBPF_PROGRAM};
    struct sbpf_program *p;
    struct gn_error err;
    enum gn_status status = gn_sbpf_load_bare(&p, &bare, &err);
    if (status == GN_OK) {
        status = gn_sbpf_verify(p, &err);
    }
    verdict(got, sizeof got, status, &err, "Err");
    snprintf(wanted, sizeof wanted, "%s", text_of(test, "result"));
    if (strcmp(wanted, "Ok(())") == 0 ? status == GN_OK : strcmp(wanted, got) == 0) {
        tally_pass(t);
    } else {
        tally_fail(t, name, "%s instead of %s", got, wanted);
    }
    gn_sbpf_free(p);
    gn_buffer_free(&text);
}

/* ---- loader ---- */
static const char *what_differs(const struct sbpf_program *p, const json_t *test)
{
    uint64_t functions = FNV_START;
    for (uint32_t i = 0; i < p->functions_n; i++) {
        uint32_t key = p->functions[i].key;
        const uint8_t bytes[4] = {(uint8_t)key, (uint8_t)(key >> 8), (uint8_t)(key >> 16), (uint8_t)(key >> 24)};
        functions = fnv1a64_word(fnv1a64(functions, bytes, 4), p->functions[i].slot);
    }
    if (text_of(test, "version")[1] - '0' != (int)p->version) {
        return "version";
    }
    if (number_of(test, "entry_pc") != p->entry_slot) {
        return "entry";
    }
    if (number_of(test, "text_vaddr") != p->text_address || number_of(test, "text_len") != p->text_n ||
        !is_hash(test, "text_fnv1a64", fnv1a64(FNV_START, p->text, p->text_n))) {
        return "text";
    }
    if (number_of(test, "ro_vaddr") != p->rodata_address || number_of(test, "ro_len") != p->rodata_n ||
        !is_hash(test, "ro_fnv1a64", fnv1a64(FNV_START, p->rodata, p->rodata_n))) {
        return "rodata";
    }
    if (number_of(test, "functions") != p->functions_n || !is_hash(test, "functions_fnv1a64", functions)) {
        return "functions";
    }
    return NULL;
}

static void check_loaded(struct tally *t, const json_t *test, const struct sbpf_program *p)
{
    char got[300];
    struct gn_error err;
    const char *name = text_of(test, "name"), *differs = what_differs(p, test);
    enum gn_status status = gn_sbpf_verify(p, &err);
    verdict(got, sizeof got, status, &err, "VerifierError");
    if (differs != NULL) {
        tally_fail(t, name, "%s differs", differs);
    } else if (strcmp(got, text_of(test, "verify")) != 0) {
        tally_fail(t, name, "verifier: %s instead of %s", got, text_of(test, "verify"));
    } else {
        struct vm_program core;
        struct sbpf_syscalls syscalls = gn_sbpf_syscalls();
        if (status == GN_OK && gn_sbpf_lower(&core, p, SBPF_CLASSIC, &syscalls, &err) != GN_OK) {
            tally_fail(t, name, "%s", err.text);
            return;
        }
        if (status == GN_OK) {
            gn_sbpf_core_free(&core);
        }
        tally_pass(t);
    }
}

void check_load(struct tally *t, const json_t *test)
{
    const char *name = text_of(test, "name");
    struct svm_bytes base = file_by_name(text_of(test, "base"));
    struct gn_buffer file = {0};
    if (base.n == 0) {
        tally_skip(t, name, "its program is not in a folder named by --elfs");
        return;
    }
    gn_buffer_append(&file, base.data, base.n);
    size_t i;
    json_t *mutation;
    json_array_foreach(json_object_get(test, "mutations"), i, mutation)
    {
        size_t at = (size_t)json_integer_value(json_array_get(mutation, 0));
        if (at < file.size) {
            file.data[at] = (uint8_t)json_integer_value(json_array_get(mutation, 1));
        }
    }
    struct sbpf_load_options options = {.syscalls = gn_sbpf_syscalls(),
                                        .deploying = json_is_true(json_object_get(test, "reject_broken_elfs"))};
    struct sbpf_program *p;
    struct gn_error err;
    char got[300];
    enum gn_status status = gn_sbpf_load(&p, file.data, file.size, &options, &err);
    verdict(got, sizeof got, status, &err, NULL);
    if (strcmp(got, text_of(test, "load")) != 0) {
        tally_fail(t, name, "%s instead of %s", got, text_of(test, "load"));
    } else if (status == GN_OK) {
        check_loaded(t, test, p);
    } else {
        tally_pass(t);
    }
    gn_sbpf_free(p);
    gn_buffer_free(&file);
}
