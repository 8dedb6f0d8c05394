/* real.h - private: the element type that a *_tmpl.c is compiled for. */
#ifndef CVL_REAL_H
#define CVL_REAL_H

/* The build compiles each template with CVL_REAL_BITS 32 and with 64. */
#if CVL_REAL_BITS == 32
typedef float real;
#define CVL_REAL_NAME(stem) stem##_f32
#elif CVL_REAL_BITS == 64
typedef double real;
#define CVL_REAL_NAME(stem) stem##_f64
#else
#error "a template is compiled with CVL_REAL_BITS defined as 32 or 64"
#endif

#endif
