/* The perceptual hash of `hashing.py`. */
#ifndef LOOKOUTCV_HASH_H
#define LOOKOUTCV_HASH_H
#include "_layout.h"

/* cos(pi k / 64) in 16384ths for k = 0 to 32; those beyond follow by symmetry. */
static const int16_t quarter[COSINES + 1] = {
    16384, 16364, 16305, 16207, 16069, 15893, 15679, 15426, 15137, 14811, 14449, 14053, 13623, 13160, 12665, 12140,
    11585, 11003, 10394, 9760, 9102, 8423, 7723, 7005, 6270, 5520, 4756, 3981, 3196, 2404, 1606, 804, 0};

static int16_t cosines[LOW][SIDE];

static void fill_cosines(void) {
    for (int u = 0; u < LOW; u++)
        for (int x = 0; x < SIDE; x++) {
            int k = u == 0 ? COSINES / 2 : u * (2 * x + 1) % (4 * COSINES);
            if (k > 2 * COSINES) k = 4 * COSINES - k;
            cosines[u][x] = (int16_t)(k > COSINES ? -quarter[2 * COSINES - k] : quarter[k]);
        }
}

/* Means of a band's blocks. Divided as doubles, which is exact for whole numbers this small, and several at a time. */
VECTOR static void block_means(const int64_t *restrict sums, const double *restrict areas, int16_t *restrict means) {
    for (int x = 0; x < SIDE; x++) means[x] = (int16_t)(((double)sums[x] * FINE + (double)((int32_t)areas[x] / 2)) / areas[x]);
}

/* Sums stay below 2^31: 255 * 16 * 16384 * 32. */
VECTOR static void transform(const int16_t *restrict means, int32_t *restrict out) {
    for (int v = 0; v < LOW; v++) {
        int32_t total = 0;
        for (int x = 0; x < SIDE; x++) total += cosines[v][x] * means[x];
        out[v] = total;
    }
}

/* The signs of the lowest cosine frequencies of the blocks' means against their median: see hashing.py. */
static uint64_t perceptual_hash(const int64_t *blocks, ptrdiff_t height, ptrdiff_t width) {
    int64_t low[LOW * LOW], ordered[LOW * LOW], largest = 0;
    int32_t half[SIDE][LOW];
    double columns[SIDE], areas[SIDE];
    int16_t means[SIDE];
    uint64_t hash = 0;
    for (ptrdiff_t x = 0; x < SIDE; x++) columns[x] = (double)((x + 1) * width / SIDE - x * width / SIDE);
    for (ptrdiff_t y = 0; y < SIDE; y++) {
        double rows = (double)((y + 1) * height / SIDE - y * height / SIDE);
        for (ptrdiff_t x = 0; x < SIDE; x++) areas[x] = rows * columns[x];
        block_means(blocks + SIDE * y, areas, means);
        transform(means, half[y]);
    }
    for (int u = 0; u < LOW; u++)
        for (int v = 0; v < LOW; v++) {
            int64_t total = 0;
            for (int y = 0; y < SIDE; y++) total += (int64_t)cosines[u][y] * half[y][v];
            low[LOW * u + v] = total;
        }
    for (int i = 0; i < LOW * LOW; i++) {
        int64_t size = low[i] < 0 ? -low[i] : low[i];
        int j = i;
        if (i > 0 && size > largest) largest = size;
        for (; j > 0 && ordered[j - 1] > low[i]; j--) ordered[j] = ordered[j - 1];
        ordered[j] = low[i];
    }
    /* A coefficient of one grey level is this large. */
    if (largest < (int64_t)16 * FINE * ONE * ONE) return 0;
    for (int i = 0; i < LOW * LOW; i++)
        hash = hash << 1 | (2 * low[i] > ordered[LOW * LOW / 2 - 1] + ordered[LOW * LOW / 2]);
    return hash;
}

#endif
