{{/* Named templates are global in Helm, so the sub-charts use these templates too, with their own .Chart and .Values. */}}

{{/* (list map "key key ..."): the named keys that are not empty, as YAML. */}}
{{- define "lab.fields" -}}
{{- $map := index . 0 }}
{{- $found := dict }}
{{- range $key := splitList " " (index . 1) }}
{{- with get $map $key }}{{ $_ := set $found $key . }}{{ end }}
{{- end }}
{{- if $found }}{{ toYaml $found }}{{ end }}
{{- end }}

{{/* Fails if a value is set that the real chart uses and this one does not implement: each line of the chart's
not-honoured.txt. */}}
{{- define "lab.refuse" -}}
{{- range $path := splitList "\n" (.Files.Get "not-honoured.txt" | trim) }}
{{- $value := $.Values }}
{{- range $key := splitList "." $path }}
{{- if kindIs "map" $value }}{{ $value = get $value $key }}{{ else }}{{ $value = "" }}{{ end }}
{{- end }}
{{- if $value }}
{{- fail (printf "The lab's stand-in of the chart %s does not implement the value %s, which the real chart uses: remove it, or use the real chart in the lab (LAB_CHART=<directory or .tgz>)." $.Chart.Name $path) }}
{{- end }}
{{- end }}
{{- end }}

{{- define "lab.name" -}}
{{ default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "lab.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride }}
{{- $full := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) }}
{{- default $full .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "lab.namespace" -}}
{{ default .Release.Namespace .Values.namespaceOverride }}
{{- end }}

{{- define "lab.selector" -}}
app.kubernetes.io/name: {{ include "lab.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "lab.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{ include "lab.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "lab.serviceAccountName" -}}
{{ default (ternary (include "lab.fullname" .) "default" .Values.serviceAccount.create) .Values.serviceAccount.name }}
{{- end }}

{{/* (list of pull secrets): a pod's imagePullSecrets. Each pull secret is a name or a {name: ...} map. */}}
{{- define "lab.pullSecrets" -}}
{{- with . }}
imagePullSecrets:
{{- range . }}
  - name: {{ if kindIs "map" . }}{{ .name }}{{ else }}{{ . }}{{ end }}
{{- end }}
{{- end }}
{{- end }}

{{/* (list extraSecretMounts): the volumes of these mounts. "lab.mounts" makes the mounts from the same list. */}}
{{- define "lab.secretVolumes" -}}
{{- range . }}
- name: {{ .name }}
  secret:
    secretName: {{ .secretName }}
    {{- with .optional }}
    optional: {{ . }}
    {{- end }}
{{- end }}
{{- end }}

{{- define "lab.mounts" -}}
{{- range . }}
- {{ include "lab.fields" (list . "name mountPath subPath readOnly") | nindent 2 | trim }}
{{- end }}
{{- end }}

{{/* (map): the command line arguments --key=value, or --key for a key without a value. */}}
{{- define "lab.args" -}}
{{- range $key, $value := . }}
- --{{ $key }}{{ if not (or (kindIs "invalid" $value) (eq (toString $value) "")) }}={{ $value }}{{ end }}
{{- end }}
{{- end }}

{{/* (class): the storageClassName of a claim. "-" means the empty class. Without a class, the key is left out. */}}
{{- define "lab.storageClass" -}}
{{- with . }}
storageClassName: {{ ternary "" . (eq . "-") | quote }}
{{- end }}
{{- end }}
