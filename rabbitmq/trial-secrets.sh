#!/usr/bin/env bash
# Makes up what compose.yaml keeps secret, once, and writes the addresses and RabbitMQ's definitions that have it in them:
#
#     rabbitmq/trial-secrets.sh FOLDER
#
# POSTGRESQL and RABBITMQ are the hosts, with the ports where these are not the usual ones.
set -euo pipefail

folder=${1:?which folder? rabbitmq/trial-secrets.sh FOLDER}
readonly folder

# What a URL needs no escape for.
make_up() {
    [[ -s $1 ]] || head -c 24 /dev/urandom | base64 | tr '+/' '-_' >"$1"
}

mkdir -p "$folder/rabbitmq"
make_up "$folder/postgresql-password"
make_up "$folder/hs256-secret"
echo "postgres://leads:$(<"$folder/postgresql-password")@${POSTGRESQL:-postgresql}/leads" >"$folder/database-url"
for user in lead-tracker lead-tracker-operator; do
    make_up "$folder/rabbitmq/$user"
    echo "amqp://$user:$(<"$folder/rabbitmq/$user")@${RABBITMQ:-rabbitmq}" >"$folder/amqp-url.$user"
done
"$(dirname "${BASH_SOURCE[0]}")/passwords.sh" "$folder/rabbitmq" >"$folder/definitions.json"
