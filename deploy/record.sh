# shellcheck shell=bash
# The record: a ConfigMap in the demo's namespace with what later runs, status and cleanup have to know. It is there
# before images and all else that is made outside of the cluster, so that cleanup finds that wherever a run ends.

# Its values as they were found; lists have blanks between.
RECORD_THERE=no RECORD_REGISTRY='' RECORD_TAG='' RECORD_IMAGES='' RECORD_ECR='' RECORD_CLOUD_MAP=''

# Fails if the cluster does not tell.
read_record() {
	local found mark
	found=$(kubectl get configmap "$MANAGED_BY" -n "$NAMESPACE" --ignore-not-found -o 'jsonpath={.metadata.labels.app\.kubernetes\.io/managed-by}|{.data.registry}|{.data.tag}|{.data.images}|{.data.ecr}|{.data.cloudMap}' 2>/dev/null) || return 1
	IFS='|' read -r mark RECORD_REGISTRY RECORD_TAG RECORD_IMAGES RECORD_ECR RECORD_CLOUD_MAP <<TEXT
$found
TEXT
	[ "$mark" != "$MANAGED_BY" ] || RECORD_THERE=yes
	# A record without a tag may be one that did not yet list its ECR registries.
	case "$RECORD_TAG,$RECORD_REGISTRY" in
	,*.dkr.ecr.*) RECORD_ECR=${RECORD_ECR:-$RECORD_REGISTRY} ;;
	esac
}

# Where the command line names no registry, the one on record goes on; without building, with its images as they are.
recall_registry() {
	if [ -n "$REGISTRY" ] || [ "$ECR" = yes ]; then
		return
	fi
	REGISTRY=$RECORD_REGISTRY
	if [ "$BUILD_IMAGES" = yes ]; then
		case " $RECORD_ECR " in
		*" ${REGISTRY:-none} "*) ECR=yes REGION=$(region_of "$REGISTRY") ;;
		esac
	elif [ -z "$TAG" ]; then
		TAG=$RECORD_TAG PINNED=$RECORD_IMAGES
		[ -n "$TAG" ] || [ -z "$REGISTRY" ] || TAG=$(deployed_tag)
	fi
}

# The tag that front runs with, for a record without one.
deployed_tag() {
	kubectl get deployment front -n "$NAMESPACE" --ignore-not-found \
		-o 'jsonpath={.spec.template.spec.containers[?(@.name=="front")].image}' 2>/dev/null | sed -n 's/.*:\([^:/]*\)$/\1/p'
}

# Whatever was made in AWS stays on record until cleanup has removed it.
record() {
	cat <<YAML
apiVersion: v1
kind: ConfigMap
metadata:
  name: $MANAGED_BY
  namespace: "$NAMESPACE"
  labels:
    app.kubernetes.io/part-of: outlier-demo
    app.kubernetes.io/managed-by: $MANAGED_BY
    app.kubernetes.io/instance: "$NAMESPACE"
data:
  mesh: $MESH
  registry: "$REGISTRY"
  tag: "$TAG"
  images: "$PINNED"
  ecr: "$(ecr_registries)"
  cloudMap: "$(cloud_map_names)"
YAML
}

ecr_registries() {
	if [ "$ECR" = yes ]; then
		united "$RECORD_ECR" "$REGISTRY"
	else
		printf '%s\n' "$RECORD_ECR"
	fi
}

cloud_map_names() { united "$RECORD_CLOUD_MAP" "$CLOUD_MAP_NAME"; }

# united LIST WORD: the list, with the word at its end unless it is in there.
united() {
	case " $1 " in
	*" $2 "*) printf '%s\n' "$1" ;;
	*) printf '%s\n' "$1${1:+${2:+ }}$2" ;;
	esac
}

# Before anything else is made. Of a record that is there only the lists grow: the rest tells what is deployed, and
# comes with the manifests.
write_record() {
	if [ "$RECORD_THERE" = no ]; then
		heading "Namespace $NAMESPACE"
		make_namespace
		record | kubectl apply -f - >/dev/null ||
			die "The record configmap/$MANAGED_BY cannot be made, so nothing else was." 'kubectl says why above.'
		ok created "configmap/$MANAGED_BY"
	elif [ "$(ecr_registries)|$(cloud_map_names)" != "$RECORD_ECR|$RECORD_CLOUD_MAP" ]; then
		heading "Namespace $NAMESPACE"
		kubectl patch configmap "$MANAGED_BY" -n "$NAMESPACE" --type=merge \
			-p "{\"data\":{\"ecr\":\"$(ecr_registries)\",\"cloudMap\":\"$(cloud_map_names)\"}}" >/dev/null ||
			die "The record configmap/$MANAGED_BY cannot be changed, so nothing else was." 'kubectl says why above.'
		ok configured "configmap/$MANAGED_BY"
	fi
}
