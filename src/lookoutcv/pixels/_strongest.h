/* What is read off the tiles with the strongest edges. `sharpness/edges.py` has the same in numpy and says what each
 * number is. */
#ifndef LOOKOUTCV_STRONGEST_H
#define LOOKOUTCV_STRONGEST_H
#include "_layout.h"

enum { COARSE = 5, FINEST = 15, STRAIGHT = 2, FREQUENCIES = COARSE + FINEST + 2 * STRAIGHT, BLOCK = 8 };
enum { CALM_SECOND = 18, TYPICAL = 19, SHARPEST = 20, FINEST_POWER = 21, ACROSS_POWER = 22, DOWN_POWER = 23, BLOCKS = 24,
       STRONGEST_OUT = 25 };

typedef struct {
    const int64_t *gradients, *second, *light;
    const int16_t *cosines;       /* FREQUENCIES rows of 64 */
    const double *constants;      /* in the order of the names below */
    int few, some, many, left, top;
} Choice;
enum { DARKEST, LIGHTEST, CALM, NOISE_FINE, NOISE_COARSE, LEAST_FINE, LEAST_COARSE, MIDDLE, NEARLY_ALL, PER_SECOND, CONSTANTS };

KTH_SMALLEST(kth_smallest, double)

/* The smallest value that at least this share of the values does not exceed. */
static double quantile(double *values, ptrdiff_t n, double share) {
    double exact = share * (double)n;
    ptrdiff_t k = (ptrdiff_t)exact;
    if ((double)k < exact) k++;
    return kth_smallest(values, n, (k > 0 ? k : 1) - 1);
}

/* Marks the k largest; of equal ones the first. */
static void mark_largest(const double *values, ptrdiff_t n, ptrdiff_t k, double *scratch, uint8_t *marks) {
    memcpy(scratch, values, (size_t)n * sizeof *values);
    double least = kth_smallest(scratch, n, n - k);
    ptrdiff_t left = k;
    for (ptrdiff_t i = 0; i < n; i++) left -= marks[i] = values[i] > least;
    for (ptrdiff_t i = 0; i < n && left > 0; i++)
        if (values[i] == least) {
            marks[i] = 1;
            left--;
        }
}

static void sum_marked(const int64_t *gradients, const uint8_t *marks, ptrdiff_t n, double *out) {
    for (int row = 0; row < 9; row++) {
        int64_t total = 0;
        for (ptrdiff_t i = 0; i < n; i++) total += marks[i] ? gradients[row * n + i] : 0;
        out[row] = (double)total;
    }
}

static double calm_second(const Choice *how, ptrdiff_t n, double *scratch) {
    ptrdiff_t count = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        double light = (double)how->light[i] / 4;
        if (light >= how->constants[DARKEST] && light <= how->constants[LIGHTEST]) scratch[count++] = (double)how->second[i];
    }
    if (count == 0)
        for (; count < n; count++) scratch[count] = (double)how->second[count];
    return quantile(scratch, count, how->constants[CALM]);
}

static double left_over(double strength, double pixels, double noise) {
    double left = strength / pixels - noise;
    return left > 0 ? left : 0;
}

/* Of each marked tile, what of its gradients is left at full over half resolution; returns how many. */
static ptrdiff_t shares(const Choice *how, const uint8_t *marks, ptrdiff_t n, double variance, double *out) {
    const int64_t *g = how->gradients;
    const double *with = how->constants;
    double fine_noise = 2 * with[NOISE_FINE] * variance, coarse_noise = 2 * with[NOISE_COARSE] * variance;
    ptrdiff_t count = 0;
    for (ptrdiff_t i = 0; i < n; i++)
        if (marks[i]) {
            double fine = left_over((double)(g[i] + g[n + i]), 128 * 1024.0, fine_noise);
            double coarse = left_over((double)(g[3 * n + i] + g[4 * n + i]), 64 * 1024.0, coarse_noise);
            out[count++] = (fine + with[LEAST_FINE]) / (coarse + with[LEAST_COARSE]);
        }
    return count;
}

/* Coefficients of a block from `first` on, squared. */
VECTOR static void powers(const int16_t *restrict block, const int16_t *restrict cosines, ptrdiff_t first, ptrdiff_t end,
                          double *restrict out) {
    for (ptrdiff_t f = first; f < end; f++) {
        const int16_t *c = cosines + BLOCK * BLOCK * f;
        int32_t sum = 0;
        for (ptrdiff_t i = 0; i < BLOCK * BLOCK; i++) sum += block[i] * c[i];
        out[f] = (double)sum * sum;
    }
}

static void cut_out(const uint8_t *plane, ptrdiff_t width, int16_t *out) {
    for (ptrdiff_t y = 0; y < BLOCK; y++)
        for (ptrdiff_t x = 0; x < BLOCK; x++) out[BLOCK * y + x] = (int16_t)(plane[y * width + x] - 128);
}

static double sum_of(const double *values, ptrdiff_t n) {
    double total = 0;
    for (ptrdiff_t i = 0; i < n; i++) total += values[i];
    return total;
}

/* Powers of the blocks of marked tiles: of the half that has more of the coarse frequencies. 0, or -1 without memory. */
static int block_powers(const uint8_t *plane, int height, int width, const Choice *how, const uint8_t *marks, double *out) {
    ptrdiff_t across = width / 16, down = height / 16, most = 0, count = 0;
    for (ptrdiff_t i = 0; i < across * down; i++) most += 9 * marks[i];
    int16_t *blocks = malloc((size_t)(most + 1) * BLOCK * BLOCK * sizeof *blocks);
    double *coarse = malloc((size_t)(2 * most + 2) * sizeof *coarse), found[FREQUENCIES];
    uint8_t *stronger = malloc((size_t)most + 1);
    int done = -1;
    if (blocks == NULL || coarse == NULL || stronger == NULL) goto end;
    for (ptrdiff_t y = how->top; y + BLOCK <= height && (y + BLOCK / 2) / 16 < down; y += BLOCK)
        for (ptrdiff_t x = how->left; x + BLOCK <= width && (x + BLOCK / 2) / 16 < across; x += BLOCK)
            if (marks[(y + BLOCK / 2) / 16 * across + (x + BLOCK / 2) / 16]) {
                cut_out(plane + y * width + x, width, blocks + BLOCK * BLOCK * count);
                powers(blocks + BLOCK * BLOCK * count, how->cosines, 0, COARSE, found);
                coarse[count++] = sum_of(found, COARSE);
            }
    done = 0;
    if (count == 0) goto end;
    mark_largest(coarse, count, (count + 1) / 2, coarse + most + 1, stronger);
    out[BLOCKS] = (double)((count + 1) / 2);
    for (ptrdiff_t i = 0; i < count; i++)
        if (stronger[i]) {
            powers(blocks + BLOCK * BLOCK * i, how->cosines, COARSE, FREQUENCIES, found);
            out[FINEST_POWER] += sum_of(found + COARSE, FINEST);
            out[ACROSS_POWER] += sum_of(found + COARSE + FINEST, STRAIGHT);
            out[DOWN_POWER] += sum_of(found + COARSE + FINEST + STRAIGHT, STRAIGHT);
        }
end:
    free(blocks);
    free(coarse);
    free(stronger);
    return done;
}

/* All of it; 0, or -1 without memory. */
static int strongest_numbers(const uint8_t *plane, int height, int width, const Choice *how, double *out) {
    ptrdiff_t n = (ptrdiff_t)(height / 16) * (width / 16);
    double *strength = malloc((size_t)n * 2 * sizeof *strength), *scratch = strength + n;
    uint8_t *marks = malloc((size_t)n);
    const int64_t *coarsest = how->gradients + 6 * n;
    int done = -1;
    if (strength == NULL || marks == NULL) goto end;
    memset(out, 0, STRONGEST_OUT * sizeof *out);
    for (ptrdiff_t i = 0; i < n; i++) strength[i] = (double)(coarsest[i] + coarsest[n + i]);
    mark_largest(strength, n, how->few, scratch, marks);
    sum_marked(how->gradients, marks, n, out);
    out[CALM_SECOND] = calm_second(how, n, scratch);
    mark_largest(strength, n, how->many, scratch, marks);
    double sigma = out[CALM_SECOND] * how->constants[PER_SECOND];
    ptrdiff_t count = shares(how, marks, n, sigma * sigma, scratch);
    out[TYPICAL] = quantile(scratch, count, how->constants[MIDDLE]);
    out[SHARPEST] = quantile(scratch, count, how->constants[NEARLY_ALL]);
    mark_largest(strength, n, how->some, scratch, marks);
    sum_marked(how->gradients, marks, n, out + 9);
    done = block_powers(plane, height, width, how, marks, out);
end:
    free(strength);
    free(marks);
    return done;
}

#endif
