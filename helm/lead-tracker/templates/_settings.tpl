{{/* The settings that are no secrets, as variables. */}}
{{- define "lead-tracker.settings" -}}
LEAD_TRACKER_HTTP__ADDRESS: {{ printf "%s:3000" .Values.listenAddress | quote }}
LEAD_TRACKER_RESPONSE_WINDOW: {{ .Values.responseWindow | quote }}
LEAD_TRACKER_SWEEP__INTERVAL: {{ .Values.sweep.interval | quote }}
LEAD_TRACKER_SWEEP__GRACE: {{ .Values.sweep.grace | quote }}
LEAD_TRACKER_UPGRADE_URL: {{ .Values.upgradeUrl | quote }}
LEAD_TRACKER_SIGN_IN_URL: {{ .Values.signInUrl | quote }}
LEAD_TRACKER_DATABASE__MIGRATE: {{ eq .Values.database.migration.mode "start" | quote }}
LEAD_TRACKER_DATABASE__POOL_SIZE: {{ .Values.database.poolSize | quote }}
LEAD_TRACKER_BROKER__DECLARE: {{ eq .Values.topology.mode "app" | quote }}
{{- with .Values.broker.prefix }}
LEAD_TRACKER_BROKER__PREFIX: {{ . | quote }}
{{- end }}
{{- with .Values.auth.jwksUrl }}
LEAD_TRACKER_AUTH__JWKS_URL: {{ . | quote }}
{{- end }}
{{- with .Values.auth.issuer }}
LEAD_TRACKER_AUTH__ISSUER: {{ . | quote }}
{{- end }}
{{- with .Values.auth.audience }}
LEAD_TRACKER_AUTH__AUDIENCE: {{ . | quote }}
{{- end }}
{{- if .Values.auth.allowTrialTokens }}
LEAD_TRACKER_AUTH__ALLOW_TRIAL_TOKENS: "true"
{{- end }}
{{ include "lead-tracker.logSettings" . }}
{{- end }}

{{- define "lead-tracker.logSettings" -}}
LEAD_TRACKER_LOG__FORMAT: {{ .Values.log.format | quote }}
RUST_LOG: {{ .Values.log.level | quote }}
{{- end }}

{{/* The Secret of a part: its own, or the one for all. */}}
{{- define "lead-tracker.databaseSecret" -}}
{{- default .Values.existingSecret .Values.database.existingSecret }}
{{- end }}

{{- define "lead-tracker.brokerSecret" -}}
{{- default .Values.existingSecret .Values.broker.existingSecret }}
{{- end }}

{{/* Who publishes keys and says nothing of a shared secret has none. */}}
{{- define "lead-tracker.authSecret" -}}
{{- default (ternary "" .Values.existingSecret (not (empty .Values.auth.jwksUrl))) .Values.auth.existingSecret }}
{{- end }}
