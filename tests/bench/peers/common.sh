# shellcheck shell=bash
# common.sh - what run.sh and nets.sh are told, and say, alike; read by them.
#
# What may be set in the environment, beside what they name themselves:
#
#     PEERS_THREADS="1 2"      on how many threads
#     PEERS_ROUNDS=5           how often everything is visited
#     PEERS_PYTHON=python3     that imports torch; Debian's by default
# shellcheck disable=SC2034 # its readers use these
threads=${PEERS_THREADS:-1 2}
rounds=${PEERS_ROUNDS:-5}
python=${PEERS_PYTHON:-/usr/bin/python3}

# has_torch WHO: or says that it is left out.
has_torch() {
    "$python" -c 'import torch' 2>/dev/null && return
    printf '%s: no torch in %s; skipped\n' "$1" "$python" >&2
    return 1
}

# The first lines of a file of figures: when, where, and how.
describe_run() {
    local processor
    processor=$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo |
        head -n 1)
    printf '# date %s\n' "$(date -u +%Y-%m-%d)"
    printf '# processor %s\n' "${processor:-unknown}"
    # Others at work spoil the figures of several threads above all.
    printf '# load %s\n' "$(cut -d ' ' -f 1 /proc/loadavg)"
    printf '# rounds %s\n# seconds %s\n' "$rounds" "$1"
}
