# gather.awk - from the figures of every round to the best of each.
#
#     awk -f best.awk -f gather.awk SHAPES RAW
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
    best_add($1 OFS "convlet" OFS $4 OFS $5, $6, $7)
    next
}

NF == 6 { best_add($1 OFS $2 OFS $3 OFS $4, $5, $6) }

END {
    for (t = 1; t <= 1024; t++)
        if (t in peak) printf "# peak %d %.1f\n", t, peak[t]
    print "shape", "peer", "threads", "phase", "min_us", "median_us", \
        "gflops", "pct_peak"
    for (i = 1; i <= best_count; i++) {
        name = best_keys[i]
        split(name, key, OFS)
        rate = flops[key[1]] * passes[key[4]] / best_min[name] / 1000
        printf "%s\t%.3f\t%.3f\t%.2f\t%.1f\n", name, best_min[name], \
            best_median(name), rate, 100 * rate / peak[key[3]]
    }
}
