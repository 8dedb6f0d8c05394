# links.awk - checks every link and every picture of pages.
#
#     awk -v figures="FILE ..." -f links.awk PAGE.md ...
#
# - A file that is linked exists, and a heading by that anchor, as GitHub makes
#   anchors of headings. Links out of the tree are not followed.
# - What a link to a file says in backquotes, other than the file's own name,
#   occurs in that file as a word; in #L12-L20, if the link names lines. So
#   [`sgd_step`](../lib/convlet/sgd.c) fails when that function is renamed.
# - A link may have a title only where it is a state of the live page, as in
#   [it](live-page.md#training "room=training&seed=1"): docs/site makes a link to
#   that state of it.
# - A picture is drawn by a command (blocks.sh), or has the comment
#   <!-- picture: WHERE IT COMES FROM --> before it.
# - Each of the figures is shown on a page.
# - The index, docs/README.md, links to every page under docs/.

function complain(page, line, text) {
    printf "%s:%d: %s\n", page, line, text
    failed = 1
}

# The anchor that GitHub makes of a heading.
function slug(heading,    s) {
    s = tolower(heading)
    gsub(/\]\([^)]*\)/, "", s)
    gsub(/[^a-z0-9 _-]/, "", s)
    gsub(/ /, "-", s)
    return s
}

# Hides the brackets of code, which are no links.
function hide(text,    out, code) {
    out = ""
    while (match(text, /`[^`]+`/)) {
        code = substr(text, RSTART, RLENGTH)
        gsub(/\[/, "\001", code); gsub(/\]/, "\002", code)
        gsub(/\(/, "\003", code); gsub(/\)/, "\004", code)
        out = out substr(text, 1, RSTART - 1) code
        text = substr(text, RSTART + RLENGTH)
    }
    return out text
}

function shown(text) {
    gsub(/\001/, "[", text); gsub(/\002/, "]", text)
    gsub(/\003/, "(", text); gsub(/\004/, ")", text)
    gsub(/\n/, " ", text)
    return text
}

# "docs/../lib/x.c" is "lib/x.c"; a path that leaves the tree is "".
function clean(path,    part, n, i, out, depth) {
    n = split(path, part, "/")
    depth = 0
    for (i = 1; i <= n; i++) {
        if (part[i] == "." || part[i] == "") continue
        if (part[i] == "..") {
            if (depth-- == 0) return ""
        } else out[++depth] = part[i]
    }
    path = depth ? out[1] : "."
    for (i = 2; i <= depth; i++) path = path "/" out[i]
    return path
}

function exists(path) {
    if (!(path in there))
        there[path] = system("test -e '" path "'") == 0
    return there[path]
}

# Lines first..last of a file, or all of it.
function lines(path, first, last,    line, n, text) {
    n = 0
    text = "\n"
    while ((getline line < path) > 0)
        if (++n >= first && (!last || n <= last)) text = text line "\n"
    close(path)
    return first > n ? "" : text
}

# Does a text have a word that ends at no letter or digit of its own?
function has_word(text, word,    at) {
    while ((at = index(text, word)) > 0) {
        if (substr(text, at - 1, 1) !~ /[A-Za-z0-9_]/ &&
            substr(text, at + length(word), 1) !~ /[A-Za-z0-9_]/) return 1
        text = substr(text, at + 1)
    }
    return 0
}

# What a link says of the file that it leads to.
function check_words(page, line, text, path, anchor,    range, n, words, word) {
    n = 0
    if (anchor != "") {
        if (anchor !~ /^L[0-9]+(-L[0-9]+)?$/) {
            complain(page, line, path " has no anchor #" anchor)
            return
        }
        n = split(substr(anchor, 2), range, "-L")
    }
    words = 0
    while (match(text, /`[^`]+`/)) {
        word = substr(text, RSTART + 1, RLENGTH - 2)
        text = substr(text, RSTART + RLENGTH)
        sub(/\(\)$/, "", word)
        if (path == word || has_word(path, word)) continue
        words++
        if (!has_word(lines(path, n ? range[1] : 1, range[n]), word))
            complain(page, line, path (n ? "#" anchor : "") " has no " word)
    }
    if (n && !words)
        complain(page, line, "a link to lines must name what is in them")
}

# A link's title, in its quotes.
function check_title(page, line, target, title) {
    if (target !~ /^live-page\.md#[a-z-]+$/ ||
        title !~ /^"room=[a-z]+(&[a-z0-9-]+=[^&" ]*)*"$/)
        complain(page, line, title " is no state of a room of live-page.md")
}

function check_link(page, line, text, target,    path, anchor, at, directory) {
    if (target ~ /^(https?|mailto):/) return
    if (match(target, /[ \n]+"/)) {
        check_title(page, line, substr(target, 1, RSTART - 1),
                    substr(target, RSTART + RLENGTH - 1))
        target = substr(target, 1, RSTART - 1)
    }
    at = index(target, "#")
    anchor = at ? substr(target, at + 1) : ""
    path = at ? substr(target, 1, at - 1) : target
    directory = page
    if (!sub(/\/[^\/]*$/, "/", directory)) directory = ""
    path = path == "" ? page : clean(directory path)
    if (path == "" || !exists(path))
        complain(page, line, target " does not exist")
    else if (path ~ /\.md$/) {
        if (anchor != "" && !((path, anchor) in anchors))
            complain(page, line, path " has no heading #" anchor)
    } else if (path !~ /\.(svg|png|html)$/)
        check_words(page, line, text, path, anchor)
    return path
}

# Every link of a page whose text is in body[page].
function check_page(page,    rest, line, before, link, at, path) {
    rest = body[page]
    line = 1
    while (match(rest, /!?\[[^][]*\]\([^() \n]*([ \n]+"[^"]*")?\)/)) {
        before = substr(rest, 1, RSTART - 1)
        link = substr(rest, RSTART, RLENGTH)
        line += gsub(/\n/, "\n", before)
        rest = substr(rest, RSTART + RLENGTH)
        at = index(link, "](")
        path = check_link(page, line, shown(substr(link, 1, at)),
                          substr(link, at + 2, length(link) - at - 2))
        if (page == "docs/README.md") listed[path] = 1
        if (link ~ /^!/) {
            pictures[path] = page ":" line
            if (drawn_before(before)) drawn[path] = 1
        }
        line += gsub(/\n/, "\n", link)
    }
}

# Is a command or an origin the last thing before a picture?
function drawn_before(text) {
    return text ~ /\005[ \n]*$/
}

FNR == 1 { page = FILENAME; pages[++count] = page; fence = comment = 0 }
{ text = $0 }
comment { comment = text !~ /-->/; text = comment ? "" : "\005" }
/^```/ { fence = !fence; text = "" }
fence { text = "" }
!fence && /^#+ / {
    heading = $0
    sub(/^#+ +/, "", heading)
    name = slug(heading)
    anchors[page, seen[page, name]++ ? name "-" seen[page, name] - 1 : name]
}
!fence && /<img|<picture/ { complain(page, FNR, "write a picture as ![](file)") }
!fence && /^<!-- (figure|picture): / {
    comment = text !~ /-->/
    text = comment ? "" : "\005"
}
{ body[page] = body[page] text "\n" }

END {
    for (i = 1; i <= count; i++) body[pages[i]] = hide(body[pages[i]])
    for (i = 1; i <= count; i++) check_page(pages[i])
    for (path in pictures)
        if (!(path in drawn)) {
            split(pictures[path], where, ":")
            complain(where[1], where[2], path " is drawn by no command")
        }
    for (i = 1; i <= count; i++)
        if (pages[i] ~ /^docs\// && pages[i] != "docs/README.md" &&
            !(pages[i] in listed))
            complain(pages[i], 1, "docs/README.md does not list it")
    n = split(figures, figure, " ")
    for (i = 1; i <= n; i++)
        if (!(figure[i] in pictures)) complain(figure[i], 1, "no page shows it")
    exit failed
}
