# shellcheck shell=bash
# Removes what deploy made, known by its marks, and nothing else.

APP_MESH_FINALIZER=finalizers.appmesh.k8s.aws/

cleanup() {
	local mark='' there=yes objects name plan=''
	heading "Cleanup, namespace $NAMESPACE"
	mark=$(namespace_mark) || there=no
	objects=$(owned_objects) || die 'The cluster does not tell what is there.' 'See why: kubectl cluster-info'
	if [ "$there" = yes ] && [ "$mark" != "$MANAGED_BY" ]; then
		plan=$(namespace_plan) || die 'The cluster does not tell how the namespace is.' 'See why: kubectl cluster-info'
	fi
	if [ -z "$objects$plan" ] && [ "$mark" != "$MANAGED_BY" ]; then
		ok 'nothing to do' "deploy.sh made nothing in $NAMESPACE that is still there"
		return
	fi
	read_record || die 'The cluster does not show the record of what is in AWS.' "See why: kubectl auth can-i get configmaps -n $NAMESPACE"
	if [ -n "$objects" ]; then
		printf '%s\n' "$objects" | indented
	fi
	[ "$mark" != "$MANAGED_BY" ] || say "    namespace/$NAMESPACE, if nothing of others is in it"
	[ -z "$plan" ] || say "    what it changed in namespace/$NAMESPACE:$(words "$(changes_of "$plan")")"
	for name in $RECORD_ECR; do
		say "    its ECR repositories, if no other cluster uses them: $name/*"
	done
	for name in $RECORD_CLOUD_MAP; do
		say "    its Cloud Map namespace, if no other cluster uses it: $name"
	done
	if [ "$DRY_RUN" = yes ]; then
		say 'This was a dry run: all of it is still there.'
		return
	fi
	confirm 'Remove all of this?'
	# The record goes last: it is what the next cleanup needs if this one is interrupted.
	remove_objects "$(printf '%s\n' "$objects" | grep -v "^configmap/$MANAGED_BY\$" || true)"
	for name in $RECORD_CLOUD_MAP; do
		remove_cloud_map_namespace "$name"
	done
	for name in $RECORD_ECR; do
		remove_ecr_repositories "$name"
	done
	remove_objects "configmap/$MANAGED_BY"
	[ "$there" = no ] || remove_namespace "$mark"
	ok done 'what deploy.sh made is gone'
}

confirm() {
	[ "$YES" = no ] || return 0
	local answer=''
	printf '%s [y/N] ' "$1" >&2
	read -r answer || true
	case "$answer" in
	y | Y | yes) ;;
	*) die 'Nothing was removed.' 'Answer y, or say --yes.' ;;
	esac
}

# remove_objects LIST
remove_objects() {
	local name
	[ -n "$1" ] || return 0
	for name in $1; do
		delete_object "$name" ||
			die "$name cannot be removed." 'kubectl says why above; run cleanup again once that is mended.'
	done
	cut_finalizers_if_nobody_will "$1"
	wait_until 'what was removed is gone' all_gone "$1" ||
		die "Some of it is not gone after $TIMEOUT s: $(remaining "$1" | tr '\n' ' ')" \
			"Its finalizers wait for a controller. If App Mesh's is gone for good, say the same again with --force."
	case "$1" in
	*gateway.gateway.networking.k8s.io/*) wait_for_gateways ;;
	esac
}

# delete_object NAME: asks for its removal. For cluster-wide kinds kubectl minds a namespace.
delete_object() {
	case "$1" in
	mesh.appmesh.k8s.aws/*) set -- "$1" ;;
	*) set -- "$1" -n "$NAMESPACE" ;;
	esac
	kubectl delete "$@" --ignore-not-found --wait=false >/dev/null
}

remaining() {
	# shellcheck disable=SC2086 # One word per object.
	kubectl get $1 -n "$NAMESPACE" --ignore-not-found -o name
}

# A cluster that does not answer has told nothing of what is gone.
all_gone() {
	local left
	left=$(remaining "$1") && [ -z "$left" ]
}

# App Mesh's objects wait for its controller, which waits for AWS. Where that is in vain its finalizers are cut off,
# its alone.
cut_finalizers_if_nobody_will() {
	local name kept
	case "$1" in
	*.appmesh.k8s.aws/*) ;;
	*) return 0 ;;
	esac
	if [ "$FORCE" = no ] && controller_available appmesh-system appmesh-controller && [ "$(app_mesh_state)" != gone ]; then
		return
	fi
	for name in $1; do
		case "$name" in
		*.appmesh.k8s.aws/*) ;;
		*) continue ;;
		esac
		kept=$(kubectl get "$name" -n "$NAMESPACE" --ignore-not-found -o 'jsonpath={range .metadata.finalizers[*]}{@}{"\n"}{end}')
		case "$kept" in
		*"$APP_MESH_FINALIZER"*) ;;
		*) continue ;;
		esac
		kept=$(printf '%s\n' "$kept" | grep -v "^$APP_MESH_FINALIZER" | sed 's/.*/"&"/' | tr '\n' ',' || true)
		kubectl patch "$name" -n "$NAMESPACE" --type=merge \
			-p "{\"metadata\":{\"finalizers\":[${kept%,}]}}" >/dev/null
		note "$name" "App Mesh's finalizers cut: nobody is left to act on them"
	done
}

# remove_namespace MARK: if deploy made it, and nothing of others is in it.
remove_namespace() {
	local others
	if [ "$1" != "$MANAGED_BY" ]; then
		change_namespace || true
		note "namespace/$NAMESPACE" 'was there before: it stays'
		return
	fi
	others=$(objects_of_others) || die 'The cluster does not tell what else is in the namespace.' 'Run cleanup again.'
	if only_going "$others"; then
		wait_until 'what is going is gone' others_have_settled ||
			die "Something in $NAMESPACE is still going after $TIMEOUT s: $(printf '%s\n' "$others" | awk '{ printf "%s%s", gap, $2; gap = " " }')" \
				'Its finalizers wait for a controller: kubectl describe says what holds it. Then run cleanup again.'
		others=$(objects_of_others) || die 'The cluster does not tell what else is in the namespace.' 'Run cleanup again.'
	fi
	if [ -n "$others" ]; then
		printf '%s\n' "$others" | awk '{ print $2 }' | indented
		note "namespace/$NAMESPACE" 'stays, since these are not of deploy.sh'
		return
	fi
	kubectl delete namespace "$NAMESPACE" --wait=false >/dev/null
	wait_until "namespace $NAMESPACE is gone" namespace_gone ||
		die "Namespace $NAMESPACE is not gone after $TIMEOUT s." "See why: kubectl get namespace $NAMESPACE -o yaml"
}

namespace_gone() {
	local left
	left=$(kubectl get namespace "$NAMESPACE" --ignore-not-found -o name) && [ -z "$left" ]
}

# only_going OTHERS: whether there is something, and all of it is on its way out.
only_going() { [ -n "$1" ] && ! matches "$1" '(^|[[:space:]])stays '; }

others_have_settled() {
	local others
	others=$(objects_of_others) && ! only_going "$others"
}

# Whatever is in the namespace that neither deploy made nor the cluster puts into each one, owners' children apart: a
# line each, with `stays` or `going` before it. The AWS Load Balancer Controller's notes of a Service have no owner, and
# go when the Service goes. Fails if a part of the API does not say what it has.
objects_of_others() {
	local kinds found
	kinds=$(kubectl api-resources --namespaced --verbs=list,delete -o name |
		grep -Ev '^(events|endpoints|bindings)$|^events\.|^endpointslices\.|^leases\.|\.metrics\.k8s\.io$' | tr '\n' ',') || return 1
	found=$(kubectl get "${kinds%,}" -n "$NAMESPACE" --ignore-not-found -o 'jsonpath={range .items[*]}{.kind}/{.metadata.name}|{.metadata.ownerReferences[0].kind}|{.metadata.deletionTimestamp}|{.spec.serviceRef.name}{"\n"}{end}') ||
		return 1
	printf '%s\n' "$found" | awk -F'|' '
		NF == 0 { next }
		/^Service\// && $3 == "" { services[substr($1, 9)] = 1 }
		$2 != "" || $1 == "ServiceAccount/default" { next }
		$1 ~ /^ConfigMap\/(kube-root-ca\.crt|istio-ca-root-cert|istio-ca-crl|linkerd-identity-trust-roots)$/ { next }
		{ names[++all] = $1; going[$1] = $3 != ""; of[$1] = $4 }
		END {
			for (i = 1; i <= all; i++) {
				name = names[i]
				if (name ~ /^TargetGroupBinding\// && !(of[name] in services)) going[name] = 1
				print going[name] ? "going" : "stays", name
			}
		}'
}
