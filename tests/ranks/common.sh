#!/usr/bin/env bash
# common.sh - for the tests of ranks: builds with MPI, and runs what was built.
# To be sourced, with `convlet` set to a program that knows no MPI.

# ranks_find: `kinds` is what is here of Debian's two, or the one that is called
# mpicc elsewhere; where there is none, the test is skipped.
ranks_find() {
    local kind
    kinds=()
    for kind in openmpi mpich; do
        ! command -v "mpicc.$kind" >/dev/null || kinds+=("$kind")
    done
    if [ ${#kinds[@]} -eq 0 ] && command -v mpicc >/dev/null; then
        kinds=(default)
    fi
    [ ${#kinds[@]} -gt 0 ] || {
        echo 'ranks: skipped: no MPI here'
        exit 77
    }
}

# ranks_build KIND ROOT BUILD CMAKE TYPE [TARGET...]: the program, as one that is
# built with MPI, or these targets of the tests; sets `program`, `launcher` and
# `build`.
ranks_build() {
    local kind=$1 root=$2 cmake=$4 type=$5 suffix='' testing=OFF
    build=$(realpath -m -- "$3/ranks-$kind")
    shift 5
    if [ $# -gt 0 ]; then
        testing=ON
        build+=-tests
    fi
    [ "$kind" = default ] || suffix=.$kind
    mkdir -p -- "$build"
    if ! {
        "$cmake" -S "$root" -B "$build" "-DCMAKE_BUILD_TYPE=$type" \
            -DCONVLET_MPI=ON -DCONVLET_WERROR=ON "-DBUILD_TESTING=$testing" \
            "-DMPI_C_COMPILER=$(command -v "mpicc$suffix")" &&
            "$cmake" --build "$build" --target convlet_program "$@" -j 2
    } >"$build/log" 2>&1; then
        tail -n 40 -- "$build/log"
        exit 1
    fi
    program=$build/app/convlet
    launcher=("mpirun$suffix")
    # Open MPI wants to be told that there may be more ranks than processors,
    # and that root means it.
    if [[ $("${launcher[0]}" --version 2>&1) =~ Open(RTE|.MPI) ]]; then
        launcher+=(--oversubscribe)
        export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
    fi
    local said
    said=$(timeout 60 "${launcher[@]}" -n 2 true 2>&1) || {
        printf 'ranks: skipped: %s cannot start two processes here: %s\n' \
            "${launcher[0]}" "$said"
        exit 77
    }
}

# a_rank: the process of any rank, while they train.
a_rank() {
    pgrep -f "^$program train" | shuf -n 1 || true
}

# on RANKS FLAG...: convlet train, by so many ranks; by 0, no MPI at all, which
# is the program $convlet.
on() {
    local ranks=$1
    shift
    if [ "$ranks" = 0 ]; then
        "${convlet:?}" train "$@"
    else
        "${launcher[@]}" -n "$ranks" "$program" train "$@"
    fi
}
