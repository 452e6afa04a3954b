{{- define "sse-kms-operator.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* A Service's name has no dots, no more than 63 characters, and begins with a letter. */}}
{{- define "sse-kms-operator.fullname" -}}
{{- $name := include "sse-kms-operator.name" . }}
{{- $full := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) }}
{{- default $full .Values.fullnameOverride | replace "." "-" | trunc 63 | trimAll "-" }}
{{- end }}

{{/* The full name with a suffix, cut so that the suffix stays: (list . "ca"). */}}
{{- define "sse-kms-operator.fullnameWith" -}}
{{- $suffix := printf "-%s" (index . 1) }}
{{- $length := sub 63 (len $suffix) | int }}
{{- printf "%s%s" (include "sse-kms-operator.fullname" (index . 0) | trunc $length | trimAll "-") $suffix }}
{{- end }}

{{- define "sse-kms-operator.selectorLabels" -}}
app.kubernetes.io/name: {{ include "sse-kms-operator.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "sse-kms-operator.ownLabels" -}}
{{ include "sse-kms-operator.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* Those of every object: its own, and the common ones that are none of these. */}}
{{- define "sse-kms-operator.labels" -}}
{{- $own := include "sse-kms-operator.ownLabels" . }}
{{- $own }}
{{- range $name, $value := default dict .Values.commonLabels }}
{{- if not (hasKey (fromYaml $own) $name | or (eq $name "app.kubernetes.io/component")) }}
{{ $name }}: {{ $value | quote }}
{{- end }}
{{- end }}
{{- end }}

{{/* The replicas that there are at least. */}}
{{- define "sse-kms-operator.leastReplicas" -}}
{{- ternary .Values.autoscaling.minReplicas .Values.replicas .Values.autoscaling.enabled | int }}
{{- end }}

{{- define "sse-kms-operator.flowSubjects" -}}
- kind: ServiceAccount
  serviceAccount:
    name: {{ include "sse-kms-operator.serviceAccountName" . }}
    namespace: {{ .Release.Namespace }}
{{- end }}

{{- define "sse-kms-operator.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "sse-kms-operator.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- required "serviceAccount.name is needed where serviceAccount.create is false" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{/* The name by which the API server knows the operator. */}}
{{- define "sse-kms-operator.username" -}}
{{- printf "system:serviceaccount:%s:%s" .Release.Namespace (include "sse-kms-operator.serviceAccountName" .) }}
{{- end }}

{{- define "sse-kms-operator.image" -}}
{{- $tag := default .Chart.AppVersion .Values.image.tag }}
{{- if .Values.image.digest }}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest }}
{{- else }}
{{- printf "%s:%s" .Values.image.repository $tag }}
{{- end }}
{{- end }}

{{- define "sse-kms-operator.caSecretName" -}}
{{- include "sse-kms-operator.fullnameWith" (list . "ca") }}
{{- end }}

{{/* Never covered: a webhook that blocks these can stop a cluster from recovering. */}}
{{- define "sse-kms-operator.excludedNamespaces" -}}
{{- list "kube-system" .Release.Namespace | uniq | toJson }}
{{- end }}

{{/*
Data keys of files in CEL: (list . "exact") is a list of those that are named whole, (list . "ends" "key") says whether a key
ends as the others do, which `*` begins; empty where there are none. What can't be a ConfigMap's key is refused: it would end up in an expression.
*/}}
{{- define "sse-kms-operator.celFiles" -}}
{{- $what := index . 1 }}
{{- $key := last . }}
{{- $exact := list }}
{{- $ends := list }}
{{- with index . 0 }}
{{- if not .Values.files.core }}
{{- fail "files.core: without a file there is nothing to do" }}
{{- end }}
{{- $files := concat (default list .Values.files.core) (default list .Values.files.hive) (default list .Values.files.other) (default list .Values.files.spark) }}
{{- range $files }}
{{- if not (regexMatch "^[*]?[-._a-zA-Z0-9]{1,253}$" .) }}
{{- fail (printf "files: %q can't be a key of a ConfigMap" .) }}
{{- end }}
{{- if hasPrefix "*" . }}
{{- $ends = append $ends (printf "%s.endsWith('%s')" $key (trimPrefix "*" .)) }}
{{- else }}
{{- $exact = append $exact . }}
{{- end }}
{{- end }}
{{- if ne (len $files) (len (uniq $files)) }}
{{- fail "files: a key stands there twice" }}
{{- end }}
{{- end }}
{{- if eq $what "exact" }}
{{- printf "['%s']" (join "', '" $exact) }}
{{- else }}
{{- join " || " $ends }}
{{- end }}
{{- end }}

{{/* Which pods a topology spread constraint counts where it doesn't say: those of a rollout's new revision alone. */}}
{{- define "sse-kms-operator.spread" -}}
labelSelector:
  matchLabels:
    {{- include "sse-kms-operator.selectorLabels" . | nindent 4 }}
matchLabelKeys: [pod-template-hash]
{{- end }}

{{/* What a NetworkPolicy leaves of the way out; empty where it leaves all. */}}
{{- define "sse-kms-operator.egress" -}}
{{- if .Values.networkPolicy.egress.restricted -}}
egress:
  - ports:
      {{- range .Values.networkPolicy.egress.ports }}
      - port: {{ . }}
        protocol: TCP
      {{- end }}
    {{- with .Values.networkPolicy.egress.cidrs }}
    to:
      {{- range . }}
      - ipBlock:
          cidr: {{ . }}
      {{- end }}
    {{- end }}
  {{- if .Values.networkPolicy.egress.dns }}
  - ports:
      - port: 53
        protocol: UDP
      - port: 53
        protocol: TCP
  {{- end }}
{{- end }}
{{- end }}

{{/*
What `helm test` makes is called so. Helm deletes by its name alone what an earlier run may have left, whoever's it is, and
with a Namespace all that is in it: hence a name that nobody else chooses, and no release beside one that isn't its own.
*/}}
{{- define "sse-kms-operator.selfTestName" -}}
{{- $owner := include "sse-kms-operator.selfTestOwner" . }}
{{- $name := printf "ssekms-self-test-%s" (sha256sum $owner | trunc 8) }}
{{- $found := lookup "v1" "Namespace" "" $name }}
{{- if and $found (ne $owner (dig "metadata" "annotations" "ssekms.io/self-test-of" "" $found)) }}
{{- fail (printf "selfTest.enabled: helm test would delete the namespace %s, which this release has not made" $name) }}
{{- end }}
{{- $name }}
{{- end }}

{{- define "sse-kms-operator.selfTestOwner" -}}
{{- printf "%s/%s" .Release.Namespace (include "sse-kms-operator.fullname" .) }}
{{- end }}

{{/* Of the pod of `helm test`: not those by which the Service finds the operator's. */}}
{{- define "sse-kms-operator.selfTestLabels" -}}
app.kubernetes.io/name: {{ printf "%s-test" (include "sse-kms-operator.name" . | trunc 58 | trimSuffix "-") }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* What `helm test` makes, in this order, and takes away when all went well. */}}
{{- define "sse-kms-operator.testHook" -}}
helm.sh/hook: test
helm.sh/hook-weight: {{ . | quote }}
helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- end }}
