#!/usr/bin/env bash
# outside.sh - installs convlet, moves it, and builds a foreign project on it.
#
#     outside.sh ROOT BUILD CMAKE CC [FLAG ...]
#
# The project is built through find_package and through pkg-config. FLAGs are
# those that a sanitized or instrumented library asks of its users.
set -euo pipefail

root=$1 build=$2 cmake=$3 cc=$4
flags=("${@:5}")
work=$build/outside
rm -rf -- "$work"
mkdir -p -- "$work/cmake" "$work/pc"

fail() {
    printf '%s\n' "$*"
    exit 1
}

# Whatever still points at the first place is found out by the move.
"$cmake" --install "$build" --prefix "$work/first" >"$work/install.log"
mv -- "$work/first" "$work/prefix"
prefix=$work/prefix
libdir=$(dirname -- "$(find "$prefix" -name 'libconvlet.*' | head -n 1)")

# What the shells and man look for is where they look.
man=
command -v help2man >/dev/null && man='man/man1/convlet.1 man/man1/convlet-train.1'
# shellcheck disable=SC2086 # of words
for file in $man bash-completion/completions/convlet \
    zsh/site-functions/_convlet fish/vendor_completions.d/convlet.fish; do
    [ -s "$prefix/share/$file" ] || fail "does not install share/$file"
done

# What is private stays at home, and each public header stands alone.
cd -- "$root"
private=$(sed -n 's/^private //p' tests/floors)
for file in $private; do
    [ ! -e "$prefix/include/convlet/${file##*/}" ] ||
        fail "installs the private header $file"
done
for header in "$prefix"/include/convlet/*.h; do
    printf '#include <convlet/%s>\nint main(void) { return 0; }\n' \
        "${header##*/}" >"$work/header.c"
    "$cc" -std=c11 -Wall -Wextra -Wpedantic -Werror -fsyntax-only \
        "-I$prefix/include" "$work/header.c" ||
        fail "${header##*/} does not compile by itself"
done

# No file of the package may name the places it was built in or from.
if grep -rlF -e "$root/lib" -e "$work/first" -- "$libdir/cmake" \
    "$libdir/pkgconfig"; then
    fail 'the package names the place it was built in'
fi
if grep -rn -e convlet_flags -- "$libdir/cmake"; then
    fail "the package exports the project's own flags"
fi

# Through CMake.
"$cmake" -S "$root/tests/outside" -B "$work/cmake" \
    "-DCMAKE_PREFIX_PATH=$prefix" "-DCMAKE_C_COMPILER=$cc" \
    "-DCMAKE_C_FLAGS=${flags[*]}" >"$work/cmake.log" 2>&1 ||
    fail "$(<"$work/cmake.log")"
"$cmake" --build "$work/cmake" >"$work/build.log" 2>&1 ||
    fail "$(<"$work/build.log")"
got=$("$work/cmake/outside")
[ "$got" = 16x16 ] || fail "through CMake: prints '$got', expected 16x16"

# Through pkg-config, which quotes for a shell. A shared library is looked for
# where it was installed.
export PKG_CONFIG_PATH=$libdir/pkgconfig
pc_flags=()
eval "pc_flags=($(pkg-config --cflags --libs convlet))"
"$cc" -std=c11 -Wall -Werror "${flags[@]}" -o "$work/pc/outside" \
    "$root/tests/outside/outside.c" "${pc_flags[@]}"
got=$(LD_LIBRARY_PATH=$libdir "$work/pc/outside")
[ "$got" = 16x16 ] || fail "through pkg-config: prints '$got', expected 16x16"

# Who builds it for use has what packages.txt names for that, and nothing that
# the tests want.
cat >"$work/pkg-config" <<'END'
#!/bin/sh
case " $* " in *' check '* | *' libcjson '*) exit 1 ;; esac
exec pkg-config "$@"
END
chmod +x "$work/pkg-config"
PKG_CONFIG=$work/pkg-config "$cmake" --preset release -B "$work/release" \
    >"$work/release.log" 2>&1 ||
    fail "the preset release: $(tail -n 20 -- "$work/release.log")"

version=$(pkg-config --modversion convlet)
printf 'convlet %s works outside: %s\n' "$version" "$got"
