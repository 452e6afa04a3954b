{{- define "sse-kms-operator.metricsName" -}}
{{- include "sse-kms-operator.fullnameWith" (list . "metrics") }}
{{- end }}

{{/*
Seconds before its end at which a certificate is overdue: (list . lifetime). The operator renews its own with a third of
their life left, and this is a sixth; cert-manager renews with renewBefore left, and this is a third of that.
*/}}
{{- define "sse-kms-operator.overdueSeconds" -}}
{{- $lifetime := index . 1 }}
{{- with index . 0 -}}
{{- if eq .Values.certificates.mode "self-managed" }}
{{- div $lifetime 6 }}
{{- else if eq .Values.certificates.mode "cert-manager" }}
{{- div (include "sse-kms-operator.seconds" .Values.certificates.certManager.renewBefore) 3 }}
{{- else }}
{{- .Values.certificates.provided.alertBeforeSeconds | int64 }}
{{- end }}
{{- end }}
{{- end }}
