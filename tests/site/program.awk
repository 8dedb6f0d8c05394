# program.awk - takes a block out of a page.
#
#     awk -v language=c -f program.awk PAGE.md
#
# Prints the first block in that language, without its fences.

$0 == "```" language && !done { inside = 1; next }
/^```$/ && inside { inside = 0; done = 1 }
inside { print }
