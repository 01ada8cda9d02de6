#!/usr/bin/env bash
# Makes .venv from uv.lock. Settings of the environment for pip and uv (index, proxy, certificates) hold as they are.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() { echo "setup: $*" >&2; exit 1; }

python=
for name in python3.11 python3.12 python3.13 python3; do
    # A name on PATH may be a shim that has no interpreter behind it, or an older one.
    if "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info)' 2>/dev/null; then
        python=$name
        break
    fi
done
[ -n "$python" ] || fail "no Python 3.11 or newer found; install one (Debian: apt-get install python3)"

# A name of the environment's own choice for the project's environment would put it where make does not look.
unset UV_PROJECT_ENVIRONMENT VIRTUAL_ENV

# Trust whom this machine trusts (its network may have a certificate of its own), not only the list built into uv.
if [ -e /etc/ssl/certs/ca-certificates.crt ]; then
    export UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS:-true}"
fi

if [ -x .venv/bin/python ] && .venv/bin/python -c '' 2>/dev/null && [ -x .venv/bin/uv ]; then
    uv=.venv/bin/uv
else
    rm -rf .venv
    echo "setup: making .venv with $("$python" --version)"
    pin=$("$python" scripts/bootstrap_uv.py --requirement)
    if "$python" -c 'import ensurepip' 2>/dev/null && "$python" -m venv .venv; then
        mkdir -p .cache
        printf '%s\n' "$pin" > .cache/uv.requirement
        .venv/bin/python -m pip install --quiet --disable-pip-version-check --only-binary :all: \
            --require-hashes -r .cache/uv.requirement ||
            fail "could not fetch uv with pip: is the network there? (see pip's words above)"
        uv=.venv/bin/uv
    else
        # Debian without python3-venv: no pip to be had, so uv's wheel is fetched by its URL and hash in uv.lock.
        rm -rf .venv
        uv=$("$python" scripts/bootstrap_uv.py --fetch .cache/uv) || exit 1
        "$uv" venv --quiet --python "$(command -v "$python")" .venv
    fi
fi

"$uv" sync --quiet --frozen --all-extras ||
    fail "could not install what uv.lock names: is the network there? (see uv's words above)"
touch .venv/.ready
echo "setup: ready"
