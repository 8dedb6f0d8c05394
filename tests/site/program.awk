# program.awk - takes a block out of a page.
#
#     awk -v language=c -v number=2 -f program.awk PAGE.md
#
# Prints the second block in that language, without its fences.

$0 == "```" language { inside = ++count == number; next }
/^```$/ { inside = 0 }
inside { print }
