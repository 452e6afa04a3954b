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
    resources: [configmaps]
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
      {{ include "sse-kms-operator.celFiles" . }}.exists(file,
      (has(object.data) && file in object.data) || (has(object.binaryData) && file in object.binaryData))
  # The last finalizer of one that is being deleted must be able to go; its files count for as long as it is there.
  - name: is-not-being-deleted
    expression: >-
      !has(object.metadata.deletionTimestamp) ||
      object.?data != oldObject.?data || object.?binaryData != oldObject.?binaryData
  # A change of its data would turn an innocent update of a label into an error.
  - name: was-not-immutable
    expression: request.operation == 'CREATE' || !(has(oldObject.immutable) && oldObject.immutable)
{{- end }}
{{- end }}
