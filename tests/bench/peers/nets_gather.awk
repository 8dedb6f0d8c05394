# nets_gather.awk - the best and the middle of all rounds of nets.sh.
#
#     awk -F '\t' -f best.awk -f nets_gather.awk RAW

{ best_add($1 FS $2 FS $3 FS $4, $5, $6) }

END {
    OFS = FS
    print "net", "peer", "threads", "load", "min_us", "median_us"
    for (i = 1; i <= best_count; i++)
        printf "%s\t%.1f\t%.1f\n", best_keys[i], best_min[best_keys[i]], \
            best_median(best_keys[i])
}
