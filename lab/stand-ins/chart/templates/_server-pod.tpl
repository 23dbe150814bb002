{{/* The name of the volume with the server's samples. In a StatefulSet it is the name of the claim template. */}}
{{- define "server.storageName" -}}
{{- with .Values.server -}}
{{ ternary (default "storage-volume" .persistentVolume.statefulSetNameOverride) "storage-volume" (and .statefulSet.enabled .persistentVolume.enabled) }}
{{- end }}
{{- end }}

{{/* The pod of the server, for its Deployment and its StatefulSet. */}}
{{- define "server.pod" -}}
metadata:
  labels:
    {{- include "server.labels" . | nindent 4 }}
    {{- with .Values.server.podLabels }}{{ toYaml . | nindent 4 }}{{ end }}
  {{- with .Values.server.podAnnotations }}
  annotations: {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  serviceAccountName: {{ include "server.serviceAccountName" . }}
  enableServiceLinks: {{ .Values.server.enableServiceLinks }}
  {{- if hasKey .Values.server "automountServiceAccountToken" }}
  automountServiceAccountToken: {{ .Values.server.automountServiceAccountToken }}
  {{- end }}
  {{- include "lab.pullSecrets" .Values.imagePullSecrets | nindent 2 }}
  {{- include "lab.fields" (list .Values.server "affinity dnsConfig dnsPolicy hostAliases nodeSelector priorityClassName runtimeClassName schedulerName securityContext terminationGracePeriodSeconds tolerations topologySpreadConstraints") | nindent 2 }}
  {{- with .Values.server.extraInitContainers }}
  initContainers: {{- toYaml . | nindent 4 }}
  {{- end }}
  containers:
    {{- if .Values.configmapReload.prometheus.enabled }}
    {{- include "server.reloader" . | nindent 4 }}
    {{- end }}
    - name: {{ include "lab.name" . }}-{{ .Values.server.name }}
      image: {{ include "server.image" (list .Values.server.image (include "server.tag" .)) | quote }}
      imagePullPolicy: {{ .Values.server.image.pullPolicy }}
      args:
        {{- with .Values.server.retention }}
        - --storage.tsdb.retention.time={{ . }}
        {{- end }}
        {{- with .Values.server.retentionSize }}
        - --storage.tsdb.retention.size={{ . }}
        {{- end }}
        - --config.file={{ .Values.server.configPath }}
        - --storage.tsdb.path={{ default .Values.server.persistentVolume.mountPath .Values.server.storagePath }}
        - --web.console.libraries=/etc/prometheus/console_libraries
        - --web.console.templates=/etc/prometheus/consoles
        {{- range .Values.server.extraFlags }}
        - --{{ . }}
        {{- end }}
        {{- with .Values.server.prefixURL }}
        - --web.route-prefix={{ . }}
        {{- end }}
        {{- with .Values.server.baseURL }}
        - --web.external-url={{ . }}
        {{- end }}
        {{- include "lab.args" .Values.server.extraArgs | nindent 8 }}
      {{- with .Values.server.env }}
      env: {{- toYaml . | nindent 8 }}
      {{- end }}
      ports:
        - containerPort: 9090
          {{- with .Values.server.portName }}
          name: {{ . }}
          {{- end }}
      readinessProbe:
        {{- include "server.probe" (list . "/-/ready") | nindent 8 }}
        initialDelaySeconds: {{ .Values.server.readinessProbeInitialDelay }}
        periodSeconds: {{ .Values.server.readinessProbePeriodSeconds }}
        timeoutSeconds: {{ .Values.server.readinessProbeTimeout }}
        failureThreshold: {{ .Values.server.readinessProbeFailureThreshold }}
        successThreshold: {{ .Values.server.readinessProbeSuccessThreshold }}
      livenessProbe:
        {{- include "server.probe" (list . "/-/healthy") | nindent 8 }}
        initialDelaySeconds: {{ .Values.server.livenessProbeInitialDelay }}
        periodSeconds: {{ .Values.server.livenessProbePeriodSeconds }}
        timeoutSeconds: {{ .Values.server.livenessProbeTimeout }}
        failureThreshold: {{ .Values.server.livenessProbeFailureThreshold }}
        successThreshold: {{ .Values.server.livenessProbeSuccessThreshold }}
      {{- include "lab.fields" (list .Values.server "resources") | nindent 6 }}
      {{- with .Values.server.containerSecurityContext }}
      securityContext: {{- toYaml . | nindent 8 }}
      {{- end }}
      volumeMounts:
        - name: config-volume
          mountPath: /etc/config
        - name: {{ include "server.storageName" . }}
          mountPath: {{ .Values.server.persistentVolume.mountPath }}
          subPath: {{ .Values.server.persistentVolume.subPath | quote }}
        {{- include "lab.mounts" .Values.server.extraSecretMounts | nindent 8 }}
        {{- include "lab.mounts" .Values.server.extraConfigmapMounts | nindent 8 }}
        {{- with .Values.server.extraVolumeMounts }}{{ toYaml . | nindent 8 }}{{ end }}
  volumes:
    - name: config-volume
      configMap:
        name: {{ include "server.fullname" . }}
    {{- if not (and .Values.server.statefulSet.enabled .Values.server.persistentVolume.enabled) }}
    - name: storage-volume
      {{- if .Values.server.persistentVolume.enabled }}
      persistentVolumeClaim:
        claimName: {{ default (include "server.fullname" .) .Values.server.persistentVolume.existingClaim }}
      {{- else }}
      emptyDir: {{- include "lab.fields" (list .Values.server.emptyDir "medium sizeLimit") | default "{}" | nindent 8 }}
      {{- end }}
    {{- end }}
    {{- include "lab.secretVolumes" .Values.server.extraSecretMounts | nindent 4 }}
    {{- range .Values.server.extraConfigmapMounts }}
    - name: {{ .name }}
      configMap:
        name: {{ .configMap }}
    {{- end }}
    {{- with .Values.server.extraVolumes }}{{ toYaml . | nindent 4 }}{{ end }}
{{- end }}
