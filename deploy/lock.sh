# shellcheck shell=bash
# The Secret with the token by which front locks the controls. The token goes from the environment into kubectl's
# standard input: never onto a command line, into a file, or into what is printed.

TOKEN_SECRET=control-token
# The wish, checked by parse_options; empty leaves things as they are.
TOKEN=${CONTROL_TOKEN:-}

# Writes how the Secret is: absent, right, other (with another token), or foreign (with another one, and not deploy's).
# Fails if the cluster does not tell.
token_state() {
	local found
	found=$(kubectl get secret "$TOKEN_SECRET" -n "$NAMESPACE" --ignore-not-found \
		-o 'jsonpath={.metadata.labels.app\.kubernetes\.io/managed-by}|{.data.token}|{.metadata.name}' 2>/dev/null) || return 1
	case "$found" in
	'') echo absent ;;
	*"|$(encoded_token)|"*) echo right ;;
	"$MANAGED_BY|"*) echo other ;;
	*) echo foreign ;;
	esac
}

# As a Secret has it.
encoded_token() { printf '%s' "$TOKEN" | base64 | tr -d '\n'; }

# Part of preflight: how it is, and whether what is wanted can be done.
check_lock() {
	local state verb
	state=$(token_state) || state=unknown
	if [ -z "$TOKEN" ]; then
		case "$state" in
		absent) note controls 'not locked: whoever finds the address may use them; CONTROL_TOKEN locks them' ;;
		unknown) note controls 'not known whether they are locked: the cluster shows no Secrets' ;;
		*) ok controls "locked by the Secret $TOKEN_SECRET that is there" ;;
		esac
		return
	fi
	case "$state" in
	right) ok controls "locked by the Secret $TOKEN_SECRET that is there" && return ;;
	unknown)
		failed controls "you may not get secrets in $NAMESPACE." 'Ask the administrator of the cluster, or go without CONTROL_TOKEN.'
		return
		;;
	foreign)
		if [ "$FORCE" = no ]; then
			failed controls "the Secret $TOKEN_SECRET has another token, and deploy.sh did not make it." \
				'Go without CONTROL_TOKEN, or let it be taken over (cleanup will remove it) with --force.'
			return
		fi
		;;
	esac
	for verb in create patch; do
		can "$verb" secrets || {
			failed controls "you may not $verb secrets in $NAMESPACE." \
				'Ask the administrator of the cluster, or go without CONTROL_TOKEN.'
			return
		}
	done
	ok controls "will be locked by the Secret $TOKEN_SECRET"
}

# Before the manifests, so that front is locked from its first moment on; front reads the Secret only when it starts.
lock_controls() {
	[ -n "$TOKEN" ] || return 0
	local state
	heading 'Controls'
	state=$(token_state) || die 'The cluster does not show its Secrets.' 'See why: kubectl auth can-i get secrets'
	if [ "$state" = right ]; then
		ok unchanged "secret/$TOKEN_SECRET"
	elif [ "$DRY_RUN" = yes ]; then
		note "secret/$TOKEN_SECRET" 'would be made with the token of CONTROL_TOKEN'
	elif [ "$state" = absent ]; then
		make_namespace
		token_secret | kubectl create -f - >/dev/null || die_without_lock
		ok created "secret/$TOKEN_SECRET"
		restart_front
	else
		token_secret | kubectl patch secret "$TOKEN_SECRET" -n "$NAMESPACE" --type=merge --patch-file=/dev/stdin >/dev/null ||
			die_without_lock
		ok configured "secret/$TOKEN_SECRET"
		restart_front
	fi
}

die_without_lock() {
	die "The Secret $TOKEN_SECRET cannot be made, so nothing was deployed unlocked." 'kubectl says why above.'
}

token_secret() {
	cat <<YAML
apiVersion: v1
kind: Secret
metadata:
  name: $TOKEN_SECRET
  namespace: "$NAMESPACE"
  labels:
    app.kubernetes.io/part-of: outlier-demo
    app.kubernetes.io/managed-by: $MANAGED_BY
    app.kubernetes.io/instance: "$NAMESPACE"
data:
  token: $(encoded_token)
YAML
}

# The Namespace of MANIFESTS, without the rest.
make_namespace() {
	namespace_mark >/dev/null && return
	documents only '^Namespace/' <"$MANIFESTS" | kubectl apply -f - >/dev/null
	ok created "namespace/$NAMESPACE"
}

restart_front() {
	[ -n "$(kubectl get deployment front -n "$NAMESPACE" --ignore-not-found -o name)" ] || return 0
	kubectl rollout restart deployment front -n "$NAMESPACE" >/dev/null
	ok restarted deployment.apps/front
}
