#!/bin/sh
# Fetches what the VS Code test needs into .tools/: Node 24, code-server, playwright-core, and the build
# dependencies of the extension.  Each step leaves a stamp, so a second run does nothing and an interrupted
# one goes on at the step where it stopped.  Needs npm 20's registry client, python3, make and g++; Chromium is taken
# from the system, and installed with apt-get where this runs as root on Debian or Ubuntu.
set -eu

NODE=24.21.0
CODE_SERVER=4.139.1
PLAYWRIGHT=1.65.1

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
tools=$root/.tools
log=$tools/get_code_server.log
node_dir=$tools/node24/node_modules/node
vscode=$tools/code-server/node_modules/code-server/lib/vscode

say() { echo "code-server: $*"; }

fail() {
    say "$*" >&2
    exit 1
}

# step NAME DESCRIPTION COMMAND...: runs the command once; its output goes to the log, and to the terminal if it fails.
step() {
    stamp=$tools/.stamps/$1
    what=$2
    shift 2
    if [ -e "$stamp" ]; then
        say "$what: already there"
        return
    fi
    say "$what ..."
    if ! "$@" >"$log" 2>&1; then
        tail -n 25 "$log" >&2
        fail "$what failed; the whole output is in $log"
    fi
    : >"$stamp"
}

npm_install() { # npm_install FOLDER PACKAGE...
    folder=$1
    shift
    rm -rf "$folder" # what an interrupted run has left makes npm stumble
    mkdir -p "$folder"
    npm install --prefix "$folder" --no-audit --no-fund --no-save "$@"
}

install_vscode_dependencies() {
    rm -rf "$vscode/node_modules" "$vscode/extensions/node_modules"
    npm install --prefix "$vscode" --omit=dev --ignore-scripts --no-audit --no-fund &&
        npm install --prefix "$vscode/extensions" --omit=dev --ignore-scripts --no-audit --no-fund
}

# Only these four are loaded at start; kerberos does not build without its headers and is not needed.
rebuild_native_modules() {
    headers=$(find "$tools/node24" -type d -path '*/include/node')
    npm_config_nodedir=${headers%/include/node} npm rebuild --prefix "$vscode" node-pty @parcel/watcher @vscode/spdlog @vscode/native-watchdog
}

install_chromium() {
    apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends chromium fonts-dejavu-core
}

chromium_or_advice() {
    for name in chromium chromium-browser google-chrome; do
        if command -v "$name" >/dev/null; then
            say "browser: $(command -v "$name")"
            return
        fi
    done
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        step chromium "chromium (apt-get)" install_chromium
    else
        say "no Chromium here and no right to install it: the VS Code test will be skipped. Ask for: apt-get install chromium"
    fi
}

for need in npm python3 make g++; do
    command -v "$need" >/dev/null || fail "$need is needed and not installed. As root: apt-get install npm python3 make g++"
done

mkdir -p "$tools/.stamps"
# The lock passes to npm, so a run that was killed while its npm lives on still holds it.
exec 9>"$tools/.stamps/lock"
flock -n 9 || { say "another run is at work here; waiting for it" && flock 9; }
chromium_or_advice
step "node-$NODE" "node $NODE" npm_install "$tools/node24" "node@$NODE"
PATH=$node_dir/bin:$PATH
export PATH
step "code-server-$CODE_SERVER" "code-server $CODE_SERVER" npm_install "$tools/code-server" "code-server@$CODE_SERVER" --ignore-scripts
step "vscode-dependencies-$CODE_SERVER" "code-server's own dependencies" install_vscode_dependencies
step "vscode-native-$CODE_SERVER-$NODE" "code-server's native modules" rebuild_native_modules
step "playwright-$PLAYWRIGHT" "playwright-core $PLAYWRIGHT" npm_install "$tools/playwright" "playwright-core@$PLAYWRIGHT"
[ -d "$root/editors/vscode/node_modules" ] || rm -f "$tools"/.stamps/extension-*
lock=$(cksum <"$root/editors/vscode/package-lock.json" | cut -d' ' -f1)
step "extension-$lock" "build tools of the extension" npm ci --prefix "$root/editors/vscode" --ignore-scripts --no-audit --no-fund
say "ready: $(node --version) and code-server $CODE_SERVER in $tools"
