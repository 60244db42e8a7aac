/* SPDX-License-Identifier: Apache-2.0 */
/* digest.c - the AIR digest of the key record: one hash over every field of a system that the protocol reads.
 *
 * The serialization is a sequence of little-endian 32-bit words; every list is preceded by its length, so it can be
 * read back in one way only.  Names, texts, declared widths and source places are left out: they change nothing that
 * a proof means. */
#include "air/list.h"
#include "base/bytes.h"

struct writer {
    struct gn_blake3 hash;
};

static void word(struct writer *w, uint32_t v)
{
    uint8_t bytes[4];
    store_le32(bytes, v);
    gn_blake3_update(&w->hash, bytes, sizeof bytes);
}

static void words(struct writer *w, const uint32_t *v, uint32_t n)
{
    word(w, n);
    for (uint32_t i = 0; i < n; i++) {
        word(w, v[i]);
    }
}

static void fixed_columns(struct writer *w, const struct air_table *t)
{
    word(w, t->fixed_n);
    for (uint32_t i = 0; i < t->fixed_n; i++) {
        const struct air_fixed *f = &t->fixed[i];
        word(w, f->monomials_n);
        for (uint32_t k = 0; k < f->monomials_n; k++) {
            word(w, f->monomials[k].coefficient);
            word(w, f->monomials[k].bits);
        }
        words(w, f->values, f->values_n);
    }
}

static void program(struct writer *w, const struct air_table *t)
{
    word(w, t->temps_n);
    word(w, t->outputs_n);
    word(w, t->bus_code_n);
    word(w, t->low_code_n);
    word(w, t->code_n);
    for (uint32_t i = 0; i < t->code_n; i++) {
        word(w, t->code[i].op);
        word(w, t->code[i].dst);
        word(w, t->code[i].a);
        word(w, t->code[i].b);
    }
    word(w, t->degree);
    word(w, t->constraints_n);
    for (uint32_t i = 0; i < t->constraints_n; i++) {
        word(w, t->constraints[i].group);
        word(w, t->constraints[i].degree);
    }
    word(w, t->interactions_n);
    for (uint32_t i = 0; i < t->interactions_n; i++) {
        word(w, t->interactions[i].bus);
        word(w, t->interactions[i].entries_n);
        word(w, t->interactions[i].first_output);
        word(w, t->interactions[i].degree);
    }
    word(w, t->leaves_n);
    for (uint32_t i = 0; i < t->leaves_n; i++) {
        words(w, t->leaves[i].interactions, t->leaves[i].n);
    }
}

static void table(struct writer *w, const struct air_table *t)
{
    word(w, t->flags);
    word(w, t->max_height);
    word(w, t->committed_n);
    word(w, t->pre_n);
    words(w, t->next, t->next_n);
    fixed_columns(w, t);
    words(w, t->consts, t->consts_n);
    program(w, t);
}

static void entries(struct writer *w, const struct air_entry *e, uint32_t n)
{
    word(w, n);
    for (uint32_t i = 0; i < n; i++) {
        word(w, e[i].kind);
        word(w, e[i].value);
        word(w, e[i].step);
    }
}

static void public_part(struct writer *w, const struct air_system *s)
{
    word(w, s->public_values_n);
    word(w, s->public_messages_n);
    for (uint32_t i = 0; i < s->public_messages_n; i++) {
        const struct air_public_message *m = &s->public_messages[i];
        word(w, m->bus);
        word(w, m->negative);
        entries(w, m->entries, s->buses[m->bus - 1].entries_n);
    }
    word(w, s->public_tables_n);
    for (uint32_t i = 0; i < s->public_tables_n; i++) {
        const struct air_public_table *p = &s->public_tables[i];
        word(w, p->bus);
        word(w, p->negative);
        word(w, p->row_bytes);
        entries(w, p->entries, s->buses[p->bus - 1].entries_n);
    }
}

digest air_compute_digest(const struct air_system *s)
{
    struct writer w;
    gn_blake3_init_keyed(&w.hash, &gn_key_air);
    word(&w, 2); /* version of this serialization */
    word(&w, s->tables_n);
    for (uint32_t i = 0; i < s->tables_n; i++) {
        table(&w, &s->tables[i]);
    }
    word(&w, s->buses_n);
    for (uint32_t i = 0; i < s->buses_n; i++) {
        word(&w, s->buses[i].id);
        word(&w, s->buses[i].entries_n);
    }
    word(&w, s->max_entries);
    public_part(&w, s);
    word(&w, s->bounds_n);
    for (uint32_t i = 0; i < s->bounds_n; i++) {
        word(&w, s->bounds[i].constant);
        words(&w, s->bounds[i].coefficients, s->tables_n);
    }
    digest d;
    gn_blake3_final(&w.hash, d.b, sizeof d.b);
    return d;
}
