{{/*
What both entries have in common: (list . "/mutate"). No caBundle: the operator writes it, and one set here would be
written over it by each upgrade. The names of entries and conditions never change: by name they are told apart.
*/}}
{{- define "sse-kms-operator.webhookEntry" -}}
{{- $path := index . 1 }}
{{- with index . 0 -}}
admissionReviewVersions: [v1]
clientConfig:
  service:
    name: {{ include "sse-kms-operator.fullname" . }}
    namespace: {{ .Release.Namespace }}
    port: {{ .Values.webhook.servicePort }}
    path: {{ $path }}
failurePolicy: {{ .Values.webhook.failurePolicy }}
timeoutSeconds: {{ .Values.webhook.timeoutSeconds }}
sideEffects: None
rules:
  - apiGroups: [""]
    apiVersions: [v1]
    resources: {{ ternary (list "configmaps" "secrets") (list "configmaps") .Values.secrets.enabled | toJson }}
    operations: [CREATE, UPDATE]
    scope: Namespaced
namespaceSelector:
  {{- with .Values.webhook.namespaceSelector.matchLabels }}
  matchLabels:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  matchExpressions:
    - key: kubernetes.io/metadata.name
      operator: NotIn
      values: {{ include "sse-kms-operator.excludedNamespaces" . }}
    {{- with .Values.webhook.namespaceSelector.matchExpressions }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
matchConditions:
  # Leader election and the like write ConfigMaps all the time; none of our business.
  - name: holds-hadoop-file
    expression: >-
      {{ include "sse-kms-operator.celFiles" (list . "exact") }}.exists(file,
      (has(object.data) && file in object.data) || (has(object.binaryData) && file in object.binaryData))
      {{- with include "sse-kms-operator.celFiles" (list . "ends" "key") }}
      || {{ include "sse-kms-operator.celHoldsKey" (list "object.data" .) }}
      || {{ include "sse-kms-operator.celHoldsKey" (list "object.binaryData" .) }}
      {{- end }}
      {{- if .Values.files.byContent }}
      || {{ include "sse-kms-operator.celHoldsContent" . | nindent 6 | trim }}
      {{- end }}
  # The finalizers of one that is being deleted must be able to go, also while no replica answers. Pods can mount it for as
  # long as it is there, so that a change of its data counts, and the operator repairs it: its patch changes nothing by itself.
  - name: is-not-being-deleted
    expression: >-
      !has(object.metadata.deletionTimestamp) ||
      request.userInfo.username == '{{ include "sse-kms-operator.username" . }}' ||
      object.?data != oldObject.?data || object.?binaryData != oldObject.?binaryData
  # A change of its data would turn an innocent update of a label into an error.
  - name: was-not-immutable
    expression: request.operation == 'CREATE' || !(has(oldObject.immutable) && oldObject.immutable)
  {{- if eq $path "/validate" }}
  # An update that leaves every value as it is makes nothing worse, and the mutating webhook has said what there is to say.
  - name: changes-a-value
    expression: >-
      request.operation == 'CREATE' || object.?data != oldObject.?data || object.?binaryData != oldObject.?binaryData
  {{- end }}
{{- end }}
{{- end }}
{{/*
True in CEL where a field holds a key of which an expression is true: (list "object.data" "key.endsWith('x')"). CEL stops at
a limit after some ten thousand keys: with very many the webhook is asked in any case.
*/}}
{{- define "sse-kms-operator.celHoldsKey" -}}
{{- $field := index . 0 -}}
(has({{ $field }}) && ({{ $field }}.size() > 2000 || {{ $field }}.exists(key, {{ index . 1 }})))
{{- end }}
{{/*
True in CEL where some value holds what may be a Hadoop configuration, also in UTF-16: <configura or :configura, or what
base64 makes of configur at each of its three places. CEL counts pieces of more than ten characters twice, and stops at a
limit, as it does after some tens of thousands of keys: then the webhook is asked in any case. In base64 < and : would take
twelve pieces instead of six, and 1.4 million characters times 0.1 times twelve is beyond that limit, which is a million.
*/}}
{{- define "sse-kms-operator.celHoldsContent" -}}
{{- $most := 2000 }}
{{- $base64 := list "Y29uZmlndX" "NvbmZpZ3Vy" "jb25maWd1c" "YwBvAG4AZg" "MAbwBuAGYA" "jAG8AbgBmA" }}
{{- $text := list "<configura" ":configura" "c\\x00o\\x00n\\x00f\\x00" }}
{{- $inText := list }}{{ range $text }}{{ $inText = append $inText (printf "object.data[key].contains('%s')" .) }}{{ end }}
{{- $inData := list }}{{ range $base64 }}{{ $inData = append $inData (printf "object.data[key].contains('%s')" .) }}{{ end }}
{{- $inBinary := list }}{{ range $base64 }}{{ $inBinary = append $inBinary (printf "object.binaryData[key].contains('%s')" .) }}{{ end -}}
(has(object.data) && (object.data.size() > {{ $most }} || object.data.exists(key,
{{ if .Values.secrets.enabled }}request.resource.resource == 'secrets' ? ({{ join " || " $inData }}) :
{{ end }}({{ join " || " $inText }})))) ||
(has(object.binaryData) && (object.binaryData.size() > {{ $most }} || object.binaryData.exists(key,
{{ join " || " $inBinary }})))
{{- end }}
