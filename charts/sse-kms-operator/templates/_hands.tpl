{{/*
What the operator's own hands may do to ConfigMaps and Secrets, in the ValidatingAdmissionPolicies on its ServiceAccount.
*/}}

{{/* True in CEL where the value of a field holds what may be a Hadoop configuration: (list "object.data[key]" "text"). */}}
{{- define "sse-kms-operator.celContent" -}}
{{- $value := index . 0 }}
{{- $marks := ternary (list "<configura" ":configura") (list "Y29uZmlndX" "NvbmZpZ3Vy" "jb25maWd1c") (eq (index . 1) "text") }}
{{- $found := list }}
{{- range $marks }}
{{- $found = append $found (printf "%s.contains('%s')" $value .) }}
{{- end }}
{{- printf "(%s)" (join " || " $found) }}
{{- end }}

{{/*
The most keys in a field of an object that the operator may change: src/core/plan/many-keys.ts says why, and the same number.
*/}}
{{- define "sse-kms-operator.mostKeys" -}}
10000
{{- end }}

{{/* The variables of a field of ConfigMaps or Secrets, in the ValidatingAdmissionPolicies: "binaryData". */}}
{{- define "sse-kms-operator.celFieldVariables" -}}
{{- $Field := printf "%s%s" (substr 0 1 . | upper) (substr 1 (len .) .) -}}
- name: {{ . }}
  expression: "has(object.{{ . }}) ? object.{{ . }} : {}"
- name: old{{ $Field }}
  expression: "has(oldObject.{{ . }}) ? oldObject.{{ . }} : {}"
- name: changes{{ $Field }}
  expression: request.operation == 'UPDATE' && variables.{{ . }} != variables.old{{ $Field }}
- name: filesIn{{ $Field }}
  expression: variables.files.filter(file, file in variables.old{{ $Field }})
{{- end }}

{{/*
True in CEL where an update changes nothing in a field but the values of Hadoop files: (list . "data" "text"). `map` where
`all` would do: it, too, takes time that grows with the square of the keys, but a fifth of it.
*/}}
{{- define "sse-kms-operator.celOnlyFiles" -}}
{{- $field := index . 1 }}
{{- $Field := printf "%s%s" (substr 0 1 $field | upper) (substr 1 (len $field) $field) }}
{{- $new := printf "variables.%s" $field }}
{{- $old := printf "variables.old%s" $Field }}
{{- $encoding := index . 2 }}
{{- with index . 0 -}}
!variables.changes{{ $Field }} || {{ $new }}.size() > {{ include "sse-kms-operator.mostKeys" . }} ||
({{ $new }}.size() == {{ $old }}.size() && !(false in {{ $new }}.map(key,
{{ $new }}[?key] == {{ $old }}[?key] || key in variables.filesIn{{ $Field }}
{{- with include "sse-kms-operator.celFiles" (list . "ends" "key") }}
|| (key in {{ $old }} && ({{ . }}))
{{- end }}
{{- if .Values.files.byContent }}
|| (key in {{ $old }} && {{ include "sse-kms-operator.celContent" (list (printf "%s[key]" $old) $encoding) }}
&& {{ include "sse-kms-operator.celContent" (list (printf "%s[key]" $new) $encoding) }})
{{- end }})))
{{- end }}
{{- end }}

{{/* True in CEL where a field that an update changes has no more keys than can be compared: (list . "data"). */}}
{{- define "sse-kms-operator.celFewKeys" -}}
{{- $field := index . 1 -}}
!variables.changes{{ substr 0 1 $field | upper }}{{ substr 1 (len $field) $field }} || variables.{{ $field }}.size() <= {{ include "sse-kms-operator.mostKeys" (index . 0) }}
{{- end }}

{{/* What is not to be changed besides values: (list . "ConfigMaps" "true"), the last where it doesn't apply. */}}
{{- define "sse-kms-operator.handsOffTheRest" -}}
{{- $plural := index . 1 }}
{{- $unless := index . 2 -}}
- expression: >-
    {{ $unless }} || object.?immutable == oldObject.?immutable
  message: the operator doesn't make {{ $plural }} immutable
- expression: >-
    {{ $unless }} ||
    (object.metadata.?labels == oldObject.metadata.?labels
    && object.metadata.?annotations == oldObject.metadata.?annotations
    && object.metadata.?ownerReferences == oldObject.metadata.?ownerReferences
    && object.metadata.?finalizers == oldObject.metadata.?finalizers
    && object.metadata.?generateName == oldObject.metadata.?generateName)
  message: the operator doesn't change the metadata of {{ $plural }}; perhaps another mutating webhook did
# What the webhook edits keeps its owner; whatever the operator itself would write becomes its own, under its own name:
# as stored, a write under the owner's in the second of its last one looks the same. That API servers tell the two apart
# all the same is nowhere promised.
- expression: >-
    {{ $unless }} || request.options.?fieldManager.orValue('') == 'sse-kms-operator'
  message: the operator writes to {{ $plural }} as the field manager sse-kms-operator alone
- expression: >-
    {{ $unless }} || object.metadata.?managedFields == oldObject.metadata.?managedFields
  message: the operator doesn't write into {{ $plural }} itself, and takes no field from its owner
{{- end }}
