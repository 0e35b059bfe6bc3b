# shellcheck shell=bash
# One file with all that deploy applies: the mesh's overlay, the images' places, deploy's marks, the namespace.

IMAGES='colorapp front ingress outlier-demo'
# The file; set by render.
MANIFESTS=''
# Whether the namespace is somebody else's, as render was told.
ADOPTED=no

# Writes MANIFESTS. Of the cluster it asks only whether the namespace is somebody else's, and only if told so.
render() {
	local overlay=$HERE/manifests/$MESH out=$HERE/.deploy/$NAMESPACE-$MESH
	ADOPTED=${1:-no}
	[ -d "$overlay" ] || die "manifests/$MESH is missing." 'Is this a whole clone of the repository?'
	use_cloud_map
	use_registry || true
	mkdir -p "$out"
	record >"$out/record.yaml"
	kustomization >"$out/kustomization.yaml"
	kubectl kustomize "$out" >"$out/overlay.yaml" ||
		die 'kubectl kustomize refuses the manifests.' "Its words are above; the overlay is manifests/$MESH."
	in_namespace "$ADOPTED" <"$out/overlay.yaml" >"$out/manifests.yaml"
	MANIFESTS=$out/manifests.yaml
}

kustomization() {
	cat <<YAML
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
sortOptions:
  order: fifo
resources:
  - ../../manifests/$MESH
  - record.yaml
labels:
  - pairs:
      app.kubernetes.io/managed-by: $MANAGED_BY
      app.kubernetes.io/instance: $NAMESPACE
YAML
	kustomization_images
	if [ "$CLOUD_MAP" = yes ]; then
		kustomization_cloud_map
	fi
}

kustomization_images() {
	local name image
	if [ -z "$REGISTRY$TAG${ENVOY_IMAGE:-}" ]; then
		return
	fi
	echo 'images:'
	if [ -n "$REGISTRY$TAG" ]; then
		for name in $IMAGES; do
			image=$(image_of "$name")
			case "$image" in
			*@*) printf '  - name: %s\n    newName: %s\n    digest: %s\n' "$name" "${image%@*}" "${image#*@}" ;;
			*) printf '  - name: %s\n    newName: %s\n    newTag: "%s"\n' "$name" "${image%:*}" "${image##*:}" ;;
			esac
		done
	fi
	[ -n "${ENVOY_IMAGE:-}" ] || return 0
	# A colon after the last slash begins the tag.
	local path=$ENVOY_IMAGE tag=latest
	case "${ENVOY_IMAGE##*/}" in
	*:*) path=${ENVOY_IMAGE%:*} tag=${ENVOY_IMAGE##*:} ;;
	esac
	for name in public.ecr.aws/appmesh/aws-appmesh-envoy envoyproxy/envoy docker.io/envoyproxy/envoy; do
		printf '  - name: %s\n    newName: %s\n    newTag: "%s"\n' "$name" "$path" "$tag"
	done
}

# Discovery through AWS Cloud Map, as in 2020, in place of the headless Service.
kustomization_cloud_map() {
	local node
	echo 'patches:'
	for node in colorapp front; do
		cat <<YAML
  - target:
      group: appmesh.k8s.aws
      kind: VirtualNode
      name: $node
    patch: |-
      - op: replace
        path: /spec/serviceDiscovery
        value:
          awsCloudMap:
            namespaceName: $CLOUD_MAP_NAME
            serviceName: $node
YAML
	done
}

# in_namespace ADOPTED: puts all into NAMESPACE. kustomize moves metadata only (and cluster-wide kinds that it does
# not know, too), but the name is also in host names, in the Mesh and in the labels by which App Mesh selects. A
# namespace that was there before is adopted: it never gets the mark by which cleanup would remove it.
in_namespace() {
	awk -v to="$NAMESPACE" -v adopted="$1" '
		/^ *kind: / { kind = $2 }
		/^ *---$/ { kind = "" }
		kind == "Namespace" && adopted == "yes" && /^    app\.kubernetes\.io\/managed-by: / { next }
		to != "outlier-demo" {
			if (/^ *namespace: outlier-demo$/) sub(/outlier-demo$/, to)
			if (kind ~ /^(Namespace|Mesh)$/ && /^ *name: outlier-demo$/) sub(/outlier-demo$/, to)
			if (/^ *mesh: outlier-demo$/) sub(/outlier-demo$/, to)
			if (/^ *gateway: ingress$/) sub(/ingress$/, to)
			gsub(/[.]outlier-demo[.]svc/, "." to ".svc")
			gsub(/cds_egress_outlier-demo_/, "cds_egress_" to "_")
			gsub(/_outlier-demo_http/, "_" to "_http")
			gsub(/"cluster": "outlier-demo"/, "\"cluster\": \"" to "\"")
		}
		{ print }'
}

# Which of the demo's images the manifests use.
used_images() {
	local name
	for name in $IMAGES; do
		if grep -Eq "image: \"?${REGISTRY:+$REGISTRY/}$name(:|@|\"|\$)" "$MANIFESTS"; then
			printf '%s\n' "$name"
		fi
	done
}
