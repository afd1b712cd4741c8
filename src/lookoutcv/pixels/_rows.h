/* What is added up row by row, over the image as it is. */
#ifndef LOOKOUTCV_ROWS_H
#define LOOKOUTCV_ROWS_H
#include "_layout.h"

VECTOR static void split(const uint8_t *restrict rgb, ptrdiff_t n, int16_t *restrict r, int16_t *restrict g,
                         int16_t *restrict b) {
    for (ptrdiff_t i = 0; i < n; i++) {
        r[i] = rgb[3 * i];
        g[i] = rgb[3 * i + 1];
        b[i] = rgb[3 * i + 2];
    }
}

VECTOR static void lighten_plainly(const uint8_t *restrict rgb, ptrdiff_t n, uint8_t *restrict luma) {
    for (ptrdiff_t i = 0; i < n; i++) {
        uint16_t red = rgb[3 * i], green = rgb[3 * i + 1], blue = rgb[3 * i + 2];
        luma[i] = (uint8_t)((uint16_t)(77 * red + 150 * green + 29 * blue + 128) >> 8);
    }
}

#if defined(QUICK_LUMA)
/* The same, 32 pixels at a time: pixels as (R, G, B, G), green's 150 as 51 + 99 so that no pair's sum leaves 16 bits. */
__attribute__((target("avx2"))) static void lighten_quickly(const uint8_t *restrict rgb, ptrdiff_t n,
                                                            uint8_t *restrict luma) {
    const __m256i quads = _mm256_setr_epi8(0, 1, 2, 1, 3, 4, 5, 4, 6, 7, 8, 7, 9, 10, 11, 10, 4, 5, 6, 5, 7, 8, 9, 8, 10, 11,
                                           12, 11, 13, 14, 15, 14);
    const __m256i weights = _mm256_set1_epi32(77 | 51 << 8 | 29 << 16 | 99 << 24);
    const __m256i ones = _mm256_set1_epi16(1), half = _mm256_set1_epi32(128);
    const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
    ptrdiff_t i = 0;
    for (; i + 32 <= n; i += 32) {
        __m256i four[4];
        for (int k = 0; k < 4; k++) {
            const uint8_t *p = rgb + 3 * i + 24 * k;
            __m256i v = _mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)p));
            v = _mm256_inserti128_si256(v, _mm_loadu_si128((const __m128i *)(p + 8)), 1);
            v = _mm256_madd_epi16(_mm256_maddubs_epi16(_mm256_shuffle_epi8(v, quads), weights), ones);
            four[k] = _mm256_srli_epi32(_mm256_add_epi32(v, half), 8);
        }
        __m256i all = _mm256_packus_epi16(_mm256_packs_epi32(four[0], four[1]), _mm256_packs_epi32(four[2], four[3]));
        _mm256_storeu_si256((__m256i *)(luma + i), _mm256_permutevar8x32_epi32(all, order));
    }
    lighten_plainly(rgb + 3 * i, n - i, luma + i);
}
#endif

static void lighten(const uint8_t *restrict rgb, ptrdiff_t n, uint8_t *restrict luma) {
#if defined(QUICK_LUMA)
    if (__builtin_cpu_supports("avx2")) {
        lighten_quickly(rgb, n, luma);
        return;
    }
#endif
    lighten_plainly(rgb, n, luma);
}

VECTOR static int64_t squares(const uint8_t *restrict v, ptrdiff_t n) {
    int64_t total = 0;
    for (ptrdiff_t start = 0; start < n; start += WIDE_CHUNK) {
        ptrdiff_t end = n - start < WIDE_CHUNK ? n : start + WIDE_CHUNK;
        int32_t q = 0;
        for (ptrdiff_t i = start; i < end; i++) {
            int16_t level = v[i];
            q += level * level;
        }
        total += q;
    }
    return total;
}

VECTOR static void moments(const int16_t *restrict v, ptrdiff_t n, int64_t *sum, int64_t *square) {
    for (ptrdiff_t start = 0; start < n; start += WIDE_CHUNK) {
        ptrdiff_t end = n - start < WIDE_CHUNK ? n : start + WIDE_CHUNK;
        int32_t s = 0, q = 0;
        for (ptrdiff_t i = start; i < end; i++) {
            s += v[i];
            q += v[i] * v[i];
        }
        *sum += s;
        *square += q;
    }
}

VECTOR static void darken(const uint8_t *restrict rgb, ptrdiff_t n, uint8_t *restrict least) {
    for (ptrdiff_t i = 0; i < n; i++) least[i] = least[i] < rgb[i] ? least[i] : rgb[i];
}

VECTOR static void detail(const uint8_t *restrict north, const uint8_t *restrict here, const uint8_t *restrict south,
                          ptrdiff_t n, int16_t *restrict smooth, int16_t *restrict second, int16_t *restrict slope,
                          int64_t *out) {
    for (ptrdiff_t i = 0; i < n; i++) {
        int16_t a = north[i], c = here[i], s = south[i];
        smooth[i] = (int16_t)(a + 2 * c + s);
        second[i] = (int16_t)(a - 2 * c + s);
        slope[i] = (int16_t)(s - a);
    }
    for (ptrdiff_t start = 1; start < n - 1; start += CHUNK) {
        ptrdiff_t length = n - 1 - start < CHUNK ? n - 1 - start : CHUNK;
        const int16_t *v = smooth + start, *d = second + start, *y = slope + start;
        const uint8_t *c = here + start;
        int32_t laplacian = 0, laplacian2 = 0, residual2 = 0, noise = 0, edges = 0;
        for (ptrdiff_t i = 0; i < length; i++) {
            int16_t lap = (int16_t)(d[i] - 2 * c[i] + c[i - 1] + c[i + 1]);
            int16_t res = (int16_t)(16 * c[i] - v[i - 1] - 2 * v[i] - v[i + 1]);
            int16_t imm = (int16_t)(d[i - 1] - 2 * d[i] + d[i + 1]);
            int16_t gx = (int16_t)(v[i + 1] - v[i - 1]);
            int16_t gy = (int16_t)(y[i - 1] + 2 * y[i] + y[i + 1]);
            laplacian += lap;
            laplacian2 += lap * lap;
            residual2 += res * res;
            noise += magnitude(imm);
            edges += (int16_t)(magnitude(gx) + magnitude(gy)) > EDGE;
        }
        out[0] += laplacian;
        out[1] += laplacian2;
        out[2] += residual2;
        out[3] += noise;
        out[4] += edges;
    }
    out[5] += n - 2;
}

VECTOR static void colour(const int16_t *restrict r, const int16_t *restrict g, const int16_t *restrict b, ptrdiff_t n,
                          int64_t *out) {
    for (ptrdiff_t start = 0; start < n; start += CHUNK) {
        ptrdiff_t length = n - start < CHUNK ? n - start : CHUNK;
        const int16_t *red = r + start, *green = g + start, *blue = b + start;
        int32_t rg = 0, rg2 = 0, yb = 0, yb2 = 0, saturation = 0;
        for (ptrdiff_t i = 0; i < length; i++) {
            int16_t u = (int16_t)(red[i] - green[i]), v = (int16_t)(red[i] + green[i] - 2 * blue[i]);
            int16_t most = red[i] > green[i] ? red[i] : green[i], least = red[i] < green[i] ? red[i] : green[i];
            most = most > blue[i] ? most : blue[i];
            least = least < blue[i] ? least : blue[i];
            int16_t divisor = most > 1 ? most : 1;
            rg += u;
            rg2 += u * u;
            yb += v;
            yb2 += v * v;
            /* Exactly rounded division, then a whole number: the same on every machine. */
            saturation += (int32_t)((float)(most - least) / (float)divisor * 65536.0f);
        }
        out[0] += rg;
        out[1] += rg2;
        out[2] += yb;
        out[3] += yb2;
        out[4] += saturation;
    }
    out[5] += n;
}

VECTOR static void steps_across(const uint8_t *restrict row, ptrdiff_t n, uint16_t *restrict sums) {
    for (ptrdiff_t i = 0; i < n - 1; i++) sums[i] += (uint16_t)magnitude((int16_t)(row[i + 1] - row[i]));
}

VECTOR static int64_t steps_down(const uint8_t *restrict a, const uint8_t *restrict b, ptrdiff_t n) {
    int64_t total = 0;
    for (ptrdiff_t start = 0; start < n; start += WIDE_CHUNK) {
        ptrdiff_t end = n - start < WIDE_CHUNK ? n : start + WIDE_CHUNK;
        int s = 0;
        /* In ints: compilers know this as the sum of absolute differences, one instruction. */
        for (ptrdiff_t i = start; i < end; i++) s += abs(a[i] - b[i]);
        total += s;
    }
    return total;
}

VECTOR static void add_row(const uint8_t *restrict row, ptrdiff_t n, uint16_t *restrict sums) {
    for (ptrdiff_t i = 0; i < n; i++) sums[i] += row[i];
}

VECTOR static void add_sums(uint16_t *restrict sums, ptrdiff_t n, uint32_t *restrict totals) {
    for (ptrdiff_t i = 0; i < n; i++) {
        totals[i] += sums[i];
        sums[i] = 0;
    }
}

static void count_levels(const uint8_t *row, int n, uint32_t *tables) {
    /* Four tables, so that a run of equal levels does not wait for its own last store. */
    int i = 0;
    for (; i + 8 <= n; i += 8) {
        tables[row[i]]++;
        tables[256 + row[i + 1]]++;
        tables[512 + row[i + 2]]++;
        tables[768 + row[i + 3]]++;
        tables[row[i + 4]]++;
        tables[256 + row[i + 5]]++;
        tables[512 + row[i + 6]]++;
        tables[768 + row[i + 7]]++;
    }
    for (; i < n; i++) tables[row[i]]++;
}

static void flush(uint16_t *sums, int n, int64_t *phases) {
    for (ptrdiff_t i = 0; i < n - 1; i++) phases[i % PHASES] += sums[i];
    memset(sums, 0, (size_t)n * sizeof *sums);
}

/* Whole tiles only, where the image holds one: the darkest of fewer pixels is less dark. */
static void close_tiles(uint8_t *least, ptrdiff_t n, int64_t *out) {
    for (ptrdiff_t start = 0; start + 3 * TILE <= n || start == 0; start += 3 * TILE) {
        ptrdiff_t end = n - start < 3 * TILE ? n : start + 3 * TILE;
        uint8_t m = 255;
        for (ptrdiff_t i = start; i < end; i++) m = least[i] < m ? least[i] : m;
        out[0] += m;
        out[1] += 1;
    }
    memset(least, 255, (size_t)n);
}

/* The sum of a band of rows; `blocks`, where there are any, take those of its 32 blocks. */
static int64_t close_band(const uint32_t *sums, ptrdiff_t width, int64_t *blocks) {
    int64_t total = 0;
    for (ptrdiff_t k = 0; k < SIDE; k++) {
        int64_t block = 0;
        for (ptrdiff_t x = k * width / SIDE; x < (k + 1) * width / SIDE; x++) block += sums[x];
        if (blocks != NULL) blocks[k] = block;
        total += block;
    }
    return total;
}

#endif
