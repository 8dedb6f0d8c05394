#!/usr/bin/env bash
# build.sh - renders docs/ as a site.
#
#     build.sh ROOT SITE DOXYFILE API LIVE HEADER ...
#
# SITE/html is the site; API is where Doxygen, told by DOXYFILE, leaves its
# XML. LIVE is the live page, which comes beside the chapters if it was built. A
# warning of Sphinx is an error. Ends with 77 where a tool is missing.
set -euo pipefail

root=$1 site=$2 doxyfile=$3 api=$4 live=$5
shift 5

for tool in sphinx-build doxygen; do
    if ! command -v "$tool" >/dev/null; then
        printf 'skipped: %s is not here; app/install_packages.sh docs\n' "$tool"
        exit 77
    fi
done
for module in breathe furo myst_parser; do
    if ! /usr/bin/python3 -c "import $module" 2>/dev/null; then
        printf 'skipped: no %s; app/install_packages.sh docs\n' "$module"
        exit 77
    fi
done

if [ ! -d /usr/share/javascript/katex ]; then
    printf 'skipped: no KaTeX; app/install_packages.sh docs\n'
    exit 77
fi

rm -rf -- "$site"
mkdir -p -- "$site" "$api"
cp -r -- "$root/docs" "$site/pages"
rm -r -- "$site/pages/site"
mv -- "$site/pages/README.md" "$site/pages/index.md"
cp -r -- "$root/assets" "$site/assets"
mkdir "$site/pages/api"
for header in "$@"; do
    name=$(basename -- "$header")
    # shellcheck disable=SC2016
    printf '# %s\n\n```{eval-rst}\n.. doxygenfile:: %s\n```\n' \
        "convlet/$name" "$name" >"$site/pages/api/${name%.h}.md"
done
doxygen "$doxyfile"

# Debian's theme has its script in two modules, which a browser does not load
# from a file; one after the other they are a plain script.
theme=$(/usr/bin/python3 -c 'import furo; print(*furo.__path__)')
theme+=/theme/furo/static
scripts=$theme/scripts
mkdir -p -- "$site/static/scripts"
cat -- "$scripts/gumshoe-patched.js" >"$site/static/scripts/furo.js"
sed '/^import /d' "$scripts/furo.js" >>"$site/static/scripts/furo.js"
# Its style lacks what makes "auto" dark where the reader's system is.
{
    printf '@media (prefers-color-scheme: dark) {\n'
    sed -n '/^ *body\[data-theme="dark"\] {/,/}/p' \
        "$theme/styles/furo.css" | sed 's/"dark"/"auto"/'
    printf '}\n'
} >"$site/static/auto.css"

has_live=0
[ ! -e "$live" ] || has_live=1
CVL_ROOT=$root CVL_API=$api/xml CVL_HEADERS=$* CVL_STATIC=$site/static \
    CVL_LIVE=$has_live sphinx-build -q -W --keep-going -d "$site/doctrees" \
    -c "$root/docs/site" "$site/pages" "$site/html"

# The chapters link to the page's states, and its rooms back to the chapters.
[ "$has_live" = 0 ] || sed \
    's/^<html lang="en">$/<html lang="en" data-chapters="">/' "$live" \
    >"$site/html/live.html"
