{{- define "sse-kms-operator.metricsName" -}}
{{- include "sse-kms-operator.fullnameWith" (list . "metrics") }}
{{- end }}

{{/* Seconds before its end at which a certificate is overdue. The operator's own are renewed with a third of their life left. */}}
{{- define "sse-kms-operator.overdueSeconds" -}}
{{- $week := 604800 }}
{{- if eq (index . 0).Values.certificates.mode "self-managed" }}
{{- div (index . 1) 6 }}
{{- else }}
{{- $week }}
{{- end }}
{{- end }}
