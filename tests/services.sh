#!/usr/bin/env bash
# Runs COMMAND with DATABASE_URL and AMQP_URL set, and ends with its exit status:
#
#     tests/services.sh COMMAND [ARG...]
#     tests/services.sh --install            only installs what the private services need
#     tests/services.sh --rabbitmq FOLDER COMMAND [ARG...]
#
# Where both are given in the environment COMMAND gets them as they are. Else it gets a private PostgreSQL and a private
# RabbitMQ, run from the installed binaries (Debian's packages, installed first where they are missing) on free ports of
# 127.0.0.1, with their files in target/services/. They share nothing with the system's own or another run's, and are
# gone when COMMAND has ended, however it ends.
#
# With --rabbitmq both are private in any case, and RabbitMQ starts with the rabbitmq.conf, the definitions.json and, where
# there is one, the enabled_plugins of FOLDER. COMMAND's rabbitmqctl is this broker's, and AMQP_URL names no user.
set -euo pipefail

project=$(CDPATH='' cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
readonly project
folder=''
rabbitmq='' # the folder with its rabbitmq.conf and definitions.json, where one was given
command_pid=''
declare -a as_postgres=() # setpriv's options for PostgreSQL, which refuses to be root
declare -A signals=()     # what was started: pid → the signal that ends it

fail() {
    echo "services: $*" >&2
    exit 1
}

# --- Binaries ---

postgres_folder() {
    local candidate
    for candidate in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV) "$(pg_config --bindir 2>/dev/null)"; do
        if [[ -x $candidate/initdb && -x $candidate/postgres ]]; then
            echo "$candidate" && return
        fi
    done
}

# rabbitmq_program NAME: the script itself. What Debian has on the PATH is a wrapper that changes to the system's user and
# folders.
rabbitmq_program() {
    local candidate
    for candidate in "/usr/lib/rabbitmq/bin/$1" "$(command -v "$1")"; do
        if [[ -x $candidate ]]; then
            echo "$candidate" && return
        fi
    done
}

install_missing() {
    local packages=()
    [[ -n $(postgres_folder) ]] || packages+=(postgresql)
    [[ -n $(rabbitmq_program rabbitmq-server) ]] || packages+=(rabbitmq-server)
    ((${#packages[@]} == 0)) || "$project/tests/install.sh" "${packages[@]}" ||
        fail "cannot install ${packages[*]} here: give DATABASE_URL and AMQP_URL of a PostgreSQL and a RabbitMQ to use"
}

# --- Folder ---

# A folder is in use as long as a process of its run holds the lock on it, whatever became of the script.
remove_stale_folders() {
    local stale
    for stale in "$1"/*/; do
        [[ ! -d $stale ]] || flock -n "$stale" rm -rf "$stale" 2>/dev/null || true
    done
}

make_folder_in_project() {
    local parent=$project/target/services
    [[ $parent =~ ^[[:alnum:]/._\ +@,=-]+$ ]] || return 1 # RabbitMQ hangs where the path has a quote
    mkdir -p "$parent" 2>/dev/null && [[ -w $parent ]] || return 1
    # Nobody may look for stale folders while ours is made and not yet locked.
    exec 8<"$parent" && flock 8
    remove_stale_folders "$parent"
    folder=$(mktemp -d "$parent/XXXXXXXX") && exec 9<"$folder" && flock 9
    exec 8<&-
}

let_postgres_in() {
    chmod 711 "$folder" && mkdir "$folder/postgresql" || return 1
    if ((EUID == 0)); then
        local user=postgres
        id "$user" >/dev/null 2>&1 || user=nobody
        as_postgres=("--reuid=$user" "--regid=$(id -g "$user")" --init-groups)
        chown "$user" "$folder/postgresql" && setpriv "${as_postgres[@]}" test -w "$folder/postgresql"
    fi
}

# In the project, unless PostgreSQL's user cannot get there (a clone under /root) or nobody can write there.
make_folder() {
    make_folder_in_project && let_postgres_in && return
    [[ -z $folder ]] || rm -rf "$folder"
    folder=$(mktemp -d /tmp/lead-tracker.XXXXXXXX)
    let_postgres_in || fail "PostgreSQL's user cannot write in $folder"
}

# --- Processes ---

# The pid given and those of all that it started. /proc, because a bare Debian has no ps.
descendants() {
    local pid parent
    echo "$1"
    while read -r pid parent; do
        if [[ $parent == "$1" ]]; then descendants "$pid"; fi
    done < <(sed -E 's/^([0-9]+) \(.*\) . ([0-9]+) .*/\1 \2/' /proc/[0-9]*/stat 2>/dev/null)
}

await() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@"; do
        ((SECONDS < deadline)) || return 1
        sleep 0.1
    done
}

# A dead one may stay in the list until whoever inherited it looks (Z).
none_alive() {
    local stats=("${@/#//proc/}")
    ! grep -qsE '\) [^ZX] ' "${stats[@]/%//stat}"
}

# end SECONDS SIGNAL PID: SIGNAL to it and to all that it started, and SIGKILL after SECONDS.
end() {
    local pids
    mapfile -t pids < <(descendants "$3")
    kill -s "$2" "${pids[@]}" 2>/dev/null || true
    await "$1" none_alive "${pids[@]}" || kill -KILL "${pids[@]}" 2>/dev/null || true
}

stop_services() {
    local pid
    for pid in "${!signals[@]}"; do
        end 10 "${signals[$pid]}" "$pid"
    done
    signals=()
}

clean_up() {
    trap '' HUP INT TERM
    stop_services
    [[ -z $folder ]] || rm -rf "$folder"
}

interrupted() {
    trap '' HUP INT TERM
    [[ -z $command_pid ]] || end 30 TERM "$command_pid"
    exit $((128 + $1))
}

# begin NAME SIGNAL [SETPRIV_OPTION...] PROGRAM [ARG...]: starts what SIGNAL ends, with NAME.log. It gets nothing of our
# environment, no Ctrl-C (COMMAND needs it to the last), and SIGNAL also if this script is killed -9.
begin() {
    local name=$1 signal=$2
    shift 2
    (cd "$folder" && exec env -i PATH="$PATH" HOME="$folder" LANG=C.UTF-8 \
        setsid setpriv --pdeathsig "$signal" "$@") </dev/null >"$folder/$name.log" 2>&1 &
    signals[$!]=$signal
    disown # or bash reports its end
}

# --- Services ---

port_answers() {
    (: <>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# Below the range that Linux takes ports for outgoing connections from. Another may still be faster: see start_services.
free_port() {
    local port
    until port=$((20000 + RANDOM % 12000)) && ! port_answers "$port"; do :; done
    echo "$port"
}

# Our own, in the foreground: one that Erlang starts by itself would outlive the node.
start_epmd() {
    begin epmd KILL epmd -port "$epmd_port" -address 127.0.0.1
    await 10 port_answers "$epmd_port"
}

# rabbitmq_conf HOME: of the same setting given twice the last counts.
rabbitmq_conf() {
    if [[ -n $rabbitmq ]]; then
        cat "$rabbitmq/rabbitmq.conf" && cp "$rabbitmq/definitions.json" "$1/definitions.json" || return 1
        echo "definitions.local.path = $1/definitions.json"
    fi
    printf '%s\n' "listeners.tcp.local = 127.0.0.1:$amqp_port" 'disk_free_limit.absolute = 50MB'
}

# None where nothing is said of them.
plugins() {
    cat "$rabbitmq/enabled_plugins" 2>/dev/null || echo '[].'
}

# What tells the node and its tools from others of this machine.
node_identity() {
    printf '%s\n' "HOME=$folder/rabbitmq-$amqp_port" "ERL_EPMD_PORT=$epmd_port" ERL_EPMD_ADDRESS=127.0.0.1 \
        "RABBITMQ_NODENAME=lead-tracker-$amqp_port@localhost" "RABBITMQ_CONF_ENV_FILE=$folder/none"
}

write_rabbitmqctl() {
    local identity
    mapfile -t identity < <(node_identity)
    identity+=("$(rabbitmq_program rabbitmqctl)")
    mkdir -p "$folder/bin" && printf '#!/bin/bash\nexec env%s "$@"\n' "$(printf ' %q' "${identity[@]}")" \
        >"$folder/bin/rabbitmqctl" && chmod +x "$folder/bin/rabbitmqctl"
}

# SIGKILL, because nothing of it is kept. RUNNING_UNDER_SYSTEMD makes the script become the node instead of watching it.
start_rabbitmq() {
    local home=$folder/rabbitmq-$amqp_port identity
    mapfile -t identity < <(node_identity)
    mkdir -p "$home" && plugins >"$home/enabled_plugins"
    rabbitmq_conf "$home" >"$home/rabbitmq.conf" && write_rabbitmqctl || return 1
    begin rabbitmq KILL env "${identity[@]}" RUNNING_UNDER_SYSTEMD=true \
        ERL_CRASH_DUMP_BYTES=0 RABBITMQ_DIST_PORT="$dist_port" \
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-start_epmd false -kernel inet_dist_use_interface {127,0,0,1}' \
        RABBITMQ_CONFIG_FILE="$home/rabbitmq.conf" \
        RABBITMQ_CONFIG_FILES="$home/none" RABBITMQ_ADVANCED_CONFIG_FILE="$home/none" \
        RABBITMQ_ENABLED_PLUGINS_FILE="$home/enabled_plugins" RABBITMQ_MNESIA_BASE="$home/data" \
        RABBITMQ_SCHEMA_DIR="$home/schema" RABBITMQ_GENERATED_CONFIG_DIR="$home/generated" \
        RABBITMQ_LOG_BASE="$home/log" RABBITMQ_LOGS=- "$(rabbitmq_program rabbitmq-server)"
}

start_postgres() {
    local bin data=$folder/postgresql
    bin=$(postgres_folder)
    if [[ -z $(ls -A "$data") ]]; then
        (cd "$folder" && env -i PATH="$PATH" LANG=C.UTF-8 setpriv --pdeathsig KILL "${as_postgres[@]}" \
            "$bin/initdb" -D "$data" -U postgres --auth=trust -E UTF8 --locale=C.UTF-8 --no-sync) \
            >"$folder/initdb.log" 2>&1 || return 1
    fi
    begin postgresql QUIT "${as_postgres[@]}" "$bin/postgres" -D "$data" -p "$postgres_port" \
        -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=300
}

# By their own logs: on a port that was taken from us it would be somebody else who answers.
ready() {
    grep -qs 'ready to accept connections' "$folder/postgresql.log" &&
        grep -qs 'Server startup complete' "$folder/rabbitmq.log"
}

any_died() {
    local pid
    for pid in "${!signals[@]}"; do
        if none_alive "$pid"; then return; fi
    done
    return 1
}

settled() {
    any_died || ready
}

start_once() {
    epmd_port=$(free_port) amqp_port=$(free_port) dist_port=$(free_port) postgres_port=$(free_port)
    # PostgreSQL becomes ready while RabbitMQ, the slower one, starts.
    start_epmd && start_rabbitmq && start_postgres && await 90 settled && ! any_died
}

# Another process may take a port between our look and our use, hence three tries.
start_services() {
    local tries=3
    until start_once; do
        if ! any_died || ((--tries == 0)); then
            tail -n 15 "$folder"/*.log >&2
            fail 'PostgreSQL or RabbitMQ did not start, see above'
        fi
        stop_services
    done
}

run() {
    local name user=guest:guest@
    [[ -z $rabbitmq ]] || user='' # where the definitions say who there is, there is no guest
    for name in $(compgen -e PG); do unset "$name"; done # they would lead PostgreSQL's clients elsewhere
    export DATABASE_URL="postgres://postgres@127.0.0.1:$postgres_port/postgres"
    export AMQP_URL="amqp://${user}127.0.0.1:$amqp_port/%2f"
    PATH=$folder/bin:$PATH
    # In the background, as a trap waits for a command in the foreground; with stdin and SIGINT as it would have there.
    (trap - INT QUIT && exec "$@") <&0 9<&- &
    command_pid=$!
    wait "$command_pid"
}

if [[ ${1:-} == --rabbitmq && -n ${2:-} ]]; then
    rabbitmq=$2
    unset DATABASE_URL AMQP_URL
    shift 2
fi
(($# > 0)) || fail 'which command? tests/services.sh COMMAND [ARG...]'
if [[ -n ${DATABASE_URL:-} && -n ${AMQP_URL:-} ]]; then
    [[ $1 == --install ]] || exec "$@"
    exit 0
fi
[[ -z ${DATABASE_URL:-}${AMQP_URL:-} ]] || fail 'give both DATABASE_URL and AMQP_URL, or neither'
install_missing
[[ $1 != --install ]] || exit 0
trap clean_up EXIT
trap 'interrupted 1' HUP
trap 'interrupted 2' INT
trap 'interrupted 15' TERM
make_folder
start_services
run "$@"
