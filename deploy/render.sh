# shellcheck shell=bash
# One file with all that deploy applies: the mesh's overlay, the images' places, deploy's marks, the namespace.

IMAGES='colorapp front ingress outlier-demo'
# The file; set by render.
MANIFESTS=''

# render [ADOPTED]: writes MANIFESTS, without the Namespace if that is somebody else's. Asks no cluster.
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
	in_namespace <"$out/overlay.yaml" >"$out/manifests.yaml"
	MANIFESTS=$out/manifests.yaml
	if [ "$ADOPTED" = yes ]; then
		NAMESPACE_NEEDS=$(documents only '^Namespace/' <"$out/manifests.yaml" | namespace_needs)
		documents but '^Namespace/' <"$out/manifests.yaml" >"$out/inside.yaml"
		MANIFESTS=$out/inside.yaml
	fi
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
$(kustomization_components)
labels:
  - pairs:
      app.kubernetes.io/managed-by: $MANAGED_BY
      app.kubernetes.io/instance: "$NAMESPACE"
patches:
  # colorapp is the same on every mesh. With this its pods start anew on another one, which has to do without the
  # first one's proxies and to put its own beside them.
  - target:
      kind: Deployment
    patch: |-
      apiVersion: apps/v1
      kind: Deployment
      metadata:
        name: any
      spec:
        template:
          metadata:
            annotations:
              outlier-demo/mesh: $MESH
YAML
	if [ "$CLOUD_MAP" = yes ]; then
		kustomization_cloud_map
	fi
	kustomization_images
}

# What --with names, each once.
kustomization_components() {
	local name
	[ -n "$WITH" ] || return 0
	echo 'components:'
	for name in traffic monitoring pod-monitors; do
		case ",$WITH," in
		*",$name,"*) printf '  - ../../manifests/components/%s\n' "$name" ;;
		esac
	done
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

# Discovery through AWS Cloud Map, as in 2020, in place of the headless Service: more of the patches.
kustomization_cloud_map() {
	local node
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

# Puts all into NAMESPACE. kustomize moves metadata only (and cluster-wide kinds that it does not know, too), but the
# name is also in host names, in the Mesh and in the labels by which App Mesh selects. Where it stands alone, a name
# such as 123, on or 1e3 has to be quoted to be a string.
in_namespace() {
	awk -v to="$NAMESPACE" '
		BEGIN { text = to ~ /^[0-9]|^(y|n|yes|no|on|off|true|false|null)$/ ? "\"" to "\"" : to }
		/^ *kind: / { kind = $2 }
		/^ *---$/ { kind = "" }
		to != "outlier-demo" {
			if (/^ *namespace: outlier-demo$/) sub(/outlier-demo$/, text)
			if (kind ~ /^(Namespace|Mesh)$/ && /^ *name: outlier-demo$/) sub(/outlier-demo$/, text)
			if (/^ *mesh: outlier-demo$/) sub(/outlier-demo$/, text)
			if (/^ *gateway: ingress$/) sub(/ingress$/, text)
			gsub(/[.]outlier-demo[.]svc/, "." to ".svc")
			gsub(/cds_egress_outlier-demo_/, "cds_egress_" to "_")
			gsub(/_outlier-demo_http/, "_" to "_http")
			gsub(/"cluster": "outlier-demo"/, "\"cluster\": \"" to "\"")
		}
		{ print }'
}

# documents only|but REGEX: of the manifests on stdin those whose Kind/name matches, or all others.
documents() {
	awk -v part="$1" -v regex="$2" '
		function end_document() {
			if (text != "" && (kind "/" name ~ regex) == (part == "only")) {
				printf "%s%s", gap, text
				gap = "---\n"
			}
			text = kind = name = ""
		}
		/^---$/ { end_document(); next }
		/^kind: / { kind = $2 }
		/^metadata:$/ { inside = 1 }
		inside && /^  name: / { name = $2; gsub(/"/, "", name); inside = 0 }
		{ text = text $0 "\n" }
		END { end_document() }'
}

# Of the manifests on stdin kind/name, as kubectl and owned_objects write them.
manifest_objects() {
	awk '
		/^apiVersion: / { group = $2; if (!sub(/\/.*/, "", group)) group = "" }
		/^kind: / { kind = tolower($2) }
		/^metadata:$/ { inside = 1 }
		inside && /^  name: / { name = $2; gsub(/"/, "", name); inside = 0 }
		function end_document() {
			if (kind != "") print kind (group == "" ? "" : ".") group "/" name
			kind = ""
		}
		/^---$/ { end_document() }
		END { end_document() }'
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
