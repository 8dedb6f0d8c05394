# gather.awk - from the figures of every round to the best of each.
#
#     awk -f gather.awk SHAPES RAW
#
# Prints "# peak THREADS GFLOPS" and then a row for each shape, peer, number
# of threads and phase, in the order of RAW: the shortest time, the median of
# the rounds' medians, the rate by the shortest, its share of the best peak.

BEGIN {
    FS = OFS = "\t"
    passes["forward"] = passes["grad_weight"] = passes["grad_input"] = 1
    passes["step"] = 2
    passes["stepx"] = 3
}

FILENAME == ARGV[1] {
    if ($1 ~ /^#/ || !NF) next
    oh = int(($5 + 2 * $10 - $8) / $11) + 1
    ow = int(($6 + 2 * $10 - $9) / $11) + 1
    flops[$1] = 2 * $3 * $7 * oh * ow * $4 * $8 * $9
    next
}

# A row of convlet bench tells the peak, by its rate and its share of it.
NF == 9 {
    if ($1 == "shape") next
    if ($9 > 0 && 100 * $8 / $9 > peak[$4]) peak[$4] = 100 * $8 / $9
    add($1 OFS "convlet" OFS $4 OFS $5, $6, $7)
    next
}

NF == 6 { add($1 OFS $2 OFS $3 OFS $4, $5, $6) }

END {
    for (t = 1; t <= 1024; t++)
        if (t in peak) printf "# peak %d %.1f\n", t, peak[t]
    print "shape", "peer", "threads", "phase", "min_us", "median_us", \
        "gflops", "pct_peak"
    for (i = 1; i <= count; i++) {
        split(keys[i], key, OFS)
        rate = flops[key[1]] * passes[key[4]] / best[keys[i]] / 1000
        printf "%s\t%.3f\t%.3f\t%.2f\t%.1f\n", keys[i], best[keys[i]], \
            median(medians[keys[i]]), rate, 100 * rate / peak[key[3]]
    }
}

function add(key, shortest, middle) {
    if (!(key in best)) keys[++count] = key
    if (!(key in best) || shortest + 0 < best[key]) best[key] = shortest + 0
    medians[key] = medians[key] " " middle
}

function median(list,    n, a, i, j, v) {
    n = split(list, a, " ")
    for (i = 2; i <= n; i++) {
        v = a[i] + 0
        for (j = i - 1; j > 0 && a[j] + 0 > v; j--) a[j + 1] = a[j]
        a[j + 1] = v
    }
    return n % 2 ? a[(n + 1) / 2] : (a[n / 2] + a[n / 2 + 1]) / 2
}
