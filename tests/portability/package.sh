#!/usr/bin/env bash
# package.sh - Debian's packages are clean, and serve a machine with nothing else.
#
#     package.sh ROOT BUILD CMAKE
#
# Builds them, has lintian look at them, and installs them in a bare Debian below
# BUILD (debootstrap), where the program trains, `man` and completion know it, a
# program of the library is built, and removal leaves nothing. 77 where
# something is missing, or for anybody but root.
set -euo pipefail

root=$1 build=$2/package cmake=$3
bare=$build/bare

skip() {
    echo "package: skipped: $*"
    exit 77
}
[ "$(id -u)" -eq 0 ] || skip 'only root can make a bare machine'
for tool in debootstrap lintian help2man dpkg-shlibdeps; do
    command -v "$tool" >/dev/null || skip "no $tool here"
done

mkdir -p -- "$build"
build=$(cd -- "$build" && pwd)
(
    cd -- "$root"
    "$cmake" --preset package -B "$build/tree"
    "$cmake" --build "$build/tree" -j "$(nproc)"
    cd -- "$build/tree"
    rm -f -- ./*.deb
    "$(dirname -- "$cmake")/cpack" -G DEB
) >"$build/log" 2>&1 || {
    tail -n 40 -- "$build/log"
    exit 1
}
lintian --fail-on error,warning "$build"/tree/*.deb 2>/dev/null

# inside <<END: a script in the bare machine.
inside() {
    cat >"$bare/root/script"
    chroot "$bare" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin \
        HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
        bash -euo pipefail /root/script </dev/null
}
leave() {
    umount -- "$bare/proc" 2>/dev/null || true
    rm -rf -- "$bare"
}
fail() {
    printf 'package: %s\n' "$1"
    tail -n 20 -- "$build/bare.log"
    exit 1
}
trap leave EXIT
leave
# shellcheck disable=SC1091
suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
mirror=$(sed -n 's/^deb \(\[[^]]*\] \)\?\([^ ]*\).*/\2/p; s/^URIs: *//p' \
    /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | head -n 1 ||
    true)
debootstrap --variant=minbase "$suite" "$bare" ${mirror:+"$mirror"} \
    >"$build/bare.log" 2>&1 || skip "debootstrap: $(tail -n 1 "$build/bare.log")"
mount -t proc proc "$bare/proc"
cp -- "$build"/tree/*.deb "$bare/root"

# What is there before, and behind, but for what apt keeps for itself.
inside >>"$build/bare.log" 2>&1 <<'END' || fail 'cannot install'
list() {
    find /usr /etc /opt /var/lib/man-db /var/cache/man | sort
}
apt-get update
apt-get install -y --no-install-recommends man-db bash-completion libinih1
list >/root/before
apt-get install -y --no-install-recommends /root/convlet_*.deb
END
inside >>"$build/bare.log" 2>&1 <<'END' || fail 'it does not work there'
cd /root
[ "$(convlet train --quiet | tail -n 1)" = step:49,loss:0.012441452792236235 ]
convlet train --quiet --preset digits --epochs 1 --out run
convlet export --model run/model.safetensors -o net.onnx
rm -r run net.onnx
MANPAGER=cat man convlet-train >page
grep -q 'convlet train' page
. /usr/share/bash-completion/bash_completion
_completion_loader convlet || [ $? -eq 124 ]
complete=$(complete -p convlet | sed 's/.*-F \([^ ]*\).*/\1/')
COMP_WORDS=(convlet tr) COMP_CWORD=1 COMP_LINE='convlet tr' COMP_POINT=10
"$complete" convlet tr convlet
[ "${COMPREPLY[0]%% }" = train ]
END
inside >>"$build/bare.log" 2>&1 <<'END' || fail 'something is left of it'
apt-get purge -y convlet
find /usr /etc /opt /var/lib/man-db /var/cache/man | sort >/root/after
comm -13 /root/before /root/after | grep -v /var/cache/man >/root/left || true
cat /root/left
[ ! -s /root/left ]
END

# The library, for who builds.
inside >>"$build/bare.log" 2>&1 <<'END' || fail 'the library cannot be used'
cd /root
apt-get install -y --no-install-recommends gcc libc6-dev pkg-config \
    /root/libconvlet-dev_*.deb
cat >one.c <<'CODE'
#include <convlet/net.h>
#include <stdio.h>
int main(void)
{
    cvl_net net;
    cvl_error err;
    const cvl_net_config config = {.spec = "conv 4 2x2 stride=2 padding=1",
                                   .input_shape = {2, 3, 20, 20},
                                   .exec = cvl_exec_default()};
    if (cvl_net_build(&net, &config, &err)) return puts(err.message);
    printf("%zu\n", cvl_net_param_numbers(&net));
    cvl_net_free(&net);
}
CODE
gcc -Wall one.c $(pkg-config --cflags --libs convlet) -o one
[ "$(./one)" = 52 ]
END
printf 'package: clean, installed, used and removed: %s\n' \
    "$(basename -a -- "$build"/tree/*.deb | paste -sd ' ')"
