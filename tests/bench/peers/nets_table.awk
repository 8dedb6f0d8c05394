# nets_table.awk - Markdown tables of whole nets beside PyTorch, from nets.tsv.
#
#     awk -f nets_table.awk nets.tsv
#
# One table for each number of threads: the shortest steps and PyTorch's over
# convlet's (more than 1: convlet is faster), the same of the middle ones, and
# the middle ones where others compute beside. A sentence for any other peer.

BEGIN { FS = "\t" }

/^# / {
    split($0, word, " ")
    said[word[2]] = substr($0, length(word[2]) + 4)
}
/^#/ || $1 == "net" { next }

{
    if (!($1 in seen_net)) nets[++net_count] = $1
    if (!($2 in seen_peer)) peers[++peer_count] = $2
    if (!($3 in seen_threads)) threads[++threads_count] = $3
    seen_net[$1] = seen_peer[$2] = seen_threads[$3] = 1
    shortest[$1, $2, $3, $4] = $5
    middle[$1, $2, $3, $4] = $6
}

END {
    printf "Measured on %s in %s round%s of %s s, in float32, on one machine:" \
        "\n%s.\nBusy: beside %s other process%s that computed all along.\n", \
        said["date"], said["rounds"], (said["rounds"] > 1 ? "s" : ""), \
        said["seconds"], said["processor"], said["busy"], \
        (said["busy"] > 1 ? "es" : "")
    for (t = 1; t <= threads_count; t++) table(threads[t])
    for (p = 1; p <= peer_count; p++)
        if (peers[p] != "convlet" && peers[p] != "pytorch") sentence(peers[p])
}

function table(count,    i) {
    printf "\n### A step of a net, %d thread%s\n\n", count, \
        (count > 1 ? "s" : "")
    print "| net | convlet us | pytorch us | ratio | of medians | " \
        "busy: convlet us | pytorch us | ratio |"
    print "|---|---:|---:|---:|---:|---:|---:|---:|"
    for (i = 1; i <= net_count; i++)
        printf "| %s |%s%s%s%s%s%s%s\n", nets[i], \
            cell(shortest, nets[i], "convlet", count, "quiet"), \
            cell(shortest, nets[i], "pytorch", count, "quiet"), \
            ratio(shortest, nets[i], count, "quiet"), \
            ratio(middle, nets[i], count, "quiet"), \
            cell(middle, nets[i], "convlet", count, "busy"), \
            cell(middle, nets[i], "pytorch", count, "busy"), \
            ratio(middle, nets[i], count, "busy")
}

function cell(times, net, peer, count, load) {
    if (!((net, peer, count, load) in times)) return " - |"
    return sprintf(" %.0f |", times[net, peer, count, load])
}

function ratio(times, net, count, load,    own) {
    own = times[net, "convlet", count, load]
    if (!own || !((net, "pytorch", count, load) in times)) return " - |"
    return sprintf(" %.2f |", times[net, "pytorch", count, load] / own)
}

function sentence(peer,    i, t) {
    for (i = 1; i <= net_count; i++)
        for (t = 1; t <= threads_count; t++)
            if ((nets[i], peer, threads[t], "quiet") in shortest)
                printf "\nA step of %s on %s thread%s took %s %.0f us.\n", \
                    nets[i], threads[t], (threads[t] > 1 ? "s" : ""), peer, \
                    shortest[nets[i], peer, threads[t], "quiet"]
}
