#!/usr/bin/env bash
# cross.sh - builds convlet for another processor and tests it in an emulator.
#
#     cross.sh ROOT BUILD CMAKE arm64|s390x
#
# s390x is big-endian. Needs Debian's cross compiler, qemu-user, and apt-get to
# fetch the libraries of that architecture, which are unpacked below BUILD and
# installed nowhere. Tests that start the program are left out, and those of
# the decoder's jail: the emulator runs one process, and has no seccomp. The
# program itself is tried on a picture, and on a training run and its checkpoint
# instead. 77 where something is missing.
set -euo pipefail

root=$1 build=$2/cross-$4 cmake=$3 arch=$4
case $arch in
arm64) cpu=aarch64 ;;
s390x) cpu=s390x ;;
*)
    echo "cross: unknown architecture '$arch', expected arm64 or s390x"
    exit 2
    ;;
esac
triple=$cpu-linux-gnu
packages=(check libsubunit-dev libsubunit0 libcjson-dev libcjson1 libinih-dev
    libinih1)

skip() {
    echo "cross: skipped: $*"
    exit 77
}
for tool in "$triple-gcc" "qemu-$cpu" apt-get dpkg-deb; do
    command -v "$tool" >/dev/null || skip "no $tool here"
done
[ -e /usr/include/stb/stb_image.h ] || skip 'no stb here'

# The libraries of the architecture, by an apt of its own.
fetch() {
    local apt=$build/apt
    local -a options=(-o "APT::Architecture=$arch"
        -o "APT::Architectures=$arch" -o "Dir::State=$apt"
        -o "Dir::State::status=$apt/status" -o "Dir::Cache=$apt/cache"
        -o APT::Sandbox::User=root)
    mkdir -p -- "$apt/lists/partial" "$apt/cache/archives/partial"
    : >"$apt/status"
    cd -- "$apt"
    apt-get "${options[@]}" update >log 2>&1 || true
    apt-get "${options[@]}" download "${packages[@]}" >>log 2>&1 ||
        skip "apt cannot fetch ${packages[*]} for $arch"
    for package in *.deb; do
        dpkg-deb -x "$package" "$build/sys"
    done
}
mkdir -p -- "$build"
build=$(cd -- "$build" && pwd)
[ -e "$build/sys/usr/lib/$triple/libcheck.a" ] || (fetch)

sys=$build/sys/usr
emulator="qemu-$cpu;-L;/usr/$triple;-E;LD_LIBRARY_PATH=$sys/lib/$triple"
cat >"$build/toolchain.cmake" <<END
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR $cpu)
set(CMAKE_C_COMPILER $triple-gcc)
set(CMAKE_FIND_ROOT_PATH $build/sys /usr/$triple)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_CROSSCOMPILING_EMULATOR "$emulator")
END
export PKG_CONFIG_LIBDIR=$sys/lib/$triple/pkgconfig:$sys/share/pkgconfig
export PKG_CONFIG_SYSROOT_DIR=$build/sys
if ! {
    "$cmake" -S "$root" -B "$build/tree" -DCONVLET_WERROR=ON \
        "-DCMAKE_TOOLCHAIN_FILE=$build/toolchain.cmake" \
        -DCMAKE_BUILD_TYPE=RelWithDebInfo -DSTB_INCLUDE_DIR=/usr/include/stb &&
        "$cmake" --build "$build/tree" -j 2
} >"$build/log" 2>&1; then
    tail -n 60 -- "$build/log"
    exit 1
fi

# What reads and writes bytes, and what computes.
tests='^(error|memory|tensor|exec|geometry|conv2d|loss|sgd|net|file|file_write'
tests+='|random|npy|npy_file|npy_header|safetensors|safetensors_header'
tests+='|safetensors_save|golden_.*|torch_model|history|options|flags|model'
tests+='|config_file|patches|degrade|mask|onnx)$'
export CK_TIMEOUT_MULTIPLIER=5
ctest=$(dirname -- "$cmake")/ctest
"$ctest" --test-dir "$build/tree" --output-on-failure -R "$tests" \
    >"$build/ctest.log" 2>&1 || {
    tail -n 60 -- "$build/ctest.log"
    exit 1
}

# Losses of the other algorithms are sums in another order; these are not.
IFS=';' read -ra run <<<"$emulator"
program=("${run[@]}" "$build/tree/app/convlet")
cd -- "$build"
rm -rf -- whole parts
settings=(train --quiet --dtype float64 --algorithm direct --threads 2)
"${program[@]}" "${settings[@]}" --steps 20 --out whole >losses
head -n 1 losses | grep -q '^step:0,loss:82.31275' ||
    { echo "cross: the first loss is $(head -n 1 losses)"; exit 1; }
"${program[@]}" "${settings[@]}" --steps 1 --target filter:box --kernels 3 \
    --kernel-size 3 --input "$root/tests/pictures/rgb16.png" >losses
grep -q "^step:0,loss:0.28169312" losses ||
    { echo "cross: the picture's loss is $(<losses)"; exit 1; }
"${program[@]}" "${settings[@]}" --steps 11 --out parts >losses
"${program[@]}" train --quiet --resume parts --steps 20 >losses
for file in model.safetensors loss.csv checkpoint.safetensors; do
    cmp -- "whole/$file" "parts/$file"
done
passed=$(sed -n 's/^\(.*tests passed.*\)$/\1/p' "$build/ctest.log")
printf 'cross: %s: %s; a resumed run ends as one that was not stopped\n' \
    "$arch" "$passed"
