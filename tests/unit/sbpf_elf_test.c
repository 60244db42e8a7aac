/* SPDX-License-Identifier: Apache-2.0 */
/* sbpf_elf_test.c - both loaders: what honest files become, and every refusal by a file that differs in one field. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "cm.h"
#include "vectors/builder.h"

enum { CALL = 0x85, SHDR = 64 };

static struct gn_error err;

static struct sbpf_program *load(const struct gn_buffer *file, bool deploying)
{
    const struct sbpf_load_options options = {.syscalls = gn_sbpf_syscalls(), .deploying = deploying};
    struct sbpf_program *p;
    uint8_t *exact = malloc(file->size + 1); /* so that sanitizers see what is read behind the end */
    if (file->size > 0) {
        memcpy(exact, file->data, file->size);
    }
    err.text[0] = 0;
    enum gn_status status = gn_sbpf_load(&p, exact, file->size, &options, &err);
    free(exact);
    assert_true((status == GN_OK) == (p != NULL) && (status == GN_OK) == (err.text[0] == 0));
    return p;
}

/* The verdict begins with `wanted` and goes on ": " or ends; "" is acceptance. */
static void assert_load(const struct gn_buffer *file, bool deploying, const char *wanted)
{
    size_t n = strlen(wanted);
    gn_sbpf_free(load(file, deploying));
    if (strncmp(err.text, wanted, n) != 0 || (n == 0 && err.text[0] != 0) ||
        (n > 0 && err.text[n] != 0 && strncmp(err.text + n, ": ", 2) != 0)) {
        fail_msg("\"%s\" where \"%s\" was wanted", err.text, wanted);
    }
}

/* ---- version 3 ---- */
static struct gn_buffer strict(bool with_rodata)
{
    struct gn_buffer text = {0}, rodata = {0};
    put_insn(&text, 0xb7, 0, 0, 0, 1);
    PUT_EXIT(&text);
    put_insn(&rodata, 'r', 'o', 0, 0, 7);
    struct gn_buffer file = build_strict(
        &(struct build){.version = 3, .entry_slot = 1, .text = &text, .rodata = with_rodata ? &rodata : NULL});
    gn_buffer_free(&text);
    gn_buffer_free(&rodata);
    return file;
}

static void test_strict(void **state)
{
    (void)state;
    for (unsigned with_rodata = 0; with_rodata < 2; with_rodata++) {
        struct gn_buffer file = strict(with_rodata);
        struct sbpf_program *p = load(&file, with_rodata);
        assert_non_null(p);
        assert_true(p->version == SBPF_V3 && p->entry_slot == 1 && p->slots_n == 2 && p->text_n == 16);
        assert_true(p->text_address == SBPF_PROGRAM && p->rodata_address == 0 && p->functions_n == 0);
        assert_int_equal(p->rodata_n, with_rodata ? 8 : 0);
        assert_memory_equal(p->text, file.data + file.size - 16, 16);
        assert_true(!with_rodata || p->rodata[0] == 'r');
        gn_sbpf_free(p);
        gn_buffer_append(&file, "behind", 6); /* is not looked at */
        assert_load(&file, true, "");
        gn_buffer_free(&file);
    }
}

static void assert_strict(bool with_rodata, size_t at, unsigned width, uint64_t value, const char *wanted)
{
    struct gn_buffer file = strict(with_rodata);
    for (unsigned i = 0; i < width; i++) {
        file.data[at + i] = (uint8_t)(value >> 8 * i);
    }
    assert_load(&file, false, wanted);
    gn_buffer_free(&file);
}

static void test_strict_header(void **state)
{
    (void)state;
    static const struct {
        uint8_t at, width;
        uint64_t value;
    } wrong[] = {{0, 1, 0x7e},
                 {3, 1, 'G'},
                 {4, 1, 1},
                 {5, 1, 2},
                 {6, 1, 2},
                 {7, 1, 3},
                 {8, 1, 1},
                 {9, 1, 1},
                 {15, 1, 1},
                 {18, 2, 263},
                 {20, 4, 2},
                 {32, 8, 72},
                 {52, 2, 63},
                 {54, 2, 64},
                 {56, 2, 0},
                 {56, 2, 60},
                 {24, 8, 0},
                 {24, 8, SBPF_PROGRAM + 4},
                 {24, 8, SBPF_PROGRAM + 16},
                 {24, 8, SBPF_PROGRAM - 8},
                 {24, 8, UINT64_MAX - 7}};
    static const uint8_t free_bytes[] = {16, 40, 47,
                                         58, 60, 62}; /* e_type, e_shoff, e_shentsize, e_shnum, e_shstrndx */
    for (unsigned i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_strict(true, wrong[i].at, wrong[i].width, wrong[i].value, "InvalidFileHeader");
    }
    for (unsigned i = 0; i < sizeof free_bytes; i++) {
        assert_strict(true, free_bytes[i], 1, 0xee, "");
    }
    assert_strict(true, 24, 8, SBPF_PROGRAM, "");
    assert_strict(true, 48, 4, 4, "UnsupportedSBPFVersion");
    assert_strict(true, 48, 4, 0x01000003, "UnsupportedSBPFVersion");
}

static void test_strict_segments(void **state)
{
    (void)state;
    const size_t rodata = 64, text = 64 + 56;
    const uint64_t at = 64 + 2 * 56;
    static const struct {
        uint8_t field, width;
        uint64_t value;
    } wrong[] = {{0, 4, 2},  {4, 4, 5},   {8, 8, 8},
                 {16, 8, 8}, {24, 8, 8},  {32, 8, 0},
                 {32, 8, 4}, {40, 8, 24}, {32, 8, UINT64_MAX - 7}};
    for (unsigned i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_strict(true, rodata + wrong[i].field, wrong[i].width, wrong[i].value, "InvalidProgramHeader");
        assert_strict(true, text + wrong[i].field, wrong[i].width, wrong[i].value, "InvalidProgramHeader");
    }
    assert_strict(true, rodata + 8, 8, at + 8, "InvalidProgramHeader"); /* a gap before rodata */
    assert_strict(true, text + 8, 8, at + 16, "InvalidProgramHeader");  /* and before text */
    assert_strict(true, text + 8, 8, at, "InvalidProgramHeader");       /* text over rodata */
    assert_strict(true, 56, 2, 1, "InvalidProgramHeader");              /* only rodata */
    assert_strict(true, rodata + 4, 4, 1, "InvalidProgramHeader");      /* text at 0 */
    struct gn_buffer file = strict(true);
    for (unsigned i = 0; i < 2; i++) { /* text of no slot: then there is no entry in it */
        store_le64(file.data + text + 32 + 8 * i, 0);
    }
    assert_load(&file, false, "InvalidFileHeader");
    for (unsigned i = 0; i < 2; i++) { /* text that is no multiple of slots */
        store_le64(file.data + text + 32 + 8 * i, 12);
    }
    assert_load(&file, false, "InvalidProgramHeader");
    gn_buffer_free(&file);
    file = strict(true);
    for (size_t n = 0; n < file.size; n++) {
        struct gn_buffer cut = {file.data, n, n, false};
        assert_load(&cut, false, n < 64 ? "ValueOutOfBounds" : n < at ? "InvalidFileHeader" : "InvalidProgramHeader");
    }
    gn_buffer_free(&file);
}

/* ---- versions 0 to 2 ---- */

/* slots: 0 call 3; 1 call of a symbol (log); 2 call of a symbol (function at 4); 3 exit; 4, 5 lddw of symbol + 4; 6, 7 lddw of 0x10; 8 exit */
enum { SLOT_LOG = 1, SLOT_CALL = 2, SLOT_SYMBOL = 4, SLOT_RELATIVE = 6, SLOTS = 9 };

static struct built lenient(const char *name, uint64_t function)
{
    struct gn_buffer text = {0}, rodata = {0};
    put_insn(&text, CALL, 0, 0, 0, 2);
    put_insn(&text, CALL, 0, 0, 0, -1);
    put_insn(&text, CALL, 0, 0, 0, -1);
    PUT_EXIT(&text);
    put_lddw(&text, 1, 4);
    put_lddw(&text, 2, 0x10);
    PUT_EXIT(&text);
    put_insn(&rodata, 'r', 0, 0, 0, 0x18); /* its upper half is what a relocation of data takes */
    put_insn(&rodata, 'R', 0, 0, 0, 0);
    const struct build_symbol symbols[] = {
        {name, 0x10, 0}, {"helper", 0x12, function}, {"entrypoint", 0x12, BUILD_TEXT}};
    const uint64_t slot = SBPF_SLOT, data = BUILD_TEXT + SLOTS * slot;
    const struct build_relocation relocations[] = {{BUILD_TEXT + SLOT_LOG * slot, 10, 1},
                                                   {BUILD_TEXT + SLOT_CALL * slot, 10, 2},
                                                   {BUILD_TEXT + SLOT_SYMBOL * slot, 1, 2},
                                                   {BUILD_TEXT + SLOT_RELATIVE * slot, 8, 0},
                                                   {data, 8, 0}};
    struct built f = build_lenient(&(struct build){.version = 0,
                                                   .text = &text,
                                                   .rodata = &rodata,
                                                   .symbols = symbols,
                                                   .symbols_n = 3,
                                                   .relocations = relocations,
                                                   .relocations_n = 5});
    gn_buffer_free(&text);
    gn_buffer_free(&rodata);
    return f;
}

static struct built honest(void)
{
    return lenient("sol_log_", BUILD_TEXT + 4 * SBPF_SLOT);
}

static uint32_t imm_of(const struct sbpf_program *p, unsigned slot)
{
    return load_le32(p->text + (size_t)slot * SBPF_SLOT + 4);
}

static void test_lenient(void **state)
{
    (void)state;
    for (unsigned k = 0; k < 6; k++) {
        struct built f = honest();
        store_le32(f.file.data + 48, k % 3);
        store_le16(f.file.data + 18, k < 3 ? 247 : 263);
        struct sbpf_program *p = load(&f.file, k % 2);
        assert_non_null(p);
        assert_true(p->version == k % 3 && p->slots_n == SLOTS && p->entry_slot == 0);
        assert_true(p->text_address == SBPF_PROGRAM + BUILD_TEXT && p->rodata_address == SBPF_PROGRAM);
        assert_int_equal(p->rodata_n, BUILD_TEXT + SLOTS * SBPF_SLOT + 16);
        assert_ptr_equal(p->text, p->rodata + BUILD_TEXT);
        for (unsigned i = 0; i < BUILD_TEXT; i++) {
            assert_int_equal(p->rodata[i], 0); /* headers are no section */
        }
        assert_int_equal(imm_of(p, 0), gn_sbpf_key_of_slot(3));
        assert_int_equal(imm_of(p, SLOT_LOG), 0x207559bd);
        assert_int_equal(imm_of(p, SLOT_CALL), gn_sbpf_key_of_slot(4));
        assert_int_equal(imm_of(p, SLOT_SYMBOL), BUILD_TEXT + 4 * SBPF_SLOT + 4);
        assert_int_equal(imm_of(p, SLOT_SYMBOL + 1), 1);
        assert_int_equal(imm_of(p, SLOT_RELATIVE), 0x10);
        assert_int_equal(imm_of(p, SLOT_RELATIVE + 1), 1);
        assert_true(load_le64(p->text + SLOTS * SBPF_SLOT) == SBPF_PROGRAM + 0x18);
        assert_int_equal(p->functions_n, 3);
        assert_int_equal(gn_sbpf_function_find(p, SBPF_KEY_ENTRYPOINT)->slot, 0);
        assert_int_equal(gn_sbpf_function_find(p, gn_sbpf_key_of_slot(3))->slot, 3);
        assert_int_equal(gn_sbpf_function_find(p, gn_sbpf_key_of_slot(4))->slot, 4);
        gn_sbpf_free(p);
        gn_buffer_free(&f.file);
    }
}

static void assert_changed(bool deploying, size_t at, unsigned width, uint64_t value, const char *wanted)
{
    struct built f = honest();
    for (unsigned i = 0; i < width; i++) {
        f.file.data[at + i] = (uint8_t)(value >> 8 * i);
    }
    assert_load(&f.file, deploying, wanted);
    gn_buffer_free(&f.file);
}

#define HEADER  "FailedToParse(\"invalid file header\")"
#define OVERLAP "FailedToParse(\"headers, sections and/or segments overlap\")"
#define ALIGN   "FailedToParse(\"invalid alignment\")"
#define SECTION "FailedToParse(\"invalid section header\")"
#define DYNAMIC "FailedToParse(\"invalid dynamic section table\")"
#define SIZE    "FailedToParse(\"invalid size\")"
#define STRING  "FailedToParse(\"invalid string\")"

static void test_lenient_header(void **state)
{
    (void)state;
    struct built f = honest();
    size_t n = f.file.size;
    gn_buffer_free(&f.file);
    assert_changed(false, 0, 1, 0, HEADER);
    assert_changed(false, 4, 1, 1, HEADER);
    assert_changed(false, 5, 1, 2, HEADER);
    assert_changed(false, 6, 1, 0, HEADER);
    assert_changed(false, 20, 4, 0, HEADER);
    assert_changed(false, 52, 2, 65, HEADER);
    assert_changed(false, 54, 2, 55, HEADER);
    assert_changed(false, 58, 2, 0, HEADER);
    assert_changed(false, 62, 2, BUILD_SECTIONS, HEADER);
    assert_changed(false, 62, 2, 0, "FailedToParse(\"no section name string table found\")");
    assert_changed(false, 62, 2, BUILD_S_TEXT, SECTION);
    assert_changed(false, 7, 1, 9, "WrongAbi");
    assert_changed(false, 8, 1, 9, "");
    assert_changed(false, 18, 2, 243, "WrongMachine");
    assert_changed(false, 16, 2, 2, "WrongType");
    assert_changed(false, 32, 8, 60, OVERLAP);
    assert_changed(false, 32, 8, n - 8, "ValueOutOfBounds");
    assert_changed(false, 32, 8, UINT64_MAX - 7, "ValueOutOfBounds");
    assert_changed(false, 32, 8, 68, ALIGN);
    assert_changed(false, 40, 8, 64, OVERLAP);
    assert_changed(false, 40, 8, 8, OVERLAP);
    assert_changed(false, 40, 8, n, "ValueOutOfBounds");
    assert_changed(false, 40, 8, UINT64_MAX - 7, "ValueOutOfBounds");
    assert_changed(false, 40, 8, n - BUILD_SECTIONS * SHDR - 4, ALIGN);
    assert_changed(false, 24, 8, 0, "EntrypointOutOfBounds");
    assert_changed(false, 24, 8, BUILD_TEXT + SLOTS * SBPF_SLOT, "EntrypointOutOfBounds");
    assert_changed(false, 24, 8, BUILD_TEXT + 12, "InvalidEntrypoint");
    assert_changed(false, 24, 8, BUILD_TEXT + 16, "");
}

static void test_lenient_segments(void **state)
{
    (void)state;
    const size_t first = BUILD_PHDR, second = BUILD_PHDR + 56;
    assert_changed(false, first + 8, 8, UINT64_MAX, "ValueOutOfBounds");
    assert_changed(false, first + 32, 8, UINT64_MAX, "ValueOutOfBounds");
    assert_changed(false, first, 4, 6, ""); /* not a segment to be loaded */
    struct built f = honest();
    store_le32(f.file.data + second, 1);
    store_le64(f.file.data + second + 16, BUILD_TEXT - 1);
    assert_load(&f.file, false, "InvalidProgramHeader");
    store_le64(f.file.data + second + 16,
               BUILD_TEXT); /* equal addresses are in order; the dynamic table is found by its section */
    assert_load(&f.file, false, "");
    gn_buffer_free(&f.file);
}

static size_t header_of(enum build_section section)
{
    struct built f = honest();
    size_t at = f.headers + (size_t)section * SHDR;
    gn_buffer_free(&f.file);
    return at;
}

static size_t at_of(enum build_section section)
{
    struct built f = honest();
    size_t at = f.at[section];
    gn_buffer_free(&f.file);
    return at;
}

static void test_lenient_sections(void **state)
{
    (void)state;
    enum { TYPE = 4, FLAGS = 8, ADDR = 16, OFFSET = 24, LENGTH = 32 };
    size_t text = header_of(BUILD_S_TEXT), rodata = header_of(BUILD_RODATA), strings = header_of(BUILD_SHSTRTAB),
           dynstr = header_of(BUILD_DYNSTR);
    assert_changed(false, header_of(BUILD_NULL) + TYPE, 4, 1, SECTION);
    assert_changed(false, header_of(BUILD_NULL) + OFFSET, 8, 8, OVERLAP); /* the null section has a range, too */
    assert_changed(false, header_of(BUILD_NULL) + LENGTH, 8, UINT64_MAX, OVERLAP);
    assert_changed(false, rodata + OFFSET, 8, 32, OVERLAP);
    assert_changed(false, rodata + OFFSET, 8, BUILD_PHDR + 8, OVERLAP);
    assert_changed(false, text + LENGTH, 8, UINT64_MAX, "ValueOutOfBounds");
    assert_changed(false, strings + LENGTH, 8, 4000, OVERLAP); /* over the section headers */
    assert_changed(false, rodata + OFFSET, 8, BUILD_TEXT, "FailedToParse(\"sections not in ascending order\")");
    assert_changed(false, rodata + OFFSET, 8, UINT64_MAX - 100, "ValueOutOfBounds");
    assert_changed(false, text + ADDR, 8, 0, "EntrypointOutOfBounds");
    /* names */
    assert_changed(false, rodata, 4, 0xffff, STRING);
    assert_changed(false, at_of(BUILD_SHSTRTAB) + 6, 1, 'x', "NotOneTextSection"); /* .text is .textx.rodata, then */
    assert_changed(false, rodata, 4, 1, "NotOneTextSection");                      /* two .text */
    assert_changed(false, strings + TYPE, 4, 1, SECTION);
    assert_changed(false, dynstr + TYPE, 4, 1, "UnknownSymbol(1)"); /* looked at when a name is asked for */
    /* sections that programs may not have */
    struct built f = honest();
    memcpy(f.file.data + f.at[BUILD_SHSTRTAB] + 7, ".bss.x", 6);
    assert_load(&f.file, false, "WritableSectionNotSupported(\".bss.xa\")");
    memcpy(f.file.data + f.at[BUILD_SHSTRTAB] + 7, ".data.x", 7);
    assert_load(&f.file, false, "");
    f.file.data[rodata + FLAGS] = 1;
    assert_load(&f.file, false, "");
    f.file.data[rodata + FLAGS] = 3;
    assert_load(&f.file, false, "WritableSectionNotSupported(\".data.x\")");
    gn_buffer_free(&f.file);
    /* a section without bytes must be in the file all the same */
    f = honest();
    store_le32(f.file.data + rodata + TYPE, 8);
    assert_load(&f.file, false, "");
    store_le64(f.file.data + rodata + LENGTH, UINT64_MAX);
    assert_load(&f.file, false, "ValueOutOfBounds");
    gn_buffer_free(&f.file);
    /* text without bytes has no slots */
    f = honest();
    store_le32(f.file.data + text + TYPE, 8);
    struct sbpf_program *p = load(&f.file, false);
    assert_true(p != NULL && p->slots_n == 0 && gn_sbpf_verify(p, &err) == GN_BAD_INPUT);
    gn_sbpf_free(p);
    gn_buffer_free(&f.file);
}

/* where sections may stand */
static void test_lenient_layout(void **state)
{
    (void)state;
    enum { ADDR = 16 };
    size_t text = header_of(BUILD_S_TEXT), rodata = header_of(BUILD_RODATA);
    assert_changed(true, rodata + ADDR, 8, BUILD_TEXT + 200, "ValueOutOfBounds"); /* moved */
    assert_changed(false, rodata + ADDR, 8, BUILD_TEXT + 200, "");
    assert_changed(false, rodata + ADDR, 8, 0xffffffff, "ValueOutOfBounds");
    assert_changed(false, rodata + ADDR, 8, UINT64_MAX, "ValueOutOfBounds");
    assert_changed(false, rodata + ADDR, 8, 100000, "ValueOutOfBounds"); /* wider than the file */
    struct built f = honest();
    store_le64(f.file.data + text + ADDR, BUILD_TEXT + 8);
    store_le64(f.file.data + 24, BUILD_TEXT + 8);
    assert_load(&f.file, true, "ValueOutOfBounds");
    struct sbpf_program *p = load(&f.file, false);
    assert_true(p != NULL && p->entry_slot == 0 && p->text_address == SBPF_PROGRAM + BUILD_TEXT + 8);
    /* rodata was put over the end of text, which comes before it */
    assert_true(load_le64(p->text + 8 * SBPF_SLOT) == SBPF_PROGRAM + 0x18);
    gn_sbpf_free(p);
    store_le64(f.file.data + text + ADDR, 0x100000000);
    store_le64(f.file.data + 24, 0x100000000);
    assert_load(&f.file, false, "ValueOutOfBounds");
    gn_buffer_free(&f.file);
}

static void test_lenient_dynamic(void **state)
{
    (void)state;
    size_t at = at_of(BUILD_DYNAMIC), segment = BUILD_PHDR + 56, section = header_of(BUILD_DYNAMIC);
    assert_changed(false, at + 8, 8, 0, "");           /* no relocations: unknown calls stay as they are */
    assert_changed(false, at + 16 + 8, 8, 0, DYNAMIC); /* their size */
    assert_changed(false, at + 16 + 8, 8, 8, SIZE);
    assert_changed(false, at + 16 + 8, 8, 16000, "ValueOutOfBounds");
    assert_changed(false, at + 32 + 8, 8, 24, DYNAMIC);        /* the size of one */
    assert_changed(false, at + 8, 8, 0x7000000, DYNAMIC);      /* where no segment and no section is */
    assert_changed(false, at + 48 + 8, 8, 0x7000000, DYNAMIC); /* symbols likewise */
    assert_changed(false, at + 48 + 8, 8, at_of(BUILD_RODATA), SECTION);
    assert_changed(false, at + 48 + 8, 8, 0, "UnknownSymbol(1)");
    assert_changed(false, at, 8, 0, "");  /* DT_NULL ends the table */
    assert_changed(false, at, 8, 99, ""); /* a tag of no interest */
    assert_changed(false, header_of(BUILD_DYNSYM) + 32, 8, 23, SIZE);
    assert_changed(false, BUILD_PHDR + 40, 8, UINT64_MAX,
                   "ValueOutOfBounds"); /* memory that ends beyond the address space */
    /* A segment that is no table: the section is taken, then it must be one. */
    assert_changed(false, segment + 32, 8, 120, "");
    struct built f = honest();
    store_le64(f.file.data + segment + 32, 120);
    store_le64(f.file.data + section + 32, 120);
    assert_load(&f.file, false, DYNAMIC);
    store_le32(f.file.data + section + 4, 1);
    assert_load(&f.file, false, ""); /* no dynamic table at all */
    gn_buffer_free(&f.file);
}

static void test_relocations(void **state)
{
    (void)state;
    size_t at = at_of(BUILD_REL), text = at_of(BUILD_S_TEXT), symbols = at_of(BUILD_DYNSYM),
           names = at_of(BUILD_DYNSTR);
    assert_changed(false, text + 4, 4, SLOTS, "RelativeJumpOutOfBounds(0)");
    assert_changed(false, text + 4, 4, (uint64_t)-2, "RelativeJumpOutOfBounds(0)");
    assert_changed(false, text + 4, 4, (uint64_t)-1, "");
    assert_changed(false, at + 8, 4, 2, "UnknownRelocation(2)");
    assert_changed(false, at + 8, 4, 0, "UnknownRelocation(0)");
    for (unsigned i = 0; i < 5; i++) { /* each reaches beyond the file */
        assert_changed(false, at + 16 * i, 8, 1 << 30, "ValueOutOfBounds");
        assert_changed(false, at + 16 * i, 8, UINT64_MAX - 3, "ValueOutOfBounds");
    }
    assert_changed(false, at + 12, 4, 4, "UnknownSymbol(4)");
    assert_changed(false, at + 2 * 16 + 12, 4, 4, "UnknownSymbol(4)");
    assert_changed(false, symbols + 24, 4, 99999, "UnknownSymbol(99999)");
    assert_changed(false, text + SLOT_RELATIVE * 8 + 4, 4, 0, "InvalidVirtualAddress(0)");
    assert_changed(false, symbols + 2 * 24 + 8, 8, BUILD_TEXT - 8, "ValueOutOfBounds"); /* a function outside of text */
    assert_changed(false, symbols + 2 * 24 + 8, 8, BUILD_TEXT + SLOTS * 8, "ValueOutOfBounds");
    assert_changed(true, names + 1, 1, 'S', "UnresolvedSymbol(\"Sol_log_\", 23, 184)");
    assert_changed(true, names + 1, 1, '"', "UnresolvedSymbol(\"?ol_log_\", 23, 184)");
    assert_changed(false, names + 1, 1, 'S', ""); /* a fault when it is called */
}

static void test_names(void **state)
{
    (void)state;
    char longest[65];
    memset(longest, 'x', 64);
    longest[64] = 0;
    struct built f = lenient(longest, BUILD_TEXT);
    assert_load(&f.file, false, "UnknownSymbol(1)"); /* 64 bytes with the final zero */
    gn_buffer_free(&f.file);
    longest[63] = 0;
    f = lenient(longest, BUILD_TEXT);
    assert_load(&f.file, false, "");
    gn_buffer_free(&f.file);
    f = lenient("sol_alloc_free_", BUILD_TEXT);
    assert_load(&f.file, false, "");
    assert_load(&f.file, true, "UnresolvedSymbol(\"sol_alloc_free_\", 23, 184)");
    /* a symbol "entrypoint" at another slot gives its key to the file's entry */
    store_le32(f.file.data + f.at[BUILD_REL] + 16 + 12, 3);
    store_le64(f.file.data + f.at[BUILD_DYNSYM] + 3 * 24 + 8, BUILD_TEXT + 24);
    struct sbpf_program *p = load(&f.file, false);
    assert_int_equal(gn_sbpf_function_find(p, SBPF_KEY_ENTRYPOINT)->slot, 0);
    assert_int_equal(imm_of(p, SLOT_CALL), SBPF_KEY_ENTRYPOINT);
    gn_sbpf_free(p);
    gn_buffer_free(&f.file);
}

/* Two functions of one key: only a registry of other system calls can show it, and the key "entrypoint" of two symbols. */
static void test_collisions(void **state)
{
    (void)state;
    struct built f = honest();
    const struct sbpf_syscall taken = {gn_sbpf_key_of_slot(3), "taken"};
    const struct sbpf_load_options options = {.syscalls = {&taken, 1}};
    struct sbpf_program *p;
    char wanted[40];
    assert_int_equal(gn_sbpf_load(&p, f.file.data, f.file.size, &options, &err), GN_BAD_INPUT);
    snprintf(wanted, sizeof wanted, "SymbolHashCollision(%" PRIu32 "): ", taken.hash);
    assert_int_equal(strncmp(err.text, wanted, strlen(wanted)), 0);
    assert_null(p);
    gn_buffer_free(&f.file);
    f = lenient("entrypoint", BUILD_TEXT);
    f.file.data[f.at[BUILD_DYNSYM] + 24 + 4] = 0x12;
    store_le64(f.file.data + f.at[BUILD_DYNSYM] + 24 + 8, BUILD_TEXT + 8);
    store_le32(f.file.data + f.at[BUILD_REL] + 16 + 12, 3);
    assert_load(&f.file, false, "SymbolHashCollision(1910755201)");
    gn_buffer_free(&f.file);
}

/* Whatever is cut off, the loader says so without reading behind the end. */
static void test_cut(void **state)
{
    (void)state;
    struct built f = honest();
    for (size_t n = 0; n < f.file.size; n++) {
        struct gn_buffer cut = {f.file.data, n, n, false};
        assert_load(&cut, n % 2, "ValueOutOfBounds");
    }
    gn_buffer_free(&f.file);
}

/* Every byte in turn, three values each: verdicts, or programs that hold together. */
static void test_bytes(void **state)
{
    (void)state;
    static const uint8_t flips[] = {0x01, 0x80, 0xff};
    struct built f = honest();
    unsigned refused = 0;
    for (size_t k = 0; k < 3 * f.file.size; k++) {
        f.file.data[k / 3] ^= flips[k % 3];
        struct sbpf_program *p = load(&f.file, k % 2);
        refused += p == NULL;
        if (p != NULL) {
            assert_true(p->slots_n == p->text_n / SBPF_SLOT);
            assert_true(p->text_n == 0 || (p->text >= p->rodata && p->text + p->text_n <= p->rodata + p->rodata_n));
            assert_true(p->slots_n == 0 || p->text_n % SBPF_SLOT != 0 || p->entry_slot < p->slots_n);
            gn_sbpf_free(p);
        }
        f.file.data[k / 3] ^= flips[k % 3];
    }
    assert_true(refused > 300);
    assert_load(&f.file, true, "");
    gn_buffer_free(&f.file);
}

static void test_limits(void **state)
{
    (void)state;
    const struct sbpf_load_options options = {.syscalls = gn_sbpf_syscalls()};
    struct sbpf_program *p;
    uint8_t header[64] = {0};
    assert_int_equal(gn_sbpf_load(&p, header, (size_t)SBPF_SLOTS_MAX * SBPF_SLOT + 1, &options, &err), GN_LIMIT);
    assert_null(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_strict),
        cmocka_unit_test(test_strict_header),
        cmocka_unit_test(test_strict_segments),
        cmocka_unit_test(test_lenient),
        cmocka_unit_test(test_lenient_header),
        cmocka_unit_test(test_lenient_segments),
        cmocka_unit_test(test_lenient_sections),
        cmocka_unit_test(test_lenient_layout),
        cmocka_unit_test(test_lenient_dynamic),
        cmocka_unit_test(test_relocations),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_collisions),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
