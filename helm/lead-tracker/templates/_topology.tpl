{{/*
The topology in the form of RabbitMQ's definitions, as rabbitmq/definitions.json of the project has it. The operator's
resources are made from the same.
*/}}

{{/* A response window in milliseconds, which its queue's name and time to live count. */}}
{{- define "lead-tracker.milliseconds" -}}
{{- $units := dict "ms" 1 "s" 1000 "min" 60000 "h" 3600000 "days" 86400000 }}
{{- mul (regexFind "^[0-9]+" . | int64) (get $units (regexFind "[a-z]+$" .)) }}
{{- end }}

{{- define "lead-tracker.inboundKeys" -}}
[lead.notified, lead.viewed, lead.responded, lead.closed, freelancer.plan_changed]
{{- end }}

{{- define "lead-tracker.deadLetterArguments" -}}
x-queue-type: quorum
x-dead-letter-exchange: ""
x-dead-letter-routing-key: {{ . | quote }}
x-dead-letter-strategy: at-least-once
# Without it RabbitMQ silently falls back to at most once.
x-overflow: reject-publish
{{- end }}

{{- define "lead-tracker.definitions" -}}
{{- $vhost := .Values.topology.vhost | quote }}
{{- $prefix := printf "%slead-tracker." .Values.broker.prefix }}
{{- $exchange := printf "%shirelocal.leads" .Values.broker.prefix | quote }}
{{- $parked := printf "%sparked" $prefix }}
{{- $expired := printf "%sexpired" $prefix }}
{{- $inbox := printf "%sinbox" $prefix }}
policies:
  - name: {{ printf "%slead-tracker" .Values.broker.prefix | quote }}
    vhost: {{ $vhost }}
    pattern: {{ printf "^%s(inbox|expired|parked|response-window\\.[0-9]+ms)$" (regexQuoteMeta $prefix) | quote }}
    apply-to: queues
    priority: 100
    definition: { queue-leader-locator: balanced }
exchanges:
  - { name: {{ $exchange }}, vhost: {{ $vhost }}, type: topic, durable: true, auto_delete: false, internal: false, arguments: {} }
queues:
  - name: {{ $parked | quote }}
    vhost: {{ $vhost }}
    durable: true
    auto_delete: false
    arguments: { x-queue-type: quorum, x-delivery-limit: 1000000 }
  {{- range list $expired $inbox }}
  - name: {{ . | quote }}
    vhost: {{ $vhost }}
    durable: true
    auto_delete: false
    arguments:
      x-delivery-limit: 20
      {{- include "lead-tracker.deadLetterArguments" $parked | nindent 6 }}
  {{- end }}
  {{- range prepend .Values.topology.otherResponseWindows .Values.responseWindow | uniq }}
  {{- $milliseconds := include "lead-tracker.milliseconds" . }}
  - name: {{ printf "%sresponse-window.%sms" $prefix $milliseconds | quote }}
    vhost: {{ $vhost }}
    durable: true
    auto_delete: false
    arguments:
      x-message-ttl: {{ $milliseconds }}
      {{- include "lead-tracker.deadLetterArguments" $expired | nindent 6 }}
  {{- end }}
bindings:
  {{- range include "lead-tracker.inboundKeys" . | fromYamlArray }}
  - { source: {{ $exchange }}, vhost: {{ $vhost }}, destination: {{ $inbox | quote }}, destination_type: queue, routing_key: {{ . }}, arguments: {} }
  {{- end }}
{{- end }}

{{/* What the service and its people may do: the users `lead-tracker` and `lead-tracker-operator` of the same file. */}}
{{- define "lead-tracker.rights" -}}
{{- $prefix := regexQuoteMeta (printf "%slead-tracker." .Values.broker.prefix) }}
{{- $exchange := regexQuoteMeta (printf "%shirelocal.leads" .Values.broker.prefix) }}
{{- $all := printf "%s(inbox|expired|parked|response-window\\.[0-9]+ms)" $prefix }}
{{- $inbound := "^(lead\\.(notified|viewed|responded|closed)|freelancer\\.plan_changed)$" }}
service:
  tags: []
  configure: "^$"
  write: {{ printf "^(%s|amq\\.default)$" $exchange | quote }}
  read: {{ printf "^%s(inbox|expired|parked)$" $prefix | quote }}
  topics:
    write: {{ "^lead\\.(missed|missed_retracted|responded)$" | quote }}
    read: "^$"
operator:
  tags: [management]
  configure: {{ printf "^(%s|%s)$" $exchange $all | quote }}
  write: {{ printf "^(amq\\.default|%s|%s)$" $exchange $all | quote }}
  read: {{ printf "^(%s|%s)$" $exchange $all | quote }}
  topics:
    write: {{ $inbound | quote }}
    read: {{ $inbound | quote }}
{{- end }}
