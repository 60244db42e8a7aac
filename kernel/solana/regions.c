/* SPDX-License-Identifier: Apache-2.0 */
/* regions.c - the program's memory as the runtime sees it: what may be accessed, which fault it is if not, and reading and writing on behalf of syscalls.
 *
 * Regions are told apart by address >> 32: 0 read-only (v3), 1 program (others), 2 stack, 3 heap, 4 input.  No access crosses the end of one.
 * The stack of version 0 without VASA has a gap behind each frame; an access is judged by its first byte, and goes on in the next frame: the runtime's memory behind it is contiguous.  So what
 * is allowed there may be several pieces (struct pieces).
 * With VASA the input region is many: metadata, data of the first account, metadata, data of the second ... */
#include "kernel.h"
#include "u256.h"

static bool inside(uint64_t offset, uint64_t n, uint64_t size)
{
    return offset <= size && n <= size - offset;
}

/* Where an address of the gapped stack is in the runtime's memory; other addresses stand for themselves. */
static uint64_t runtime_address(const struct kernel *k, uint64_t address)
{
    if (!k->gaps || address >> 32 != 2) {
        return address;
    }
    uint64_t offset = address & 0xffffffff;
    return GN_SOL_STACK + ((offset >> 13 << 12) | (offset & (GN_SOL_FRAME - 1)));
}

struct account *region_account(struct kernel *k, uint64_t address, uint64_t *before)
{
    *before = GN_SOL_INPUT;
    for (uint64_t i = 0; i < k->in->accounts_n; i++) {
        struct account *a = &k->accounts[i];
        if (address < a->data) {
            return NULL;
        }
        if (address - a->data < a->reserved) {
            return a;
        }
        *before = a->data + a->reserved;
    }
    return NULL;
}

/* ---- with VASA ---- */

/* The words that [0, size) of the account's data takes and that do not exist yet: from the first behind exists to the one in which the reserve ends, which does. */
void region_extend(const struct account *a, uint64_t size)
{
    uint64_t from = padded(a->data + a->exists), end = a->data + size, whole = end & ~UINT64_C(7);
    uint64_t last = (a->data + a->reserved) & ~UINT64_C(7);
    if (from < whole) {
        machine_declare(from, whole - from, MACHINE_WRITABLE);
    }
    if (whole != end && whole >= from && whole < last) {
        machine_declare(whole, 8, MACHINE_PRIVATE);
    }
}

/* Data grows at once as far as it may. */
static bool grow(struct kernel *k, struct account *a, uint64_t end)
{
    if (end > a->reserved) {
        return false;
    }
    int64_t room = GN_SOL_RESIZE_MAX - k->resized;
    uint64_t size = a->exists + (room > 0 ? (uint64_t)room : 0);
    size = size < a->reserved ? size : a->reserved;
    size = size < GN_SOL_ACCOUNT_DATA_MAX ? size : GN_SOL_ACCOUNT_DATA_MAX;
    if (size <= a->exists) {
        return end <= a->exists;
    }
    region_extend(a, size);
    k->resized += (int64_t)(size - a->exists);
    a->exists = size;
    return end <= size;
}

static bool vasa_allows(struct kernel *k, uint64_t address, uint64_t n, bool store)
{
    uint64_t begin, end = k->input_end;
    struct account *a = region_account(k, address, &begin);
    if (a != NULL) {
        if (store && !(a->writable && a->owned)) {
            return false;
        }
        uint64_t offset = address - a->data;
        if (inside(offset, n, a->exists)) {
            return true;
        }
        return store && offset + n >= n && k->in->loader != 1 && grow(k, a, offset + n);
    }
    for (uint64_t i = 0; i < k->in->accounts_n; i++) { /* metadata ends where the next account's data begins */
        if (address < k->accounts[i].data) {
            end = k->accounts[i].data;
            break;
        }
    }
    return inside(address - begin, n, end - begin);
}

/* ---- both ---- */
/* ---- the gapped stack: frames are declared as the program comes to them ---- */
void region_frames(struct kernel *k, uint64_t frames)
{
    uint64_t at = GN_SOL_STACK + k->frames_end, end = GN_SOL_STACK + 2 * GN_SOL_FRAME * frames;
    k->frames_end = 2 * GN_SOL_FRAME * frames;
    for (; at < end; at += 2 * GN_SOL_FRAME) {
        machine_declare(at, GN_SOL_FRAME, MACHINE_WRITABLE);
    }
}

/* inside of a frame that is there */
static inline bool frame_allows(const struct kernel *k, uint64_t offset, uint64_t n)
{
    return offset < k->frames_end && (offset & GN_SOL_FRAME) == 0 && n <= GN_SOL_FRAME - (offset & (GN_SOL_FRAME - 1));
}

static bool stack_allows(struct kernel *k, uint64_t address, uint64_t n)
{
    uint64_t offset = address & 0xffffffff, at = runtime_address(k, address) - GN_SOL_STACK;
    if (!k->gaps) {
        return inside(offset, n, GN_SOL_STACK_BYTES);
    }
    if ((offset & GN_SOL_FRAME) != 0 || !inside(at, n, GN_SOL_STACK_BYTES)) {
        return false;
    }
    uint64_t frames = (at + n + GN_SOL_FRAME - 1) / GN_SOL_FRAME;
    if (2 * GN_SOL_FRAME * frames > k->frames_end) {
        frames += MORE_FRAMES;
        region_frames(k, frames < GN_SOL_CALL_DEPTH_MAX ? frames : GN_SOL_CALL_DEPTH_MAX);
    }
    return true;
}

static bool allows(struct kernel *k, uint64_t address, uint64_t n, bool store)
{
    uint64_t offset = address & 0xffffffff;
    switch (address >> 32) {
    case 0:
    case 1:
        return !store && address >> 32 == k->program->rodata >> 32 && inside(offset, n, k->program->rodata_n);
    case 2:
        return stack_allows(k, address, n);
    case 3:
        return inside(offset, n, k->in->heap);
    case 4:
        return k->vasa ? vasa_allows(k, address, n, store) : inside(offset, n, k->input_end - GN_SOL_INPUT);
    default:
        return false;
    }
}

/* where address lies, as the log line names it */
static enum gn_sol_region region_name(struct kernel *k, uint64_t address)
{
    static const uint8_t names[] = {GN_SOL_REGION_ALLOCATED, GN_SOL_REGION_PROGRAM, GN_SOL_REGION_STACK,
                                    GN_SOL_REGION_HEAP, GN_SOL_REGION_INPUT};
    uint64_t window = address >> 32;
    if (window == 2 && k->gaps) { /* gaps count as allocated */
        return (address & 0xffffffff) < 2 * GN_SOL_STACK_BYTES ? GN_SOL_REGION_STACK : GN_SOL_REGION_UNALLOCATED;
    }
    return window <= 4 && allows(k, address, 1, false) ? (enum gn_sol_region)names[window] : GN_SOL_REGION_UNALLOCATED;
}

/* With VASA an access to what may be an account's data has that account's error. */
static bool account_error(struct kernel *k, uint64_t address, uint64_t n, bool store)
{
    uint64_t begin;
    const struct account *a = address >> 32 == 4 ? region_account(k, address, &begin) : NULL;
    if (a == NULL || !inside(address - a->data, n, a->reserved)) {
        return false;
    }
    enum gn_sol_error error = GN_SOL_ERROR_INVALID_REALLOC;
    if (!a->writable) {
        error = store ? GN_SOL_ERROR_READONLY_DATA_MODIFIED : GN_SOL_ERROR_ACCOUNT_DATA_TOO_SMALL;
    } else if (!a->owned) {
        error = store ? GN_SOL_ERROR_EXTERNAL_ACCOUNT_DATA_MODIFIED : GN_SOL_ERROR_ACCOUNT_DATA_TOO_SMALL;
    }
    kernel_error(k, error);
    return true;
}

APART static bool violation(struct kernel *k, uint64_t address, uint64_t n, bool store)
{
    /* frames are counted from one before the stack to one behind it; division rounds towards 0; distances that are not small do not matter */
    int64_t distance = address >> 63 != 0 ? INT64_MIN : (int64_t)(address - GN_SOL_STACK);
    int64_t frame = distance / GN_SOL_FRAME;
    if (!k->moves_r10 && frame >= -1 && frame <= GN_SOL_CALL_DEPTH_MAX) {
        return kernel_fault_with(k, GN_SOL_FAULT_STACK_ACCESS, store, n, address, (uint64_t)frame);
    }
    if (k->vasa && account_error(k, address, n, store)) {
        return false;
    }
    return kernel_fault_with(k, GN_SOL_FAULT_ACCESS, store, n, address, region_name(k, address));
}

/* without VASA: data that the program may not change is compared after the run if it was stored to */
static void note_store(struct kernel *k, uint64_t address, uint64_t n)
{
    for (uint64_t i = 0; i < k->in->accounts_n; i++) {
        struct account *a = &k->accounts[i];
        if (address < a->data + a->before->data_n && address + n > a->data) {
            a->stored = true;
        }
    }
}

APART static bool access_slowly(struct kernel *k, uint64_t address, uint64_t n, bool store)
{
    if (!allows(k, address, n, store)) {
        return violation(k, address, n, store);
    }
    if (store && address < k->fixed_end && address + n > k->fixed_begin) {
        note_store(k, address, n);
    }
    return true;
}

bool region_access_otherwise(struct kernel *k, uint64_t address, uint64_t n, bool store)
{
    if (address >> 32 == 2 && frame_allows(k, address & 0xffffffff, n)) {
        return true;
    }
    return access_slowly(k, address, n, store);
}

bool region_aligned(struct kernel *k, uint64_t address, uint64_t n, bool store, uint64_t alignment)
{
    if (!region_slice(k, address, n, store)) {
        return false;
    }
    if (n != 0 && k->in->loader != 1 && (address & (alignment - 1)) != 0) {
        return kernel_fault(k, GN_SOL_FAULT_UNALIGNED_POINTER);
    }
    return true;
}

bool region_array(struct kernel *k, uint64_t address, uint64_t count, uint64_t size, uint64_t alignment)
{
    u128 n = (u128)count * size;
    return region_aligned(k, address, n >> 64 != 0 ? UINT64_MAX : (uint64_t)n, false, alignment);
}

bool region_overlap(const struct kernel *k, uint64_t a, uint64_t a_n, uint64_t b, uint64_t b_n)
{
    a = runtime_address(k, a), b = runtime_address(k, b);
    return a > b ? a - b < b_n : b - a < a_n;
}

uint64_t region_advance(const struct kernel *k, uint64_t address, uint64_t n)
{
    if (!k->gaps || address >> 32 != 2) {
        return address + n;
    }
    uint64_t offset = runtime_address(k, address) + n - GN_SOL_STACK;
    return GN_SOL_STACK + ((offset >> 12 << 13) | (offset & (GN_SOL_FRAME - 1)));
}

/* ---- pieces ---- */

/* how many of n bytes at address stand there in one piece */
static uint64_t piece(const struct kernel *k, uint64_t address, uint64_t n)
{
    uint64_t left = GN_SOL_FRAME - (address & (GN_SOL_FRAME - 1));
    return k->gaps && address >> 32 == 2 && n > left ? left : n;
}

/* where the memory goes on behind a piece: pieces that end before n are followed by a gap */
static uint64_t behind(uint64_t address, uint64_t part)
{
    return address + part + GN_SOL_FRAME;
}

/* The machine copies whole words; the last word of the read-only region may exist only in part.  How many of the bytes before `end` stand there? */
static uint64_t tail(const struct kernel *k, uint64_t end, uint64_t n)
{
    uint64_t in_word = end & 7, word = end - in_word;
    if (in_word == 0 || word != k->partial) {
        return 0;
    }
    return n < in_word ? n : in_word;
}

bool region_is_whole(const struct kernel *k, uint64_t address, uint64_t n)
{
    return piece(k, address, n) == n && tail(k, address + n, n) == 0;
}

static void copy_bytes(uint8_t *to, const uint8_t *from, uint64_t n)
{
    while (n-- > 0) {
        *to++ = *from++;
    }
}

void region_read(struct kernel *k, void *to, uint64_t address, uint64_t n)
{
    uint8_t *next = to;
    while (n > 0) {
        uint64_t part = piece(k, address, n), last = tail(k, address + part, part);
        if (part != last) {
            machine_copy(next, machine_at(address), part - last);
        }
        copy_bytes(next + part - last, machine_at(address + part - last), last);
        next += part;
        address = behind(address, part);
        n -= part;
    }
}

void region_write(struct kernel *k, uint64_t address, const void *from, uint64_t n)
{
    const uint8_t *next = from;
    while (n > 0) {
        uint64_t part = piece(k, address, n), last = tail(k, address + part, part);
        if (part != last) {
            machine_copy(machine_at(address), next, part - last);
        }
        copy_bytes(machine_at(address + part - last), next + part - last, last);
        next += part;
        address = behind(address, part);
        n -= part;
    }
}

void region_fill(struct kernel *k, uint64_t address, uint64_t byte, uint64_t n)
{
    while (n > 0) {
        uint64_t part = piece(k, address, n), last = tail(k, address + part, part);
        if (part != last) {
            machine_fill(machine_at(address), byte, part - last);
        }
        for (uint64_t i = part - last; i < part; i++) {
            *(uint8_t *)machine_at(address + i) = (uint8_t)byte;
        }
        address = behind(address, part);
        n -= part;
    }
}

uint64_t region_word(struct kernel *k, uint64_t address)
{
    uint64_t word;
    if (piece(k, address, 8) == 8) {
        return load_word(machine_at(address));
    }
    region_read(k, &word, address, 8);
    return word;
}
