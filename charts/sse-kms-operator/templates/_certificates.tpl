{{/* Where the webhook's certificate comes from; docs/certificates.md says what each mode means. */}}
{{- define "sse-kms-operator.certificateMode" -}}
{{- $mode := .Values.certificates.mode }}
{{- if not (has $mode (list "self-managed" "cert-manager" "provided")) }}
{{- fail (printf "certificates.mode: %q is none of self-managed, cert-manager, provided" $mode) }}
{{- end }}
{{- if and (eq $mode "provided") (not .Values.certificates.provided.secretName) }}
{{- fail "certificates.provided.secretName is needed where certificates.mode is provided" }}
{{- end }}
{{- $mode }}
{{- end }}

{{/* The Secret in which the pods find tls.crt and tls.key. */}}
{{- define "sse-kms-operator.tlsSecretName" -}}
{{- if eq (include "sse-kms-operator.certificateMode" .) "provided" }}
{{- .Values.certificates.provided.secretName }}
{{- else }}
{{- include "sse-kms-operator.fullnameWith" (list . "tls") }}
{{- end }}
{{- end }}

{{- define "sse-kms-operator.certificateArgs" -}}
{{- $mode := include "sse-kms-operator.certificateMode" . -}}
- --certificate-mode={{ $mode }}
{{- if eq $mode "self-managed" }}
- --ca-secret={{ include "sse-kms-operator.caSecretName" . }}
- --ca-lifetime-seconds={{ .Values.certificates.selfManaged.caLifetimeSeconds | int64 }}
- --leaf-lifetime-seconds={{ .Values.certificates.selfManaged.leafLifetimeSeconds | int64 }}
{{- else }}
- --certificate-folder=/certificates
{{- end }}
{{- end }}

{{- define "sse-kms-operator.certificateMounts" -}}
{{- if ne (include "sse-kms-operator.certificateMode" .) "self-managed" -}}
volumeMounts:
  - name: certificates
    mountPath: /certificates
    readOnly: true
{{- end }}
{{- end }}

{{/* As a volume: to read a Secret that way takes no right of the ServiceAccount's. No subPath, which would never change. */}}
{{- define "sse-kms-operator.certificateVolumes" -}}
{{- if ne (include "sse-kms-operator.certificateMode" .) "self-managed" -}}
volumes:
  - name: certificates
    projected:
      sources:
        - secret:
            name: {{ include "sse-kms-operator.tlsSecretName" . }}
            {{- $given := include "sse-kms-operator.givenCaBundle" . }}
            {{- $provided := eq (include "sse-kms-operator.certificateMode" .) "provided" }}
            {{- if or $given (and $provided (not .Values.certificates.provided.writeCaBundle)) }}
            items:
              - key: tls.crt
                path: tls.crt
              - key: tls.key
                path: tls.key
            {{- end }}
        {{- if $given }}
        - configMap:
            name: {{ include "sse-kms-operator.fullnameWith" (list . "ca") }}
            items:
              - key: ca.crt
                path: ca.crt
        {{- end }}
{{- end }}
{{- end }}

{{/* "true" where the operator writes the caBundle, and needs the right to: not without a CA in its files. */}}
{{- define "sse-kms-operator.writesCaBundle" -}}
{{- $mode := include "sse-kms-operator.certificateMode" . }}
{{- if or (eq $mode "self-managed") (and (eq $mode "provided") .Values.certificates.provided.writeCaBundle) -}}
true
{{- end }}
{{- end }}

{{/* PEM, where values and not the Secret say which CA is to be trusted. */}}
{{- define "sse-kms-operator.givenCaBundle" -}}
{{- if eq (include "sse-kms-operator.certificateMode" .) "provided" }}
{{- .Values.certificates.provided.caBundle }}
{{- end }}
{{- end }}

{{/*
Who writes the caBundle of the configurations: replicas of another mode leave off, so that nobody fights while the mode
changes. (cainjector goes by an annotation of its own.)
*/}}
{{- define "sse-kms-operator.certificateAnnotations" -}}
{{- $mode := include "sse-kms-operator.certificateMode" . -}}
ssekms.io/ca-bundle-writer: {{ $mode }}
{{- if eq $mode "cert-manager" }}
cert-manager.io/inject-ca-from: {{ .Release.Namespace }}/{{ include "sse-kms-operator.fullnameWith" (list . "tls") }}
{{- end }}
{{- end }}
