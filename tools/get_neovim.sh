#!/bin/sh
# Prints the path of a Neovim that has vim.lsp.config (0.11 or newer): the installed one, or else one that
# is unpacked from Debian into .tools/neovim, where it disturbs nothing.  Its tests need it, users do not.
set -eu

tools=$(cd "$(dirname "$0")/.." && pwd)/.tools
root=$tools/neovim
launcher=$tools/nvim

new_enough() {
    version=$("$1" --version 2>/dev/null | sed -n '1s/^NVIM v\([0-9]*\)\.\([0-9]*\).*/\1 \2/p')
    [ -n "$version" ] && [ "${version% *}" -gt 0 ] || [ "${version#* }" -ge 11 ] 2>/dev/null
}

give_up() {
    echo "No Neovim >= 0.11 here, and $1; its tests will be skipped." >&2
    exit 1
}

# The host's Python must stay the one that Neovim starts, so it runs with its own libraries but without chroot.
write_launcher() {
    cat >"$launcher" <<'EOF'
#!/bin/sh
root=$(dirname "$(readlink -f "$0")")/neovim
loader=$(ls "$root"/lib64/ld-linux-*.so.* "$root"/usr/lib/ld-linux-*.so.* 2>/dev/null | head -n 1)
libraries=$(echo "$root"/usr/lib/*-linux-gnu)
VIMRUNTIME=$root/usr/share/nvim/runtime exec "$loader" --library-path "$libraries" "$root/usr/bin/nvim" "$@"
EOF
    chmod +x "$launcher"
}

if installed=$(command -v nvim) && new_enough "$installed"; then
    echo "$installed"
    exit
fi

if [ ! -x "$root/usr/bin/nvim" ]; then
    [ "$(id -u)" = 0 ] || give_up "fetching one needs root (or install one yourself)"
    command -v debootstrap >/dev/null || give_up "fetching one needs debootstrap (apt-get install debootstrap)"
    mkdir -p "$tools"
    part=$(mktemp -d "$tools/neovim.XXXXXX")
    trap 'rm -rf "$part"' EXIT
    debootstrap --variant=minbase --include=neovim sid "$part" >"$tools/neovim.log" 2>&1 ||
        give_up "debootstrap failed: $(tail -n 1 "$tools/neovim.log") (all of it in $tools/neovim.log)"
    rm -rf "$root"
    mv "$part" "$root"
    chmod 755 "$root"
fi

write_launcher
new_enough "$launcher" || give_up "the one in $root does not start"
echo "$launcher"
