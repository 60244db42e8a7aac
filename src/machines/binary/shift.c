/* SPDX-License-Identifier: Apache-2.0 */
/* shift.c - see shift.h. */
#include "machines/binary/shift.h"

void shift_window(expr out[4], const struct shift_distance *d, const expr window[15])
{
    expr limb0 = addk(neg(sum(d->limb, 3)), 1);
    for (unsigned i = 0; i < 4; i++) {
        expr total = NULL;
        for (unsigned k = 0; k < 4; k++) {
            const expr *w = window + 7 + 2 * i - 2 * k; /* two bytes, at k limbs (and one byte) */
            expr even = add(w[0], mulk(w[1], 256)), odd = add(w[-1], mulk(w[0], 256));
            expr part = mul(k == 0 ? limb0 : d->limb[k - 1], select_expr(d->byte, odd, even));
            total = k == 0 ? part : add(total, part);
        }
        out[i] = total;
    }
}

expr shift_prove_distance(const expr bits[3], expr byte, const expr far[3], expr *power)
{
    for (unsigned i = 0; i < 3; i++) {
        assert_bool(bits[i]);
        assert_bool(far[i]);
    }
    assert_bool(sum(far, 3));
    *power = mul(mul(addk(bits[0], 1), addk(mulk(bits[1], 3), 1)), addk(mulk(bits[2], 15), 1));
    expr low = limbs(bits, 3, 1), units = add(add(far[0], mulk(far[1], 2)), mulk(far[2], 3));
    if (byte == NULL) {
        return add(low, mulk(units, 8));
    }
    assert_bool(byte);
    return add(add(low, mulk(byte, 8)), mulk(units, 16));
}

void shift_prove_count(struct air *t, const struct mx_builder *m, expr count, expr s, unsigned width)
{
    const int64_t inverse_64 = 2097414145; /* 64 * 2097414145 = 1 mod p */
    mx_range16(t, m, mulk(sub(count, s), width == 64 ? inverse_64 : 2 * inverse_64));
}

void shift_encode_distance(struct mx_rom_row *row, unsigned n, bool right)
{
    row->x[0] = 1u << (n % 8 + right);
    row->x[1] = n / 8 % 2;
    for (unsigned k = 1; k < 4; k++) {
        row->x[1 + k] = n / 16 == k;
    }
}

void shift_put_distance(struct mx_filler *f, const struct shift_distance_cells *c, size_t row, uint64_t count,
                        unsigned n, unsigned width)
{
    mx_count_range16(f, mx_limb(count, 0) / width);
    for (unsigned k = 0; k < 3; k++) {
        c->bits[k][row] = n >> k & 1;
        c->far[k][row] = n / (c->byte == NULL ? 8 : 16) == k + 1;
    }
    if (c->byte != NULL) {
        c->byte[row] = n / 8 % 2;
    }
}

void shift_put_product(struct mx_filler *f, uint8_t y[9], uint64_t a, unsigned r, unsigned limbs_n)
{
    uint32_t carry[4] = {0};
    memset(y, 0, 9);
    for (unsigned i = 0; i < limbs_n; i++) {
        uint32_t total = (mx_limb(a, i) << r) + (i > 0 ? carry[i - 1] : 0);
        y[2 * i] = (uint8_t)total;
        y[2 * i + 1] = (uint8_t)(total >> 8);
        carry[i] = total >> 16;
        mx_count_bytes(f, y[2 * i], y[2 * i + 1]);
        if (i % 2 == 1) {
            mx_count_bytes(f, carry[i - 1], carry[i]);
        }
    }
    y[2 * limbs_n] = (uint8_t)carry[limbs_n - 1];
}
