# table.awk - Markdown tables of convlet beside its peers, from peers.tsv.
#
#     awk -f table.awk peers.tsv
#
# One table for each number of threads and phase: convlet's time and its share
# of the peak; then, for each peer, its time over convlet's (more than 1: it is
# slower). The last line has the geometric means over the shapes of the column.
# Before them stand the layers whose step is slower than a peer's.

BEGIN { FS = "\t" }

/^# date / { date = substr($0, 8) }
/^# processor / { processor = substr($0, 13) }
/^# load / { load = substr($0, 8) }
/^# rounds / { rounds = substr($0, 10) }
/^# seconds / { seconds = substr($0, 11) }
/^# peak / {
    split($0, word, " ")
    peak[word[3]] = word[4]
}
/^#/ || $1 == "shape" { next }

{
    if (!($1 in seen_shape)) shapes[++shape_count] = $1
    if (!($2 in seen_peer) && $2 != "convlet") peers[++peer_count] = $2
    if (!($3 in seen_threads)) threads[++threads_count] = $3
    if (!($4 in seen_phase)) phases[++phase_count] = $4
    seen_shape[$1] = seen_peer[$2] = seen_threads[$3] = seen_phase[$4] = 1
    us[$1, $2, $3, $4] = $5
    share[$1, $2, $3, $4] = $8
}

END {
    printf "Measured on %s in %s rounds of %s s a phase, in float32, on one " \
        "machine:\n%s.\n", date, rounds, seconds, processor
    if (load != "")
        printf "Before the run its load, of others at work, was %s.\n", load
    printf "FMA peak:"
    for (t = 1; t <= threads_count; t++)
        printf "%s %s GFLOP/s on %s thread%s", (t > 1 ? "," : ""), \
            peak[threads[t]], threads[t], (threads[t] > 1 ? "s" : "")
    print "."
    for (t = 1; t <= threads_count; t++) behind(threads[t])
    for (t = 1; t <= threads_count; t++)
        for (p = 1; p <= phase_count; p++) table(threads[t], phases[p])
    if (threads_count > 1) scaling()
}

# One paragraph: where a peer takes less than 95 % of convlet's time.
function behind(count,    i, j, own, list, all) {
    for (j = 1; j <= peer_count; j++) {
        list = ""
        for (i = 1; i <= shape_count; i++) {
            own = us[shapes[i], "convlet", count, "step"]
            if (!own || !((shapes[i], peers[j], count, "step") in us)) continue
            if (us[shapes[i], peers[j], count, "step"] >= 0.95 * own) continue
            list = list (list ? ", " : " on ") shapes[i]
        }
        if (list) all = all (all ? "; " : "") peers[j] list
    }
    printf "\nA step on %s thread%s is clearly faster with %s.\n", count, \
        (count > 1 ? "s" : ""), (all ? all : "no peer, on any layer")
}

function table(count, phase,    i, j) {
    printf "\n### %s, %s thread%s\n\n", phase, count, (count > 1 ? "s" : "")
    printf "| shape | convlet us | %% of peak |"
    for (j = 1; j <= peer_count; j++)
        if (known(peers[j], count, phase)) printf " %s |", peers[j]
    printf "\n|---|---:|---:|"
    for (j = 1; j <= peer_count; j++)
        if (known(peers[j], count, phase)) printf "---:|"
    printf "\n"
    for (i = 1; i <= shape_count; i++) line(shapes[i], count, phase)
    printf "| **geometric mean** | | |"
    for (j = 1; j <= peer_count; j++)
        if (known(peers[j], count, phase))
            printf " **%.2f** |", exp(logs[j] / log_count[j])
    printf "\n"
    split("", logs)
    split("", log_count)
}

function line(shape, count, phase,    j, own, ratio) {
    own = us[shape, "convlet", count, phase]
    if (!own) return
    printf "| %s | %s | %.0f |", shape, time(own), \
        share[shape, "convlet", count, phase]
    for (j = 1; j <= peer_count; j++) {
        if (!known(peers[j], count, phase)) continue
        if (!((shape, peers[j], count, phase) in us)) {
            printf " - |"
            continue
        }
        ratio = us[shape, peers[j], count, phase] / own
        logs[j] += log(ratio)
        log_count[j]++
        printf " %.2f |", ratio
    }
    printf "\n"
}

# How much faster convlet's step gets with more threads.
function scaling(    i, t, first, own) {
    first = threads[1]
    printf "\n### Threads: convlet's step on %s thread over that on more\n\n", \
        first
    printf "| shape |"
    for (t = 2; t <= threads_count; t++) printf " %s threads |", threads[t]
    printf "\n|---|"
    for (t = 2; t <= threads_count; t++) printf "---:|"
    printf "\n"
    for (i = 1; i <= shape_count; i++) {
        printf "| %s |", shapes[i]
        for (t = 2; t <= threads_count; t++) {
            own = us[shapes[i], "convlet", threads[t], "step"]
            if (own)
                printf " %.2f |", us[shapes[i], "convlet", first, "step"] / own
            else
                printf " - |"
        }
        printf "\n"
    }
}

function known(peer, count, phase,    i) {
    for (i = 1; i <= shape_count; i++)
        if ((shapes[i], peer, count, phase) in us) return 1
    return 0
}

function time(value) {
    return value < 100 ? sprintf("%.1f", value) : sprintf("%.0f", value)
}
