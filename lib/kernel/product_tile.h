/* product_tile.h - private: matrix products, tile by tile. */
#ifndef CVL_PRODUCT_TILE_H
#define CVL_PRODUCT_TILE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * y[m][n] = sum over t of a[t][m] u[t][n]
 *
 * for any number of rows m and one or two vectors n, L numbers each:
 *
 *                          u[t]  [ vector 0 ][ vector 1 ]
 *     a[t][m]  a number          [ y[m][0]  ][ y[m][1]  ]
 *              for all lanes     [          ][          ]
 *
 * The numbers of a lie in one of three ways:
 *
 *     grouped   a[t / L][m][t % L]: L of a row's are neighbours, as are its
 *               next row's behind them. The last group may lack its end
 *     outer     a[t][m]: the rows of one t are neighbours
 *     apart     a[t][m]: the rows are a_row apart
 *
 * A sum is made in pieces of 32 products, which are added up in order: it is
 * more accurate than one long chain, and of the same bits for any L, wherever
 * numbers are multiplied and added with one rounding.
 */
typedef struct cvl_product {
    size_t count;      /* of t, 1 or more */
    const void *a, *u; /* nothing is read but what a product needs */
    size_t a_step;     /* elements between groups, or between t */
    size_t a_row;      /* apart: between rows */
    size_t u_step;     /* between t */
    void *y;
    size_t y_row, y_vector; /* between rows, and between the two vectors */
    bool add;               /* to what y holds */
    bool whole;             /* not in pieces: one chain of additions */
} cvl_product;

/* For one element type and instruction set. `rows` and `vectors`: 1 or more,
 * 1 or 2. y may not overlap the others. */
typedef struct cvl_product_tile {
    size_t lanes; /* L */
    size_t rows;  /* of one tile; more are cut into as equal tiles as can be */
    void (*grouped)(size_t rows, size_t vectors, const cvl_product *product);
    void (*outer)(size_t rows, size_t vectors, const cvl_product *product);
    void (*apart)(size_t rows, size_t vectors, const cvl_product *product);
} cvl_product_tile;

/* The one that goes with a kernel which is compiled per instruction set. */
#ifdef CVL_PRODUCT_TILE_NAME
extern const cvl_product_tile CVL_PRODUCT_TILE_NAME;
#endif

/* By instruction set; what the compiler cannot build is left out. */
#ifdef CVL_TILED
extern const cvl_product_tile cvl_product_tile_base_f32;
extern const cvl_product_tile cvl_product_tile_base_f64;
#endif
#ifdef CVL_TILED_X86
extern const cvl_product_tile cvl_product_tile_avx2_f32;
extern const cvl_product_tile cvl_product_tile_avx2_f64;
extern const cvl_product_tile cvl_product_tile_avx512_f32;
extern const cvl_product_tile cvl_product_tile_avx512_f64;
#endif

#endif
