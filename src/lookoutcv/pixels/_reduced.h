/* What is measured on the reduced image, so that it depends less on resolution: blur, gradients, detailed tiles. */
#ifndef LOOKOUTCV_REDUCED_H
#define LOOKOUTCV_REDUCED_H
#include "_layout.h"
#include "_rows.h"

/* The plane reduced by a whole factor: means of factor x factor pixels, rounded. */
static void reduce(const uint8_t *luma, int width, int factor, int rows, int columns, uint16_t *sums, uint32_t *totals,
                   uint8_t *out) {
    uint32_t area = (uint32_t)factor * factor;
    memset(sums, 0, (size_t)width * sizeof *sums);
    for (ptrdiff_t y = 0; y < rows; y++) {
        memset(totals, 0, (size_t)width * sizeof *totals);
        for (ptrdiff_t k = 0; k < factor; k++) {
            add_row(luma + ((size_t)y * factor + k) * width, width, sums);
            if (k % FLUSH_ROWS == FLUSH_ROWS - 1 || k == factor - 1) add_sums(sums, width, totals);
        }
        for (ptrdiff_t x = 0; x < columns; x++) {
            uint32_t total = area / 2;
            for (ptrdiff_t k = 0; k < factor; k++) total += totals[(size_t)x * factor + k];
            out[(size_t)y * columns + x] = (uint8_t)(total / area);
        }
    }
}

/* Differences between neighbours a - b, times 9, and what of them a box blur of 9 loses: the difference of two
 * neighbouring boxes is c - d, the pixel that enters minus the pixel that leaves. */
VECTOR static void survive(const uint8_t *restrict a, const uint8_t *restrict b, const uint8_t *restrict c,
                           const uint8_t *restrict d, ptrdiff_t n, int64_t *out) {
    for (ptrdiff_t start = 0; start < n; start += WIDE_CHUNK) {
        ptrdiff_t end = n - start < WIDE_CHUNK ? n : start + WIDE_CHUNK;
        int32_t before = 0, lost = 0;
        for (ptrdiff_t i = start; i < end; i++) {
            int16_t p = (int16_t)(9 * magnitude((int16_t)(a[i] - b[i])));
            int16_t z = (int16_t)(p - magnitude((int16_t)(c[i] - d[i])));
            before += p;
            lost += z > 0 ? z : 0;
        }
        out[0] += before;
        out[1] += lost;
    }
}

static void blur(const uint8_t *plane, int rows, int columns, int step, int64_t *out) {
    if (columns >= 10)
        for (ptrdiff_t y = 0; y < rows; y += step) {
            const uint8_t *p = plane + (size_t)y * columns;
            survive(p + 5, p + 4, p + 9, p, columns - 9, out);
        }
    for (ptrdiff_t y = 4; y + 5 < rows; y += step) {
        const uint8_t *p = plane + (size_t)y * columns;
        survive(p + columns, p, p + 5 * (size_t)columns, p - 4 * (size_t)columns, columns, out + 2);
    }
}

/* Squared gradients of a row, by Sobel's kernels, and those after a binomial blur of five taps in both directions: the
 * blur's taps are multiplied into the kernels'. Rounded shifts keep the second ones within 16 bits. */
VECTOR static void slopes(const uint8_t *restrict plane, ptrdiff_t columns, int16_t *restrict smooth, int16_t *restrict slope,
                          int16_t *restrict smoother, int16_t *restrict smoother_slope, int64_t *out) {
    const uint8_t *a = plane - 3 * columns, *b = plane - 2 * columns, *c = plane - columns, *d = plane, *e = plane + columns,
                  *f = plane + 2 * columns, *g = plane + 3 * columns;
    for (ptrdiff_t i = 0; i < columns; i++) {
        smooth[i] = (int16_t)(c[i] + 2 * d[i] + e[i]);
        slope[i] = (int16_t)(e[i] - c[i]);
        smoother[i] = (int16_t)((int16_t)(a[i] + g[i] + 6 * (b[i] + f[i]) + 15 * (c[i] + e[i]) + 20 * d[i] + 4) >> 3);
        smoother_slope[i] = (int16_t)((int16_t)(g[i] - a[i] + 4 * (f[i] - b[i]) + 5 * (e[i] - c[i]) + 4) >> 3);
    }
    for (ptrdiff_t start = 3; start < columns - 3; start += CHUNK) {
        ptrdiff_t length = columns - 3 - start < CHUNK ? columns - 3 - start : CHUNK;
        const int16_t *v = smooth + start, *w = slope + start, *s = smoother + start, *t = smoother_slope + start;
        int32_t sharp = 0, blurred = 0;
        for (ptrdiff_t i = 0; i < length; i++) {
            int16_t x = (int16_t)(v[i + 1] - v[i - 1]);
            int16_t y = (int16_t)(w[i - 1] + 2 * w[i] + w[i + 1]);
            int16_t across = (int16_t)(s[i + 3] - s[i - 3] + 4 * (s[i + 2] - s[i - 2]) + 5 * (s[i + 1] - s[i - 1]));
            int16_t down = (int16_t)(t[i - 3] + t[i + 3] + 6 * (t[i - 2] + t[i + 2]) + 15 * (t[i - 1] + t[i + 1]) + 20 * t[i]);
            across = (int16_t)((int16_t)(across + 8) >> 4);
            down = (int16_t)((int16_t)(down + 8) >> 4);
            sharp += x * x + y * y;
            blurred += across * across + down * down;
        }
        out[0] += sharp;
        out[1] += blurred;
    }
    out[2] += columns - 6;
}

/* Squares of the 4-neighbour Laplacian, added to those of the rows above in the same tiles. */
VECTOR static void squared_laplacian(const uint8_t *restrict here, ptrdiff_t columns, uint32_t *restrict sums) {
    const uint8_t *north = here - columns, *south = here + columns;
    for (ptrdiff_t i = 1; i < columns - 1; i++) {
        int16_t lap = (int16_t)(north[i] + south[i] + here[i - 1] + here[i + 1] - 4 * here[i]);
        sums[i - 1] += (uint32_t)(lap * lap);
    }
}

KTH_SMALLEST(select_kth, uint32_t)

/* The 90th percentile over 8x8 tiles of the sum of squared Laplacians; every step-th band of tiles is looked at. */
static int detailed_tiles(const uint8_t *plane, int rows, int columns, int step, uint32_t *sums, int64_t *out) {
    int across = (columns - 2) / DETAIL_TILE, bands = (rows - 2) / DETAIL_TILE, count = 0;
    if (columns < 2 + DETAIL_TILE || rows < 2 + DETAIL_TILE) return 0;
    uint32_t *tiles = malloc((size_t)across * ((bands + step - 1) / step) * sizeof *tiles);
    if (tiles == NULL) return -1;
    for (ptrdiff_t band = 0; band < bands; band += step) {
        memset(sums, 0, (size_t)columns * sizeof *sums);
        for (ptrdiff_t y = 1 + band * DETAIL_TILE; y <= (band + 1) * DETAIL_TILE; y++)
            squared_laplacian(plane + (size_t)y * columns, columns, sums);
        for (ptrdiff_t x = 0; x < across; x++) {
            uint32_t total = 0;
            for (ptrdiff_t i = 0; i < DETAIL_TILE; i++) total += sums[x * DETAIL_TILE + i];
            tiles[count++] = total;
        }
    }
    out[0] = select_kth(tiles, count, (9 * (ptrdiff_t)count + 9) / 10 - 1);
    out[1] = count;
    free(tiles);
    return 0;
}

static int plane_numbers(const uint8_t *plane, int rows, int columns, int16_t *lanes, uint32_t *totals, int64_t *out) {
    int whole = (int64_t)rows * columns <= 65536;
    size_t lane = ((size_t)columns + 63) / 64 * 64;
    blur(plane, rows, columns, whole ? 1 : 5, out + CRETE);
    if (columns >= 7)
        for (ptrdiff_t y = 3; y + 3 < rows; y += whole ? 1 : 7)
            slopes(plane + (size_t)y * columns, columns, lanes, lanes + lane, lanes + 2 * lane, lanes + 3 * lane, out + GRADIENT);
    return detailed_tiles(plane, rows, columns, whole ? 1 : 3, totals, out + TILE_DETAIL);
}

#endif
