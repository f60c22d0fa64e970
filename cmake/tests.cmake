# Tests: labels unit, conformance (C++), python and e2e (pytest).
find_package(GTest REQUIRED)
find_library(RAPIDCHECK rapidcheck REQUIRED)

# The binary with models and scenarios that break the rules, for tests only.
add_executable(bench_faulty
  harness/cli/main.cpp harness/testing/faulty.cpp
  harness/testing/faulty_servers.cpp harness/testing/twins.cpp)
target_link_libraries(bench_faulty PRIVATE
  bench_harness bench_models bench_scenarios)

# `shards` tests of ctest share the cases of one binary: many of them wait for a
# limit or a slow peer, and can do so at the same time.
function(bench_test name label shards)
  add_executable(${name} ${ARGN})
  target_link_libraries(${name} PRIVATE
    bench_harness bench_models bench_scenarios
    GTest::gmock GTest::gtest_main ${RAPIDCHECK})
  target_compile_definitions(${name} PRIVATE
    BENCH_BINARY="$<TARGET_FILE:bench>")
  # Nobody measures them, and they compile in half the time.
  target_compile_options(${name} PRIVATE -O0)
  bench_unity(${name})
  bench_precompile(${name}
    <gmock/gmock.h> <gtest/gtest.h> <nlohmann/json.hpp> <rapidcheck/gtest.h>)
  foreach(shard RANGE 1 ${shards})
    math(EXPR index "${shard} - 1")
    add_test(NAME ${name}_${shard} COMMAND ${name})
    set_tests_properties(${name}_${shard} PROPERTIES
      LABELS ${label} TIMEOUT 900 COST 70
      ENVIRONMENT "GTEST_TOTAL_SHARDS=${shards};GTEST_SHARD_INDEX=${index}")
  endforeach()
endfunction()

file(GLOB unit_tests CONFIGURE_DEPENDS
  harness/*/*_test.cpp scenarios/*_test.cpp)
bench_test(unit_tests unit 1 ${unit_tests})
file(GLOB conformance_tests CONFIGURE_DEPENDS models/*_test.cpp)
bench_test(conformance_tests conformance 6 ${conformance_tests})

# Python is found by the project's own script, not by CMake: another Python may
# come first on PATH.
# `jobs` processes share the files: most tests of the real binary mostly wait.
function(bench_pytest name label jobs)
  add_test(NAME ${name}
    COMMAND ${PROJECT_SOURCE_DIR}/scripts/python -m pytest -q
            -p no:cacheprovider -n ${jobs} --dist loadfile ${ARGN}
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES LABELS ${label} TIMEOUT 900
    ENVIRONMENT "BENCH_BINARY=$<TARGET_FILE:bench>;BENCH_FAULTY_BINARY=$<TARGET_FILE:bench_faulty>")
endfunction()

bench_pytest(reports_tests python 2 reports plots)
bench_pytest(scripts_tests python 1 scripts)
bench_pytest(command_line_tests e2e 3 harness)
# The longest first.
set_tests_properties(command_line_tests PROPERTIES COST 300)
set_tests_properties(reports_tests PROPERTIES COST 150)
