# shellcheck shell=bash
# What must be true before anything is touched. All of it is checked and told, not only the first that is wrong.

# Of Kubernetes, as the cluster tells it.
CLUSTER_VERSION=''

preflight() {
	heading "Preflight, namespace $NAMESPACE"
	check_tools
	if check_cluster; then
		local ecr=$ECR
		read_record || true
		recall_registry
		[ "$ECR" = "$ecr" ] || [ "$MESH" = appmesh ] || check_aws
		choose_mesh
		check_version
		check_app_mesh
		local adopted=no mark
		if mark=$(namespace_mark) && [ "$mark" != "$MANAGED_BY" ]; then
			adopted=yes
		fi
		render "$adopted"
		[ "$adopted" = no ] || check_namespace
		check_images
		[ "$BUILD_IMAGES" = no ] || check_platform
		check_controller
		check_ztunnel
		if check_kinds; then
			check_strangers
		fi
		check_permissions
		check_lock
		check_load_balancer
	fi
	[ "$FAILED" -eq 0 ] ||
		die "$FAILED $([ "$FAILED" -eq 1 ] && echo check || echo checks) failed; nothing was changed." \
			'Do what the arrows say, then run the same again.'
}

check_tools() {
	local version
	version=$(kubectl version --client -o yaml 2>/dev/null | awk '$1 == "gitVersion:" { print $2 }')
	if at_least "$version" 1.31.0; then
		ok kubectl "$version"
	else
		failed kubectl "version ${version:-unknown} is too old." 'Install 1.31 or newer: https://kubernetes.io/docs/tasks/tools/'
	fi
	if command -v curl >/dev/null; then
		ok curl 'found'
	else
		failed curl 'is missing; it is what asks whether the demo answers.' 'Install it with the package manager.'
	fi
	if [ "$MESH" = appmesh ] || [ "$ECR" = yes ]; then
		check_aws
	fi
	[ "$BUILD_IMAGES" = no ] || check_builder
}

check_aws() {
	if command -v aws >/dev/null; then
		ok aws "$(aws --version 2>&1 | awk 'NR == 1 { print $1 }')"
	else
		failed aws 'is missing.' 'Install the AWS CLI: https://docs.aws.amazon.com/cli/'
	fi
}

check_cluster() {
	local said words=$HERE/.deploy/cluster.err
	mkdir -p "$HERE/.deploy"
	if ! said=$(kubectl version -o yaml --request-timeout=20s 2>"$words"); then
		failed cluster "does not answer: $(tail -n 1 "$words" | sed 's/^error: //')" \
			'Take the right context (kubectl config use-context), or name an EKS cluster with --cluster.'
		return 1
	fi
	CLUSTER_VERSION=$(printf '%s\n' "$said" | awk '/^serverVersion:/ { server = 1 } server && $1 == "gitVersion:" { print $2 }')
	ok cluster "$(kubectl config current-context 2>/dev/null || echo 'this cluster'), Kubernetes ${CLUSTER_VERSION:-unknown}"
}

# The meshes that need no control plane bring native sidecars of their own.
check_version() {
	case "$MESH" in
	envoy | ingress) ;;
	*) return 0 ;;
	esac
	at_least "$CLUSTER_VERSION" 1.30.0 ||
		failed "$MESH" "Kubernetes ${CLUSTER_VERSION:-unknown} has no native sidecars that end well." 'Take a cluster with 1.30 or newer, or a mesh that brings its own proxies.'
}

check_app_mesh() {
	[ "$MESH" = appmesh ] || return 0
	local state
	state=$(app_mesh_state)
	case "$state" in
	alive) ok 'App Mesh' 'AWS answers' ;;
	unknown) note 'App Mesh' 'not known whether it lives: AWS was not asked (no aws, credentials or region)' ;;
	*)
		local sentence='is gone: AWS ended it on 2026-09-30.'
		[ "$state" = gone ] || sentence="does not answer; AWS says: ${state#other }"
		if [ "$FORCE" = yes ]; then
			note 'App Mesh' "$sentence Going on, as --force says"
		else
			failed 'App Mesh' "$sentence" 'Take --mesh istio (or auto), or go on regardless with --force.'
		fi
		;;
	esac
}

check_images() {
	if [ "$BUILD_IMAGES" = no ]; then
		note images "not built; taken from ${REGISTRY:-the nodes}${TAG:+, tag $TAG}"
	elif [ -n "$REGISTRY" ]; then
		ok images "$REGISTRY, tag $TAG"
	elif [ "$ECR" = yes ]; then
		failed images 'the ECR registry is not known: AWS tells no account, or there is no region.' \
			'Log in (aws sts get-caller-identity must answer) and give --region.'
	else
		failed images 'it is not known where they go.' \
			'Say --registry HOST/PATH or --ecr, or --skip-images if the nodes have them.'
	fi
}

check_controller() {
	local namespace name oldest advice version
	IFS='|' read -r namespace name oldest advice <<TEXT
$(controller_of "$MESH")
TEXT
	[ -n "$namespace" ] || return 0
	case "$(controller_state "$namespace" "$name")" in
	hidden)
		note "$MESH" "not known whether $namespace/$name is available: you may not look there"
		return
		;;
	missing)
		failed "$MESH" "Deployment $namespace/$name is missing or not available." "Install it: $advice"
		return
		;;
	esac
	version=$(kubectl get deployment "$name" -n "$namespace" \
		-o 'jsonpath={.spec.template.spec.containers[0].image}' | sed 's/@.*//; s/.*://')
	if [ -z "$oldest" ] || ! matches "$version" '^v?[0-9]+[.][0-9]+' || at_least "$version" "$oldest"; then
		ok "$MESH" "$namespace/$name is available, $version"
	else
		failed "$MESH" "$namespace/$name is $version; $oldest or newer is needed." "Upgrade it: $advice"
	fi
}

# Without it the waypoint gets nothing to do, and nobody is ejected, though everything else comes up.
check_ztunnel() {
	[ "$MESH" = istio-ambient ] || return 0
	local state
	state=$(ztunnel_state)
	case "$state" in
	ready*) ok ztunnel "$state" ;;
	hidden) note ztunnel 'not known whether it runs on the nodes: you may not look there' ;;
	*) failed ztunnel 'the DaemonSet istio-system/ztunnel is missing or on no node ready.' 'Install it: istioctl install --set profile=ambient -y' ;;
	esac
}

# Every kind in the manifests, in the version written there, must be one that the cluster serves.
check_kinds() {
	local served group kind missing=0
	served=$(served_kinds --no-headers | awk '{ printf "|%s %s|", $(NF - 2), $NF }')
	while read -r group kind; do
		case "$served" in
		*"|$group $kind|"*) ;;
		*)
			missing=1
			failed "$kind" "the cluster has no kind $kind in $group." "$(group_advice "$group")"
			;;
		esac
	done <<TEXT
$(manifest_kinds)
TEXT
	[ "$missing" -eq 0 ] || return 1
	ok kinds 'the cluster serves all that the manifests use'
}

# apiVersion and kind of everything in MANIFESTS, each once.
manifest_kinds() {
	awk '/^apiVersion: / { version = $2 } /^kind: / { kind = $2 }
		/^---$/ { print version, kind } END { print version, kind }' "$MANIFESTS" | sort -u
}

# Objects of the same names that somebody else made must not be overwritten, nor removed by cleanup.
check_strangers() {
	local strangers name words=$HERE/.deploy/strangers.err
	strangers=$(strangers 2>"$words") || {
		failed objects "the cluster does not tell what is there: $(tail -n 1 "$words")" \
			'You need to be allowed to get each kind of the manifests.'
		return
	}
	for name in $strangers; do
		if [ "$FORCE" = yes ]; then
			note "$name" 'is not of deploy.sh, and will be taken over, as --force says'
		else
			failed "$name" 'exists, and deploy.sh did not make it.' \
				'Take another --namespace, or let it be taken over (cleanup will remove it) with --force.'
		fi
	done
}

# Kind/name of what the manifests name, or Istio will make of them, and is neither deploy's nor made of its Gateway.
strangers() {
	local columns='custom-columns=K:.kind,N:.metadata.name,M:.metadata.labels.app\.kubernetes\.io/managed-by,O:.metadata.ownerReferences[0].kind,P:.metadata.ownerReferences[0].name'
	local found more gateways=''
	found=$(kubectl get -f "$MANIFESTS" --ignore-not-found --no-headers -o "$columns") || return 1
	if manifest_objects <"$MANIFESTS" | grep -qx "$GATEWAY"; then
		more=$(kubectl get deployment/ingress service/ingress -n "$NAMESPACE" --ignore-not-found --no-headers -o "$columns") || return 1
		found=$found$'\n'$more
	fi
	if printf '%s\n' "$found" | grep -q ' Gateway '; then
		gateways=$(kubectl get gateways.gateway.networking.k8s.io -n "$NAMESPACE" --ignore-not-found --no-headers -o "$columns") || return 1
	fi
	# A Gateway of a name that is not there was one of deploy's: what was made of it is on its way out.
	{
		printf '%s\n' "$gateways"
		echo ---
		printf '%s\n' "$found"
	} | awk -v mark="$MANAGED_BY" '
		$0 == "---" { rest = 1; next }
		!rest && $3 != mark { foreign[$2] = 1; next }
		rest && NF && $1 != "Namespace" && $3 != mark && ($4 != "Gateway" || $5 in foreign) { print $1 "/" $2 }'
}

check_permissions() {
	local resource verb wanted denied=0
	# Whoever may do everything need not be asked for each of it.
	if can '*' '*'; then
		ok permissions 'everything'
		return
	fi
	wanted=$(owned_resources)
	for resource in $wanted; do
		for verb in create patch; do
			if [ "$verb,$resource" = create,namespaces ] && namespace_mark >/dev/null; then
				continue
			fi
			if ! can "$verb" "$resource"; then
				denied=$((denied + 1))
				failed permission "you may not $verb $resource in $NAMESPACE." "$(permission_advice "$resource")"
			fi
		done
	done
	can list pods || {
		denied=$((denied + 1))
		failed permission "you may not list pods in $NAMESPACE." 'Ask the administrator of the cluster for the role view.'
	}
	[ "$denied" -gt 0 ] || ok permissions 'create and patch of every kind'
}

# The role admin in a namespace is not enough for the namespace itself; in one that is there already it need not be.
permission_advice() {
	if [ "$1" = namespaces ] && ! namespace_mark >/dev/null; then
		printf 'Ask the administrator of the cluster for the namespace: kubectl create namespace %s\n' "$NAMESPACE"
	elif [ "$1" = namespaces ]; then
		echo 'Ask the administrator of the cluster, or whoever ran this first, to run it again.'
	else
		echo 'Ask the administrator of the cluster for the role admin in that namespace (and for its kinds of the mesh).'
	fi
}

can() { [ "$(kubectl auth can-i "$1" "$2" -n "$NAMESPACE" 2>/dev/null)" = yes ]; }

# The resources (deployments.apps, ...) of the kinds in MANIFESTS.
owned_resources() {
	served_kinds --no-headers | awk '
		NR == FNR { wanted[$0] = 1; next }
		{
			group = $(NF - 2)
			if (!((group " " $NF) in wanted)) next
			name = $1
			if (sub(/\/.*/, "", group)) name = name "." group
			print name
		}' <(manifest_kinds) -
}

# A hint, no failure: a cluster may give addresses by other means.
check_load_balancer() {
	case "$(kubectl get nodes -o 'jsonpath={.items[0].spec.providerID}' 2>/dev/null || true)" in
	aws://*)
		case "$(controller_state kube-system aws-load-balancer-controller)" in
		available) ok 'load balancer' 'kube-system/aws-load-balancer-controller is available' ;;
		hidden) note 'load balancer' 'not known whether there is an AWS Load Balancer Controller: you may not look into kube-system' ;;
		*) note 'load balancer' 'no AWS Load Balancer Controller in kube-system: unless something else makes them, no address will come' ;;
		esac
		;;
	esac
}

# at_least VERSION BOUND: versions as major.minor.patch, with or without v and suffix.
at_least() {
	awk -v have="$1" -v want="$2" 'BEGIN {
		sub(/^v/, "", have)
		split(have, h, /[.+-]/)
		split(want, w, /[.+-]/)
		for (i = 1; i <= 3; i++) {
			if (h[i] + 0 > w[i] + 0) exit 0
			if (h[i] + 0 < w[i] + 0) exit 1
		}
		exit have == ""
	}'
}
