{{- define "server.namespace" -}}
{{ default .Release.Namespace .Values.forceNamespace }}
{{- end }}

{{- define "server.fullname" -}}
{{ default (printf "%s-%s" (include "lab.fullname" .) .Values.server.name) .Values.server.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "server.selector" -}}
app.kubernetes.io/component: {{ .Values.server.name }}
{{ include "lab.selector" . }}
{{- end }}

{{- define "server.labels" -}}
{{ include "server.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
app.kubernetes.io/part-of: {{ include "lab.name" . }}
{{- with .Values.commonMetaLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "server.metadata" -}}
name: {{ include "server.fullname" . }}
namespace: {{ include "server.namespace" . }}
labels: {{- include "server.labels" . | nindent 2 }}
{{- end }}

{{- define "server.serviceAccountName" -}}
{{- with .Values.serviceAccounts.server }}
{{- default (ternary (include "server.fullname" $) "default" .create) .name }}
{{- end }}
{{- end }}

{{/* (list image default-tag): the image's name, with its digest if there is one, and otherwise with its tag. */}}
{{- define "server.image" -}}
{{- with index . 0 }}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ index $ 1 }}{{ end }}
{{- end }}
{{- end }}

{{/* (list root path): the request of a probe of the server. */}}
{{- define "server.probe" -}}
{{- $root := index . 0 }}
{{- with $root.Values.server }}
{{- if .tcpSocketProbeEnabled }}
tcpSocket:
  port: 9090
{{- else }}
httpGet:
  path: {{ .prefixURL }}{{ index $ 1 }}
  port: 9090
  scheme: {{ .probeScheme }}
  {{- with .probeHeaders }}
  httpHeaders: {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "server.tag" -}}
{{- with .Values.server.image }}
{{- tpl (default $.Chart.AppVersion .tag) $ }}{{ if .distroless }}-distroless{{ end }}
{{- end }}
{{- end }}

{{/* The sidecar that makes the server reload its configuration after a change. */}}
{{- define "server.reloader" -}}
{{- with .Values.configmapReload.prometheus -}}
- name: {{ include "lab.name" $ }}-{{ $.Values.server.name }}-{{ .name }}
  image: {{ include "server.image" (list .image .image.tag) | quote }}
  imagePullPolicy: {{ .image.pullPolicy }}
  args:
    - --watched-dir=/etc/config
    {{- range .extraVolumeDirs }}
    - --watched-dir={{ . }}
    {{- end }}
    - --listen-address=0.0.0.0:{{ .containerPort }}
    - --reload-url={{ default (printf "http://127.0.0.1:9090%s/-/reload" $.Values.server.prefixURL) $.Values.configmapReload.reloadUrl }}
    {{- include "lab.args" .extraArgs | nindent 4 }}
  {{- with $.Values.configmapReload.env }}
  env: {{- toYaml . | nindent 4 }}
  {{- end }}
  ports:
    - name: {{ .containerPortName }}
      containerPort: {{ .containerPort }}
  {{- include "lab.fields" (list $.Values.configmapReload.prometheus "livenessProbe readinessProbe resources") | nindent 2 }}
  {{- with .containerSecurityContext }}
  securityContext: {{- toYaml . | nindent 4 }}
  {{- end }}
  volumeMounts:
    - name: config-volume
      mountPath: /etc/config
      readOnly: true
    {{- include "lab.mounts" .extraConfigmapMounts | nindent 4 }}
    {{- with .extraVolumeMounts }}{{ toYaml . | nindent 4 }}{{ end }}
{{- end }}
{{- end }}
