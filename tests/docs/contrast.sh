#!/usr/bin/env bash
# contrast.sh - what figures show can be seen, on light pages and on dark ones:
# contrast.awk, which is first shown to see what cannot.
#
#     contrast.sh ROOT
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
cd -- "$1"
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT

cat >"$work/a.svg" <<'END'
<svg>
<style>svg{fill:#57606a}@media(prefers-color-scheme:dark){svg{fill:#57606a}}</style>
<path d="M0 0h9" stroke="#868e96"/><path d="M0 0h9" stroke="#868e96" stroke-opacity="0.5"/>
<rect fill="#1c7ed6" fill-opacity="0.25"/>
</svg>
END
cat >"$work/b.svg" <<'END'
<svg>
<style>text{fill:#1a1a1a}.plain{fill:#fff;stroke:#b0b0b0}.line{fill:none;stroke:#0072b2}.axis{stroke:#b4b4b4}</style>
</svg>
END
(cd "$work" && awk -f "$here/contrast.awk" a.svg b.svg | LC_ALL=C sort >got) ||
    true
diff - "$work/got" <<'END'
a.svg: a line: #4d5156 on #131416 is 2.31 to 1, not 3
a.svg: a line: #c3c7cb on #ffffff is 1.70 to 1, not 3
a.svg: svg: #57606a on #131416 is 2.88 to 1, not 4.5
a.svg: words on an area: #57606a on #152f46 is 2.15 to 1, not 4.5
b.svg: .axis: #b4b4b4 on #ffffff is 2.07 to 1, not 3
b.svg: .plain: #b0b0b0 on #ffffff is 2.17 to 1, not 3
b.svg: has no colours for dark pages
b.svg: text: #1a1a1a on #131416 is 1.06 to 1, not 4.5
END

awk -f "$here/contrast.awk" docs/*.svg docs/figures/*.svg \
    tests/cli/explain/*.svg
