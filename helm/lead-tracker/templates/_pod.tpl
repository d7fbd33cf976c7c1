{{/*
What the pods of the service, of its migration and of its test have in common.
*/}}
{{- define "lead-tracker.podDefaults" -}}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with .Values.podSecurityContext }}
securityContext:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end }}

{{- define "lead-tracker.containerDefaults" -}}
image: {{ include "lead-tracker.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
{{- /* A wrong setting ends the start with one line: the pod's status shows it. */}}
terminationMessagePolicy: FallbackToLogsOnError
{{- with .Values.securityContext }}
securityContext:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.resources }}
resources:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Of a dictionary of files, each with a Secret's name and key: the variables that name the files. */}}
{{- define "lead-tracker.secretVariables" -}}
{{- range $variable, $file := dict "DATABASE_URL" "database-url" "AMQP_URL" "amqp-url" "LEAD_TRACKER_AUTH__HS256_SECRET" "hs256-secret" }}
{{- if (get (index $.secrets $file) "name") }}
- name: {{ $variable }}_FILE
  value: /etc/lead-tracker/{{ $file }}
{{- end }}
{{- end }}
{{- end }}

{{/*
One folder, without subPath: what is mounted so is never brought up to date.
*/}}
{{- define "lead-tracker.secretVolume" -}}
- name: secrets
  projected:
    defaultMode: 288 {{- /* 0440, which YAML 1.2 would read as 440 */}}
    sources:
      {{- range $file, $secret := .secrets }}
      {{- if $secret.name }}
      - secret:
          name: {{ $secret.name }}
          items:
            - key: {{ $secret.key }}
              path: {{ $file }}
      {{- end }}
      {{- end }}
{{- end }}

{{- define "lead-tracker.secretMount" -}}
- name: secrets
  mountPath: /etc/lead-tracker
  readOnly: true
{{- end }}

{{/* The authorities' certificates, which the URLs may name. */}}
{{- define "lead-tracker.certificates" -}}
{{- with .Values.database.ca }}
database-ca.crt: { name: {{ .existingSecret | quote }}, key: {{ .key | quote }} }
{{- end }}
{{- with .Values.broker.ca }}
broker-ca.crt: { name: {{ .existingSecret | quote }}, key: {{ .key | quote }} }
{{- end }}
{{- end }}

{{- define "lead-tracker.serviceSecrets" -}}
database-url: { name: {{ include "lead-tracker.databaseSecret" . | quote }}, key: {{ .Values.database.key | quote }} }
amqp-url: { name: {{ include "lead-tracker.brokerSecret" . | quote }}, key: {{ .Values.broker.key | quote }} }
hs256-secret: { name: {{ include "lead-tracker.authSecret" . | quote }}, key: {{ .Values.auth.key | quote }} }
{{ include "lead-tracker.certificates" . }}
{{- end }}

{{- define "lead-tracker.migrationSecrets" -}}
{{- $own := .Values.database.migration }}
database-url:
  name: {{ default (include "lead-tracker.databaseSecret" .) $own.existingSecret | quote }}
  key: {{ ternary $own.key .Values.database.key (not (empty $own.existingSecret)) | quote }}
amqp-url: {}
hs256-secret: {}
{{ include "lead-tracker.certificates" . }}
{{- end }}

{{- define "lead-tracker.selfTestSecrets" -}}
{{- $database := .Values.selfTest.database }}
{{- $broker := .Values.selfTest.broker }}
database-url:
  name: {{ default (include "lead-tracker.databaseSecret" .) $database.existingSecret | quote }}
  key: {{ ternary $database.key .Values.database.key (not (empty $database.existingSecret)) | quote }}
amqp-url:
  name: {{ default (include "lead-tracker.brokerSecret" .) $broker.existingSecret | quote }}
  key: {{ ternary $broker.key .Values.broker.key (not (empty $broker.existingSecret)) | quote }}
hs256-secret: {}
{{ include "lead-tracker.certificates" . }}
{{- end }}
