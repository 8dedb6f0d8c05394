# What tests need to run under a sanitizer beside libraries that are not
# instrumented, or slowly, as they do without optimisation. Defines
# CONVLET_TEST_ENVIRONMENT, and gives it to every test of this directory.

# Only a test that hangs may run into a limit of time.
set(CONVLET_TEST_ENVIRONMENT CK_DEFAULT_TIMEOUT=120)
if(CONVLET_SANITIZE OR CMAKE_BUILD_TYPE STREQUAL "Debug")
  list(APPEND CONVLET_TEST_ENVIRONMENT CK_TIMEOUT_MULTIPLIER=10
    CONVLET_RUN_SECONDS=600)
endif()
if(CONVLET_SANITIZE OR CONVLET_COVERAGE)
  list(APPEND CONVLET_TEST_ENVIRONMENT CONVLET_TEST_SHARE=20)
endif()
if(CONVLET_SANITIZE MATCHES "address" AND CMAKE_C_COMPILER_ID MATCHES "Clang")
  # gcc's build looks for leaks. clang 14 crashes while it does.
  list(APPEND CONVLET_TEST_ENVIRONMENT ASAN_OPTIONS=detect_leaks=0)
endif()
if(CONVLET_SANITIZE STREQUAL "memory")
  target_sources(test_support INTERFACE ${CMAKE_CURRENT_SOURCE_DIR}/support/msan.c)
  target_link_options(test_support INTERFACE -Wl,--wrap=fwrite)
endif()

# convlet_slow_cases(NAME TIMEOUT): what test_NAME tags "slow" has a test of its
# own, NAME_slow, and is left out of NAME.
function(convlet_slow_cases name timeout)
  add_test(NAME ${name}_slow CONFIGURATIONS Slow COMMAND test_${name})
  set_tests_properties(${name}_slow PROPERTIES LABELS slow TIMEOUT ${timeout}
    COST ${timeout}
    ENVIRONMENT "${CONVLET_TEST_ENVIRONMENT};CK_INCLUDE_TAGS=slow")
  set_property(TEST ${name} APPEND PROPERTY ENVIRONMENT CK_EXCLUDE_TAGS=slow)
endfunction()

function(convlet_set_test_environment)
  get_property(tests DIRECTORY PROPERTY TESTS)
  if(tests AND CONVLET_TEST_ENVIRONMENT)
    set_property(TEST ${tests} APPEND PROPERTY
      ENVIRONMENT ${CONVLET_TEST_ENVIRONMENT})
  endif()
endfunction()
cmake_language(DEFER CALL convlet_set_test_environment)
