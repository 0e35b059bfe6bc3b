# shellcheck shell=bash
# The cluster that everything is said to, and how what deploy.sh made is told from all the rest.

# Everything that deploy makes carries these two, and cleanup removes nothing without them.
MANAGED_BY=outlier-demo-deploy
PART_OF=app.kubernetes.io/part-of=outlier-demo

owned() { printf 'app.kubernetes.io/managed-by=%s,app.kubernetes.io/instance=%s' "$MANAGED_BY" "$NAMESPACE"; }

# With --cluster a kubeconfig of its own is written, so that the user's current context stays what it was.
use_cluster() {
	command -v kubectl >/dev/null ||
		die 'kubectl is missing.' 'Install 1.31 or newer: https://kubernetes.io/docs/tasks/tools/'
	[ -n "$CLUSTER" ] || return 0
	command -v aws >/dev/null ||
		die '--cluster needs the AWS CLI, and aws is missing.' 'Install it: https://docs.aws.amazon.com/cli/'
	local said
	mkdir -p "$HERE/.deploy"
	KUBECONFIG=$HERE/.deploy/kubeconfig-$CLUSTER
	export KUBECONFIG
	said=$(aws eks update-kubeconfig --name "$CLUSTER" --kubeconfig "$KUBECONFIG" \
		${REGION:+--region "$REGION"} 2>&1) ||
		die "AWS knows no EKS cluster $CLUSTER: $said" 'Look with: aws eks list-clusters; name its --region, too.'
}

# Writes the mark's value of the namespace: empty if it is not deploy's; fails if there is no such namespace.
namespace_mark() {
	local found
	found=$(kubectl get namespace "$NAMESPACE" --ignore-not-found \
		-o 'jsonpath={.metadata.name}|{.metadata.labels.app\.kubernetes\.io/managed-by}') || return 1
	[ -n "$found" ] || return 1
	printf '%s\n' "${found#*|}"
}

# What the cluster serves. kubectl tells that, and yet fails, where a part of the API has no server behind it.
served_kinds() { kubectl api-resources "$@" 2>/dev/null || true; }

# The kinds that deploy makes or ever made, as far as the cluster serves them, with commas between.
owned_kinds() {
	served_kinds --verbs=list,delete -o name | awk '
		/^(configmaps|secrets|services|serviceaccounts)$/ ||
		/\.(apps|policy|autoscaling|batch|appmesh\.k8s\.aws|gateway\.networking\.k8s\.io)$/ ||
		/\.(networking|security|telemetry)\.istio\.io$/ || /\.(policy\.)?linkerd\.io$/ ||
		/\.(networking\.k8s\.io|monitoring\.coreos\.com)$/ {
			# Their owners take these along.
			if (!/^(replicasets|controllerrevisions)\.apps$/) { printf "%s%s", comma, $0; comma = "," }
		}'
}

# Writes kind/name of everything in the namespace (and of cluster-wide kinds) that deploy made, but the namespace.
# A kind that one may not list is one that one could not make. What has an owner is its owner's, whatever labels it
# was given.
owned_objects() {
	local found words
	mkdir -p "$HERE/.deploy"
	words=$HERE/.deploy/owned.err
	if found=$(kubectl get "$(owned_kinds)" -n "$NAMESPACE" -l "$(owned)" --ignore-not-found -o 'jsonpath={range .items[*]}{.kind} {.apiVersion} {.metadata.name} {.metadata.ownerReferences[0].kind}{"\n"}{end}' 2>"$words") ||
		! grep -qv '(Forbidden)' "$words"; then
		# As kubectl itself names them: service/front, deployment.apps/front.
		printf '%s\n' "$found" | awk 'NF == 3 {
			group = $2
			if (!sub(/\/.*/, "", group)) group = ""
			print tolower($1) (group == "" ? "" : ".") group "/" $3
		}'
	else
		indented <"$words"
		return 1
	fi
}

# Writes one value of the record that deploy leaves in the namespace; nothing if there is none.
recorded() {
	kubectl get configmap "$MANAGED_BY" -n "$NAMESPACE" --ignore-not-found -o "jsonpath={.data.$1}"
}

use_deployed_mesh() {
	local found
	found=$(recorded mesh) || die 'The cluster does not answer.' 'See why: kubectl cluster-info'
	[ -n "$found" ] || die "The demo is not in namespace $NAMESPACE." \
		'Put it there with ./deploy.sh, or name the right one with --namespace.'
	MESH=$found
}
