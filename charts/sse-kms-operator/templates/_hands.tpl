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
True in CEL where an update changes nothing in a field but the values of Hadoop files: (list . "data" "text"). Equal maps
are compared at once; going through their keys takes seconds where there are tens of thousands.
*/}}
{{- define "sse-kms-operator.celOnlyFiles" -}}
{{- $field := index . 1 }}
{{- $new := printf "variables.%s" $field }}
{{- $old := printf "variables.old%s%s" (substr 0 1 $field | upper) (substr 1 (len $field) $field) }}
{{- $encoding := index . 2 }}
{{- with index . 0 -}}
request.operation != 'UPDATE' || {{ $new }} == {{ $old }} ||
({{ $new }}.size() == {{ $old }}.size() && {{ $new }}.all(key, key in {{ $old }}
&& (key in variables.files || {{ $new }}[key] == {{ $old }}[key]
{{- with include "sse-kms-operator.celFiles" (list . "ends" "key") }}
|| {{ . }}
{{- end }}
{{- if .Values.files.byContent }}
|| ({{ include "sse-kms-operator.celContent" (list (printf "%s[key]" $old) $encoding) }}
&& {{ include "sse-kms-operator.celContent" (list (printf "%s[key]" $new) $encoding) }})
{{- end }})))
{{- end }}
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
