/* sanitized.h - which sanitizer a test runs under. */
#ifndef CVL_TESTS_SANITIZED_H
#define CVL_TESTS_SANITIZED_H

#if defined(__has_feature)
#define TEST_HAS(sanitizer) __has_feature(sanitizer)
#else
#define TEST_HAS(sanitizer) 0
#endif

/*
 * ThreadSanitizer has threads in every process, so that no decoder can be
 * jailed and JPEGs are refused; and files of its own, which a limit on the
 * size of files cuts.
 */
#if defined(__SANITIZE_THREAD__) || TEST_HAS(thread_sanitizer)
enum { UNDER_TSAN = 1 };
#else
enum { UNDER_TSAN = 0 };
#endif

/* AddressSanitizer alone sees what lies beyond an array. */
#if defined(__SANITIZE_ADDRESS__) || TEST_HAS(address_sanitizer)
enum { UNDER_ASAN = 1 };
#else
enum { UNDER_ASAN = 0 };
#endif

/* All of them map memory of their own, all the time. */
#if TEST_HAS(memory_sanitizer)
enum { UNDER_SANITIZER = 1 };
#else
enum { UNDER_SANITIZER = UNDER_ASAN || UNDER_TSAN };
#endif

#endif
