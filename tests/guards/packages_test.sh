#!/usr/bin/env bash
# packages_test.sh - runs install_packages.sh on machines made of stand-ins.
#
#     packages_test.sh ROOT
#
# A machine is a directory: bin/ is its whole PATH, have/ holds one empty file
# for each command, header and library that is there, log tells what was run.
set -euo pipefail

script=$(cd -- "$1/app" && pwd)/install_packages.sh
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
cd -- "$work"
failures=0

# stand_in NAME: reads the script of a command of the machine.
stand_in() {
    { printf '#!%s\n' "$BASH" && cat; } >"bin/$1"
    chmod +x "bin/$1"
}

# machine USER_ID: a machine on which nothing is installed yet.
machine() {
    local tool
    rm -rf -- bin have log
    mkdir bin have
    touch log
    for tool in dirname env; do ln -s "$(command -v "$tool")" bin/; done
    stand_in id <<<"echo $1"
}

# Debian names what apt-get brings by the package, the probes by the thing.
with_apt() {
    stand_in apt-get <<'END'
echo "apt-get $* ($DEBIAN_FRONTEND)" >>log
while [ $# -gt 0 ] && [ "$1" != install ]; do shift; done
for package in "$@"; do
    case $package in
    "$(<broken)") ;;
    gcc) echo 'read -r _ header && [ -e "have/${header//\//_}" ]' >bin/cc.sh
        { echo "#!$BASH"; echo ". bin/cc.sh"; } >bin/cc
        /bin/chmod +x bin/cc ;;
    libc6-dev) : >'have/<stdio.h>' ;;
    libstb-dev) : >'have/<stb_stb_image.h>' ;;
    cmake | make | patch) echo >bin/$package; /bin/chmod +x bin/$package ;;
    pkg-config) echo "#!$BASH
[ -e have/\$2 ]" >bin/pkg-config; /bin/chmod +x bin/pkg-config ;;
    libinih-dev) : >have/inih ;;
    libcjson-dev) : >have/libcjson ;;
    check) : >have/check ;;
    esac
done
END
    : >broken
}

# expect STATUS OUTPUT LOG [ARGUMENT ...]: what the script does and says.
expect() {
    local status=0 output
    output=$(PATH=$work/bin CC='' "$BASH" "$script" "${@:4}" 2>&1) ||
        status=$?
    if [ "$status" -ne "$1" ] || [ "$output" != "$2" ] ||
        [ "$(cat log)" != "$3" ]; then
        printf 'expected status %d,\n%s\nand calls\n%s\n' "$1" "$2" "$3"
        printf 'got status %d,\n%s\nand calls\n%s\n\n' \
            "$status" "$output" "$(cat log)"
        failures=$((failures + 1))
    fi
    : >log
}

program='gcc libc6-dev cmake make pkg-config libstb-dev libinih-dev'
tests='check libcjson-dev patch'
options='-o DPkg::Lock::Timeout=120'
get="apt-get $options install -y --no-install-recommends"
update="apt-get $options update (noninteractive)"

# A bare Debian, as root: everything once, then nothing, then only what a new
# purpose adds.
machine 0
with_apt
expect 0 "install_packages: installing $program" \
    "$update
$get $program (noninteractive)" program
expect 0 '' '' program
expect 0 "install_packages: installing $tests" \
    "$update
$get $tests (noninteractive)"
expect 0 '' ''
rm have/libcjson
expect 0 'install_packages: installing libcjson-dev' \
    "$update
$get libcjson-dev (noninteractive)" program tests

# A package that does not bring what it should.
rm have/check
echo check >broken
expect 1 'install_packages: installing check
install_packages: installed, but still not found: check' \
    "$update
$get check (noninteractive)"

# Not root: through sudo where there is one, else told what to do.
machine 1000
with_apt
expect 1 "install_packages: installing $program
install_packages: not root, and no sudo; as root, run: apt-get install $program" \
    '' program
stand_in sudo <<<'echo sudo >>log; "$@"'
expect 0 "install_packages: installing $program" \
    "sudo
$update
sudo
$get $program (noninteractive)" program

# Without apt: goes on if all is there, else says what to install.
rm bin/apt-get
expect 0 "install_packages: no apt-get here, and no need of it; found: $program" \
    '' program
expect 1 "install_packages: no apt-get here; install what Debian calls: $tests" \
    ''
machine 0
expect 1 "install_packages: no apt-get here; install what Debian calls: $program $tests" \
    ''

expect 2 "install_packages: unknown purpose 'fun', expected program, tests, extras, ci, live, docs or peers" \
    '' fun

[ "$failures" -eq 0 ]
