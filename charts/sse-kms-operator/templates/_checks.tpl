{{/* What the schema can't refuse, since it looks at one value at a time. */}}
{{- define "sse-kms-operator.checks" -}}
{{- $name := include "sse-kms-operator.fullname" . }}
{{- if not (regexMatch "^[a-z]" $name) }}
{{- fail (printf "fullnameOverride: a Service can't be called %q; it has to begin with a letter" $name) }}
{{- end }}
{{- include "sse-kms-operator.checkPorts" . }}
{{- include "sse-kms-operator.checkLifetimes" . }}
{{- if lt (int .Values.autoscaling.maxReplicas) (int .Values.autoscaling.minReplicas) }}
{{- fail "autoscaling.maxReplicas: not less than minReplicas" }}
{{- end }}
{{- if and (include "sse-kms-operator.givenCaBundle" .) (not .Values.certificates.provided.writeCaBundle) }}
{{- fail "certificates.provided.caBundle: nobody writes it where certificates.provided.writeCaBundle is false" }}
{{- end }}
{{- end }}

{{- define "sse-kms-operator.checkPorts" -}}
{{- $ports := dict "webhook.port" .Values.webhook.port "probes.port" .Values.probes.port }}
{{- if .Values.metrics.enabled }}
{{- $_ := set $ports "metrics.port" .Values.metrics.port }}
{{- end }}
{{- $taken := dict }}
{{- range $path, $port := $ports }}
{{- $number := int $port | toString }}
{{- if hasKey $taken $number }}
{{- fail (printf "%s: %s is the port of %s, too" $path $number (get $taken $number)) }}
{{- end }}
{{- if and $.Values.hostNetwork (eq $number "10250") }}
{{- fail (printf "%s: on the nodes' network (hostNetwork) 10250 is the kubelet's; choose another" $path) }}
{{- end }}
{{- $_ := set $taken $number $path }}
{{- end }}
{{- end }}

{{- define "sse-kms-operator.checkLifetimes" -}}
{{- $mode := include "sse-kms-operator.certificateMode" . }}
{{- if eq $mode "self-managed" }}
{{- if ge (int64 .Values.certificates.selfManaged.leafLifetimeSeconds) (int64 .Values.certificates.selfManaged.caLifetimeSeconds) }}
{{- fail "certificates.selfManaged.leafLifetimeSeconds: no certificate outlives its CA; less than caLifetimeSeconds" }}
{{- end }}
{{- else if eq $mode "cert-manager" }}
{{- /* What cert-manager itself would refuse, after the installation. */}}
{{- $duration := include "sse-kms-operator.seconds" .Values.certificates.certManager.duration | int64 }}
{{- $renewBefore := include "sse-kms-operator.seconds" .Values.certificates.certManager.renewBefore | int64 }}
{{- if lt $duration 3600 }}
{{- fail "certificates.certManager.duration: cert-manager wants an hour at least" }}
{{- end }}
{{- if lt $renewBefore 300 }}
{{- fail "certificates.certManager.renewBefore: cert-manager wants five minutes at least" }}
{{- end }}
{{- if ge $renewBefore $duration }}
{{- fail "certificates.certManager.renewBefore: less than the duration" }}
{{- end }}
{{- end }}
{{- end }}

{{/* The seconds of a duration such as 2160h30m10s. */}}
{{- define "sse-kms-operator.seconds" -}}
{{- $hours := regexFind "[0-9]+h" . | trimSuffix "h" | int64 }}
{{- $minutes := regexFind "[0-9]+m" . | trimSuffix "m" | int64 }}
{{- $seconds := regexFind "[0-9]+s" . | trimSuffix "s" | int64 }}
{{- add (mul $hours 3600) (mul $minutes 60) $seconds }}
{{- end }}
