/* What is summed over 16x16 tiles: gradients at three levels of a pyramid, second differences, light; and the steps of an
 * 8x8 grid. `sharpness/tiles.py` has the same in numpy and says what each number is. */
#ifndef LOOKOUTCV_TILES_H
#define LOOKOUTCV_TILES_H
#include "_layout.h"

enum { MARGIN = 12, ROW_STEP = 2, TILE_PIXELS = 128, GRID_STEP = 3, STEP_ROWS = 128 /* 510 * 128 < 2^16 */ };

typedef struct {
    int rows, columns; /* of the level with its margin */
    int16_t *values;
} Level;

/* Lanes of one row; and per tile of a row of tiles its 128, 64 or 16 gradients across and down, and |second differences|. */
typedef struct {
    int16_t *smooth, *slope, *second, *row, *across, *down, *differences;
    ptrdiff_t length; /* of a lane; `row` holds three */
} Lanes;

typedef struct {
    int64_t *gradients, *second, *light, *steps, *step_counts;
    int64_t count; /* tiles of the whole plane */
} TileSums;

static ptrdiff_t mirrored(ptrdiff_t at, ptrdiff_t side) {
    ptrdiff_t from_end = side - 1 - (at < 0 ? -at : at);
    return side - 1 - (from_end < 0 ? -from_end : from_end);
}

/* Rows from `top` with a margin on all sides; beyond the plane its mirror image. */
static void pad(const uint8_t *plane, int height, int width, ptrdiff_t top, int rows, int columns, uint8_t *out) {
    ptrdiff_t whole = columns - MARGIN < width ? columns - MARGIN : width;
    for (ptrdiff_t y = 0; y < rows; y++, out += columns) {
        const uint8_t *row = plane + (size_t)mirrored(top - MARGIN + y, height) * width;
        for (ptrdiff_t x = 0; x < MARGIN; x++) out[x] = row[mirrored(x - MARGIN, width)];
        memcpy(out + MARGIN, row, (size_t)whole);
        for (ptrdiff_t x = MARGIN + whole; x < columns; x++) out[x] = row[mirrored(x - MARGIN, width)];
    }
}

/* Every other pixel of a binomial blur of five taps, in quarters of a grey level. */
VECTOR static void halve_pixels(const uint8_t *restrict a, ptrdiff_t stride, ptrdiff_t columns, ptrdiff_t halved,
                                uint16_t *restrict lane, int16_t *restrict out) {
    const uint8_t *b = a + stride, *c = b + stride, *d = c + stride, *e = d + stride;
    for (ptrdiff_t i = 0; i < columns; i++) lane[i] = (uint16_t)(a[i] + e[i] + 4 * (b[i] + d[i]) + 6 * c[i]);
    for (ptrdiff_t i = 0; i < halved; i++) {
        const uint16_t *v = lane + 2 * i;
        out[i] = (int16_t)((uint16_t)(v[0] + v[4] + 4 * (v[1] + v[3]) + 6 * v[2] + 32) >> 6);
    }
}

VECTOR static void halve_level(const int16_t *restrict a, ptrdiff_t stride, ptrdiff_t columns, ptrdiff_t halved,
                               int16_t *restrict lane, int16_t *restrict out) {
    const int16_t *b = a + stride, *c = b + stride, *d = c + stride, *e = d + stride;
    for (ptrdiff_t i = 0; i < columns; i++) lane[i] = (int16_t)(a[i] + e[i] + 4 * (b[i] + d[i]) + 6 * c[i]);
    for (ptrdiff_t i = 0; i < halved; i++) {
        const int16_t *v = lane + 2 * i;
        out[i] = (int16_t)((v[0] + v[4] + 4 * (v[1] + v[3]) + 6 * v[2] + 128) >> 8);
    }
}

/* Down the columns of three rows: what gradients and second differences across them are made of. */
VECTOR static void down_columns(const uint8_t *restrict a, const uint8_t *restrict b, const uint8_t *restrict c, ptrdiff_t n,
                                 int16_t *restrict smooth, int16_t *restrict slope, int16_t *restrict second) {
    for (ptrdiff_t i = 0; i < n; i++) {
        smooth[i] = (int16_t)(3 * (a[i] + c[i]) + 10 * b[i]);
        slope[i] = (int16_t)(c[i] - a[i]);
        second[i] = (int16_t)(a[i] - 2 * b[i] + c[i]);
    }
}

/* Gradients and second differences of one row of pixels. */
VECTOR static void pixel_slopes(const int16_t *restrict s, const int16_t *restrict v, const int16_t *restrict w, ptrdiff_t n,
                                int16_t *restrict across, int16_t *restrict down, int16_t *restrict far) {
    for (ptrdiff_t i = 0; i < n; i++) {
        across[i] = (int16_t)(s[i + 2] - s[i]);
        down[i] = (int16_t)(3 * (v[i] + v[i + 2]) + 10 * v[i + 1]);
        far[i] = magnitude((int16_t)(w[i] - 2 * w[i + 1] + w[i + 2]));
    }
}

/* A row of values, 16 a tile, each tile's to a place of its own. */
static void deal(const int16_t *restrict row, ptrdiff_t tiles, int16_t *restrict out) {
    for (ptrdiff_t t = 0; t < tiles; t++) memcpy(out + TILE_PIXELS * t, row + 16 * t, 16 * sizeof *row);
}

/* The same of a level in quarters of a grey level, `side` to a tile. */
VECTOR static void level_slopes(const int16_t *restrict p, ptrdiff_t stride, ptrdiff_t tiles, ptrdiff_t side, ptrdiff_t y,
                                Lanes to) {
    const int16_t *a = p - stride - 1, *b = p - 1, *c = p + stride - 1;
    int16_t *restrict smooth = to.smooth, *restrict slope = to.slope;
    for (ptrdiff_t i = 0; i < side * tiles + 2; i++) {
        smooth[i] = (int16_t)(3 * (a[i] + c[i]) + 10 * b[i]);
        slope[i] = (int16_t)(c[i] - a[i]);
    }
    int16_t *restrict across = to.row, *restrict down = to.row + to.length;
    for (ptrdiff_t i = 0; i < side * tiles; i++) {
        across[i] = (int16_t)((int16_t)(smooth[i + 2] - smooth[i] + 2) >> 2);
        down[i] = (int16_t)((int16_t)(3 * (slope[i] + slope[i + 2]) + 10 * slope[i + 1] + 2) >> 2);
    }
    for (ptrdiff_t t = 0; t < tiles; t++) {
        memcpy(to.across + (t * side + y) * side, across + t * side, (size_t)side * sizeof *across);
        memcpy(to.down + (t * side + y) * side, down + t * side, (size_t)side * sizeof *down);
    }
}

/* Sums of products, n a tile: at most 128, which stay within 32 bits: 4080^2 * 128 < 2^31. */
VECTOR static void products(const int16_t *restrict across, const int16_t *restrict down, ptrdiff_t tiles, ptrdiff_t n,
                            int64_t *restrict xx, int64_t *restrict yy, int64_t *restrict xy) {
    for (ptrdiff_t t = 0; t < tiles; t++, across += n, down += n) {
        int32_t s = 0, u = 0, v = 0;
        for (ptrdiff_t i = 0; i < n; i++) {
            s += across[i] * across[i];
            u += down[i] * down[i];
            v += across[i] * down[i];
        }
        xx[t] = s;
        yy[t] = u;
        xy[t] = v;
    }
}

VECTOR static void add_up(const int16_t *restrict values, ptrdiff_t tiles, int64_t *restrict out) {
    for (ptrdiff_t t = 0; t < tiles; t++, values += TILE_PIXELS) {
        int32_t total = 0;
        for (ptrdiff_t i = 0; i < TILE_PIXELS; i++) total += values[i];
        out[t] = total;
    }
}

VECTOR static void excess_across(const uint8_t *restrict p, ptrdiff_t columns, uint16_t *restrict sums) {
    for (ptrdiff_t i = 2; i <= columns - 2; i++) {
        int16_t before = magnitude((int16_t)(p[i - 1] - p[i - 2])), here = magnitude((int16_t)(p[i] - p[i - 1]));
        int16_t excess = (int16_t)(2 * here - before - magnitude((int16_t)(p[i + 1] - p[i])));
        sums[i] = (uint16_t)(sums[i] + (excess > 0 ? excess : 0));
    }
}

/* Of every third column of tiles; 510 * 64 < 2^15. */
VECTOR static int64_t excess_down(const uint8_t *restrict p, ptrdiff_t stride, ptrdiff_t tiles) {
    const uint8_t *a = p - 2 * stride, *b = p - stride, *c = p + stride;
    int64_t total = 0;
    for (ptrdiff_t start = 0; start < tiles; start += 64 * GRID_STEP) {
        ptrdiff_t end = start + 64 * GRID_STEP < tiles ? start + 64 * GRID_STEP : tiles;
        int16_t sums[16] = {0};
        for (ptrdiff_t t = start; t < end; t += GRID_STEP)
            for (ptrdiff_t i = 0; i < 16; i++) {
                ptrdiff_t x = 16 * t + i;
                int16_t before = magnitude((int16_t)(b[x] - a[x])), here = magnitude((int16_t)(p[x] - b[x]));
                int16_t excess = (int16_t)(2 * here - before - magnitude((int16_t)(c[x] - p[x])));
                sums[i] = (int16_t)(sums[i] + (excess > 0 ? excess : 0));
            }
        for (ptrdiff_t i = 0; i < 16; i++) total += sums[i];
    }
    return total;
}

static void flush_across(uint16_t *sums, ptrdiff_t columns, int64_t *out) {
    for (ptrdiff_t i = 2; i <= columns - 2; i++) out[i % PHASES] += sums[i];
    memset(sums, 0, (size_t)columns * sizeof *sums);
}

static void grid_steps(const uint8_t *padded, ptrdiff_t stride, ptrdiff_t tiles, ptrdiff_t top, ptrdiff_t bottom, ptrdiff_t end,
                       uint16_t *sums, TileSums *out) {
    ptrdiff_t columns = 16 * tiles, taken = 0, sampled = (tiles + GRID_STEP - 1) / GRID_STEP;
    memset(sums, 0, (size_t)columns * sizeof *sums);
    for (ptrdiff_t y = top; y < bottom; y++) {
        const uint8_t *p = padded + (y - top + MARGIN) * stride + MARGIN;
        if (y % GRID_STEP == 0) {
            excess_across(p, columns, sums);
            if (++taken % STEP_ROWS == 0) flush_across(sums, columns, out->steps);
        }
        if (y >= 2 && y <= end - 2) {
            out->steps[PHASES + y % PHASES] += excess_down(p, stride, tiles);
            out->step_counts[PHASES + y % PHASES] += 16 * sampled;
        }
    }
    flush_across(sums, columns, out->steps);
    for (ptrdiff_t i = 2; i <= columns - 2; i++) out->step_counts[i % PHASES] += taken;
}

/* Of one row of tiles at a level: `p` at its first value. */
static void close_row(const Lanes *lanes, ptrdiff_t tiles, ptrdiff_t at, int level, TileSums *out) {
    int64_t *xx = out->gradients + 3 * level * out->count + at;
    products(lanes->across, lanes->down, tiles, level == 0 ? TILE_PIXELS : 256 >> (2 * level), xx, xx + out->count, xx + 2 * out->count);
}

static void row_of_tiles(const uint8_t *pixels, ptrdiff_t stride, const Level *one, const Level *two, ptrdiff_t row,
                         ptrdiff_t tiles, ptrdiff_t at, Lanes lanes, TileSums *out) {
    for (ptrdiff_t y = 0; y < 16 / ROW_STEP; y++) {
        const uint8_t *p = pixels + (MARGIN + 16 * row + ROW_STEP * y) * stride + MARGIN - 1;
        down_columns(p - stride, p, p + stride, 16 * tiles + 2, lanes.smooth, lanes.slope, lanes.second);
        pixel_slopes(lanes.smooth, lanes.slope, lanes.second, 16 * tiles, lanes.row, lanes.row + lanes.length,
                     lanes.row + 2 * lanes.length);
        deal(lanes.row, tiles, lanes.across + 16 * y);
        deal(lanes.row + lanes.length, tiles, lanes.down + 16 * y);
        deal(lanes.row + 2 * lanes.length, tiles, lanes.differences + 16 * y);
    }
    add_up(lanes.differences, tiles, out->second + at);
    close_row(&lanes, tiles, at, 0, out);
    for (ptrdiff_t y = 0; y < 8; y++)
        level_slopes(one->values + (5 + 8 * row + y) * one->columns + 5, one->columns, tiles, 8, y, lanes);
    close_row(&lanes, tiles, at, 1, out);
    for (ptrdiff_t y = 0; y < 4; y++)
        level_slopes(two->values + (1 + 4 * row + y) * two->columns + 1, two->columns, tiles, 4, y, lanes);
    for (ptrdiff_t t = 0; t < tiles; t++) out->light[at + t] = two->values[(3 + 4 * row) * two->columns + 3 + 4 * t];
    close_row(&lanes, tiles, at, 2, out);
}

/* The rows of tiles from `top` to `bottom` of a plane; 0, or -1 without memory. */
static int tile_sums(const uint8_t *plane, int height, int width, int top, int bottom, TileSums *out) {
    int tiles = width / 16, bands = bottom - top, rows = 16 * bands + 2 * MARGIN, columns = 16 * tiles + 2 * MARGIN;
    Level one = {8 * bands + 10, 8 * tiles + 10, NULL}, two = {4 * bands + 2, 4 * tiles + 2, NULL};
    size_t lane = (size_t)columns + 64, whole = TILE_PIXELS * (size_t)tiles;
    uint8_t *padded = malloc((size_t)rows * columns + 64);
    int16_t *memory = malloc((6 * lane + 3 * whole + (size_t)one.rows * one.columns + (size_t)two.rows * two.columns + 64) *
                             sizeof *memory);
    int done = -1;
    if (padded == NULL || memory == NULL) goto end;
    Lanes lanes = {memory, memory + lane, memory + 2 * lane, memory + 3 * lane, memory + 6 * lane, memory + 6 * lane + whole,
                   memory + 6 * lane + 2 * whole, (ptrdiff_t)lane};
    one.values = memory + 6 * lane + 3 * whole;
    two.values = one.values + (size_t)one.rows * one.columns;
    pad(plane, height, width, 16 * (ptrdiff_t)top, rows, columns, padded);
    for (ptrdiff_t y = 0; y < one.rows; y++)
        halve_pixels(padded + 2 * y * columns, columns, columns, one.columns, (uint16_t *)lanes.smooth,
                     one.values + y * one.columns);
    /* Level 1 begins at an odd row and column. */
    for (ptrdiff_t y = 0; y < two.rows; y++)
        halve_level(one.values + (2 * y + 1) * one.columns + 1, one.columns, one.columns - 1, two.columns, lanes.smooth,
                    two.values + y * two.columns);
    for (ptrdiff_t row = 0; row < bands; row++)
        row_of_tiles(padded, columns, &one, &two, row, tiles, (top + row) * tiles, lanes, out);
    grid_steps(padded, columns, tiles, 16 * (ptrdiff_t)top, 16 * (ptrdiff_t)bottom, height / 16 * 16,
               (uint16_t *)lanes.smooth, out);
    done = 0;
end:
    free(padded);
    free(memory);
    return done;
}

#endif
