{{- define "lead-tracker.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* Cut so that "-self-test" and the other endings still fit into the 63 characters of a label. */}}
{{- define "lead-tracker.fullname" -}}
{{- $name := include "lead-tracker.name" . }}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" }}
{{- else if contains $name .Release.Name }}
{{- .Release.Name | trunc 50 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{/* What all pods of a release have in common. */}}
{{- define "lead-tracker.releaseLabels" -}}
app.kubernetes.io/name: {{ include "lead-tracker.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* The pods that serve, and no others: neither the migration nor the test. */}}
{{- define "lead-tracker.selectorLabels" -}}
{{ include "lead-tracker.releaseLabels" . }}
app.kubernetes.io/component: service
{{- end }}

{{- define "lead-tracker.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{ include "lead-tracker.releaseLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Of a pod, from the root and its component. Without the chart's version: a new chart alone starts nobody anew. */}}
{{- define "lead-tracker.podLabels" -}}
{{ include "lead-tracker.releaseLabels" (first .) }}
app.kubernetes.io/component: {{ last . }}
{{- with (first .).Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "lead-tracker.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "lead-tracker.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "lead-tracker.image" -}}
{{- with .Values.image -}}
{{ .repository }}:{{ default $.Chart.AppVersion .tag }}{{ with .digest }}@{{ . }}{{ end }}
{{- end }}
{{- end }}
