# best.awk - the shortest time of all rounds, and the middle one, by key.
#
#     awk -f best.awk -f USER.awk ...
#
# best_add takes a round's shortest and middle time; best_keys[1 ..
# best_count] are then the keys in the order in which they came first.

function best_add(key, shortest, middle) {
    if (!(key in best_min)) best_keys[++best_count] = key
    if (!(key in best_min) || shortest + 0 < best_min[key])
        best_min[key] = shortest + 0
    best_middles[key] = best_middles[key] " " middle
}

# The median of the rounds' medians.
function best_median(key,    n, a, i, j, v) {
    n = split(best_middles[key], a, " ")
    for (i = 2; i <= n; i++) {
        v = a[i] + 0
        for (j = i - 1; j > 0 && a[j] + 0 > v; j--) a[j + 1] = a[j]
        a[j + 1] = v
    }
    return n % 2 ? a[(n + 1) / 2] : (a[n / 2] + a[n / 2 + 1]) / 2
}
