{{/*
What the schema cannot say: combinations. Each sentence names the values and what to do.
*/}}
{{- define "lead-tracker.check" -}}
{{- include "lead-tracker.checkSecrets" . }}
{{- include "lead-tracker.checkWindows" . }}
{{- include "lead-tracker.checkTopology" . }}
{{- include "lead-tracker.checkScaling" . }}
{{- include "lead-tracker.checkPods" . }}
{{- include "lead-tracker.checkAlerts" . }}
{{- end }}

{{- define "lead-tracker.checkSecrets" -}}
{{- if not (include "lead-tracker.databaseSecret" .) }}
{{- fail (printf "\n\nWhere is PostgreSQL? Name the Secret that has its URL under the key %q: database.existingSecret, or existingSecret for one that has everything." .Values.database.key) }}
{{- end }}
{{- if not (include "lead-tracker.brokerSecret" .) }}
{{- fail (printf "\n\nWhere is RabbitMQ? Name the Secret that has its URL under the key %q: broker.existingSecret, or existingSecret for one that has everything." .Values.broker.key) }}
{{- end }}
{{- if not (or (include "lead-tracker.authSecret" .) .Values.auth.jwksUrl) }}
{{- fail (printf "\n\nHow are tokens verified? Name the Secret that has their key under %q (auth.existingSecret, or existingSecret for one that has everything), or give auth.jwksUrl, where their keys are published." .Values.auth.key) }}
{{- end }}
{{- end }}

{{- define "lead-tracker.checkWindows" -}}
{{- range prepend .Values.topology.otherResponseWindows .Values.responseWindow }}
{{- $milliseconds := include "lead-tracker.milliseconds" . | int64 }}
{{- if or (lt $milliseconds 100) (gt $milliseconds 604800000) }}
{{- fail (printf "\n\nA response window of %s is out of range (responseWindow, topology.otherResponseWindows): accepted is 100ms to 7days." .) }}
{{- end }}
{{- end }}
{{- end }}

{{- define "lead-tracker.checkTopology" -}}
{{- $operator := .Values.topology.operator }}
{{- if eq .Values.topology.mode "operator" }}
{{- if not (or $operator.cluster.name $operator.cluster.connectionSecret) }}
{{- fail "\n\ntopology.mode is operator, but on which broker? Give topology.operator.cluster.name, the RabbitmqCluster, or topology.operator.cluster.connectionSecret for a broker that has no such resource." }}
{{- end }}
{{- if and $operator.cluster.name $operator.cluster.connectionSecret }}
{{- fail "\n\ntopology.operator.cluster has both a name and a connectionSecret: give one of them." }}
{{- end }}
{{- else if or $operator.cluster.name $operator.cluster.connectionSecret $operator.users.service $operator.users.operator }}
{{- fail (printf "\n\ntopology.operator has values, but topology.mode is %s: set the mode to operator, or take the values away." .Values.topology.mode) }}
{{- end }}
{{- if and .Values.topology.otherResponseWindows (has .Values.topology.mode (list "app" "none")) }}
{{- fail (printf "\n\ntopology.otherResponseWindows has no meaning with topology.mode %s: it is for operator and definitions." .Values.topology.mode) }}
{{- end }}
{{- end }}

{{- define "lead-tracker.checkScaling" -}}
{{- $hpa := .Values.autoscaling.hpa }}
{{- $keda := .Values.autoscaling.keda }}
{{- if and $hpa.enabled $keda.enabled }}
{{- fail "\n\nautoscaling.hpa and autoscaling.keda are both enabled, and would work against each other: enable one of them." }}
{{- end }}
{{- range $name, $scaling := .Values.autoscaling }}
{{- if and $scaling.enabled (gt (int $scaling.minReplicas) (int $scaling.maxReplicas)) }}
{{- fail (printf "\n\nautoscaling.%s.minReplicas (%d) is more than maxReplicas (%d)." $name (int $scaling.minReplicas) (int $scaling.maxReplicas)) }}
{{- end }}
{{- end }}
{{- if and $hpa.enabled (not (dig "requests" "cpu" "" (.Values.resources | default dict))) }}
{{- fail "\n\nautoscaling.hpa scales by a percentage of resources.requests.cpu, which is not set: set it, or use autoscaling.keda." }}
{{- end }}
{{- end }}

{{- define "lead-tracker.checkPods" -}}
{{- $least := add .Values.preStopSleepSeconds 20 }}
{{- if lt (int64 .Values.terminationGracePeriodSeconds) $least }}
{{- fail (printf "\n\nterminationGracePeriodSeconds (%d) is too short: the pod sleeps for preStopSleepSeconds (%d) and may then take 20 s to drain. Give at least %d." (int .Values.terminationGracePeriodSeconds) (int .Values.preStopSleepSeconds) $least) }}
{{- end }}
{{- if and .Values.ingress.enabled (not .Values.ingress.hosts) }}
{{- fail "\n\ningress.enabled is true, but ingress.hosts is empty: name the hosts." }}
{{- end }}
{{- $settings := include "lead-tracker.settings" . | fromYaml }}
{{- range .Values.extraEnv }}
{{- $setting := trimSuffix "_FILE" .name }}
{{- if or (hasKey $settings $setting) (has $setting (list "DATABASE_URL" "AMQP_URL" "LEAD_TRACKER_AUTH__HS256_SECRET")) }}
{{- fail (printf "\n\nextraEnv has %s, which this chart sets from its other values: change it there." .name) }}
{{- end }}
{{- end }}
{{- end }}

{{- define "lead-tracker.checkAlerts" -}}
{{- $known := list }}
{{- range $path, $_ := .Files.Glob "alerts/*.yaml" }}
{{- $known = append $known ($.Files.Get $path | fromYaml).alert }}
{{- end }}
{{- range .Values.metrics.prometheusRule.disabledAlerts }}
{{- if not (has . $known) }}
{{- fail (printf "\n\nmetrics.prometheusRule.disabledAlerts has %q, which is no alert; there are %s." . (join ", " (sortAlpha $known))) }}
{{- end }}
{{- end }}
{{- end }}
