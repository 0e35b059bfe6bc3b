# shellcheck shell=bash
# The way in is called ingress on every mesh. On Istio it is a Gateway, of which Istio makes a Deployment and a Service
# of that name; elsewhere these two are deploy's own. Neither can become the other, not least because the selector of
# a Deployment never changes. So from a mesh of the one sort to one of the other, the old way in goes first.

GATEWAY=gateway.gateway.networking.k8s.io/ingress

# Writes kind/name of the way in that an earlier run made, if MANIFESTS have one of the other sort.
old_way_in() {
	local wanted stale
	wanted=$(manifest_objects <"$MANIFESTS")
	stale=$(printf '%s\n' "$wanted" | stale_objects) || return 1
	if printf '%s\n' "$wanted" | grep -qx "$GATEWAY"; then
		printf '%s\n' "$stale" | grep -xE '(deployment[.]apps|service)/ingress' || true
	else
		printf '%s\n' "$stale" | grep -x "$GATEWAY" || true
	fi
}

# Removes it, and waits until nothing of it is left, of an earlier run that was interrupted here neither.
make_way() {
	local old name
	old=$(old_way_in) || die 'The cluster does not tell what is there.' 'See why: kubectl cluster-info'
	remove_objects "$old"
	wait_for_gateways
	for name in $old; do
		ok removed "$name, the way in of another mesh"
	done
}

# Writes kind/name of what Istio made of Gateways that are gone. It follows them, but a load balancer takes its time.
left_of_gateways() {
	local made there
	made=$(kubectl get deployments.apps,services -n "$NAMESPACE" --ignore-not-found -o 'jsonpath={range .items[*]}{.kind}/{.metadata.name} {.metadata.ownerReferences[0].kind} {.metadata.ownerReferences[0].name}{"\n"}{end}') ||
		return 1
	made=$(printf '%s\n' "$made" | awk '$2 == "Gateway" { print $1, $3 }')
	[ -n "$made" ] || return 0
	there=$(kubectl get gateways.gateway.networking.k8s.io -n "$NAMESPACE" --ignore-not-found -o name) || return 1
	printf '%s\n' "$made" | awk -v there="$(printf '%s\n' "$there" | awk '{ sub(/.*\//, ""); printf " %s ", $0 }')" \
		'!index(there, " " $2 " ") { print $1 }'
}

gateways_are_gone() {
	local left
	left=$(left_of_gateways) && [ -z "$left" ]
}

wait_for_gateways() {
	wait_until 'what Istio made of the Gateway is gone' gateways_are_gone ||
		die "Of a Gateway there is still, after $TIMEOUT s: $(left_of_gateways | tr '\n' ' ')" \
			'Most often its load balancer holds it: kubectl describe says why. Then run the same again.'
}
