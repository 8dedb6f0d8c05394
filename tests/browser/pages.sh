# shellcheck shell=bash disable=SC2034
# pages.sh - read by the scripts that open pages in a browser.
#
# Leaves them in a new directory, $work, which goes away at the end. $failed is
# the status to end with, $screenshots where pictures of pages are kept, or
# empty.

screenshots=${SCREENSHOTS:+$(realpath -- "$SCREENSHOTS")}
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
cd -- "$work" || exit 1
failed=0

# fail WORDS ...: says what is wrong with a page; the others are still opened.
fail() {
    printf '%s\n' "$*"
    failed=1
}

# browse ARGUMENT ...: chromium, new, alone, and not on the network.
browse() {
    rm -rf profile
    timeout 300 chromium --headless --no-sandbox --disable-gpu --disable-quic \
        --no-first-run --disable-background-networking \
        --disable-component-update --disable-sync --user-data-dir=profile \
        --host-resolver-rules='MAP * ~NOTFOUND' --hide-scrollbars "$@"
}
